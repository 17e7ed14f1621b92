"""The pages on which managers and admins say how much may be booked, and what a tool's page says of what is left."""

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from booking import edge
from booking.actions import quotas as actions
from booking.actions.spaces import managed
from booking.actions.teams import LONGEST_NAME
from booking.models import kinds, quotas, teams, tools
from booking.models.spaces import SpaceCard
from booking.rules import quotas as rules
from booking.rules.facts import Counted, Facts, Measure, Quota
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.kinds import kind_name
from booking.wording.problems import problem_sentences
from booking.wording.quotas import left_label, left_words, limit_words

blueprint = Blueprint("quotas", __name__)

_WHATS = {
    "person-minutes_week": lazy_gettext("Each person: hours a week"),
    "person-minutes_day": lazy_gettext("Each person: hours a day"),
    "person-open_bookings": lazy_gettext("Each person: bookings ahead at a time"),
    "team-minutes_week": lazy_gettext("Each team: hours a week"),
    "team-minutes_day": lazy_gettext("Each team: hours a day"),
    "team-open_bookings": lazy_gettext("Each team: bookings ahead at a time"),
    "one_team-minutes_week": lazy_gettext("One team: hours a week"),
    "one_team-minutes_day": lazy_gettext("One team: hours a day"),
    "one_team-open_bookings": lazy_gettext("One team: bookings ahead at a time"),
    "visitors-percent_week": lazy_gettext("All visitors together: percent of a tool's open hours of a week"),
}
_HOURS = frozenset({Measure.MINUTES_DAY, Measure.MINUTES_WEEK})
_LONGEST_ID = 18


@blueprint.get("/manage/spaces/<space>/quotas/")
@edge.access(edge.Access.SIGNED_IN)
def listing(space: str) -> ResponseReturnValue:
    """The quotas of a space, and the form for another."""
    return _page(managed(edge.read_call(), space), {})


@blueprint.post("/manage/spaces/<space>/quotas/")
@edge.access(edge.Access.SIGNED_IN)
def add(space: str) -> ResponseReturnValue:
    """Set a quota at a space."""
    return _added(managed(edge.read_call(), space))


@blueprint.post("/manage/spaces/<space>/quotas/<bounded:quota_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def remove(space: str, quota_id: int) -> ResponseReturnValue:
    """Take a quota of a space away."""
    edge.perform(actions.remove, space, quota_id)
    return _removed(url_for("quotas.listing", space=space))


@blueprint.get("/admin/quotas/")
@edge.access(edge.Access.ADMIN)
def network() -> ResponseReturnValue:
    """The quotas that hold at all spaces, and the form for another."""
    return _page(None, {})


@blueprint.post("/admin/quotas/")
@edge.access(edge.Access.ADMIN)
def add_to_network() -> ResponseReturnValue:
    """Set a quota for the whole network."""
    return _added(None)


@blueprint.post("/admin/quotas/<bounded:limit_id>/remove")
@edge.access(edge.Access.ADMIN)
def remove_from_network(limit_id: int) -> ResponseReturnValue:
    """Take a quota of the network away."""
    edge.perform(actions.remove, None, limit_id)
    return _removed(url_for("quotas.network"))


def on_tool(facts: Facts, now: datetime) -> list[tuple[str, str]]:
    """What is left of each limit that the reader is held to on this tool: label and words."""
    found = rules.left(facts, now)
    if not found:
        return []
    names = teams.names(edge.session(), {each.team_id for each in found if each.team_id is not None})
    zone = facts.hours.zone
    return [(left_label(each, names.get(each.team_id or 0, "")), left_words(each, zone)) for each in found]


def _added(space: SpaceCard | None) -> ResponseReturnValue:
    try:
        edge.perform(actions.add, space.slug if space else None, _wish(Fields(request.form), space))
    except Unacceptable as refused:
        return _page(space, problem_sentences(refused)), 422
    flash(gettext("Saved. What is booked already stays booked."))
    return redirect(url_for("quotas.listing", space=space.slug) if space else url_for("quotas.network"), 303)


def _removed(page: str) -> ResponseReturnValue:
    flash(gettext("The limit is gone."))
    return redirect(page, 303)


def _wish(fields: Fields, space: SpaceCard | None) -> Quota:
    counted, _, measure = fields.choice("what", _whats(space)).partition("-")
    sort, _, number = fields.line("where", 5 + _LONGEST_ID).partition("-")
    if sort not in {"tool", "kind", "all"} or (sort != "all" and not _is_id(number)):
        fields.problem("where", "not_a_choice")
    adds_up = Measure(measure) if measure else Measure.OPEN_BOOKINGS
    most = actions.MOST[adds_up]
    if adds_up in _HOURS:
        amount = round(60 * fields.decimal("amount", 0.25, most / 60))
    else:
        amount = fields.whole("amount", 1, most)
    name = fields.line("team", LONGEST_NAME) if counted == "one_team" else ""
    fields.finish()
    team = actions.team_that_booked(edge.read_call(), space.slug, name) if space and name else None
    who = Counted.TEAM if team is not None else Counted(counted)
    ids = {"tool_id": int(number)} if sort == "tool" else {"kind_id": int(number)} if sort == "kind" else {}
    return Quota(0, who, adds_up, amount, team_id=team, **ids)


def _is_id(number: str) -> bool:
    return number.isascii() and number.isdecimal() and len(number) <= _LONGEST_ID


def _whats(space: SpaceCard | None) -> Mapping[str, object]:
    """What can be limited; visitors are those of a space, as are the teams that it knows."""
    return {key: words for key, words in _WHATS.items() if space or not key.startswith(("visitors", "one_team"))}


def _wheres(space: SpaceCard | None) -> Mapping[str, list[tuple[str, str]]]:
    """Where it can hold: everything, one kind, one tool; in groups."""
    cards = tools.tool_cards(edge.session(), space_id=space.id) if space else ()
    here = {card.kind_id for card in cards}
    named = [
        (f"kind-{kind.id}", kind_name(kind.slug, kind.name))
        for kind in kinds.kind_cards(edge.session())
        if not space or kind.id in here
    ]
    everything = gettext("All tools of this space together") if space else gettext("All tools of the network together")
    groups = {gettext("Everything"): [("all", everything)], gettext("Kinds"): sorted(named, key=lambda pair: pair[1])}
    if cards:
        groups[gettext("Tools")] = [(f"tool-{card.id}", card.name) for card in cards]
    return groups


def _page(space: SpaceCard | None, errors: dict[str, str]) -> str:
    return render_template(
        "quotas/listing.html",
        space=space,
        cards=quotas.of_space(edge.session(), space.id if space else None),
        whats=list(_whats(space).items()),
        wheres=_wheres(space),
        limit_words=limit_words,
        kind_name=kind_name,
        typed=request.form,
        errors=errors,
    )
