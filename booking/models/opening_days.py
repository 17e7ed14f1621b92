"""The rows that say when a space is open: the week, closures and special days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select

from booking.models.database import Session
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Closure, Opening, SpecialDay
from booking.models.tables.tools import Tool
from booking.rules.facts import WeeklyOpening
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import HOLDING


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A closure with its id; both days included."""

    id: int
    first: date
    last: date
    reason: str


@dataclass(frozen=True, slots=True)
class SpecialRow:
    """A special day with its id; minutes of wall time."""

    id: int
    day: date
    opens: int
    closes: int
    note: str


def set_week(session: Session, space_id: int, rows: Iterable[WeeklyOpening]) -> None:
    """Give a space exactly these weekly hours."""
    session.execute(delete(Opening).where(Opening.space_id == space_id))
    session.add_all(Opening(space_id=space_id, weekday=row.weekday, opens=row.opens, closes=row.closes) for row in rows)
    session.flush()


def closures(session: Session, space_id: int, since: date) -> tuple[ClosureRow, ...]:
    """Closures of a space that end on this day or later, in order."""
    question = select(Closure).where(Closure.space_id == space_id, Closure.last_day >= since)
    rows = session.scalars(question.order_by(Closure.first_day, Closure.id))
    return tuple(ClosureRow(row.id, row.first_day, row.last_day, row.reason) for row in rows)


def special_days(session: Session, space_id: int, since: date) -> tuple[SpecialRow, ...]:
    """Special days of a space from this day on, in order."""
    question = select(SpecialDay).where(SpecialDay.space_id == space_id, SpecialDay.day >= since)
    rows = session.scalars(question.order_by(SpecialDay.day, SpecialDay.opens))
    return tuple(SpecialRow(row.id, row.day, row.opens, row.closes, row.note) for row in rows)


def add_closure(session: Session, space_id: int, first: date, last: date, reason: str) -> int:
    """Close a space from one day to another, both included; the row's id."""
    row = Closure(space_id=space_id, first_day=first, last_day=last, reason=reason)
    session.add(row)
    session.flush()
    return row.id


def add_special_days(session: Session, space_id: int, day: date, hours: Iterable[tuple[int, int]], note: str) -> None:
    """Open a space on one date at these hours (from and to, in minutes), in place of what was said for that date."""
    session.execute(delete(SpecialDay).where(SpecialDay.space_id == space_id, SpecialDay.day == day))
    session.add_all(
        SpecialDay(space_id=space_id, day=day, opens=opens, closes=closes, note=note) for opens, closes in hours
    )
    session.flush()


def remove_closure(session: Session, space_id: int, closure_id: int) -> None:
    """Take a closure back; raises Absent when the space has none of that id."""
    _remove(session, space_id, Closure, closure_id)


def remove_special_day(session: Session, space_id: int, special_id: int) -> None:
    """Take one row of a special day back; raises Absent when the space has none of that id."""
    _remove(session, space_id, SpecialDay, special_id)


def bookings_ahead(session: Session, space_id: int, now: datetime) -> tuple[tuple[Span, bool], ...]:
    """The spans of a space's bookings that are still to come, each with whether its tool may run unattended."""
    question = (
        select(Booking.starts_at, Booking.ends_at, Tool.unattended)
        .join(Tool, Tool.id == Booking.tool_id)
        .where(
            Booking.space_id == space_id,
            Booking.starts_at > now,
            Booking.state.in_([state.value for state in HOLDING]),
        )
    )
    return tuple((Span(start, end), unattended) for start, end, unattended in session.execute(question))


def _remove(session: Session, space_id: int, table: type[Closure] | type[SpecialDay], row_id: int) -> None:
    found = session.scalar(select(table.id).where(table.id == row_id, table.space_id == space_id))
    if found is None:
        raise Absent
    session.execute(delete(table).where(table.id == row_id))
