"""When a space is open: its week, closures and special days. Bookings that now fall outside stay as they are."""

from collections.abc import Sequence
from datetime import date, timedelta

from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import opening_days, spaces
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.facts import WeeklyOpening
from booking.rules.hours import shut_within, to_wall
from booking.rules.openings import overlapping_weekday
from booking.rules.refusals import Problem, Unacceptable

LONGEST_REASON = 120
LONGEST_CLOSURE = timedelta(days=1_100)
MOST_ROWS = 42


def set_week(call: Call, slug: str, rows: Sequence[WeeklyOpening]) -> None:
    """Give a space exactly these weekly hours; none at all means never open."""
    space = managed(call, slug)
    if len(rows) > MOST_ROWS or not all(_is_day(row.opens, row.closes) for row in rows):
        raise Unacceptable(Problem("week", "ends_before_start"))
    weekday = overlapping_weekday(rows)
    if weekday is not None:
        raise Unacceptable(Problem("week", "hours_overlap", {"weekday": weekday}))
    opening_days.set_week(call.session, space.id, sorted(rows, key=lambda row: (row.weekday, row.opens)))
    call.note("week_set", "space", space.id, space.id, rows=len(rows))


def close(call: Call, slug: str, first: date, last: date, reason: str) -> int:
    """Close a space from one day to another, both included; the closure's id."""
    space = managed(call, slug)
    if not timedelta(0) <= last - first <= LONGEST_CLOSURE:
        raise Unacceptable(Problem("last", "ends_before_start" if last < first else "too_many_days"))
    _still_ahead(call, space, last, "last")
    reason = text.one_line(reason, LONGEST_REASON, "reason")
    closure_id = opening_days.add_closure(call.session, space.id, first, last, reason)
    call.note("closed", "space", space.id, space.id, first=first.isoformat(), last=last.isoformat())
    return closure_id


def reopen(call: Call, slug: str, closure_id: int) -> None:
    """Take a closure back."""
    space = managed(call, slug)
    opening_days.remove_closure(call.session, space.id, closure_id)
    call.note("reopened", "space", space.id, space.id, closure=closure_id)


def open_day(call: Call, slug: str, day: date, opens: int, closes: int, note: str) -> None:
    """Open a space on one date, whatever the week or a closure says; minutes of wall time."""
    space = managed(call, slug)
    _still_ahead(call, space, day, "day")
    if not _is_day(opens, closes):
        raise Unacceptable(Problem("closes", "ends_before_start"))
    _open(call, space.id, day, ((opens, closes),), note)


def open_as(call: Call, slug: str, day: date, weekday: int, note: str) -> None:
    """Open a space on one date with the hours of a weekday (0 is Monday), such as a make-up work day."""
    space = managed(call, slug)
    _still_ahead(call, space, day, "day")
    week = spaces.hours_of(call.session, [space.id])[space.id].weekly
    hours = tuple((row.opens, row.closes) for row in week if row.weekday == weekday)
    if not hours:
        raise Unacceptable(Problem("weekday", "weekday_closed"))
    _open(call, space.id, day, hours, note)


def forget_day(call: Call, slug: str, special_id: int) -> None:
    """Take one row of a special day back."""
    space = managed(call, slug)
    opening_days.remove_special_day(call.session, space.id, special_id)
    call.note("special_day_removed", "space", space.id, space.id, special_day=special_id)


def bookings_outside(call: Call, space_id: int) -> int:
    """How many bookings to come no longer lie within the space's opening hours."""
    ahead = opening_days.bookings_ahead(call.session, space_id, call.now)
    hours = spaces.hours_of(call.session, [space_id])[space_id]
    return sum(bool(shut_within(hours, span, unattended=unattended)) for span, unattended in ahead)


def _still_ahead(call: Call, space: SpaceCard, day: date, field: str) -> None:
    """Raise Unacceptable for a date that is over by the clock of the space."""
    if day < to_wall(space.time_zone, call.now).date():
        raise Unacceptable(Problem(field, "day_is_over"))


def _open(call: Call, space_id: int, day: date, hours: Sequence[tuple[int, int]], note: str) -> None:
    note = text.one_line(note, LONGEST_REASON, "note")
    opening_days.add_special_days(call.session, space_id, day, hours, note)
    call.note("special_day", "space", space_id, space_id, day=day.isoformat(), hours=[list(each) for each in hours])


def _is_day(opens: int, closes: int) -> bool:
    return 0 <= opens < 1_440 and opens < closes <= opens + 1_440 and closes <= 2_880
