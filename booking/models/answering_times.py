"""How long managers took for their answers."""

from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select

from booking.models.database import Session
from booking.models.tables import METADATA

_booking, _decision = METADATA.tables["booking"], METADATA.tables["decision"]
# Fewer say nothing about the next one; more of them would say the same.
_FEWEST, _MOST = 3, 200


def usual(session: Session, space_id: int, since: datetime) -> timedelta | None:
    """The median time from asking to the answer at a space, of decisions since then; None where they are too few.

    One query, along the index of the space's bookings: what was decided since then begins later.
    """
    question = (
        select(_booking.c.created_at, _decision.c.decided_at)
        .join(_decision, _decision.c.booking_id == _booking.c.id)
        .where(_booking.c.space_id == space_id, _booking.c.starts_at > since, _decision.c.decided_at > since)
        .order_by(_decision.c.decided_at.desc())
    )
    taken = [decided - asked for asked, decided in session.execute(question.limit(_MOST))]
    return median(taken) if len(taken) >= _FEWEST else None
