"""Taking back what a manager offered to the maker of a request, once the request is decided, ended or moved."""

from collections.abc import Sequence

from booking.actions.call import Call
from booking.actions.freed import freed
from booking.models import proposals
from booking.models.bookings import BookingCard
from booking.rules.states import State


def retract(call: Call, card: BookingCard) -> None:
    """Close the open offer to a request, if it has one, and give back the time that it held; only requests have any."""
    retract_all(call, (card,))


def retract_all(call: Call, cards: Sequence[BookingCard]) -> None:
    """Close the open offers to several requests; one query, none where nothing waits."""
    waiting = [card.id for card in cards if card.state is State.PENDING]
    for found in proposals.of_bookings(call.session, waiting).values():
        proposals.close(call.session, found, None, call.now)
        freed(call, found.tool_id, found.span)
