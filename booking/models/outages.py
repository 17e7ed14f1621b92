"""Questions about outages, and writing them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, literal, or_, select, union_all

from booking.models import bookings
from booking.models.bookings import BookingCard
from booking.models.database import Id, Instant, Session
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.reports import Supply
from booking.models.tables.tools import Outage, Tool, Unit
from booking.rules.outages import OPEN_END, OUT_OF_USE
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import HOLDING


@dataclass(frozen=True, slots=True)
class OutageCard:
    """A tool or one of its units out of order; `ends_at` None means until further notice.

    Those of several tools that fail together have one supply and one start.
    """

    id: int
    tool_id: int
    unit_id: int | None
    unit_name: str | None
    starts_at: datetime
    ends_at: datetime | None
    reason: str
    supply_id: int | None = None
    supply_name: str | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """What is out of order under a booking; without an outage's id the tool itself is out of use."""

    outage_id: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    reason: str


def of_tool(session: Session, tool_id: int, now: datetime) -> tuple[OutageCard, ...]:
    """The outages of a tool that last or are to come, in order of time."""
    return _cards(session, Outage.tool_id == tool_id, _lasts(now))


def of_supplies(session: Session, supply_ids: Collection[int], now: datetime) -> tuple[OutageCard, ...]:
    """The outages because of these supplies that last or are to come, in order of time; one for each tool."""
    return _cards(session, Outage.supply_id.in_(supply_ids), _lasts(now))


def one(session: Session, tool_id: int, outage_id: int) -> OutageCard:
    """The outage of that id; raises Absent when the tool has none."""
    found = _cards(session, Outage.tool_id == tool_id, Outage.id == outage_id)
    if not found:
        raise Absent
    return found[0]


def together(session: Session, outage: OutageCard) -> tuple[OutageCard, ...]:
    """The outage with those of other tools that were declared with it."""
    if outage.supply_id is None:
        return (outage,)
    return declared(session, outage.supply_id, outage.starts_at)


def declared(session: Session, supply_id: int, starts_at: datetime) -> tuple[OutageCard, ...]:
    """The outages because of a supply from that instant on."""
    return _cards(session, Outage.supply_id == supply_id, Outage.starts_at == starts_at)


def touched(session: Session, rows: Collection[OutageCard], now: datetime) -> tuple[BookingCard, ...]:
    """The bookings that hold time in these outages and are not over, by start; one query for each tool."""
    found: dict[int, BookingCard] = {}
    for row in rows:
        ends_at = row.ends_at or OPEN_END
        if ends_at > max(row.starts_at, now):
            on_tool = bookings.of_tool(session, row.tool_id, Span(max(row.starts_at, now), ends_at))
            found |= {card.id: card for card in on_tool if row.unit_id in (None, card.unit_id)}
    return tuple(sorted(found.values(), key=lambda card: (card.starts_at, card.id)))


def touching(session: Session, booking_ids: Collection[int], now: datetime) -> dict[int, Touch]:
    """What is out of order under these bookings, as far as they hold time and are not over: one query.

    Of several outages the one that lasts longest.
    """
    ahead = (Booking.id.in_(booking_ids), Booking.state.in_(HOLDING), Booking.ends_at > now)
    during = and_(
        or_(Outage.unit_id.is_(None), Outage.unit_id == Claim.unit_id),
        Outage.starts_at < Booking.ends_at,
        or_(Outage.ends_at.is_(None), and_(Outage.ends_at > Booking.starts_at, Outage.ends_at > now)),
    )
    by_outage = (
        select(Booking.id, Outage.id, Outage.starts_at, Outage.ends_at, Outage.reason)
        .join(Claim, Claim.booking_id == Booking.id)
        .join(Outage, and_(Outage.tool_id == Booking.tool_id, during))
        .where(*ahead)
    )
    nothing, no_instant = literal(None, Id), literal(None, Instant())
    by_state = (
        select(Booking.id, nothing, no_instant, no_instant, Tool.state_note)
        .join(Tool, Tool.id == Booking.tool_id)
        .where(*ahead, Tool.state.in_(OUT_OF_USE))
    )
    found = map(_touch, session.execute(union_all(by_outage, by_state)))
    return dict(sorted(found, key=lambda pair: pair[1].ends_at or OPEN_END))


def _touch(row: Row[*tuple[Any, ...]]) -> tuple[int, Touch]:
    booking_id, *trouble = row
    return booking_id, Touch(*trouble)


def _lasts(now: datetime) -> ColumnElement[bool]:
    return or_(Outage.ends_at.is_(None), Outage.ends_at > now)


def _cards(session: Session, *conditions: ColumnElement[bool]) -> tuple[OutageCard, ...]:
    question = (
        select(Outage, Unit.name, Supply.name)
        .outerjoin(Unit, Unit.id == Outage.unit_id)
        .outerjoin(Supply, Supply.id == Outage.supply_id)
        .where(*conditions)
        .order_by(Outage.starts_at, Outage.id)
        .execution_options(populate_existing=True)
    )
    return tuple(_card(*row) for row in session.execute(question))


def _card(row: Outage, unit_name: str | None, supply_name: str | None) -> OutageCard:
    return OutageCard(
        row.id,
        row.tool_id,
        row.unit_id,
        unit_name,
        row.starts_at,
        row.ends_at,
        row.reason,
        row.supply_id,
        supply_name,
    )
