"""Asking to join a space, leaving it, and the requests that its managers answer."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import joining as actions
from booking.actions import members as member_actions
from booking.actions.call import Call
from booking.actions.joining import LONGEST_NOTE, Outcome
from booking.actions.spaces import managed
from booking.models import joining, members, spaces
from booking.models.joining import RequestCard
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules.refusals import Refused, Unacceptable
from booking.web.destinations import next_path
from booking.web.forms import Fields
from booking.web.members import Unchanged
from booking.wording.members import role_name
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

MOST_REQUESTS = 50

blueprint = Blueprint("joining", __name__)


@blueprint.get("/spaces/<space>/join")
@edge.access(edge.Access.SIGNED_IN)
def ask(space: str) -> ResponseReturnValue:
    """How one stands to a space, and the way in or out."""
    return _page(space, {})


@blueprint.post("/spaces/<space>/join")
@edge.access(edge.Access.SIGNED_IN)
def send(space: str) -> ResponseReturnValue:
    """Join, or ask to."""
    fields = Fields(request.form)
    try:
        note = fields.text("note", LONGEST_NOTE, required=False)
        fields.finish()
        outcome = edge.perform(actions.ask, space, note)
    except Unacceptable as unacceptable:
        return _page(space, problem_sentences(unacceptable)), 422
    except Refused as refused:
        if refused.refusals[0].code != "by_invitation":
            raise
        return _page(space, {}), 422
    if outcome is Outcome.JOINED:
        flash(gettext("Welcome! You belong to this space now."))
        return redirect(url_for("spaces.show", space=space), 303)
    flash(gettext("The managers have your request. Their answer comes by mail."))
    return redirect(url_for("joining.ask", space=space), 303)


@blueprint.post("/spaces/<space>/join/withdraw")
@edge.access(edge.Access.SIGNED_IN)
def withdraw(space: str) -> ResponseReturnValue:
    """Take one's own request back."""
    edge.perform(actions.withdraw, space)
    flash(gettext("Your request is taken back."))
    return redirect(url_for("spaces.show", space=space), 303)


@blueprint.post("/spaces/<space>/leave")
@edge.access(edge.Access.SIGNED_IN)
def leave(space: str) -> ResponseReturnValue:
    """Belong to a space no more."""
    card = spaces.space_card(edge.session(), space)
    try:
        edge.perform(member_actions.leave, space)
    except Refused as refused:
        sentence = refusal_sentences(refused.refusals, card.time_zone)[0]
        return _page(space, {"leave": sentence}), 409 if refused.is_conflict else 422
    flash(gettext("You have left this space. Your bookings stay as they are."))
    return redirect(url_for("spaces.show", space=space), 303)


@blueprint.get("/spaces/<space>/members/requests")
@edge.access(edge.Access.SIGNED_IN)
def requests(space: str) -> ResponseReturnValue:
    """Everybody who waits for an answer, for the space's managers."""
    return _requests_page(managed(edge.read_call(), space))


@blueprint.post("/spaces/<space>/members/requests/<bounded:request_id>/accept")
@edge.access(edge.Access.SIGNED_IN)
def admit(space: str, request_id: int) -> ResponseReturnValue:
    """Let somebody who asked join."""
    told = gettext("Accepted. The answer goes out by mail.")
    return _decided(space, request_id, told, lambda call: actions.admit(call, space, request_id))


@blueprint.post("/spaces/<space>/members/requests/<bounded:request_id>/decline")
@edge.access(edge.Access.SIGNED_IN)
def decline(space: str, request_id: int) -> ResponseReturnValue:
    """Turn a request down, with or without a reason."""
    card = managed(edge.read_call(), space)
    fields = Fields(request.form)
    reason = fields.text("reason", LONGEST_NOTE, required=False)
    try:
        fields.finish()
    except Unacceptable as unacceptable:
        sentence = problem_sentences(unacceptable)["reason"]
        return _requests_page(card, Unchanged(request_id, request.form["reason"], sentence)), 422
    told = gettext("Declined. The answer goes out by mail.")
    return _decided(space, request_id, told, lambda call: actions.decline(call, space, request_id, reason))


def _decided(space: str, request_id: int, told: str, act: Callable[[Call], RequestCard]) -> ResponseReturnValue:
    try:
        edge.perform(act)
    except Refused:
        sentence = gettext("This request has been answered already.")
        card = managed(edge.read_call(), space)
        return _requests_page(card, Unchanged(request_id, request.form.get("reason", ""), sentence)), 409
    flash(told)
    return redirect(_back(space), 303)


def _requests_page(card: SpaceCard, unchanged: Unchanged | None = None) -> str:
    found = joining.waiting(edge.session(), card.id, MOST_REQUESTS)
    number = joining.number_waiting(edge.session(), card.id)
    return render_template(
        "joining/requests.html", space=card, requests=found, number=number, unchanged=unchanged, now=clock.now()
    )


def _back(space: str) -> str:
    return next_path(url_for("members.show", space=space))


def _page(space: str, errors: dict[str, str]) -> str:
    session, who = edge.session(), edge.asker()
    card = spaces.space_card(session, space)
    return render_template(
        "joining/ask.html",
        space=card,
        role=members.role_of(session, who.account_id, card.id),
        request_card=joining.own(session, who.account_id, card.id),
        errors=errors,
        typed=request.form,
        now=clock.now(),
        role_name=role_name,
    )
