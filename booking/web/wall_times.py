"""The wall times that a booking form offers and takes: from strings on a tool's day to instants, and back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext

from booking.rules import hours
from booking.rules.facts import Facts
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from booking.web.forms import Fields
from booking.wording.display import f_time, offset_minutes, offset_name

DAY_MINUTES = 1440
# Behind a time that the clocks show twice on its day: the second of both.
SECOND = "-2"
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")
_SET_BACK = (timedelta(minutes=60), timedelta(minutes=30))


@dataclass(frozen=True, slots=True)
class Typed:
    """A time as it stands in the fields of a form; an empty `end_date` means the day of the start."""

    date: str = ""
    start: str = ""
    end: str = ""
    end_date: str = ""


def offered(facts: Facts, day: date, typed: Typed) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The starts and the ends to choose from on a wall day: values and labels in the tool's grain.

    They span the hours at which the space is ever open, so that another day can be chosen without asking again.
    Times that the clocks skip are left out; what was typed is always among them.
    """
    first, last = _open_minutes(facts)
    zone, grain = facts.hours.zone, facts.tool.limits.grain_minutes
    starts = _choices(zone, day, range(first, min(last, DAY_MINUTES), grain))
    ends = _choices(zone, day, range(first + grain, last + 1, grain))
    return _with_typed(list(starts), typed.start), _with_typed(list(ends), typed.end)


def lasts_days(facts: Facts) -> bool:
    """Whether bookings of the tool may end later than on the day after."""
    return facts.tool.limits.longest_minutes > DAY_MINUTES


def read(fields: Fields, zone: str) -> Span | None:
    """The asked time, or None after a problem (which `fields` then holds).

    Raises Refused with `no_such_time` for a time that the clocks skip.
    """
    day = fields.day("date")
    end_day = fields.optional_day("end_date") or day
    start, end = _wall(fields, "start", day, DAY_MINUTES), _wall(fields, "end", end_day, 2 * DAY_MINUTES)
    if start is None or end is None or not fields.given("date"):
        return None
    first, last = _instant(zone, *start), _instant(zone, *end)
    if last <= first:
        fields.problem("end", "ends_before_start")
        return None
    return Span(first, last)


def read_start(fields: Fields, zone: str) -> datetime | None:
    """The asked start alone, or None after a problem; raises like `read`."""
    start = _wall(fields, "start", fields.day("date"), DAY_MINUTES)
    return _instant(zone, *start) if start and fields.given("date") else None


def typed_of(zone: str, span: Span) -> Typed:
    """A span as it would stand in the form."""
    start, end = hours.to_wall(zone, span.start), hours.to_wall(zone, span.end)
    minutes = (end - datetime.combine(start.date(), time())) // timedelta(minutes=1)
    end_date = ""
    if minutes > 2 * DAY_MINUTES:
        end_date, minutes = end.date().isoformat(), end.hour * 60 + end.minute
    return Typed(
        start.date().isoformat(),
        _value(start.hour * 60 + start.minute, is_second=_is_second(zone, span.start)),
        _value(minutes, is_second=_is_second(zone, span.end)),
        end_date,
    )


def _open_minutes(facts: Facts) -> tuple[int, int]:
    """From which minute of a day to which one the space is ever open; nights reach into the next day."""
    rows = [(row.opens, row.closes) for row in facts.hours.weekly]
    rows += [(row.opens, row.closes) for row in facts.hours.special]
    if not rows:
        return 0, DAY_MINUTES
    grain = facts.tool.limits.grain_minutes
    first = min(opens for opens, _ in rows) // grain * grain
    last = max(closes for _, closes in rows)
    if facts.tool.limits.unattended:
        last += DAY_MINUTES
    return first, min(last, 2 * DAY_MINUTES)


def _choices(zone: str, day: date, minutes: range) -> Iterator[tuple[str, str]]:
    has_second = _has_repeated_times(zone, day)
    for minute in minutes:
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        try:
            instant = hours.to_utc(zone, wall)
        except Refused:  # The clocks skip it.
            continue
        later = _second(zone, instant, wall) if has_second and minute < DAY_MINUTES else None
        label = _label(wall, minute)
        if later is None:
            yield _value(minute), label
        else:
            yield _value(minute), f"{label} ({_offset(zone, instant)})"
            yield _value(minute, is_second=True), f"{label} ({_offset(zone, later)})"


def _label(wall: datetime, minute: int) -> str:
    shown = f_time(wall.time())
    return shown if minute <= DAY_MINUTES else str(gettext("%(time)s (+1)", time=shown))


def _offset(zone: str, instant: datetime) -> str:
    return offset_name(offset_minutes(zone, instant))


def _with_typed(pairs: list[tuple[str, str]], value: str) -> list[tuple[str, str]]:
    """What was chosen stays chosen, also where the form itself would not offer it."""
    if not _CLOCK.fullmatch(value.removesuffix(SECOND)) or any(value == key for key, _ in pairs):
        return pairs
    minute = _minutes(value)
    wall = datetime.combine(date(2000, 1, 1), time()) + timedelta(minutes=minute)
    return sorted([*pairs, (value, _label(wall, minute))], key=lambda pair: _minutes(pair[0]))


def _minutes(value: str) -> int:
    hour, minute = value.removesuffix(SECOND).split(":")
    return int(hour) * 60 + int(minute)


def _value(minutes: int, *, is_second: bool = False) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (SECOND if is_second else "")


def _wall(fields: Fields, name: str, day: date, latest: int) -> tuple[datetime, bool] | None:
    """A wall time on that day or the next, and whether the second of two is meant."""
    value = fields.line(name, len("24:00") + len(SECOND))
    if not value:
        return None
    if not _CLOCK.fullmatch(value.removesuffix(SECOND)) or _minutes(value) > latest:
        fields.problem(name, "not_a_time")
        return None
    return datetime.combine(day, time()) + timedelta(minutes=_minutes(value)), value.endswith(SECOND)


def _instant(zone: str, wall: datetime, is_second: bool) -> datetime:
    instant = hours.to_utc(zone, wall)
    return (_second(zone, instant, wall) if is_second else None) or instant


def _second(zone: str, instant: datetime, wall: datetime) -> datetime | None:
    """The instant at which the clocks show this wall time again, or None."""
    return next((instant + by for by in _SET_BACK if hours.to_wall(zone, instant + by) == wall), None)


def _is_second(zone: str, instant: datetime) -> bool:
    wall = hours.to_wall(zone, instant)
    return any(hours.to_wall(zone, instant - by) == wall for by in _SET_BACK)


def _has_repeated_times(zone: str, day: date) -> bool:
    try:
        return hours.day_span(zone, day).length > timedelta(days=1)
    except Refused:
        return False
