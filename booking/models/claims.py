"""Held stretches of a unit's time: taking, shifting and giving them back. The database keeps them apart."""

from sqlalchemy import insert, update

from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.facts import ToolFacts
from booking.rules.spans import Span

_claim = METADATA.tables["claim"]


def take(session: Session, booking_id: int, tool: ToolFacts, unit_id: int, held: Span) -> None:
    """Hold the span, buffers included, on a unit; the database aborts the transaction where it is taken."""
    values = {"booking_id": booking_id, "blocking": True} | _place(tool, unit_id, held)
    session.execute(insert(_claim).values(values))


def shift(session: Session, booking_id: int, tool: ToolFacts, unit_id: int, held: Span) -> None:
    """Let the booking hold this span on this unit instead; aborts like `take`."""
    change = update(_claim).where(_claim.c.booking_id == booking_id)
    session.execute(change.values(_place(tool, unit_id, held)))


def release(session: Session, booking_id: int) -> None:
    """Give the booking's time back; the row stays as a record of what was held."""
    session.execute(update(_claim).where(_claim.c.booking_id == booking_id).values(blocking=False))


def retake(session: Session, booking_id: int) -> None:
    """Hold again what was given back; aborts like `take` when somebody has it by now."""
    session.execute(update(_claim).where(_claim.c.booking_id == booking_id).values(blocking=True))


def _place(tool: ToolFacts, unit_id: int, held: Span) -> dict[str, object]:
    return {
        "unit_id": unit_id,
        "space_id": tool.space_id,
        "kind_id": tool.kind_id,
        "blocks_from": held.start,
        "blocks_until": held.end,
    }
