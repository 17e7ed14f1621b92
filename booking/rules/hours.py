"""Wall time and UTC: the only place, besides display, that knows what a clock on a wall shows."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from booking.rules.facts import ClosedDays, Hours
from booking.rules.openings import holds_on
from booking.rules.refusals import Problem, Refusal, Refused, Unacceptable
from booking.rules.spans import Span, clipped, common, merged, without

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# UTC is up to 14 hours away from the wall.
_AROUND = timedelta(hours=14)
_TICK = timedelta(microseconds=1)
# How far ahead the next opening is looked for: longer closures are answered by "not known".
_SEARCHED_WEEKS = 9
# Names in the zone database that stand for no place.
_NO_PLACES = frozenset({"localtime", "Factory"})


@lru_cache(maxsize=1)
def _known_zones() -> frozenset[str]:
    return frozenset(available_timezones() - _NO_PLACES)


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone of that name; raises Unacceptable with `unknown_zone` when there is none."""
    if name not in _known_zones():
        raise Unacceptable(Problem("time_zone", "unknown_zone", {"zone": name[:64]}))
    return ZoneInfo(name)


def to_utc(zone: str, wall: datetime) -> datetime:
    """The UTC instant of a naive wall time in the zone; of a repeated hour, the first.

    Raises Refused with `no_such_time` when the clocks jump over that time, Unacceptable for an unknown zone.
    """
    place = zone_named(zone)
    try:
        instant = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
        shown = instant.astimezone(place).replace(tzinfo=None)
    except OverflowError:
        shown = None
    if shown != wall:
        raise Refused((Refusal("no_such_time", {"wall": wall.isoformat(), "zone": zone}),))
    return instant


def to_wall(zone: str, instant: datetime) -> datetime:
    """What a clock on the wall shows in the zone at an aware instant, as a naive datetime."""
    return instant.astimezone(zone_named(zone)).replace(tzinfo=None, fold=0)


def to_wall_minutes(zone: str, instant: datetime) -> float:
    """Minutes that the wall clock shows since midnight; a fraction when the instant has seconds."""
    wall = instant.astimezone(zone_named(zone))
    return wall.hour * 60 + wall.minute + (wall.second + wall.microsecond / 1e6) / 60


@lru_cache(maxsize=4096)
def day_span(zone: str, day: date) -> Span:
    """One day of the wall calendar, midnight to midnight, as a span of 23 to 25 hours in UTC.

    Raises Refused with `no_such_time` for a day that a zone left out (Apia, 30 December 2011).
    """
    midnight = datetime.combine(day, time.min)
    try:
        return Span(_first_instant(zone, midnight), _first_instant(zone, midnight + _DAY))
    except (OverflowError, ValueError) as error:
        raise Refused((Refusal("no_such_time", {"wall": midnight.isoformat(), "zone": zone}),)) from error


def days_anywhere(first: date, last: date) -> Span:
    """From the first day's midnight to the end of the last, whatever zone a clock shows them in."""
    start, end = (datetime.combine(day, time.min, UTC) for day in (first, last + _DAY))
    return Span(start - _AROUND, end + _AROUND)


@lru_cache(maxsize=4096)
def part_of_day(zone: str, day: date, first_minute: int, last_minute: int) -> Span:
    """The part of a wall day between two minutes since midnight, in UTC. Raises Refused as `day_span` does."""
    whole, midnight = day_span(zone, day), datetime.combine(day, time.min)
    start, end = (_first_instant(zone, midnight + timedelta(minutes=each)) for each in (first_minute, last_minute))
    return Span(max(start, whole.start), min(end, whole.end))


def open_within(hours: Hours, span: Span) -> tuple[Span, ...]:
    """The open time inside a span of UTC, merged.

    On one date a special day counts before a make-up day, that before a closure, and that before the week.
    """
    # Rows may reach a day past their own, and UTC is up to 14 hours away from the wall.
    monday = _monday((span.start - 2 * _DAY).date())
    return clipped(_open_in_weeks(hours, monday, _monday((span.end + _DAY).date())), span)


def staffed_within(hours: Hours, span: Span) -> tuple[Span, ...]:
    """The time inside a span of UTC at which somebody of the space is there: never while it is closed.

    Without a staffed row that is whenever it is open. A make-up day has the staff of the weekday that it is like.
    """
    opened = open_within(hours, span)
    if not hours.staffed:
        return opened
    present = replace(hours, weekly=hours.staffed, closed=(), special=(), staffed=())
    return common(opened, open_within(present, span))


def shut_within(hours: Hours, span: Span, *, unattended: bool) -> tuple[Span, ...]:
    """The time of a booking at which the space should be open and isn't; of an unattended run only its ends count."""
    needed: tuple[Span, ...] = (span,)
    if unattended:
        needed = (Span(span.start, span.start + _TICK), Span(span.end - _TICK, span.end))
    return without(needed, open_within(hours, span))


@lru_cache(maxsize=4096)
def next_opening(hours: Hours, instant: datetime) -> Span | None:
    """The first open time at or after an instant; None when nothing opens within nine weeks."""
    for weeks in (1, _SEARCHED_WEEKS):
        end = instant + weeks * _WEEK
        ahead = open_within(hours, Span(instant, end))
        # Most open within days; an opening at the end of what was looked at may last longer.
        if ahead and ahead[0].end < end:
            return ahead[0]
    return ahead[0] if ahead else None


def closed_time(hours: Hours, closed: ClosedDays) -> tuple[Span, ...]:
    """A closure from its first midnight to its last, in UTC, without the dates that are open all the same."""
    whole = _real([_closure_span(hours, closed)])
    dates = {row.day for row in hours.special} | {row.day for row in hours.make_up}
    excepted = {day for day in dates if closed.first <= day <= closed.last}
    if not excepted:
        return tuple(whole)
    return without(whole, _real(_row_span(hours.zone, day, 0, 1440) for day in excepted))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


@lru_cache(maxsize=4096)
def _open_in_weeks(hours: Hours, monday: date, last_monday: date) -> tuple[Span, ...]:
    """The open time of several weeks, merged; remembered, because everybody asks for the same few."""
    found: list[Span] = []
    while monday <= last_monday:
        found.extend(_open_in_week(hours, monday))
        monday += _WEEK
    return merged(found)


@lru_cache(maxsize=8192)
def _open_in_week(hours: Hours, monday: date) -> tuple[Span, ...]:
    """The open time that the rows of one ISO week give; a last night may reach into the next week."""
    days = tuple(monday + timedelta(days=n) for n in range(7))
    near = [row for row in hours.closed if row.first <= days[-1] + 2 * _DAY and row.last >= monday]
    excepted = _excepted(hours, days)
    # A closed day's own night is closed as well, even where it reaches into an open day.
    closed = {day for day in days if any(row.first <= day <= row.last for row in near)}
    weekly = [
        _row_span(hours.zone, day, row.opens, row.closes)
        for day in days
        if day not in excepted and day not in closed
        for row in hours.weekly
        if row.weekday == day.weekday() and holds_on(row, day)
    ]
    extra = [_row_span(hours.zone, day, opens, closes) for day, rows in excepted.items() for opens, closes in rows]
    kept = without(_real(weekly), _real(_closure_span(hours, row) for row in near))
    return merged((*kept, *_real(extra)))


def _excepted(hours: Hours, days: Iterable[date]) -> dict[date, list[tuple[int, int]]]:
    """The dates among these that have hours of their own, or those of another weekday."""
    found: dict[date, list[tuple[int, int]]] = {}
    if not hours.special and not hours.make_up:
        return found
    like = {row.day: row.like_weekday for row in hours.make_up}
    for day in days:
        special = [(row.opens, row.closes) for row in hours.special if row.day == day]
        if special:
            found[day] = special
        elif day in like:
            rows = (row for row in hours.weekly if row.weekday == like[day] and holds_on(row, day))
            found[day] = [(row.opens, row.closes) for row in rows]
    return found


def _closure_span(hours: Hours, closed: ClosedDays) -> Span | None:
    """A closure from its first midnight to its last; None when its days never were."""
    start = _first_instant(hours.zone, datetime.combine(closed.first, time.min))
    end = _first_instant(hours.zone, datetime.combine(closed.last + _DAY, time.min))
    return Span(start, end) if start < end else None


def _real(spans: Iterable[Span | None]) -> list[Span]:
    return [span for span in spans if span is not None]


def _row_span(zone: str, day: date, opens: int, closes: int) -> Span | None:
    midnight = datetime.combine(day, time.min)
    start = _first_instant(zone, midnight + timedelta(minutes=opens))
    end = _first_instant(zone, midnight + timedelta(minutes=closes))
    if start >= end or (to_wall(zone, start).date() > day and not _is_day(zone, midnight)):
        return None
    return Span(start, end)


def _is_day(zone: str, midnight: datetime) -> bool:
    """Whether that date ever came: a night of a day that a zone left out began on no day."""
    return _first_instant(zone, midnight) < _first_instant(zone, midnight + _DAY)


def _first_instant(zone: str, wall: datetime) -> datetime:
    """The first instant at which the wall clock shows this time or a later one."""
    place = zone_named(zone)
    local = wall.replace(tzinfo=place)
    instant = local.astimezone(UTC)
    if instant.astimezone(place).replace(tzinfo=None) == wall:
        return instant
    # Within a gap the two readings of `fold` lie on either side of the jump.
    before, after = local.replace(fold=1).astimezone(UTC), instant
    offset = before.astimezone(place).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(place).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
