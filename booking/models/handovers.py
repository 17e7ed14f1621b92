"""Questions about bookings that their makers hand over, and writing them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Handover
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.handovers import HandoverState
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import State


@dataclass(frozen=True, slots=True)
class HandoverCard:
    """A handover with its booking as it is now; `giver_id` and `giver` are who hands it over."""

    id: int
    booking_id: int
    state: HandoverState
    email: str
    giver_id: int
    giver: str
    holder_id: int
    booking_state: State
    starts_at: datetime
    ends_at: datetime
    tool_name: str
    tool_slug: str
    space_name: str
    space_slug: str
    city: str
    time_zone: str

    @property
    def span(self) -> Span:
        """The booked time, without buffers."""
        return Span(self.starts_at, self.ends_at)

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered: not answered yet, and its giver still holds a time that is to come."""
        is_to_come = self.booking_state in (State.PENDING, State.CONFIRMED) and self.starts_at > now
        return self.state is HandoverState.OPEN and self.holder_id == self.giver_id and is_to_come


def by_secret(session: Session, token_hash: str) -> HandoverCard:
    """The handover behind a mailed link; raises Absent when there is none."""
    return _one(session, Handover.token_hash == token_hash)


def card(session: Session, handover_id: int) -> HandoverCard:
    """The handover of that id; raises Absent when there is none."""
    return _one(session, Handover.id == handover_id)


def of_booking(session: Session, booking_id: int) -> HandoverCard | None:
    """The booking's open handover, if it has one: one query."""
    found = _cards(session, Handover.booking_id == booking_id, Handover.state == HandoverState.OPEN.value)
    return found[0] if found else None


def offered(session: Session, email: str, now: datetime) -> tuple[HandoverCard, ...]:
    """What the owner of this address may take over, by start: one query."""
    found = _cards(session, Handover.email == email, Handover.state == HandoverState.OPEN.value)
    return tuple(each for each in found if each.is_open(now))


def add(session: Session, booking_id: int, account_id: int, email: str, token_hash: str, now: datetime) -> int:
    """Note that the booking is handed over to this address; its id. An earlier open one of it ends."""
    end(session, booking_id, HandoverState.TAKEN_BACK, now)
    row = Handover(
        booking_id=booking_id,
        account_id=account_id,
        email=email,
        token_hash=token_hash,
        state=HandoverState.OPEN.value,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def end(session: Session, booking_id: int, state: HandoverState, now: datetime) -> None:
    """Bring the booking's open handover, if it has one, to this state."""
    is_open = (Handover.booking_id == booking_id, Handover.state == HandoverState.OPEN.value)
    session.execute(update(Handover).where(*is_open).values(state=state.value, answered_at=now))


def _one(session: Session, condition: ColumnElement[bool]) -> HandoverCard:
    found = _cards(session, condition)
    if not found:
        raise Absent
    return found[0]


def _cards(session: Session, *conditions: ColumnElement[bool]) -> tuple[HandoverCard, ...]:
    question = (
        select(
            *(Handover.id, Handover.booking_id, Handover.state, Handover.email, Handover.account_id, Account.name),
            *(Booking.account_id, Booking.state, Booking.starts_at, Booking.ends_at),
            *(Tool.name, Tool.slug, Space.name, Space.slug, Space.city, Space.time_zone),
        )
        .join(Account, Account.id == Handover.account_id)
        .join(Booking, Booking.id == Handover.booking_id)
        .join(Tool, Tool.id == Booking.tool_id)
        .join(Space, Space.id == Booking.space_id)
        .where(*conditions)
        .order_by(Booking.starts_at, Handover.id)
    )
    return tuple(_card(row) for row in session.execute(question))


def _card(row: Row[*tuple[Any, ...]]) -> HandoverCard:
    id_, booking_id, state, email, giver_id, giver, holder_id, booking_state, *rest = row
    return HandoverCard(
        id_, booking_id, HandoverState(state), email, giver_id, giver, holder_id, State(booking_state), *rest
    )
