"""The page on which managers see who belongs to their space, and change that."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import members as actions
from booking.actions.spaces import managed
from booking.models import invitations, joining, members
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.refusals import Refused
from booking.web.cursors import next_cursor, read_cursor
from booking.web.destinations import next_path
from booking.web.forms import Fields
from booking.wording.members import day_words, role_choices, role_name
from booking.wording.refusals import refusal_sentences

PAGE = 50
FEW_REQUESTS = 5
MOST_INVITATIONS = 50
LONGEST_WORDS = 100
ROLES = tuple(role.value for role in actions.ROLES)

blueprint = Blueprint("members", __name__, url_prefix="/spaces/<space>/members")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """Who belongs to a space, who asks to, and who is invited."""
    card = managed(edge.read_call(), space)
    session, after, words = edge.session(), read_cursor(), request.args.get("q", "").strip()[:LONGEST_WORDS]
    found = members.page(session, card.id, words=words, after=after, limit=PAGE + 1)
    return render_template(
        "members/show.html",
        space=card,
        members=found[:PAGE],
        number=members.number(session, card.id),
        words=words,
        further=next_cursor(found, PAGE),
        is_first=after is None,
        requests=joining.waiting(session, card.id, FEW_REQUESTS),
        number_waiting=joining.number_waiting(session, card.id),
        invitations=invitations.waiting(session, card.id, MOST_INVITATIONS),
        now=clock.now(),
        day_words=day_words,
        role_name=role_name,
        role_choices=role_choices(),
    )


@blueprint.post("/<bounded:account_id>/")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str, account_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    card = managed(edge.read_call(), space)
    fields = Fields(request.form)
    role = fields.choice("role", ROLES)
    fields.finish()
    try:
        edge.perform(actions.change_role, space, account_id, Role(role))
        flash(gettext("The role is changed. It counts at once."))
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, card.time_zone)[0], "warning")
    return redirect(_back(card), 303)


@blueprint.post("/<bounded:account_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def remove(space: str, account_id: int) -> ResponseReturnValue:
    """Let somebody belong to the space no more."""
    card = managed(edge.read_call(), space)
    try:
        edge.perform(actions.remove, space, account_id)
        flash(gettext("Removed. Bookings that are made stay."))
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, card.time_zone)[0], "warning")
    return redirect(_back(card), 303)


def _back(card: SpaceCard) -> str:
    """To the list, or to the space for somebody who has just given up managing it."""
    who = edge.asker()
    still = members.role_of(edge.session(), who.account_id, card.id) is Role.MANAGER
    if who.is_admin or still:
        return next_path(url_for("members.show", space=card.slug))
    return url_for("spaces.show", space=card.slug)
