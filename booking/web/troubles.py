"""Which of the shown bookings stand on something that is out of order."""

from collections.abc import Collection

from booking import edge
from booking.models import outages
from booking.models.bookings import BookingCard
from booking.models.outages import Touch
from booking.outside import clock


def out_of_order(cards: Collection[BookingCard]) -> dict[int, Touch]:
    """What is out of order under these bookings, by their ids; asked once for all of them."""
    return outages.touching(edge.session(), [card.id for card in cards], clock.now())
