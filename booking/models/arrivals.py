"""Which bookings wait for a check-in, and writing that somebody came."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update

from booking.models.database import Session
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Outage, Tool
from booking.rules.outages import OUT_OF_USE
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import State

# What was not released for so long, because no worker ran, is left as it is.
_FURTHEST = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Awaited:
    """A confirmed booking whose tool asks for check-in, with the grace in minutes.

    `broken_from` is when its tool or unit is first out of order within its time; None where that works throughout.
    """

    id: int
    space_id: int
    span: Span
    minutes: int
    unattended: bool
    broken_from: datetime | None


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on the label of a tool beside its code."""

    code: str
    name: str
    place: str


def awaited(session: Session, booking_id: int) -> Awaited | None:
    """The booking, where somebody has to check in to it; None where its tool doesn't ask, or is out of use."""
    row = session.execute(_awaited(Booking.id == booking_id)).first()
    return _told(row) if row else None


def arrived(session: Session, booking_id: int, now: datetime) -> None:
    """Write down that somebody has checked in, unless that is known already."""
    unknown = update(Booking).where(Booking.id == booking_id, Booking.checked_in_at.is_(None))
    session.execute(unknown.values(checked_in_at=now))


def overdue(session: Session, now: datetime) -> tuple[Awaited, ...]:
    """The bookings whose grace is over without a check-in, within the last two days; by start."""
    asks = select(Tool.check_in_minutes).where(Tool.check_in_minutes.is_not(None)).distinct()
    graces = sorted(minutes for minutes in session.scalars(asks) if minutes is not None)
    if not graces:
        return ()
    question = _awaited(
        Booking.starts_at.between(now - _FURTHEST, now),
        or_(Booking.ends_at <= now, *(_is_over(minutes, now) for minutes in graces)),
    )
    return tuple(map(_told, session.execute(question.order_by(Booking.starts_at, Booking.id))))


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


def _awaited(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Confirmed bookings of tools in use that ask for check-in; what a tool asks counts for starts after its change."""
    broken = and_(
        Outage.tool_id == Booking.tool_id,
        or_(Outage.unit_id.is_(None), Outage.unit_id == Claim.unit_id),
        # Whoever an outage cut short stops where it begins.
        Outage.starts_at <= Booking.ends_at,
        or_(Outage.ends_at.is_(None), Outage.ends_at > Booking.starts_at),
    )
    times = (Booking.starts_at, Booking.ends_at, Tool.check_in_minutes, Tool.unattended)
    return (
        select(Booking.id, Booking.space_id, *times, func.min(Outage.starts_at))
        .join(Tool, Tool.id == Booking.tool_id)
        .join(Claim, Claim.booking_id == Booking.id)
        .outerjoin(Outage, broken)
        .where(
            Booking.state == State.CONFIRMED.value,
            Tool.check_in_minutes.is_not(None),
            Tool.state.not_in(OUT_OF_USE),
            Booking.starts_at >= Tool.changed_at,
            *conditions,
        )
        .group_by(Booking.id, Booking.space_id, *times)
    )


def _told(row: Row[*tuple[Any, ...]]) -> Awaited:
    booking_id, space_id, starts_at, ends_at, *rest = row
    return Awaited(booking_id, space_id, Span(starts_at, ends_at), *rest)
