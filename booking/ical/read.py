"""Foreign calendars read into busy time: single events that say in which zone they are."""

from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Component

from booking.rules.spans import Span


class Unreadable(Exception):
    """The bytes are not one whole calendar."""


@dataclass(frozen=True, slots=True)
class ForeignEvent:
    """Time that an event takes, and its title."""

    span: Span
    title: str


def busy(calendar: bytes) -> tuple[ForeignEvent, ...]:
    """The single events that take time, by their start; cancelled and transparent ones don't.

    Events without a zone or without an end, and series, are left out. Raises Unreadable for anything but a calendar.
    """
    # A truncated file would otherwise be read as one with fewer events.
    if not calendar.lstrip().startswith(b"BEGIN:VCALENDAR") or not calendar.rstrip().endswith(b"END:VCALENDAR"):
        raise Unreadable
    try:
        events = Calendar.from_ical(calendar).walk("VEVENT")
    except (ValueError, IndexError) as problem:
        raise Unreadable from problem
    found = [event for component in events if (event := _event(component))]
    return tuple(sorted(found, key=lambda event: event.span))


def _event(component: Component) -> ForeignEvent | None:
    free = component.get("STATUS") == "CANCELLED" or component.get("TRANSP") == "TRANSPARENT"
    if free or "RRULE" in component or "RDATE" in component:
        return None
    start, end = (_instant(component, name) for name in ("DTSTART", "DTEND"))
    if start is None or end is None or end <= start:
        return None
    return ForeignEvent(Span(start, end), str(component.get("SUMMARY", "")))


def _instant(component: Component, name: str) -> datetime | None:
    value = component.decoded(name) if name in component else None
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    return value.astimezone(UTC)
