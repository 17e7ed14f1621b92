"""Offers of freed time. Each holds it by a claim of its own, which the booking takes over when it is accepted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update

from booking.models import claims
from booking.models.database import Session
from booking.models.tables.bookings import Claim
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.models.tables.waitlist import Offer, WaitlistEntry
from booking.rules.facts import ToolFacts
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.waitlist import OfferState


@dataclass(frozen=True, slots=True)
class OfferCard:
    """An offer with the tool that it is about and the person to whom it is made."""

    id: int
    entry_id: int
    claim_id: int | None
    tool_id: int
    starts_at: datetime
    ends_at: datetime
    state: OfferState
    booking_id: int | None
    expires_at: datetime
    account_id: int
    team_id: int | None
    purpose: str
    tool_name: str
    tool_slug: str
    space_slug: str
    space_name: str
    city: str
    time_zone: str

    @property
    def span(self) -> Span:
        """The offered time, without buffers."""
        return Span(self.starts_at, self.ends_at)


def by_secret(session: Session, token_hash: str) -> OfferCard:
    """The offer behind a mailed link; raises Absent when there is none."""
    return _one(session, Offer.token_hash == token_hash)


def card(session: Session, offer_id: int) -> OfferCard:
    """The offer of that id; raises Absent when there is none."""
    return _one(session, Offer.id == offer_id)


def open_of(session: Session, entry_ids: Collection[int]) -> dict[int, OfferCard]:
    """The open offers of these entries, by entry: one query."""
    found = _cards(session, Offer.entry_id.in_(entry_ids), Offer.state == OfferState.OPEN.value)
    return {offer.entry_id: offer for offer in found}


def taken_of(session: Session, entry_id: int) -> OfferCard | None:
    """The offer of an entry that was accepted, if any."""
    found = _cards(session, Offer.entry_id == entry_id, Offer.state == OfferState.ACCEPTED.value)
    return found[0] if found else None


def had(session: Session, entry_ids: Collection[int], tool_id: int) -> dict[int, list[Span]]:
    """What of a tool was offered to these entries and not taken, by entry: one query."""
    not_taken = Offer.state.in_((OfferState.PASSED.value, OfferState.LAPSED.value))
    question = select(Offer.entry_id, Offer.starts_at, Offer.ends_at).where(
        Offer.entry_id.in_(entry_ids), Offer.tool_id == tool_id, not_taken
    )
    found: dict[int, list[Span]] = {}
    for entry_id, starts_at, ends_at in session.execute(question):
        found.setdefault(entry_id, []).append(Span(starts_at, ends_at))
    return found


def make(session: Session, values: dict[str, Any], tool: ToolFacts, unit_id: int, held: Span) -> int:
    """An open offer that holds the span, buffers included, on a unit; its id."""
    claim = Claim(booking_id=None, blocking=True, **claims.holding(tool, unit_id, held))
    session.add(claim)
    session.flush()
    row = Offer(claim_id=claim.id, tool_id=tool.id, state=OfferState.OPEN.value, **values)
    session.add(row)
    session.flush()
    return row.id


def end(session: Session, offer: OfferCard, state: OfferState) -> None:
    """Close an open offer and give its time back."""
    session.execute(update(Offer).where(Offer.id == offer.id).values(state=state.value))
    session.execute(update(Claim).where(Claim.id == offer.claim_id).values(blocking=False))


def accept(session: Session, offer: OfferCard, booking_id: int) -> None:
    """Let the booking take the offer's claim over as it stands: its time is never free in between."""
    session.execute(update(Claim).where(Claim.id == offer.claim_id).values(booking_id=booking_id))
    accepted = update(Offer).where(Offer.id == offer.id)
    session.execute(accepted.values(state=OfferState.ACCEPTED.value, booking_id=booking_id))


def _one(session: Session, condition: ColumnElement[bool]) -> OfferCard:
    found = _cards(session, condition)
    if not found:
        raise Absent
    return found[0]


def _cards(session: Session, *conditions: ColumnElement[bool]) -> tuple[OfferCard, ...]:
    question = (
        select(
            Offer.id,
            Offer.entry_id,
            Offer.claim_id,
            Offer.tool_id,
            Offer.starts_at,
            Offer.ends_at,
            Offer.state,
            Offer.booking_id,
            Offer.expires_at,
            WaitlistEntry.account_id,
            WaitlistEntry.team_id,
            WaitlistEntry.purpose,
            Tool.name,
            Tool.slug,
            Space.slug,
            Space.name,
            Space.city,
            Space.time_zone,
        )
        .join(WaitlistEntry, WaitlistEntry.id == Offer.entry_id)
        .join(Tool, Tool.id == Offer.tool_id)
        .join(Space, Space.id == Tool.space_id)
        .where(*conditions)
        .order_by(Offer.id)
    )
    return tuple(map(_card, session.execute(question)))


def _card(row: Row[*tuple[Any, ...]]) -> OfferCard:
    found = list(row)
    found[6] = OfferState(found[6])
    return OfferCard(*found)
