"""What managers decided about pending requests."""

from datetime import datetime

from sqlalchemy import delete, insert, select

from booking.models.database import Session
from booking.models.tables import METADATA

_decision = METADATA.tables["decision"]


def add(session: Session, booking_id: int, decided_by: int, decided_at: datetime, approved: bool, reason: str) -> None:
    """Keep who decided what, and when."""
    values = {"booking_id": booking_id, "decided_by": decided_by, "decided_at": decided_at, "approved": approved}
    session.execute(insert(_decision).values(values | {"reason": reason}))


def last_decided_at(session: Session, booking_id: int, approved: bool) -> datetime | None:
    """When the latest decision of that kind about the booking was made, or None."""
    question = select(_decision.c.decided_at).where(_decision.c.booking_id == booking_id)
    latest = question.where(_decision.c.approved == approved).order_by(_decision.c.id.desc()).limit(1)
    return session.execute(latest).scalar()


def take_back(session: Session, booking_id: int, decided_at: datetime) -> None:
    """Forget the decision of that instant: the audit keeps that it was made and undone."""
    gone = delete(_decision).where(_decision.c.booking_id == booking_id, _decision.c.decided_at == decided_at)
    session.execute(gone)
