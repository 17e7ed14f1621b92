"""Repeating bookings: which wall days a pattern names, and what stretch of time it means on each of them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import islice

from booking.rules import hours
from booking.rules.refusals import Problem, Refusal, Refused, Unacceptable
from booking.rules.spans import Span

MOST = 200
MOST_STEPS = 52
DAY_MINUTES = 1440
# The longest booking that any tool allows.
LONGEST_MINUTES = 7 * DAY_MINUTES
# A pattern that reaches further than this is a mistyped one.
_REACH = timedelta(days=3653)
_DAY = timedelta(days=1)
_LAST_WEEK = 5


class Frequency(StrEnum):
    """How a pattern goes on: by days, by weeks, by the day of the month, or by its weekday as in "second Tuesday"."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY_DAY = "monthly_day"
    MONTHLY_WEEKDAY = "monthly_weekday"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A repetition in wall time of the space: from `first_day`, every `step` days, weeks or months.

    It ends with `last_day` or after so many `times`, one of which is given. `starts` is a minute of the wall day,
    `minutes` the length on the wall clock. `weekdays` (0 is Monday) count for weekly ones only; none: the first
    day's. A monthly one takes its day of the month or its weekday (the fifth is the last) from the first day.
    """

    frequency: Frequency
    first_day: date
    starts: int
    minutes: int
    step: int = 1
    weekdays: tuple[int, ...] = ()
    last_day: date | None = None
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One day of a pattern; without a span where the clocks jump over its start or its end, as the refusals say."""

    day: date
    span: Span | None
    refusals: tuple[Refusal, ...] = ()


def checked(pattern: Pattern) -> Pattern:
    """The pattern, when it can be taken; raises Unacceptable with every problem at once.

    It must end, name at least one day and at most 200 within ten years.
    """
    problems = []
    if (pattern.last_day is None) == (pattern.times is None):
        problems.append(Problem("until", "until_or_times"))
    if not 1 <= pattern.step <= MOST_STEPS:
        problems.append(Problem("every", "out_of_range", {"low": 1, "high": MOST_STEPS}))
    if pattern.times is not None and not 1 <= pattern.times <= MOST:
        problems.append(Problem("times", "out_of_range", {"low": 1, "high": MOST}))
    if not 0 <= pattern.starts < DAY_MINUTES:
        problems.append(Problem("start", "not_a_time"))
    if not 0 < pattern.minutes <= LONGEST_MINUTES:
        problems.append(Problem("end", "ends_before_start" if pattern.minutes <= 0 else "too_long_a_time"))
    if not problems:
        problems.extend(_length_problems(pattern))
    if problems:
        raise Unacceptable(*problems)
    return pattern


def days(pattern: Pattern) -> tuple[date, ...]:
    """The wall days that the pattern names, in order; at most 200."""
    return tuple(islice(_ended(pattern), MOST))


def occurrences(pattern: Pattern, zone: str) -> tuple[Occurrence, ...]:
    """Every day of the pattern with its time in UTC, both ends by the wall clock: 10:00 stays 10:00 all year."""
    return tuple(occurrence_on(pattern, zone, day) for day in days(pattern))


def occurrence_on(pattern: Pattern, zone: str, day: date) -> Occurrence:
    """The pattern's time on a wall day; of a repeated hour, the first."""
    wall = datetime.combine(day, time()) + timedelta(minutes=pattern.starts)
    try:
        start, end = hours.to_utc(zone, wall), hours.to_utc(zone, wall + timedelta(minutes=pattern.minutes))
    except Refused as refused:
        return Occurrence(day, None, refused.refusals)
    return Occurrence(day, Span(start, end))


def from_span(span: Span, zone: str, frequency: Frequency, **more: object) -> Pattern:
    """The pattern whose first time is this span; `more` are the other fields. Raises Unacceptable for odd seconds."""
    start, end = hours.to_wall(zone, span.start), hours.to_wall(zone, span.end)
    odd = [name for name, wall in (("start", start), ("end", end)) if wall.second or wall.microsecond]
    if odd:
        raise Unacceptable(*(Problem(name, "not_a_whole_minute") for name in odd))
    starts = start.hour * 60 + start.minute
    minutes = (end - start) // timedelta(minutes=1)
    return replace(Pattern(frequency, start.date(), starts, minutes), **more)  # type: ignore[arg-type]


def week_of_month(day: date) -> int:
    """Which one of its weekday the day is in its month: 1 to 4, or 5 for the last where there is a fifth."""
    return (day.day - 1) // 7 + 1


def weekday_of(pattern: Pattern) -> int | None:
    """The weekday of a pattern that names one a week; None for every other."""
    named = set(pattern.weekdays) or {pattern.first_day.weekday()}
    return named.pop() if pattern.frequency is Frequency.WEEKLY and len(named) == 1 else None


def moved_to(day: date, weekday: int) -> date:
    """The day of the same week, from Monday on, that is this weekday."""
    return day + _DAY * (weekday - day.weekday())


def on_weekday(pattern: Pattern, weekday: int) -> Pattern:
    """The pattern on another weekday of the same weeks; raises Unacceptable for one that names no or several."""
    if weekday_of(pattern) is None:
        raise Unacceptable(Problem("weekday", "not_a_choice"))
    first, *_, last = (*days(pattern), *days(pattern)[-1:])
    ends = None if pattern.times else moved_to(last, weekday)
    return replace(pattern, first_day=moved_to(first, weekday), weekdays=(), last_day=ends)


def following(pattern: Pattern, since: date) -> Pattern:
    """What is left of a pattern from a day on; raises Unacceptable when that is nothing."""
    named = days(pattern)
    first = next((day for day in named if day >= since), None)
    if first is None:
        raise Unacceptable(Problem("since", "no_dates"))
    if pattern.frequency is Frequency.MONTHLY_WEEKDAY:
        # "The last one" is only told from a month that has a fifth.
        week = week_of_month(pattern.first_day)
        first = max(day for day in named if day <= first and week_of_month(day) == week)
    times = sum(day >= first for day in named) if pattern.times else None
    return replace(pattern, first_day=first, times=times)


def before(pattern: Pattern, day: date) -> Pattern:
    """What there is of a pattern before a day."""
    return replace(pattern, last_day=day - _DAY, times=None)


def _length_problems(pattern: Pattern) -> Iterator[Problem]:
    found = list(islice(_ended(pattern), MOST + 1))
    if not found:
        yield Problem("until", "no_dates")
    elif len(found) > MOST:
        yield Problem("until", "too_many_dates", {"most": MOST})
    elif (pattern.times is not None and len(found) < pattern.times) or found[-1] - pattern.first_day > _REACH:
        yield Problem("until" if pattern.times is None else "times", "too_far_away")


def _ended(pattern: Pattern) -> Iterator[date]:
    last = pattern.last_day or _shifted(pattern.first_day, _REACH)
    endless = (day for day in _RUNS[pattern.frequency](pattern) if day >= pattern.first_day)
    for number, day in enumerate(endless):
        if day > last or (pattern.times is not None and number >= pattern.times):
            return
        yield day


def _shifted(day: date, by: timedelta) -> date:
    try:
        return day + by
    except OverflowError:
        return date.max


def _by_days(pattern: Pattern) -> Iterator[date]:
    day = pattern.first_day
    while day < date.max - _DAY * pattern.step:
        yield day
        day += _DAY * pattern.step


def _by_weeks(pattern: Pattern) -> Iterator[date]:
    weekdays = sorted(set(pattern.weekdays)) or [pattern.first_day.weekday()]
    monday = pattern.first_day - _DAY * pattern.first_day.weekday()
    while monday < date.max - _DAY * 7 * (pattern.step + 1):
        yield from (monday + _DAY * weekday for weekday in weekdays)
        monday += _DAY * 7 * pattern.step


def _by_day_of_month(pattern: Pattern) -> Iterator[date]:
    for month in _months(pattern):
        try:
            yield month.replace(day=pattern.first_day.day)
        except ValueError:  # A month without a 31st has no such date.
            continue


def _by_weekday_of_month(pattern: Pattern) -> Iterator[date]:
    week, weekday = week_of_month(pattern.first_day), pattern.first_day.weekday()
    for month in _months(pattern):
        first = month + _DAY * ((weekday - month.weekday()) % 7)
        day = first + _DAY * 7 * (week - 1)
        yield day if week < _LAST_WEEK or day.month == month.month else day - _DAY * 7


def _months(pattern: Pattern) -> Iterator[date]:
    """The first day of each month that the pattern looks at."""
    number = pattern.first_day.year * 12 + pattern.first_day.month - 1
    while number < date.max.year * 12:
        yield date(number // 12, number % 12 + 1, 1)
        number += pattern.step


_RUNS = {
    Frequency.DAILY: _by_days,
    Frequency.WEEKLY: _by_weeks,
    Frequency.MONTHLY_DAY: _by_day_of_month,
    Frequency.MONTHLY_WEEKDAY: _by_weekday_of_month,
}
