"""What a maker can do whose booked tool is out of order, one tap each."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import rescues as actions
from booking.models.bookings import BookingCard
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.states import Act, State, is_possible
from booking.web.bookings import load, said
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

blueprint = Blueprint("rescues", __name__)


@blueprint.get("/bookings/<bounded:booking_id>/rescue")
@edge.access(edge.Access.SIGNED_IN)
def show(booking_id: int) -> ResponseReturnValue:
    """What is out of order, which equivalent tools are free at the time, and what else one can do."""
    return _page(_own(booking_id), [])


@blueprint.post("/bookings/<bounded:booking_id>/rescue")
@edge.access(edge.Access.SIGNED_IN)
def take(booking_id: int) -> ResponseReturnValue:
    """Move the booking to the tool of the button that was pressed."""
    card, fields = _own(booking_id), Fields(request.form)
    try:
        tool_id = fields.whole("tool", 1, LARGEST_ID)
        fields.finish()
        moved = edge.perform(actions.take, booking_id, tool_id)
    except Unacceptable as unacceptable:
        return _page(card, list(problem_sentences(unacceptable).values())), 422
    except Refused as refused:
        return _page(card, refusal_sentences(refused.refusals, card.time_zone)), 409 if refused.is_conflict else 422
    _say(moved, tool_id)
    return redirect(url_for("bookings.show", booking_id=moved.id), 303)


def _own(booking_id: int) -> BookingCard:
    """The booking, for its maker alone."""
    card = load(booking_id)
    if card.account_id != edge.asker().account_id:
        raise Absent
    return card


def _say(moved: BookingCard, tool_id: int) -> None:
    if moved.tool_id != tool_id:
        flash(gettext("The tool is in order again, so your booking stands as it was."))
    elif moved.state is State.PENDING:
        flash(gettext("Asked for: %(what)s. The answer comes by mail.", what=said(moved)))
    else:
        flash(gettext("Moved: %(what)s", what=said(moved)))


def _page(card: BookingCard, sentences: list[str]) -> str:
    call = edge.read_call()
    trouble = actions.trouble(call, card)
    return render_template(
        "rescues/show.html",
        booking=card,
        trouble=trouble,
        ways=actions.ways(call, card) if trouble else (),
        has_begun=card.starts_at <= call.now,
        may_move=is_possible(card.state, Act.MOVE, card.span, call.now),
        may_cancel=is_possible(card.state, Act.CANCEL, card.span, call.now),
        sentences=sentences,
    )
