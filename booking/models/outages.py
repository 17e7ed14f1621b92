"""Questions about outages, and writing them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update

from booking.models.database import Session
from booking.models.tables.tools import Outage, Unit
from booking.rules.refusals import Absent


@dataclass(frozen=True, slots=True)
class OutageCard:
    """A tool or one of its units out of order; `ends_at` None means until further notice."""

    id: int
    tool_id: int
    unit_id: int | None
    unit_name: str | None
    starts_at: datetime
    ends_at: datetime | None
    reason: str


def of_tool(session: Session, tool_id: int, now: datetime) -> tuple[OutageCard, ...]:
    """The outages of a tool that last or are to come, in order of time."""
    question = (
        select(Outage, Unit.name)
        .outerjoin(Unit, Unit.id == Outage.unit_id)
        .where(Outage.tool_id == tool_id, or_(Outage.ends_at.is_(None), Outage.ends_at > now))
        .order_by(Outage.starts_at, Outage.id)
    )
    return tuple(_card(row, unit_name) for row, unit_name in session.execute(question))


def add(
    session: Session,
    tool_id: int,
    unit_id: int | None,
    starts_at: datetime,
    ends_at: datetime | None,
    reason: str,
    declared_by: int,
) -> int:
    """Add an outage; its id. Raises Absent when the unit is not the tool's."""
    if unit_id is not None:
        found = session.scalar(select(Unit.id).where(Unit.id == unit_id, Unit.tool_id == tool_id))
        if found is None:
            raise Absent
    row = Outage(
        tool_id=tool_id,
        unit_id=unit_id,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        declared_by=declared_by,
    )
    session.add(row)
    session.flush()
    return row.id


def end(session: Session, tool_id: int, outage_id: int, now: datetime) -> None:
    """End an outage now; one that has not begun goes away. Raises Absent when the tool has none of that id."""
    question = select(Outage.starts_at, Outage.ends_at).where(Outage.id == outage_id, Outage.tool_id == tool_id)
    row = session.execute(question).one_or_none()
    if row is None:
        raise Absent
    starts_at, ends_at = row
    if starts_at >= now:
        session.execute(delete(Outage).where(Outage.id == outage_id))
    elif ends_at is None or ends_at > now:
        session.execute(update(Outage).where(Outage.id == outage_id).values(ends_at=now))


def _card(row: Outage, unit_name: str | None) -> OutageCard:
    return OutageCard(row.id, row.tool_id, row.unit_id, unit_name, row.starts_at, row.ends_at, row.reason)
