"""What a booking is part of: a series, or a plan."""

from typing import Any

from booking import edge
from booking.actions import series as actions
from booking.models import series
from booking.models.bookings import BookingCard
from booking.wording.recurrence import pattern_words


def of(booking: BookingCard) -> dict[str, Any]:
    """What the page of a booking says of the series that it is a date of."""
    return {"of_series": _series(booking)}


def _series(booking: BookingCard) -> dict[str, Any] | None:
    found = series.of_booking(edge.session(), booking.id)
    if found is None:
        return None
    card = series.card(edge.session(), found[0])
    if not actions.is_seen(edge.actor(), card):
        return None
    return {"card": card, "day": found[1], "words": pattern_words(card.pattern)}
