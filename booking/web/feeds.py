"""The page on which people make calendar addresses, see which program read them last, replace and revoke them."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import feeds as actions
from booking.models import feeds, find, spaces, teams
from booking.models.feeds import FeedCard
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.events import View
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.web.forms import Fields
from booking.web.shell import reader_language
from booking.wording.calendars import calendar_name, program_name
from booking.wording.kinds import kind_name
from booking.wording.problems import problem_sentences

LARGEST_ID = 2**63 - 1

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """One's own feeds, and a form for another one; `view` and `id` in the address choose what it will show."""
    return _page({})


@blueprint.post("/")
@edge.access(edge.Access.SIGNED_IN)
def create() -> ResponseReturnValue:
    """Make a feed and show its address, this once. What it shows is `view` with `id`, or `what` as in "tool-5"."""
    fields = Fields(request.form)
    try:
        view, number = _asked(request.form)
        name = fields.line("name", actions.LONGEST_NAME, required=False)
        busy_only = fields.flag("busy_only")
        fields.finish()
        card, address = edge.perform(actions.create, view, **_about(view, number), name=name, busy_only=busy_only)
    except Unacceptable as refused:
        return _page(problem_sentences(refused)), 422
    except Refused:
        return _page({"name": gettext("You have many calendar feeds already. Revoke one first.")}), 422
    return _page({}, card, address), 201


@blueprint.post("/<bounded:feed_id>/rename")
@edge.access(edge.Access.SIGNED_IN)
def rename(feed_id: int) -> ResponseReturnValue:
    """Give one of one's feeds another name."""
    fields = Fields(request.form)
    try:
        name = fields.line("name", actions.LONGEST_NAME, required=False)
        fields.finish()
        edge.perform(actions.rename, feed_id, name)
    except Unacceptable as refused:
        return _page({f"name-{feed_id}": problem_sentences(refused)["name"]}), 422
    flash(gettext("The new name shows when your calendar program reads the feed again."))
    return redirect(url_for("feeds.mine"), 303)


@blueprint.post("/<bounded:feed_id>/rotate")
@edge.access(edge.Access.SIGNED_IN)
def rotate(feed_id: int) -> ResponseReturnValue:
    """Replace the address of a feed and show the new one, this once."""
    card, address = edge.perform(actions.rotate, feed_id)
    return _page({}, card, address), 201


@blueprint.post("/<bounded:feed_id>/revoke")
@edge.access(edge.Access.SIGNED_IN)
def revoke(feed_id: int) -> ResponseReturnValue:
    """Let one of one's feeds answer no more."""
    edge.perform(actions.revoke, feed_id)
    flash(gettext("That calendar address works no more."))
    return redirect(url_for("feeds.mine"), 303)


def _asked(values: Mapping[str, str]) -> tuple[View, int | None]:
    """The view and the id of its tool, space or team; raises Absent for anything that can't be one."""
    what, _, number = values.get("what", "").partition("-")
    what, number = values.get("view", what), values.get("id", number)
    is_number = number.isascii() and number.isdigit() and len(number) < 20 and 0 < int(number) <= LARGEST_ID
    if what not in list(View) or (number and not is_number):
        raise Absent
    return View(what), int(number) if number else None


def _about(view: View, number: int | None) -> dict[str, int | None]:
    """The number as the id of what the view is about."""
    return {{View.TOOL: "tool_id", View.TEAM: "team_id", View.KIND: "kind_id"}.get(view, "space_id"): number}


def _page(errors: dict[str, str], made: FeedCard | None = None, address: str = "") -> str:
    cards = feeds.mine(edge.session(), edge.asker().account_id)
    typed = request.form if errors and "name" in errors else {}
    choices = _choices()
    return render_template(
        "feeds/mine.html",
        feeds=[(card, _name(card), program_name(card.client)) for card in cards],
        kind_name=kind_name,
        made=made,
        made_name=_name(made) if made else "",
        address=address,
        choices=choices,
        chosen=_chosen(choices),
        errors=errors,
        typed=typed,
        now=clock.now(),
    )


def _name(card: FeedCard) -> str:
    group = card.team_name or kind_name(card.kind_slug, card.kind_name)
    names = (card.tool_name, card.space_name, card.busy_only, group)
    return card.name or calendar_name(reader_language(), card.view, *names)


def _choices() -> dict[str, list[tuple[str, str]]]:
    """What a feed can show, in groups: one's own, then one's spaces, and the tool or space that was asked for."""
    who = edge.asker()
    own = [("mine", gettext("My bookings"))]
    if who.is_admin or who.spaces_with(Role.MANAGER):
        own.append(("approvals", gettext("Requests to decide")))
    groups = {gettext("Yours"): own}
    own_teams = teams.names(edge.session(), who.team_ids)
    if own_teams:
        groups[gettext("Your teams")] = [(f"team-{team_id}", name) for team_id, name in own_teams.items()]
    cards = spaces.space_cards(edge.session(), space_ids=frozenset(who.roles))
    if cards:
        groups[gettext("Your spaces")] = [(f"space-{card.id}", card.name) for card in cards]
    choices = [(f"kind-{kind_id}", name) for kind_id, name in _own_kinds().items()]
    if choices:
        groups[gettext("Kinds at your spaces")] = choices
    asked = _subject_asked_for()
    if asked is not None and not any(asked in pairs for pairs in groups.values()):
        groups[gettext("What you looked at")] = [asked]
    return groups


def _own_kinds() -> dict[int, str]:
    """The names of the kinds of tools at one's spaces, by their ids, in the order of the alphabet."""
    found = find.kinds_at(edge.session(), edge.asker().roles)
    kinds = {each.kind_id: kind_name(each.slug, each.name) for counts in found.values() for each in counts}
    return dict(sorted(kinds.items(), key=lambda kind: kind[1].casefold()))


def _subject_asked_for() -> tuple[str, str] | None:
    values = request.values
    if not values.get("id") and "-" not in values.get("what", ""):
        return None
    view, number = _asked(values)
    if view is View.KIND:
        return None
    about = actions.subject_for(edge.read_call(), view, **_about(view, number))
    if about is None:
        return None
    return f"{view}-{number}", calendar_name(reader_language(), view, about.tool_name, about.space_name, False)


def _chosen(choices: dict[str, list[tuple[str, str]]]) -> str:
    """The choice that the address or the form names, else the first."""
    values = request.values
    asked = values.get("what") or "-".join(part for part in (values.get("view"), values.get("id")) if part)
    return asked if any(asked == key for pairs in choices.values() for key, _ in pairs) else "mine"
