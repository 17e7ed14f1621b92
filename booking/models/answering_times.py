"""How long managers took for their answers."""

from collections.abc import Collection
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select

from booking.models.database import Session
from booking.models.tables import METADATA

_booking, _decision = METADATA.tables["booking"], METADATA.tables["decision"]
# Fewer say nothing about the next one; more of them would say the same.
_FEWEST, _MOST = 3, 200


def usual(session: Session, space_ids: Collection[int], since: datetime) -> dict[int, timedelta]:
    """The median time from asking to the answer at each space, of decisions since then; not where they are too few.

    One query for all spaces, along the index of their bookings: what was decided since then begins later.
    """
    newest = _decision.c.decided_at.desc()
    turn = func.row_number().over(partition_by=_booking.c.space_id, order_by=newest).label("turn")
    answers = (
        select(_booking.c.space_id, _booking.c.created_at, _decision.c.decided_at, turn)
        .join(_decision, _decision.c.booking_id == _booking.c.id)
        .where(_booking.c.space_id.in_(space_ids), _booking.c.starts_at > since, _decision.c.decided_at > since)
        .subquery()
    )
    question = select(answers.c.space_id, answers.c.created_at, answers.c.decided_at).where(answers.c.turn <= _MOST)
    taken: dict[int, list[float]] = {}
    for space_id, asked, decided in session.execute(question):
        taken.setdefault(space_id, []).append((decided - asked).total_seconds())
    return {
        space_id: timedelta(seconds=median(lengths)) for space_id, lengths in taken.items() if len(lengths) >= _FEWEST
    }
