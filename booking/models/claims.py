"""Held stretches of a unit's time: taking, shifting and giving them back. The database keeps them apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, insert, update

from booking.models.asking import Question, new_row, told
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.facts import ToolFacts
from booking.rules.spans import Span

_claim = METADATA.tables["claim"]
_TAKE = insert(_claim).inline()
_TAKE_ONE = Question(_TAKE.values(new_row(_claim, "held")))
_CHANGE = update(_claim).where(_claim.c.booking_id == bindparam("of_booking"))


@dataclass(frozen=True, slots=True)
class Held:
    """What a booking holds or is to hold, buffers included; `pinned` when its maker asked for this very unit."""

    booking_id: int
    tool: ToolFacts
    unit_id: int
    span: Span
    pinned: bool = False


def take(session: Session, held: Held) -> None:
    """Hold time for a new booking; aborts like `take_all`."""
    values = {"booking_id": held.booking_id} | holding(held.tool, held.unit_id, held.span, pinned=held.pinned)
    _TAKE_ONE.run(session, told("held", values))


def take_all(session: Session, held: Sequence[Held]) -> None:
    """Hold time for several new bookings in one batch.

    The database aborts the transaction when somebody has any of it: their tools must be locked.
    """
    rows = [
        {"booking_id": each.booking_id, "blocking": True}
        | holding(each.tool, each.unit_id, each.span, pinned=each.pinned)
        for each in held
    ]
    if rows:
        session.execute(_TAKE, rows)


def shift_all(session: Session, held: Sequence[Held]) -> None:
    """Let several bookings hold other time, or have another unit, in three batches; aborts like `take_all`.

    They let go first and hold again last, so that those side by side never meet on the way.
    """
    if held:
        session.execute(_CHANGE, [{"of_booking": each.booking_id, "blocking": False} for each in held])
        moves = [
            {"of_booking": each.booking_id} | holding(each.tool, each.unit_id, each.span, pinned=each.pinned)
            for each in held
        ]
        session.execute(_CHANGE, moves)
        session.execute(_CHANGE, [{"of_booking": each.booking_id, "blocking": True} for each in held])


def change_units(session: Session, units: Mapping[int, int]) -> None:
    """Let bookings, by their ids, have other units for the time that they hold, in three batches like `shift_all`."""
    session.execute(_CHANGE, [{"of_booking": booking_id, "blocking": False} for booking_id in units])
    session.execute(_CHANGE, [{"of_booking": booking_id, "unit_id": unit} for booking_id, unit in units.items()])
    session.execute(_CHANGE, [{"of_booking": booking_id, "blocking": True} for booking_id in units])


def let_go(session: Session, booking_ids: Iterable[int]) -> None:
    """Give the time of several bookings up for a moment: they are about to hold other time."""
    session.execute(_CHANGE, [{"of_booking": booking_id, "blocking": False} for booking_id in booking_ids])


def release(session: Session, booking_id: int) -> None:
    """Give the booking's time back; the row stays as a record of what was held."""
    session.execute(_CHANGE, {"of_booking": booking_id, "blocking": False})


def retake(session: Session, booking_id: int) -> None:
    """Hold again what was given back; the database aborts the transaction when somebody has it by now."""
    session.execute(_CHANGE, {"of_booking": booking_id, "blocking": True})


def holding(tool: ToolFacts, unit_id: int, held: Span, *, pinned: bool = False) -> dict[str, object]:
    """What a claim says of where and when it holds time."""
    return {
        "unit_id": unit_id,
        "space_id": tool.space_id,
        "kind_id": tool.kind_id,
        "blocks_from": held.start,
        "blocks_until": held.end,
        "pinned": pinned,
    }
