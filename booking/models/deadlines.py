"""How patient spaces are, and until when requests wait."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import bindparam, select, update

from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.deadlines import Patience

_booking, _space, _account = (METADATA.tables[name] for name in ("booking", "space", "account"))
_PATIENCE = (
    _space.c.reminder_hours,
    _space.c.deputy_hours,
    _space.c.approval_hours,
    _space.c.deputy_id,
    _space.c.offer_minutes,
)


def patience(session: Session, space_ids: Collection[int]) -> dict[int, Patience]:
    """How long requests wait at each of these spaces: one query."""
    rows = session.execute(select(_space.c.id, *_PATIENCE).where(_space.c.id.in_(space_ids)))
    return {row[0]: Patience(*row[1:]) for row in rows}


def set_patience(session: Session, space_id: int, chosen: Patience) -> None:
    """Keep how long requests wait at the space; those that wait already keep what they were given."""
    values = {column.name: getattr(chosen, column.name) for column in _PATIENCE}
    session.execute(update(_space).where(_space.c.id == space_id).values(values))


def deputy_of(session: Session, space_id: int) -> tuple[int, str] | None:
    """The deputy's account and address, or None where nobody is, or she is disabled."""
    question = select(_account.c.id, _account.c.email).join(_space, _space.c.deputy_id == _account.c.id)
    row = session.execute(question.where(_space.c.id == space_id, _account.c.disabled_at.is_(None))).first()
    return (row[0], row[1]) if row else None


def until(session: Session, booking_id: int) -> datetime | None:
    """Until when the request is decided; None where nothing is kept: until its start."""
    return session.execute(select(_booking.c.decide_by).where(_booking.c.id == booking_id)).scalar_one_or_none()


def set_until(session: Session, due: Mapping[int, datetime]) -> None:
    """Keep until when each of these requests is decided."""
    change = update(_booking).where(_booking.c.id == bindparam("of_id")).values(decide_by=bindparam("due"))
    session.connection().execute(change, [{"of_id": id_, "due": at} for id_, at in due.items()])
