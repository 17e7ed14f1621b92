"""Which bookings nobody checked in to, what a booking's tool asks of those who come, and writing that they came."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from booking.models.database import Session
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.refusals import Absent
from booking.rules.states import State

# What was not released for so long, because no worker ran, is left as it is.
_FURTHEST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Whether a booking's tool asks for check-in, with its grace in minutes, and when somebody checked in.

    `asked_since` is when the tool was last changed: what it asks counts for bookings that begin later.
    """

    check_in_minutes: int | None
    asked_since: datetime
    checked_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on the label of a tool beside its code."""

    code: str
    name: str
    place: str


def arrival(session: Session, booking_id: int) -> Arrival:
    """What is known of the coming of a booking's maker."""
    question = select(Tool.check_in_minutes, Tool.changed_at, Booking.checked_in_at)
    row = session.execute(question.join(Booking, Booking.tool_id == Tool.id).where(Booking.id == booking_id)).one()
    return Arrival(*row)


def arrived(session: Session, booking_id: int, now: datetime) -> None:
    """Write down that somebody has checked in, unless that is known already."""
    unknown = update(Booking).where(Booking.id == booking_id, Booking.checked_in_at.is_(None))
    session.execute(unknown.values(checked_in_at=now))


def overdue(session: Session, now: datetime, limit: int) -> tuple[int, ...]:
    """The ids of confirmed bookings whose grace is over without a check-in, within the last two days; by start."""
    asks = select(Tool.check_in_minutes).where(Tool.check_in_minutes.is_not(None)).distinct()
    graces = sorted(minutes for minutes in session.scalars(asks) if minutes is not None)
    if not graces:
        return ()
    question = (
        select(Booking.id)
        .join(Tool, Tool.id == Booking.tool_id)
        .where(
            Tool.check_in_minutes.is_not(None),
            Booking.state == State.CONFIRMED.value,
            Booking.starts_at.between(now - _FURTHEST, now),
            Booking.starts_at >= Tool.changed_at,
            or_(Booking.ends_at <= now, *(_is_over(minutes, now) for minutes in graces)),
        )
    )
    return tuple(session.scalars(question.order_by(Booking.starts_at, Booking.id).limit(limit)))


def tool_of_code(session: Session, code: str) -> tuple[str, str]:
    """The slugs of the space and the tool that carries this code; raises Absent when none does."""
    question = select(Space.slug, Tool.slug).join(Tool, Tool.space_id == Space.id).where(Tool.code == code)
    row = session.execute(question).first()
    if row is None:
        raise Absent
    return row[0], row[1]


def labels(session: Session, space_id: int) -> tuple[Label, ...]:
    """The tools of a space that are in service, by name, as their labels show them."""
    question = select(Tool.code, Tool.name, Tool.place).where(Tool.space_id == space_id, Tool.state != "retired")
    return tuple(Label(*row) for row in session.execute(question.order_by(Tool.name, Tool.id)))


def _is_over(minutes: int, now: datetime) -> ColumnElement[bool]:
    return and_(Tool.check_in_minutes == minutes, Booking.starts_at <= now - timedelta(minutes=minutes))
