"""What a booking is part of: a series, or a plan."""

from typing import Any

from booking import edge
from booking.actions import plans as plan_actions
from booking.actions import series as actions
from booking.models import plans, series
from booking.models.bookings import BookingCard
from booking.models.plans import PlanCard
from booking.wording.recurrence import pattern_words


def of(booking: BookingCard) -> dict[str, Any]:
    """What the page of a booking says of the series that it is a date of, or of the plan that it is a part of."""
    return {"of_series": _series(booking), "of_plan": _plan(booking)}


def _series(booking: BookingCard) -> dict[str, Any] | None:
    found = series.of_booking(edge.session(), booking.id)
    if found is None:
        return None
    card = series.card(edge.session(), found[0])
    if not actions.is_seen(edge.actor(), card):
        return None
    return {"card": card, "day": found[1], "words": pattern_words(card.pattern)}


def _plan(booking: BookingCard) -> PlanCard | None:
    plan_id = plans.of_booking(edge.session(), booking.id)
    card = plans.card(edge.session(), plan_id) if plan_id is not None else None
    return card if card is not None and plan_actions.is_seen(edge.actor(), card) else None
