"""Public holidays from a calendar file: what would become of each date, and the closures that come of it.

Importing a calendar of the same name again replaces its closures to come; what is over stays as it was.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from booking.actions.call import Call
from booking.actions.freed import freed_at
from booking.actions.opening_days import FURTHEST, LONGEST_CLOSURE, newly_outside, today
from booking.actions.outside_news import tell
from booking.actions.spaces import managed
from booking.ical import holidays as reading
from booking.ical.holidays import Holiday, HolidayCalendar
from booking.models import opening_days, spaces
from booking.models.opening_days import BookingAhead, ClosureRow
from booking.models.spaces import SpaceCard
from booking.outside import children
from booking.rules import text
from booking.rules.facts import ClosedDays, Hours
from booking.rules.refusals import Problem, Unacceptable

LARGEST_FILE = 2 * 2**20
LONGEST_SOURCE = 120
_DAY = timedelta(days=1)


class Outcome(StrEnum):
    """What becomes of a date."""

    NEW = "new"
    CHANGED = "changed"
    AS_IS = "as_is"
    GONE = "gone"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Line:
    """One date of the calendar, or a closure that is no longer in it; `why` it is left out, as a code."""

    first: date
    last: date
    title: str
    outcome: Outcome
    why: str = ""
    closure_id: int | None = None

    @property
    def key(self) -> str:
        """The days, as a form sends them."""
        return f"{self.first}/{self.last}"


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do, and the bookings that would then lie outside the opening hours."""

    source: str
    lines: tuple[Line, ...]
    touched: tuple[BookingAhead, ...]

    @property
    def choices(self) -> tuple[Line, ...]:
        """The dates on which the space can be closed."""
        return tuple(line for line in self.lines if line.outcome in _WANTED)

    @property
    def changes(self) -> int:
        """How many closures come, change or go."""
        return sum(line.outcome in {Outcome.NEW, Outcome.CHANGED, Outcome.GONE} for line in self.lines)

    @property
    def over(self) -> int:
        """How many dates are left out because they are over."""
        return sum(line.why == "over" for line in self.lines)


_WANTED = frozenset({Outcome.NEW, Outcome.CHANGED, Outcome.AS_IS})


def read(data: bytes, now: datetime) -> HolidayCalendar:
    """The days of a calendar file, read apart from everything else; raises Unacceptable for what is none."""
    if not data.strip():
        raise Unacceptable(Problem("file", "file_empty"))
    if len(data) > LARGEST_FILE:
        raise Unacceptable(Problem("file", "file_too_large", {"megabytes": LARGEST_FILE // 2**20}))
    try:
        found = children.limited(reading.__name__, data, (now + FURTHEST).date().isoformat())
    except children.Failed as problem:
        raise Unacceptable(Problem("file", "not_a_calendar")) from problem
    return reading.heard(found)


def plan(call: Call, slug: str, source: str, calendar: HolidayCalendar) -> Plan:
    """What importing the calendar under this name, or that of its own, would do; writes nothing."""
    space = managed(call, slug)
    source = text.one_line(source or calendar.name, LONGEST_SOURCE, "source")
    if not source:
        raise Unacceptable(Problem("source", "required"))
    lines = _lines(call, space, source, calendar.days)
    if not lines:
        raise Unacceptable(Problem("file", "no_holidays"))
    before = spaces.hours_of(call.session, [space.id])[space.id]
    after = _after(before, lines, today(call, space))
    return Plan(source, lines, newly_outside(call, space.id, before, after))


def bring(call: Call, slug: str, source: str, calendar: HolidayCalendar, chosen: Collection[str]) -> int:
    """Make closures of the chosen dates (keys of lines) and take away what is no longer there; how many changed.

    Bookings stay as they are; whose lies outside by then hears of it.
    """
    planned = plan(call, slug, source, calendar)
    space = spaces.held(call.session, managed(call, slug).id)
    before = spaces.hours_of(call.session, [space.id])[space.id]
    changes = 0
    for line in planned.lines:
        is_wanted = line.outcome in _WANTED and line.key in chosen
        if line.outcome is Outcome.LEFT_OUT or (is_wanted and line.outcome is Outcome.AS_IS):
            continue
        if line.closure_id is not None:
            _take_away(call, space, line, line.closure_id)
        if is_wanted:
            opening_days.add_closure(call.session, space.id, line.first, line.last, line.title, planned.source)
        changes += is_wanted or line.closure_id is not None
    if any(line.outcome is Outcome.GONE for line in planned.lines):
        freed_at(call, space.id)
    tell(call, newly_outside(call, space.id, before, spaces.hours_of(call.session, [space.id])[space.id]))
    call.note("holidays_imported", "space", space.id, space.id, source=planned.source, changes=changes)
    return changes


def _lines(call: Call, space: SpaceCard, source: str, days: Iterable[Holiday]) -> tuple[Line, ...]:
    now = today(call, space)
    rows = opening_days.closures(call.session, space.id, now)
    own = {(row.first, row.last): row for row in rows if row.source == source}
    others = [row for row in rows if row.source != source]
    found: dict[tuple[date, date], Line] = {}
    left_out: list[Line] = []
    for day in days:
        title = text.one_line(day.title, len(day.title))
        why = day.why or _why(day, now, others) or ("twice" if (day.first, day.last) in found else "")
        if why:
            left_out.append(Line(day.first, day.last, title, Outcome.LEFT_OUT, why))
            continue
        row = own.pop((day.first, day.last), None)
        outcome = Outcome.NEW if row is None else Outcome.AS_IS if row.reason == title else Outcome.CHANGED
        found[day.first, day.last] = Line(day.first, day.last, title, outcome, "", row.id if row else None)
    gone = [Line(row.first, row.last, row.reason, Outcome.GONE, "", row.id) for row in own.values()]
    return tuple(sorted((*found.values(), *left_out, *gone), key=lambda line: (line.first, line.last)))


def _why(day: Holiday, now: date, others: Iterable[ClosureRow]) -> str:
    if day.last < now:
        return "over"
    if day.first - now > FURTHEST:
        return "too_far"
    if day.last - day.first > LONGEST_CLOSURE:
        return "too_long"
    is_closed = any(row.first <= day.first and day.last <= row.last for row in others)
    return "closed_already" if is_closed else ""


def _after(before: Hours, lines: Iterable[Line], now: date) -> Hours:
    """The hours of a space once all that can be imported is."""
    gone = {(line.first, line.last) for line in lines if line.outcome is Outcome.GONE}
    kept = [row for row in before.closed if (row.first, row.last) not in gone or row.last < now]
    fresh = [ClosedDays(line.first, line.last, line.title) for line in lines if line.outcome in _WANTED]
    return replace(before, closed=(*kept, *fresh))


def _take_away(call: Call, space: SpaceCard, line: Line, closure_id: int) -> None:
    """Remove a closure; of one that has begun, the days to come."""
    yesterday = today(call, space) - _DAY
    if line.first <= yesterday and line.outcome is Outcome.GONE:
        opening_days.end_closure(call.session, closure_id, yesterday)
    else:
        opening_days.remove_closure(call.session, space.id, closure_id)
