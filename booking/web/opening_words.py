"""When a space is open, in words: its week, whether it is open now, what deviates in the coming weeks, its staff."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext

from booking.models import opening_days
from booking.models.database import Session
from booking.models.opening_days import ClosureRow, MakeUpRow, SpecialRow
from booking.models.spaces import SpaceCard
from booking.rules import hours, openings
from booking.rules.facts import Hours, WeeklyOpening
from booking.wording.display import f_short_day, f_time, f_week, f_weekday

MONDAY = date(2024, 1, 1)
DAY = timedelta(days=1)
DAY_MINUTES = 1_440
# What is further off than this is not told yet.
AHEAD = timedelta(days=90)
Pairs = list[tuple[str, str]]


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
        return Doors(True, _open_until(following.end, now, zone))
    start = f_time(following.start, zone)
    if hours.to_wall(zone, following.start).date() == hours.to_wall(zone, now).date():
        return Doors(False, str(gettext("Opens at %(time)s", time=start)))
    day = f_weekday(following.start, zone)
    if following.start - now > 6 * DAY:
        day = f_short_day(following.start, zone)
    return Doors(False, str(gettext("Opens %(day)s, %(time)s", day=day, time=start)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """When a space is open, as pairs of days and times: its week, planned changes, deviations, when it is staffed."""

    weekly: Pairs
    changes: list[tuple[str, Pairs]]
    special: Pairs
    closures: Pairs
    staffed: Pairs


def sheet(session: Session, card: SpaceCard, opening: Hours, today: date) -> Sheet:
    """When a space is open from today on, and what deviates from its week within three months."""
    last = today + AHEAD
    special = [row for row in opening_days.special_days(session, card.id, today) if row.day <= last]
    make_up = [row for row in opening_days.make_up_days(session, card.id, today) if row.day <= last]
    return Sheet(
        weekly=weekly(openings.in_force(opening.weekly, today)),
        changes=[
            (gettext("From %(day)s on", day=f_short_day(day)), weekly(rows))
            for day, rows in openings.changes(opening.weekly, today)
            if day <= last
        ],
        special=special_days(special, make_up),
        closures=closures(row for row in opening_days.closures(session, card.id, today) if row.first <= last),
        staffed=weekly(opening.staffed, gettext("Nobody")) if opening.staffed else [],
    )


def _open_until(end: datetime, now: datetime, zone: str) -> str:
    """Until when it is open; of more than a day the day as well, and of weeks that it doesn't close."""
    if end - now > 7 * DAY:
        return str(gettext("Open day and night"))
    time = f_time(end, zone)
    if end - now <= DAY:
        return str(gettext("Open until %(time)s", time=time))
    return str(gettext("Open until %(day)s, %(time)s", day=f_weekday(end, zone), time=time))


def weekly(rows: Sequence[WeeklyOpening], nothing: str = "") -> Pairs:
    """The week as pairs of days and times; days in a row with the same times are said together.

    `nothing` is what a day without a row says, usually that the space is closed.
    """
    times = [_times(row for row in rows if row.weekday == weekday) for weekday in range(7)]
    found: Pairs = []
    first = 0
    for weekday in range(1, 8):
        if weekday < 7 and times[weekday] == times[first]:
            continue
        days = f_weekday(MONDAY + first * DAY, short=False)
        if weekday - first > 1:
            last = f_weekday(MONDAY + (weekday - 1) * DAY, short=False)
            days = gettext("%(first)s to %(last)s", first=days, last=last)
        found.append((days, times[first] or nothing or gettext("Closed")))
        first = weekday
    return found


def closures(rows: Iterable[ClosureRow]) -> Pairs:
    """Closures to come as pairs of days and reason."""
    return [(_days(row.first, row.last), row.reason or gettext("Closed")) for row in rows]


def special_days(special: Iterable[SpecialRow], make_up: Iterable[MakeUpRow]) -> Pairs:
    """Days to come that are open at other times, as pairs of day and times with their note."""
    told = [(row.day, row.opens, _clock_range(row.opens, row.closes), row.note) for row in special]
    told += [(row.day, 0, like_weekday(row.like_weekday), row.note) for row in make_up]
    return [(f_short_day(day), f"{time} · {note}" if note else time) for day, _, time, note in sorted(told)]


def like_weekday(weekday: int) -> str:
    """That a day has the hours of a weekday."""
    return str(gettext("As on a %(weekday)s", weekday=f_weekday(MONDAY + weekday * DAY, short=False)))


def _days(first: date, last: date) -> str:
    return f_short_day(first) if first == last else f_week(first, last)


def _times(rows: Iterable[WeeklyOpening]) -> str:
    return ", ".join(_clock_range(row.opens, row.closes) for row in sorted(rows, key=lambda row: row.opens))


def _clock_range(opens: int, closes: int) -> str:
    if closes - opens == DAY_MINUTES and not opens:
        return str(gettext("All day"))
    return f"{_clock(opens)}–{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f_time(time(minutes // 60 % 24, minutes % 60))
