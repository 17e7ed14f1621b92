"""Writing a new booking with the time that it holds, and reading it back: on PostgreSQL by one statement."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from booking.models import claims
from booking.models.asking import Question, new_row, told
from booking.models.bookings import CARD, BookingCard, as_card, card
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.facts import ToolFacts
from booking.rules.spans import Span

_booking, _claim = METADATA.tables["booking"], METADATA.tables["claim"]


def place(
    session: Session, values: Mapping[str, Any], tool: ToolFacts, unit_id: int, held: Span, *, pinned: bool = False
) -> BookingCard:
    """A new booking that holds the span, buffers included, on the unit.

    The database aborts the transaction when somebody has it: the tool must be locked.
    """
    fresh = told("new", values)
    if session.get_bind().dialect.name == "postgresql":
        claim = claims.holding(tool, unit_id, held, pinned=pinned)
        return as_card(_PLACE.rows(session, fresh | told("held", claim))[0])
    booking_id = _ADD.rows(session, fresh)[0][0]
    claims.take(session, claims.Held(booking_id, tool, unit_id, held, pinned))
    return card(session, booking_id)


_NEW = insert(_booking).values(new_row(_booking, "new"))
_ADD = Question(_NEW.returning(_booking.c.id))

# The new rows stand in for the tables of the same name, of which the statement doesn't see them yet.
_fresh = _NEW.returning(*_booking.c).cte("booking")
_held = {name: value for name, value in new_row(_claim, "held").items() if name != "booking_id"}
_taken = (
    insert(_claim)
    .from_select(["booking_id", *_held], select(_fresh.c.id, *_held.values()))
    .returning(*_claim.c)
    .cte("claim")
)
_PLACE = Question(CARD.add_cte(_fresh, _taken))
