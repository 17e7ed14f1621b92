"""Who hears that a booking lies outside changed opening hours, and what that mail tells."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from booking.actions.call import Call
from booking.models import jobs, opening_days, spaces
from booking.models.opening_days import BookingAhead
from booking.rules.facts import Hours
from booking.rules.hours import day_span, open_within, shut_within, to_wall
from booking.rules.spans import Span

EVENTS = frozenset({"booking_outside"})
_TICK = timedelta(microseconds=1)


def is_outside(booking: BookingAhead, hours: Hours) -> bool:
    """Whether a booking needs open doors at a time at which they are shut."""
    return bool(shut_within(hours, booking.span, unattended=booking.unattended))


def tell(call: Call, touched: Iterable[BookingAhead]) -> None:
    """Leave one mail for each of these bookings, in one batch however many there are."""
    mails = [
        (
            {"event": "booking_outside", "account_id": booking.account_id, "booking_id": booking.id},
            f"booking_outside:{booking.id}:{call.now.isoformat()}",
        )
        for booking in touched
    ]
    jobs.add_all(call.session, "mail", mails, call.now)


def news(call: Call, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """When the space is open on the days of the booking, and why it is closed; None when it isn't outside any more."""
    booking = opening_days.booking_ahead(call.session, payload.get("booking_id") or 0, call.now)
    if booking is None:
        return None
    hours = spaces.hours_of(call.session, [booking.space_id])[booking.space_id]
    if not is_outside(booking, hours):
        return None
    first, last = (to_wall(hours.zone, each).date() for each in (booking.span.start, booking.span.end - _TICK))
    days = Span(day_span(hours.zone, first).start, day_span(hours.zone, last).end)
    return {"opened": open_within(hours, days), "reason": _reason(hours, first, last)}


def _reason(hours: Hours, first: date, last: date) -> str:
    """What is said of the closure on one of these days."""
    said = (row.reason for row in hours.closed if row.first <= last and row.last >= first)
    return next(filter(None, said), "")
