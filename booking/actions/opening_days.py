"""When a space is open: its week, closures, special and make-up days. Bookings that now fall outside stay as they are.

Each act that may leave bookings outside first says which, unless it is told to be `sure`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from booking.actions.call import Call
from booking.actions.freed import freed_at
from booking.actions.outside_news import is_outside, tell
from booking.actions.spaces import managed
from booking.models import opening_days, spaces
from booking.models.opening_days import BookingAhead
from booking.models.spaces import SpaceCard
from booking.rules import openings, text
from booking.rules.facts import Hours, WeeklyOpening
from booking.rules.hours import to_wall
from booking.rules.refusals import Absent, Problem, Unacceptable

LONGEST_REASON = 120
LONGEST_CLOSURE = timedelta(days=1_100)
FURTHEST = timedelta(days=1_100)
MOST_ROWS = 42


class BookingsOutside(Exception):
    """The change would leave these bookings outside the opening hours; whoever makes it has to be sure."""

    def __init__(self, bookings: Sequence[BookingAhead]) -> None:
        super().__init__(f"{len(bookings)} bookings")
        self.bookings = tuple(bookings)


def set_week(
    call: Call, slug: str, rows: Sequence[WeeklyOpening], first: date | None = None, *, sure: bool = True
) -> None:
    """Give a space exactly these weekly hours, from a date on or at once, up to the next change that is planned.

    None at all means never open.
    """
    space, before = _held(call, slug)
    _check_week(rows)
    if first is not None:
        _check_day(call, space, first, "since")
    all_rows = openings.changed(before.weekly, set(rows), first, today(call, space))
    opening_days.set_week(call.session, space.id, all_rows)
    since = {"since": first.isoformat()} if first else {}
    call.note("week_set", "space", space.id, space.id, rows=len(rows), **since)
    _settle(call, space, before, sure)


def forget_week(call: Call, slug: str, day: date, *, sure: bool = True) -> None:
    """Take back the change of the week that is planned for a date; raises Absent when there is none."""
    space, before = _held(call, slug)
    if day not in dict(openings.changes(before.weekly, today(call, space))):
        raise Absent
    opening_days.set_week(call.session, space.id, openings.taken_back(before.weekly, day))
    call.note("week_taken_back", "space", space.id, space.id, since=day.isoformat())
    _settle(call, space, before, sure)


def set_staffed(call: Call, slug: str, rows: Sequence[WeeklyOpening]) -> None:
    """Say in which hours of the week somebody is there; none at all means whenever the space is open."""
    space = managed(call, slug)
    _check_week(rows)
    opening_days.set_staffed(call.session, space.id, sorted(set(rows), key=lambda row: (row.weekday, row.opens)))
    call.note("staffed_set", "space", space.id, space.id, rows=len(rows))


def close(call: Call, slug: str, first: date, last: date, reason: str, *, sure: bool = True) -> int:
    """Close a space from one day to another, both included; the closure's id."""
    space, before = _held(call, slug)
    if not timedelta(0) <= last - first <= LONGEST_CLOSURE:
        raise Unacceptable(Problem("last", "ends_before_start" if last < first else "too_many_days"))
    _check_day(call, space, last, "last" if last > first else "first")
    if any(row.first <= first and last <= row.last for row in before.closed):
        raise Unacceptable(Problem("first", "closed_already"))
    reason = text.one_line(reason, LONGEST_REASON, "reason")
    closure_id = opening_days.add_closure(call.session, space.id, first, last, reason)
    call.note("closed", "space", space.id, space.id, first=first.isoformat(), last=last.isoformat())
    _settle(call, space, before, sure)
    return closure_id


def reopen(call: Call, slug: str, closure_id: int) -> None:
    """Take a closure back."""
    space = managed(call, slug)
    opening_days.remove_closure(call.session, space.id, closure_id)
    call.note("reopened", "space", space.id, space.id, closure=closure_id)
    freed_at(call, space.id)


def open_day(call: Call, slug: str, day: date, opens: int, closes: int, note: str, *, sure: bool = True) -> None:
    """Open a space on one date, whatever the week or a closure says; minutes of wall time."""
    space, before = _held(call, slug)
    if not _is_day(opens, closes):
        raise Unacceptable(Problem("closes", "ends_before_start"))
    _check_day(call, space, day, "day")
    note = text.one_line(note, LONGEST_REASON, "note")
    opening_days.add_special_days(call.session, space.id, day, ((opens, closes),), note)
    call.note("special_day", "space", space.id, space.id, day=day.isoformat(), hours=[[opens, closes]])
    _settle(call, space, before, sure)


def open_as(call: Call, slug: str, day: date, weekday: int, note: str, *, sure: bool = True) -> None:
    """Open a space on one date with the hours of a weekday (0 is Monday): a make-up day, whatever a closure says."""
    space, before = _held(call, slug)
    _check_day(call, space, day, "day")
    if not any(row.weekday == weekday for row in openings.in_force(before.weekly, day)):
        raise Unacceptable(Problem("weekday", "weekday_closed"))
    if day.weekday() == weekday and not any(row.first <= day <= row.last for row in before.closed):
        raise Unacceptable(Problem("weekday", "same_weekday"))
    note = text.one_line(note, LONGEST_REASON, "note")
    opening_days.add_make_up_day(call.session, space.id, day, weekday, note)
    call.note("make_up_day", "space", space.id, space.id, day=day.isoformat(), like_weekday=weekday)
    _settle(call, space, before, sure)


def forget_day(call: Call, slug: str, special_id: int, *, sure: bool = True) -> None:
    """Take one row of a special day back."""
    space, before = _held(call, slug)
    opening_days.remove_special_day(call.session, space.id, special_id)
    call.note("special_day_removed", "space", space.id, space.id, special_day=special_id)
    _settle(call, space, before, sure)


def forget_make_up_day(call: Call, slug: str, make_up_id: int, *, sure: bool = True) -> None:
    """Take a make-up day back."""
    space, before = _held(call, slug)
    opening_days.remove_make_up_day(call.session, space.id, make_up_id)
    call.note("make_up_day_removed", "space", space.id, space.id, make_up_day=make_up_id)
    _settle(call, space, before, sure)


def bookings_outside(call: Call, space_id: int) -> tuple[BookingAhead, ...]:
    """The bookings that are not over yet and don't lie within the space's opening hours, by their start."""
    hours = spaces.hours_of(call.session, [space_id])[space_id]
    ahead = opening_days.bookings_ahead(call.session, space_id, call.now)
    return tuple(booking for booking in ahead if is_outside(booking, hours))


def newly_outside(call: Call, space_id: int, before: Hours, after: Hours) -> tuple[BookingAhead, ...]:
    """The bookings that are not over yet and lie within the first hours, but not within the second."""
    ahead = opening_days.bookings_ahead(call.session, space_id, call.now)
    return tuple(booking for booking in ahead if is_outside(booking, after) and not is_outside(booking, before))


def today(call: Call, space: SpaceCard) -> date:
    """The date by the wall of the space."""
    return to_wall(space.time_zone, call.now).date()


def _held(call: Call, slug: str) -> tuple[SpaceCard, Hours]:
    """The space, held until the transaction ends, and when it was open so far."""
    space = spaces.held(call.session, managed(call, slug).id)
    return space, spaces.hours_of(call.session, [space.id])[space.id]


def _settle(call: Call, space: SpaceCard, before: Hours, sure: bool) -> None:
    """Tell whose bookings the change leaves outside; where nobody is sure yet, raise BookingsOutside instead.

    Then nothing is written.
    """
    freed_at(call, space.id)
    after = spaces.hours_of(call.session, [space.id])[space.id]
    touched = newly_outside(call, space.id, before, after)
    if touched and not sure:
        raise BookingsOutside(touched)
    tell(call, touched)


def _check_week(rows: Sequence[WeeklyOpening]) -> None:
    if len(rows) > MOST_ROWS or not all(_is_day(row.opens, row.closes) for row in rows):
        raise Unacceptable(Problem("week", "ends_before_start"))
    weekday = openings.overlapping_weekday(rows)
    if weekday is not None:
        raise Unacceptable(Problem("week", "hours_overlap", {"weekday": weekday}))


def _check_day(call: Call, space: SpaceCard, day: date, field: str) -> None:
    if day < today(call, space):
        raise Unacceptable(Problem(field, "day_is_over"))
    if day - today(call, space) > FURTHEST:
        raise Unacceptable(Problem(field, "day_too_far"))


def _is_day(opens: int, closes: int) -> bool:
    return 0 <= opens < 1_440 and opens < closes <= opens + 1_440 and closes <= 2_880
