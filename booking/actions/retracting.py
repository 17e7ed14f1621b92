"""Taking back what a manager offered to the maker of a request, once the request is decided, ended or moved."""

from booking.actions.call import Call
from booking.actions.freed import freed
from booking.models import proposals
from booking.models.bookings import BookingCard
from booking.rules.states import State


def retract(call: Call, card: BookingCard) -> None:
    """Close the open offer to a request, if it has one, and give back the time that it held; only requests have any."""
    found = proposals.of_booking(call.session, card.id) if card.state is State.PENDING else None
    if found is not None:
        proposals.close(call.session, found, None, call.now)
        freed(call, found.tool_id, found.span)
