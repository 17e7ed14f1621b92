"""Requests that belong together stand together: of each series the queue shows the nearest date."""

from collections.abc import Sequence

from booking import edge
from booking.models import series
from booking.models.bookings import BookingCard

Together = dict[int, tuple[int, int]]


def first_of_each(cards: Sequence[BookingCard]) -> tuple[list[BookingCard], Together]:
    """The requests without those that follow another of their series; two queries at most.

    And for each that stands for several its series, and how many of that wait.
    """
    of_series = series.of_bookings(edge.session(), [card.id for card in cards]) if cards else {}
    waiting = series.number_waiting(edge.session(), set(of_series.values())) if of_series else {}
    shown: list[BookingCard] = []
    together: Together = {}
    seen: set[int] = set()
    for card in cards:
        series_id = of_series.get(card.id)
        if series_id in seen:
            continue
        shown.append(card)
        if series_id is not None:
            seen.add(series_id)
            if waiting.get(series_id, 0) > 1:
                together[card.id] = (series_id, waiting[series_id])
    return shown, together
