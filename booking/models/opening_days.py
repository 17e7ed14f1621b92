"""The rows that say when a space is open: the week, closures, special and make-up days; and when it is staffed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, select

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Closure, MakeUpDay, Opening, SpecialDay, Staffed
from booking.models.tables.tools import Tool
from booking.rules.facts import WeeklyOpening
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import HOLDING


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A closure with its id; both days included. `source` is the imported calendar it came from, or empty."""

    id: int
    first: date
    last: date
    reason: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class SpecialRow:
    """A special day with its id; minutes of wall time."""

    id: int
    day: date
    opens: int
    closes: int
    note: str


@dataclass(frozen=True, slots=True)
class MakeUpRow:
    """A make-up day with its id; `like_weekday` is the weekday (0 is Monday) whose hours it has."""

    id: int
    day: date
    like_weekday: int
    note: str


@dataclass(frozen=True, slots=True)
class BookingAhead:
    """A booking that is not over yet; `unattended` says whether its tool may run while nobody is there."""

    id: int
    span: Span
    unattended: bool
    tool_name: str
    account_name: str
    account_id: int
    space_id: int


def set_week(session: Session, space_id: int, rows: Iterable[WeeklyOpening]) -> None:
    """Give a space exactly these weekly hours, each with the days for which it holds."""
    session.execute(delete(Opening).where(Opening.space_id == space_id))
    session.add_all(
        Opening(
            space_id=space_id,
            weekday=row.weekday,
            opens=row.opens,
            closes=row.closes,
            first_day=row.first,
            last_day=row.last,
        )
        for row in rows
    )
    session.flush()


def set_staffed(session: Session, space_id: int, rows: Iterable[WeeklyOpening]) -> None:
    """Give a space exactly these hours in which somebody is there; they hold on whatever date."""
    session.execute(delete(Staffed).where(Staffed.space_id == space_id))
    session.add_all(Staffed(space_id=space_id, weekday=row.weekday, opens=row.opens, closes=row.closes) for row in rows)
    session.flush()


def closures(session: Session, space_id: int, since: date) -> tuple[ClosureRow, ...]:
    """Closures of a space that end on this day or later, in order."""
    question = select(Closure).where(Closure.space_id == space_id, Closure.last_day >= since)
    rows = session.scalars(question.order_by(Closure.first_day, Closure.id))
    return tuple(ClosureRow(row.id, row.first_day, row.last_day, row.reason, row.source) for row in rows)


def special_days(session: Session, space_id: int, since: date) -> tuple[SpecialRow, ...]:
    """Special days of a space from this day on, in order."""
    question = select(SpecialDay).where(SpecialDay.space_id == space_id, SpecialDay.day >= since)
    rows = session.scalars(question.order_by(SpecialDay.day, SpecialDay.opens))
    return tuple(SpecialRow(row.id, row.day, row.opens, row.closes, row.note) for row in rows)


def make_up_days(session: Session, space_id: int, since: date) -> tuple[MakeUpRow, ...]:
    """Make-up days of a space from this day on, in order."""
    question = select(MakeUpDay).where(MakeUpDay.space_id == space_id, MakeUpDay.day >= since)
    rows = session.scalars(question.order_by(MakeUpDay.day))
    return tuple(MakeUpRow(row.id, row.day, row.like_weekday, row.note) for row in rows)


def add_closure(session: Session, space_id: int, first: date, last: date, reason: str, source: str = "") -> int:
    """Close a space from one day to another, both included; the row's id."""
    row = Closure(space_id=space_id, first_day=first, last_day=last, reason=reason, source=source)
    session.add(row)
    session.flush()
    return row.id


def add_special_days(session: Session, space_id: int, day: date, hours: Iterable[tuple[int, int]], note: str) -> None:
    """Open a space on one date at these hours (from and to, in minutes), in place of what was said for that date."""
    _forget_date(session, space_id, day)
    session.add_all(
        SpecialDay(space_id=space_id, day=day, opens=opens, closes=closes, note=note) for opens, closes in hours
    )
    session.flush()


def add_make_up_day(session: Session, space_id: int, day: date, like_weekday: int, note: str) -> None:
    """Open a space on one date like a weekday (0 is Monday), in place of what was said for that date."""
    _forget_date(session, space_id, day)
    session.add(MakeUpDay(space_id=space_id, day=day, like_weekday=like_weekday, note=note))
    session.flush()


def end_closure(session: Session, closure_id: int, last: date) -> None:
    """Let a closure end on an earlier day."""
    session.get_one(Closure, closure_id).last_day = last
    session.flush()


def remove_closure(session: Session, space_id: int, closure_id: int) -> None:
    """Take a closure back; raises Absent when the space has none of that id."""
    _remove(session, space_id, Closure, closure_id)


def remove_special_day(session: Session, space_id: int, special_id: int) -> None:
    """Take one row of a special day back; raises Absent when the space has none of that id."""
    _remove(session, space_id, SpecialDay, special_id)


def remove_make_up_day(session: Session, space_id: int, make_up_id: int) -> None:
    """Take a make-up day back; raises Absent when the space has none of that id."""
    _remove(session, space_id, MakeUpDay, make_up_id)


def bookings_ahead(session: Session, space_id: int, now: datetime) -> tuple[BookingAhead, ...]:
    """A space's bookings that are not over yet, in the order of their starts."""
    return _ahead(session, now, Booking.space_id == space_id)


def booking_ahead(session: Session, booking_id: int, now: datetime) -> BookingAhead | None:
    """The booking of that id; None when it holds no time any more, or is over."""
    return next(iter(_ahead(session, now, Booking.id == booking_id)), None)


def _ahead(session: Session, now: datetime, which: ColumnElement[bool]) -> tuple[BookingAhead, ...]:
    question = (
        select(Booking, Tool.unattended, Tool.name, Account.name)
        .join(Tool, Tool.id == Booking.tool_id)
        .join(Account, Account.id == Booking.account_id)
        .where(which, Booking.ends_at > now, Booking.state.in_([state.value for state in HOLDING]))
        .order_by(Booking.starts_at, Booking.id)
    )
    return tuple(
        BookingAhead(row.id, Span(row.starts_at, row.ends_at), unattended, tool, account, row.account_id, row.space_id)
        for row, unattended, tool, account in session.execute(question)
    )


def _forget_date(session: Session, space_id: int, day: date) -> None:
    for table in (SpecialDay, MakeUpDay):
        session.execute(delete(table).where(table.space_id == space_id, table.day == day))


def _remove(
    session: Session, space_id: int, table: type[Closure] | type[SpecialDay] | type[MakeUpDay], row_id: int
) -> None:
    found = session.scalar(select(table.id).where(table.id == row_id, table.space_id == space_id))
    if found is None:
        raise Absent
    session.execute(delete(table).where(table.id == row_id))
