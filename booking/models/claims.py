"""Held stretches of a unit's time: taking, shifting and giving them back. The database keeps them apart."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, update
from sqlalchemy.exc import IntegrityError

from booking.models.asking import Question, new_row, told
from booking.models.database import NO_DOUBLE_BOOKING, Session
from booking.models.tables import METADATA
from booking.rules.facts import ToolFacts
from booking.rules.refusals import Refusal, Refused
from booking.rules.spans import Span

_claim = METADATA.tables["claim"]
_TAKE = insert(_claim).inline()
_TAKE_ONE = Question(_TAKE.values(new_row(_claim, "held")))
_CHANGE = update(_claim).where(_claim.c.booking_id == bindparam("of_booking"))


@dataclass(frozen=True, slots=True)
class Held:
    """What a booking holds, or is to hold: a unit of a tool for a span, buffers included."""

    booking_id: int
    tool: ToolFacts
    unit_id: int
    span: Span


def take(session: Session, booking_id: int, tool: ToolFacts, unit_ids: Iterable[int], held: Span) -> None:
    """Hold the span, buffers included, on the first of the units that the database lets have it.

    Raises Refused with `slot_taken` when it lets none.
    """

    def insert_on(unit_id: int) -> None:
        _TAKE_ONE.run(session, told("held", {"booking_id": booking_id} | holding(tool, unit_id, held)))

    _on_first(session, unit_ids, len(tool.unit_ids) > 1, insert_on)


def take_all(session: Session, held: Sequence[Held]) -> None:
    """Hold time for several new bookings in one batch.

    The database aborts the transaction when somebody has any of it: their tools must be locked.
    """
    rows = [
        {"booking_id": each.booking_id, "blocking": True} | holding(each.tool, each.unit_id, each.span) for each in held
    ]
    if rows:
        session.execute(_TAKE, rows)


def shift_all(session: Session, held: Sequence[Held]) -> None:
    """Let several bookings hold other time, in three batches; aborts like `take_all`.

    They let go first and hold again last, so that those side by side never meet on the way.
    """
    if held:
        session.execute(_CHANGE, [{"of_booking": each.booking_id, "blocking": False} for each in held])
        moves = [{"of_booking": each.booking_id} | holding(each.tool, each.unit_id, each.span) for each in held]
        session.execute(_CHANGE, moves)
        session.execute(_CHANGE, [{"of_booking": each.booking_id, "blocking": True} for each in held])


def shift(session: Session, booking_id: int, tool: ToolFacts, unit_ids: Iterable[int], held: Span) -> None:
    """Let the booking hold this span instead, on the first of the units that can; raises like `take`."""

    def update_to(unit_id: int) -> None:
        session.execute(_CHANGE, {"of_booking": booking_id} | holding(tool, unit_id, held))

    _on_first(session, unit_ids, len(tool.unit_ids) > 1, update_to)


def release(session: Session, booking_id: int) -> None:
    """Give the booking's time back; the row stays as a record of what was held."""
    session.execute(_CHANGE, {"of_booking": booking_id, "blocking": False})


def retake(session: Session, booking_id: int) -> None:
    """Hold again what was given back; the database aborts the transaction when somebody has it by now."""
    session.execute(_CHANGE, {"of_booking": booking_id, "blocking": True})


def _on_first(session: Session, unit_ids: Iterable[int], is_pool: bool, write: Callable[[int], None]) -> None:
    """Write for one unit after the other until the guard lets it through."""
    for unit_id in unit_ids:
        if not is_pool:
            # Without another unit to try, the whole transaction may end here: no savepoint needed.
            return write(unit_id)
        try:
            with session.begin_nested():
                return write(unit_id)
        except IntegrityError as problem:
            if NO_DOUBLE_BOOKING not in str(problem.orig):
                raise
    raise Refused((Refusal("slot_taken"),))


def holding(tool: ToolFacts, unit_id: int, held: Span) -> dict[str, object]:
    """What a claim says of where and when it holds time."""
    return {
        "unit_id": unit_id,
        "space_id": tool.space_id,
        "kind_id": tool.kind_id,
        "blocks_from": held.start,
        "blocks_until": held.end,
    }
