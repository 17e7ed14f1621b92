"""The page on which managers see who belongs to their space, and change that."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import members as actions
from booking.actions.call import Call
from booking.actions.joining import may_still_invite
from booking.actions.spaces import managed
from booking.models import invitations, joining, members
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.refusals import Refused
from booking.web.cursors import next_cursor, read_cursor
from booking.web.destinations import list_query, next_path
from booking.web.forms import Fields
from booking.wording.members import day_words, role_choices, role_name
from booking.wording.refusals import refusal_sentences

PAGE = 50
FEW_REQUESTS = 5
MOST_INVITATIONS = 50
LONGEST_WORDS = 100
ROLES = tuple(role.value for role in actions.ROLES)

blueprint = Blueprint("members", __name__, url_prefix="/spaces/<space>/members")


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A form of one line of a list that could not be done: whose line, what was typed, and why."""

    id: int
    typed: str
    sentence: str


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """Who belongs to a space, who asks to, and who is invited."""
    return _page(managed(edge.read_call(), space))


@blueprint.post("/<bounded:account_id>/")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str, account_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    card = managed(edge.read_call(), space)
    fields = Fields(request.form)
    role = fields.choice("role", ROLES)
    told = gettext("The role is changed. It counts at once.")
    fields.finish()
    return _done(card, account_id, told, lambda call: actions.change_role(call, space, account_id, Role(role)))


@blueprint.post("/<bounded:account_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def remove(space: str, account_id: int) -> ResponseReturnValue:
    """Let somebody belong to the space no more."""
    card = managed(edge.read_call(), space)
    told = gettext("Removed. Bookings that are made stay.")
    return _done(card, account_id, told, lambda call: actions.remove(call, space, account_id))


def _done(card: SpaceCard, account_id: int, told: str, act: Callable[[Call], None]) -> ResponseReturnValue:
    try:
        edge.perform(act)
    except Refused as refused:
        sentence = refusal_sentences(refused.refusals, card.time_zone)[0]
        unchanged = Unchanged(account_id, request.form.get("role", ""), sentence)
        return _page(card, unchanged), 409 if refused.is_conflict else 422
    flash(told)
    return redirect(_back(card), 303)


def _page(card: SpaceCard, unchanged: Unchanged | None = None) -> str:
    session, query = edge.session(), list_query()
    after, words = read_cursor(query), query.get("q", "").strip()[:LONGEST_WORDS]
    found = members.page(session, card.id, words=words, after=after, limit=PAGE + 1)
    return render_template(
        "members/show.html",
        space=card,
        members=found[:PAGE],
        unchanged=unchanged,
        number=members.number(session, card.id),
        words=words,
        back=url_for("members.show", space=card.slug, q=words or None, after=query.get("after") or None),
        further=next_cursor(found, PAGE),
        is_first=after is None,
        requests=joining.waiting(session, card.id, FEW_REQUESTS),
        number_waiting=joining.number_waiting(session, card.id),
        invitations=invitations.waiting(session, card.id, MOST_INVITATIONS),
        now=clock.now(),
        day_words=day_words,
        role_name=role_name,
        role_choices=role_choices(),
        may_still_invite=may_still_invite,
    )


def _back(card: SpaceCard) -> str:
    """To the list, or to the space for somebody who has just given up managing it."""
    who = edge.asker()
    still = members.role_of(edge.session(), who.account_id, card.id) is Role.MANAGER
    if who.is_admin or still:
        return next_path(url_for("members.show", space=card.slug))
    return url_for("spaces.show", space=card.slug)
