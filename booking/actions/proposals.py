"""Offering another time to who asked for one: held for her while she thinks, taken by one tap, under every rule.

The request goes on holding its own time until she answers. Whatever ends or moves it closes the offer as well.
"""

from datetime import datetime, timedelta

from booking.actions import pools
from booking.actions.bookings import LONGEST_REASON, hold, load, tell, written
from booking.actions.call import Call
from booking.actions.freed import freed, freed_of
from booking.actions.retracting import retract
from booking.models import approvals, bookings, proposals
from booking.models.bookings import BookingCard
from booking.models.deadlines import until
from booking.models.facts import facts_for, lock_tools
from booking.models.proposals import ProposalCard
from booking.outside.secrets import digest, new_secret
from booking.rules import policy, states, units
from booking.rules.access import Role
from booking.rules.facts import Ask, Facts
from booking.rules.pools import Packing, packing
from booking.rules.refusals import Absent, Refusal, Refused
from booking.rules.spans import Span, without
from booking.rules.states import Act, State
from booking.rules.text import many_lines

# So long an offered time is held, unless the request or the time itself begins or ends before.
HELD_FOR = timedelta(hours=48)
# A manager who offers a time knows how soon it is.
_SETTLED = frozenset({"too_soon"})


def propose(call: Call, booking_id: int, tool_id: int, span: Span, note: str = "") -> ProposalCard:
    """Offer another time, or another tool of the space, to the maker of a pending request; an earlier offer ends.

    Raises Refused with every rule that stands against it for the maker, with `wrong_state` when the request is decided,
    Absent for all but managers.
    """
    card = load(call, booking_id, tool_ids=(tool_id,))
    call.require(Role.MANAGER, card.space_id)
    states.next_state(card.state, Act.APPROVE)
    note = many_lines(note, LONGEST_REASON, "note")
    retract(call, card)
    ask = Ask(tool_id, span, card.purpose, card.id, card.team_id)
    facts = facts_for(call.session, tool_id, span, card.account_id)
    if facts.tool.space_id != card.space_id:
        raise Absent
    refusals = _against(ask, facts, call.now)
    found = packing(ask, facts, call.now, card.unit_id)
    if refusals or found is None:
        raise Refused(refusals or (Refusal("slot_taken"),))
    return _made(call, card, ask, facts, found, note)


def accept(call: Call, proposal: ProposalCard) -> BookingCard:
    """Move the request to the offered time and confirm it, for whoever proved to be its maker; twice is once.

    Raises Refused with `proposal_over` when it can't be answered any more, else with every reason.
    """
    found = _held(call, proposal)
    card = bookings.card(call.session, found.booking_id)
    if found.accepted and card.state is State.CONFIRMED:
        return card
    if not found.is_open(call.now):
        raise Refused((Refusal("proposal_over"),))
    ask = Ask(found.tool_id, found.span, card.purpose, card.id, card.team_id, claim_ids=found.claim_ids)
    facts = facts_for(call.session, found.tool_id, found.span, card.account_id)
    refusals = _against(ask, facts, call.now)
    if refusals:
        raise Refused(refusals)
    proposals.close(call.session, found, True, call.now)
    place = {"tool_id": facts.tool.id, "space_id": facts.tool.space_id}
    time = {"starts_at": found.starts_at, "ends_at": found.ends_at}
    bookings.change(call.session, card, call.now, state=State.CONFIRMED.value, overridden=[], **place, **time)
    hold(call, card, ask, facts)
    approvals.add(call.session, card.id, found.proposed_by, call.now, True, "")
    freed_of(call, card)
    was = {"old_starts_at": card.starts_at.isoformat(), "old_ends_at": card.ends_at.isoformat()}
    moved = written(call, card.id, "take_proposal", **was)
    tell(call, moved, "booking_confirmed", None, **was)
    _answered(call, found, accepted=True)
    return moved


def decline(call: Call, proposal: ProposalCard) -> None:
    """Leave the request as it was asked; nothing happens when the offer can't be answered any more."""
    found = _held(call, proposal)
    if found.is_open(call.now):
        _end(call, found, accepted=False)
        call.note("leave_proposal", "booking", found.booking_id, None)
        _answered(call, found, accepted=False)


def lapse(call: Call, proposal_id: int) -> None:
    """Let an offer end that nobody answered in time; anything else stays as it is."""
    found = _held(call, proposals.card(call.session, proposal_id))
    if found.answered_at is None and found.expires_at <= call.now:
        _end(call, found, accepted=None)


def by_secret(call: Call, secret: str) -> ProposalCard:
    """The offer behind a mailed link, for whoever holds it; raises Absent for any other secret."""
    return proposals.by_secret(call.session, digest(secret))


def to_me(call: Call, booking_id: int) -> ProposalCard:
    """The open offer to a request of one's own; raises Absent without one."""
    found = proposals.of_booking(call.session, booking_id)
    if found is None or found.account_id != call.person.account_id:
        raise Absent
    return found


def _against(ask: Ask, facts: Facts, now: datetime) -> tuple[Refusal, ...]:
    return tuple(refusal for refusal in policy.check(ask, facts, now) if refusal.code not in _SETTLED)


def _made(call: Call, card: BookingCard, ask: Ask, facts: Facts, found: Packing, note: str) -> ProposalCard:
    pools.make_room(call, found.moves)
    secret = new_secret()
    ends = (call.now + HELD_FOR, ask.span.start, card.starts_at, until(call.session, card.id) or card.starts_at)
    values = {
        "booking_id": card.id,
        "starts_at": ask.span.start,
        "ends_at": ask.span.end,
        "proposed_by": call.person.account_id,
        "note": note,
        "token_hash": digest(secret),
        "created_at": call.now,
        "expires_at": min(ends),
    }
    held = _beside(card, ask, facts, found.unit_id)
    id_ = proposals.make(call.session, values, facts.tool, found.unit_id, held)
    call.later("proposal_over", {"proposal_id": id_}, min(ends), once=f"proposal_over:{id_}")
    call.note("propose", "booking", card.id, card.space_id, tool_id=facts.tool.id)
    made = proposals.card(call.session, id_)
    times = {"starts_at": made.starts_at.isoformat(), "ends_at": made.ends_at.isoformat()}
    was = {"old_starts_at": card.starts_at.isoformat(), "old_ends_at": card.ends_at.isoformat()}
    told = {"tool": made.tool_name, "reason": note, "expires_at": made.expires_at.isoformat()}
    mail: dict[str, object] = {"event": "time_proposed", "account_id": card.account_id, "booking_id": card.id}
    link = {"link": f"{call.settings.base_url}/proposals/{secret}"}
    call.later("mail", mail | times | was | told | link, once=f"time_proposed:{id_}")
    return made


def _beside(card: BookingCard, ask: Ask, facts: Facts, unit_id: int) -> tuple[Span, ...]:
    """What has to be held for the offer beside the time that the request holds already: before it, after it."""
    wished = units.with_buffers(facts, ask.span)
    own = [row.span for row in facts.taken if row.booking_id == card.id and row.unit_id == unit_id]
    return without((wished,), own)


def _held(call: Call, proposal: ProposalCard) -> ProposalCard:
    """The offer as it is now, with both tools and the maker held until the transaction ends."""
    lock_tools(call.session, (proposal.tool_id,), proposal.booking_id, account_id=proposal.account_id)
    return proposals.card(call.session, proposal.id)


def _end(call: Call, found: ProposalCard, *, accepted: bool | None) -> None:
    proposals.close(call.session, found, accepted, call.now)
    freed(call, found.tool_id, found.span)


def _answered(call: Call, found: ProposalCard, *, accepted: bool) -> None:
    """Let the manager know who offered it."""
    payload: dict[str, object] = {"event": "proposal_answered", "account_id": found.proposed_by}
    payload |= {"booking_id": found.booking_id, "accepted": accepted}
    call.later("mail", payload, once=f"proposal_answered:{found.id}")
