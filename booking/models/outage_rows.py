"""Writing outages."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select, update

from booking.models.database import Session
from booking.models.outages import OutageCard
from booking.models.tables.tools import Outage, Unit
from booking.rules.outages import OutageWish
from booking.rules.refusals import Absent


def add(session: Session, tool_id: int, wish: OutageWish, supply_id: int | None, declared_by: int) -> int:
    """Add an outage; its id. Raises Absent when the unit is not the tool's."""
    if wish.unit_id is not None:
        found = session.scalar(select(Unit.id).where(Unit.id == wish.unit_id, Unit.tool_id == tool_id))
        if found is None:
            raise Absent
    row = Outage(
        tool_id=tool_id,
        unit_id=wish.unit_id,
        starts_at=wish.starts_at,
        ends_at=wish.ends_at,
        reason=wish.reason,
        declared_by=declared_by,
        supply_id=supply_id,
    )
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, outage_ids: Collection[int], ends_at: datetime | None, reason: str) -> None:
    """Give these outages another end, which lies after their start, and another reason."""
    session.execute(update(Outage).where(Outage.id.in_(outage_ids)).values(ends_at=ends_at, reason=reason))


def end(session: Session, rows: Collection[OutageCard], now: datetime) -> None:
    """End these outages now; one that has not begun goes away, one that is over stays as it is."""
    # The smallest step of stored time is a second: what began within this one has not lasted.
    this_second = now.replace(microsecond=0)
    unbegun = [row.id for row in rows if row.starts_at >= this_second]
    lasting = [row.id for row in rows if row.starts_at < this_second and (row.ends_at is None or row.ends_at > now)]
    session.execute(delete(Outage).where(Outage.id.in_(unbegun)))
    session.execute(update(Outage).where(Outage.id.in_(lasting)).values(ends_at=now))
