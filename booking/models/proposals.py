"""Questions about other times that managers offer to who asked, and writing them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from booking.models import claims
from booking.models.database import Session
from booking.models.tables.bookings import Booking, Claim, Proposal
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.facts import ToolFacts
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import State


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """Another time for a request, with the request's maker and state as they are now."""

    id: int
    booking_id: int
    tool_id: int
    starts_at: datetime
    ends_at: datetime
    note: str
    claim_id: int | None
    second_claim_id: int | None
    proposed_by: int
    expires_at: datetime
    answered_at: datetime | None
    accepted: bool | None
    account_id: int
    booking_state: str
    tool_name: str
    space_name: str
    city: str
    time_zone: str

    @property
    def span(self) -> Span:
        """The offered time, without buffers."""
        return Span(self.starts_at, self.ends_at)

    @property
    def claim_ids(self) -> frozenset[int | None]:
        """The claims that hold its time beside the request's own."""
        return frozenset({self.claim_id, self.second_claim_id} - {None})

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered: the request still waits, and the time is held."""
        return self.answered_at is None and self.booking_state == State.PENDING and self.expires_at > now


def by_secret(session: Session, token_hash: str) -> ProposalCard:
    """The proposal behind a mailed link; raises Absent when there is none."""
    return _one(session, Proposal.token_hash == token_hash)


def card(session: Session, proposal_id: int) -> ProposalCard:
    """The proposal of that id; raises Absent when there is none."""
    return _one(session, Proposal.id == proposal_id)


def of_booking(session: Session, booking_id: int) -> ProposalCard | None:
    """The booking's unanswered proposal, if it has one: one query."""
    return of_bookings(session, (booking_id,)).get(booking_id)


def of_bookings(session: Session, booking_ids: Collection[int]) -> dict[int, ProposalCard]:
    """The unanswered proposals of these bookings, by their ids: one query, none without bookings."""
    if not booking_ids:
        return {}
    found = _cards(session, Proposal.booking_id.in_(booking_ids), Proposal.answered_at.is_(None))
    return {each.booking_id: each for each in found}


def make(session: Session, values: dict[str, Any], tool: ToolFacts, unit_id: int, held: tuple[Span, ...]) -> int:
    """An open proposal that holds these at most two stretches beside its request's own; its id."""
    made = [Claim(booking_id=None, blocking=True, **claims.holding(tool, unit_id, span)) for span in held]
    session.add_all(made)
    session.flush()
    first, second, *_ = *(claim.id for claim in made), None, None
    row = Proposal(claim_id=first, second_claim_id=second, tool_id=tool.id, **values)
    session.add(row)
    session.flush()
    return row.id


def close(session: Session, proposal: ProposalCard, accepted: bool | None, now: datetime) -> None:
    """Close an open proposal and give back the time that it held."""
    answered = update(Proposal).where(Proposal.id == proposal.id)
    session.execute(answered.values(answered_at=now, accepted=accepted))
    session.execute(update(Claim).where(Claim.id.in_(proposal.claim_ids)).values(blocking=False))


def _one(session: Session, condition: ColumnElement[bool]) -> ProposalCard:
    found = _cards(session, condition)
    if not found:
        raise Absent
    return found[0]


def _cards(session: Session, *conditions: ColumnElement[bool]) -> tuple[ProposalCard, ...]:
    question = (
        select(
            *(Proposal.id, Proposal.booking_id, Proposal.tool_id, Proposal.starts_at, Proposal.ends_at, Proposal.note),
            *(Proposal.claim_id, Proposal.second_claim_id, Proposal.proposed_by),
            *(Proposal.expires_at, Proposal.answered_at, Proposal.accepted),
            *(Booking.account_id, Booking.state, Tool.name, Space.name, Space.city, Space.time_zone),
        )
        .join(Booking, Booking.id == Proposal.booking_id)
        .join(Tool, Tool.id == Proposal.tool_id)
        .join(Space, Space.id == Tool.space_id)
        .where(*conditions)
        .order_by(Proposal.id)
    )
    return tuple(_card(row) for row in session.execute(question))


def _card(row: Row[*tuple[Any, ...]]) -> ProposalCard:
    return ProposalCard(*row)
