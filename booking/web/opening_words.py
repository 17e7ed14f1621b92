"""When a space is open, in words: its week, whether it is open now, what deviates in the coming weeks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext

from booking.models.opening_days import ClosureRow, SpecialRow
from booking.rules import hours
from booking.rules.facts import Hours, WeeklyOpening
from booking.wording.display import f_short_day, f_time, f_week, f_weekday

MONDAY = date(2024, 1, 1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Doors:
    """Whether a space is open now, and until when or from when in words."""

    open: bool
    words: str


def doors(opening: Hours, now: datetime) -> Doors:
    """Whether the space is open now by its own clock."""
    following = hours.next_opening(opening, now)
    zone = opening.zone
    if following is None:
        return Doors(False, str(gettext("Closed")))
    if following.start <= now:
        return Doors(True, str(gettext("Open until %(time)s", time=f_time(following.end, zone))))
    start = f_time(following.start, zone)
    if hours.to_wall(zone, following.start).date() == hours.to_wall(zone, now).date():
        return Doors(False, str(gettext("Opens at %(time)s", time=start)))
    day = f_weekday(following.start, zone)
    if following.start - now > 6 * DAY:
        day = f_short_day(following.start, zone)
    return Doors(False, str(gettext("Opens %(day)s, %(time)s", day=day, time=start)))


def weekly(rows: Sequence[WeeklyOpening]) -> list[tuple[str, str]]:
    """The week as pairs of days and times; days in a row with the same times are said together."""
    times = [_times(row for row in rows if row.weekday == weekday) for weekday in range(7)]
    found: list[tuple[str, str]] = []
    first = 0
    for weekday in range(1, 8):
        if weekday < 7 and times[weekday] == times[first]:
            continue
        days = f_weekday(MONDAY + first * DAY, short=False)
        if weekday - first > 1:
            last = f_weekday(MONDAY + (weekday - 1) * DAY, short=False)
            days = gettext("%(first)s to %(last)s", first=days, last=last)
        found.append((days, times[first] or gettext("Closed")))
        first = weekday
    return found


def closures(rows: Iterable[ClosureRow]) -> list[tuple[str, str]]:
    """Closures to come as pairs of days and reason."""
    return [(_days(row.first, row.last), row.reason or gettext("Closed")) for row in rows]


def special_days(rows: Iterable[SpecialRow]) -> list[tuple[str, str]]:
    """Days to come that are open at other times, as pairs of day and times with their note."""
    times = ((row, _clock_range(row.opens, row.closes)) for row in rows)
    return [(f_short_day(row.day), f"{time} · {row.note}" if row.note else time) for row, time in times]


def _days(first: date, last: date) -> str:
    return f_short_day(first) if first == last else f_week(first, last)


def _times(rows: Iterable[WeeklyOpening]) -> str:
    return ", ".join(_clock_range(row.opens, row.closes) for row in sorted(rows, key=lambda row: row.opens))


def _clock_range(opens: int, closes: int) -> str:
    return f"{_clock(opens)}–{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f_time(time(minutes // 60 % 24, minutes % 60))
