"""When an event of a foreign calendar takes place: once, or as often as its rule says (RFC 5545, 3.8.5).

The library that knows the rules also follows those that never end. What would take it long is refused beforehand, and a
clock of the processor ends what still does.
"""

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

from booking.rules.spans import Span

MOST_OCCURRENCES = 2_000
# What one event may take of a processor, in seconds.
PATIENCE = 1.0
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_MOST_TIMES_A_DAY = 24
_REPEATING = ("RRULE", "RDATE", "RECURRENCE-ID")
_ZONED = ("DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE")
_DAY = timedelta(days=1)


class LeftOut(Exception):
    """The event can't be used; its only argument says why, as a code."""


class TooCostly(BaseException):
    """The event took longer than it may: no `except Exception` of a library holds this back."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which an event takes place, with what the calendar says of it."""

    start: datetime
    end: datetime
    component: Component


def repeats(components: Sequence[Component]) -> bool:
    """Whether events of one UID are more than a single one that takes place once."""
    return len(components) > 1 or any(name in components[0] for name in _REPEATING)


def once(component: Component, zone: ZoneInfo) -> Occurrence:
    """When a single event takes place, in UTC. Raises LeftOut for what has no time that could be taken."""
    start = component.decoded("DTSTART")
    end = component.decoded("DTEND") if "DTEND" in component else None
    if end is None:
        usual = timedelta(0) if isinstance(start, datetime) else _DAY
        end = start + (component.decoded("DURATION") if "DURATION" in component else usual)
    if isinstance(start, datetime) is not isinstance(end, datetime):
        raise LeftOut("mixed")
    return Occurrence(_instant(start, zone), _instant(end, zone), component)


def occurrences(components: Sequence[Component], zone: ZoneInfo, window: Span) -> Iterator[Occurrence]:
    """When events of one UID take place within the window, in order; one more than `MOST_OCCURRENCES` at most.

    Raises LeftOut for rules that are none, or that come more often than daily.
    """
    calendar = Calendar()
    for component in components:
        for rule in _listed(component.get("RRULE")):
            _check(rule)
        once(component, zone)
        calendar.add_component(_zoned(component, zone))
    query = recurring_ical_events.of(calendar, components=["VEVENT"])
    found = query.between(window.start, window.end)
    for component in sorted(found, key=lambda each: _instant(each.decoded("DTSTART"), zone))[: MOST_OCCURRENCES + 1]:
        yield once(component, zone)


def is_without_zone(component: Component) -> bool:
    """Whether an event names a time zone that nobody knows."""
    start = component.get("DTSTART")
    value = getattr(start, "dt", None)
    return isinstance(value, datetime) and value.tzinfo is None and "TZID" in start.params


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooCostly when the block takes more of the processor than this; for the main thread of a child alone."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooCostly

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _check(rule: Any) -> None:
    [frequency] = rule.get("FREQ", [""])
    interval = rule.get("INTERVAL", [1])
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(len(rule.get(name, [])), 1)
    if str(frequency).upper() not in _FREQUENCIES or times > _MOST_TIMES_A_DAY:
        raise LeftOut("too_often")
    if len(interval) != 1 or interval[0] < 1:
        raise LeftOut("unreadable")


def _zoned(component: Component, zone: ZoneInfo) -> Component:
    """The event with its floating times, and those of unknown zones, on the clock of the space."""
    found = deepcopy(component)
    for name in _ZONED:
        for value in _listed(found.get(name)):
            for each in getattr(value, "dts", [value]):
                each.dt = _on_clock(each.dt, zone)
    return found


def _on_clock(value: Any, zone: ZoneInfo) -> Any:
    if isinstance(value, tuple):
        return tuple(_on_clock(part, zone) for part in value)
    is_floating = isinstance(value, datetime) and value.tzinfo is None
    return value.replace(tzinfo=zone) if is_floating else value


def _instant(value: date, zone: ZoneInfo) -> datetime:
    """A date's midnight or a floating time on the clock of the space, everything in UTC."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _listed(value: Any) -> Iterable[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
