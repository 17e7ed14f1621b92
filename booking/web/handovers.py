"""Handing a booking over: asking somebody from its page, and what her mailed link opens."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import handovers as actions
from booking.actions import throttle
from booking.models import handovers
from booking.models.handovers import HandoverCard
from booking.outside import clock
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.web.accounts import client_address
from booking.web.bookings import load
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

blueprint = Blueprint("handovers", __name__)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"open_handover": _of_booking, "handovers_to_me": _to_me}


@blueprint.get("/bookings/<bounded:booking_id>/hand-over")
@edge.access(edge.Access.SIGNED_IN)
def ask(booking_id: int) -> ResponseReturnValue:
    """The form: to whom."""
    return _form(booking_id, {})


@blueprint.post("/bookings/<bounded:booking_id>/hand-over")
@edge.access(edge.Access.SIGNED_IN)
def offer(booking_id: int) -> ResponseReturnValue:
    """Ask the owner of an address to take the booking over."""
    card, fields = load(booking_id), Fields(request.form)
    try:
        email = fields.email("email")
        fields.finish()
    except Unacceptable as unacceptable:
        return _form(booking_id, problem_sentences(unacceptable)), 422
    own = throttle.stranger_buckets(edge.asker().account_id)
    edge.perform(throttle.take, (*throttle.mail_buckets(email, client_address()), *own))
    try:
        edge.perform(actions.offer, booking_id, email)
    except Unacceptable as unacceptable:
        return _form(booking_id, problem_sentences(unacceptable)), 422
    except Refused as refused:
        sentences = refusal_sentences(refused.refusals, card.time_zone)
        return _form(booking_id, {"email": sentences[0]}), 409 if refused.is_conflict else 422
    flash(gettext("We asked %(email)s. The booking stays yours until it is taken.", email=email))
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


@blueprint.post("/bookings/<bounded:booking_id>/hand-over/take-back")
@edge.access(edge.Access.SIGNED_IN)
def take_back(booking_id: int) -> ResponseReturnValue:
    """Offer it to nobody any more."""
    edge.perform(actions.take_back, booking_id)
    flash(gettext("Nobody can take the booking over any more."))
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


@blueprint.post("/handovers/<bounded:handover_id>/<any(accept, decline):act>")
@edge.access(edge.Access.SIGNED_IN)
def answer(handover_id: int, act: str) -> ResponseReturnValue:
    """Take over what is offered on the page of one's bookings, or leave it."""
    found = actions.to_me(edge.read_call(), handover_id)
    if act == "decline":
        edge.perform(actions.decline, found)
        flash(gettext("It stays with %(name)s.", name=found.giver))
        return redirect(url_for("bookings.mine"), 303)
    try:
        card = edge.perform(actions.accept, found)
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, found.time_zone)[0], "warning")
        return redirect(url_for("bookings.mine"), 303)
    return redirect(url_for("bookings.show", booking_id=card.id), 303)


@blueprint.get("/handovers/<secret>")
@edge.access(edge.Access.PUBLIC)
def show(secret: str) -> ResponseReturnValue:
    """The booking that a mailed link offers, or what became of it. Opening it decides nothing."""
    return _page(actions.by_secret(edge.read_call(), secret), secret, [])


@blueprint.post("/handovers/<secret>")
@edge.access(edge.Access.PUBLIC)
def decide(secret: str) -> ResponseReturnValue:
    """Take it, or leave it with whoever has it, for whoever holds the link."""
    found = actions.by_secret(edge.read_call(), secret)
    try:
        edge.perform(actions.decline if request.form.get("act") == "decline" else actions.accept, found)
    except Refused as refused:
        sentences = refusal_sentences(refused.refusals, found.time_zone)
        return _page(found, secret, sentences, 409 if refused.is_conflict else 422)
    return redirect(url_for("handovers.show", secret=secret), 303)


def _of_booking(booking_id: int) -> HandoverCard | None:
    return handovers.of_booking(edge.session(), booking_id)


def _to_me() -> tuple[HandoverCard, ...]:
    return actions.mine(edge.read_call())


def _form(booking_id: int, errors: dict[str, str]) -> str:
    card = load(booking_id)
    if card.account_id != edge.asker().account_id:
        raise Absent
    return render_template("handovers/ask.html", booking=card, errors=errors, typed=request.form)


def _page(found: HandoverCard, secret: str, sentences: list[str], status: int = 200) -> Response:
    is_open = found.is_open(clock.now())
    page = render_template("handovers/show.html", found=found, is_open=is_open, secret=secret, sentences=sentences)
    return Response(page, status, headers={"Cache-Control": "private, no-store"})
