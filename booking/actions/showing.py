"""How much of a booking others may see: less than its space shows, where its maker wants that."""

from booking.actions import bookings as acts
from booking.actions.call import Call
from booking.models import bookings
from booking.models.bookings import BookingCard
from booking.rules.facts import Visibility
from booking.rules.refusals import Denied


def change(call: Call, booking_id: int, own_level: Visibility | None, *, expected: int | None = None) -> BookingCard:
    """Show others no more of a booking than this level; with None, what its space shows.

    A level that tells more than the space's changes nothing for anybody. It is for the maker to choose, at any time:
    raises Denied for those who see the booking otherwise, Absent for everybody else.
    """
    card = acts.load(call, booking_id, expected=expected)
    if card.account_id != call.person.account_id:
        raise Denied
    if own_level is card.own_level:
        return card
    level = own_level.value if own_level else ""
    bookings.change(call.session, card, call.now, visibility=level)
    return acts.written(call, card.id, "show", visibility=level or "space")
