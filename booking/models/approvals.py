"""What managers decided about pending requests."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select

from booking.models.database import Session
from booking.models.tables import METADATA

_decision = METADATA.tables["decision"]


@dataclass(frozen=True, slots=True)
class Decided:
    """When a decision was made, and by whose account."""

    at: datetime
    by: int


def add(session: Session, booking_id: int, decided_by: int, decided_at: datetime, approved: bool, reason: str) -> None:
    """Keep who decided what, and when."""
    values = {"booking_id": booking_id, "decided_by": decided_by, "decided_at": decided_at, "approved": approved}
    session.execute(insert(_decision).values(values | {"reason": reason}))


def last_decision(session: Session, booking_id: int, approved: bool) -> Decided | None:
    """The latest decision of that kind about the booking, or None."""
    question = select(_decision.c.decided_at, _decision.c.decided_by).where(_decision.c.booking_id == booking_id)
    latest = question.where(_decision.c.approved == approved).order_by(_decision.c.id.desc()).limit(1)
    row = session.execute(latest).first()
    return Decided(*row) if row else None


def words(session: Session, booking_id: int) -> dict[datetime, str]:
    """The reasons given with the decisions about a booking, by the instant of each."""
    question = select(_decision.c.decided_at, _decision.c.reason).where(_decision.c.booking_id == booking_id)
    return {row[0]: row[1] for row in session.execute(question)}


def take_back(session: Session, booking_id: int, decided_at: datetime) -> None:
    """Forget the decision of that instant: the audit keeps that it was made and undone."""
    gone = delete(_decision).where(_decision.c.booking_id == booking_id, _decision.c.decided_at == decided_at)
    session.execute(gone)
