"""A manager's word on pending requests: approve, decline, and think again for ten seconds."""

from datetime import datetime, timedelta

from booking.actions import plans
from booking.actions.bookings import cleared, end, hold, load, mail_name, tell, written
from booking.actions.call import Call
from booking.actions.retracting import retract
from booking.models import approvals, bookings, claims, jobs
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for
from booking.rules import policy, states, units
from booking.rules.access import Role
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Refusal, Refused
from booking.rules.states import Act, State
from booking.rules.text import many_lines

# The mail about a decision waits that long, so that an undone one is never heard of.
UNDONE_WITHIN = timedelta(seconds=10)
_LONGEST_REASON = 500
_QUOTAS = frozenset({"quota_used", "visitors_share_used"})
# The request was in time when it was made; how long managers take must not count against it.
_NOT_ASKED_AGAIN = frozenset({"too_soon"})


def approve(
    call: Call,
    booking_id: int,
    *,
    expected: int | None = None,
    tells: bool = True,
    reason: str = "",
    override: bool = False,
) -> BookingCard:
    """Say yes to a pending request, one's own too; approving again answers the same.

    Every rule but the notice is asked again, for the maker as she is now; with `override` the manager sets aside what
    she may. Raises Refused with all reasons or `wrong_state`, Denied for a maker who isn't a manager there, Absent for
    strangers. Without `tells` the maker hears of it by a mail about several that somebody else leaves.
    """
    card = _load(call, booking_id, expected)
    if states.already_done(card.state, Act.APPROVE):
        return card
    after = states.next_state(card.state, Act.APPROVE)
    reason = many_lines(reason, _LONGEST_REASON, "reason")
    facts = facts_for(call.session, card.tool_id, card.span, card.account_id)
    overridden = cleared(call, objections(card, facts, call.now), facts, override=override)
    retract(call, card)
    _keep_in_service(call, card, facts)
    every = list(dict.fromkeys((*card.overridden, *overridden)))
    bookings.change(call.session, card, call.now, state=after.value, overridden=every)
    approvals.add(call.session, card.id, call.person.account_id, call.now, True, reason)
    approved = written(call, card.id, "approve", **({"overridden": list(overridden)} if overridden else {}))
    if tells:
        tell(call, approved, "booking_approved", call.now + UNDONE_WITHIN)
    return approved


def decline(call: Call, booking_id: int, reason: str = "", *, expected: int | None = None) -> BookingCard:
    """Say no to a pending request and give its time back; declining again answers the same.

    Raises like `approve`, except that no rule is asked.
    """
    card = _load(call, booking_id, expected)
    if states.already_done(card.state, Act.DECLINE):
        return card
    after = states.next_state(card.state, Act.DECLINE)
    reason = many_lines(reason, _LONGEST_REASON, "reason")
    approvals.add(call.session, card.id, call.person.account_id, call.now, False, reason)
    declined = end(call, card, after, "decline", reason)
    if not plans.ask_about_rest(call, declined, reason, call.now + UNDONE_WITHIN):
        tell(call, declined, "booking_declined", call.now + UNDONE_WITHIN, reason=reason)
    return declined


def undo(call: Call, booking_id: int) -> BookingCard:
    """Put one's decision of the last ten seconds back to pending, its mail unsent; a pending request stays as it is.

    Raises Refused with `wrong_state` when it is too late for that, with `not_your_decision` for what somebody else
    decided; of a declined request with `slot_taken` when its time, or with `quota_used` or `visitors_share_used` when
    what its maker may use, belongs to another booking by now.
    """
    card = _load(call, booking_id, None)
    if states.already_done(card.state, Act.UNDO):
        return card
    after = states.next_state(card.state, Act.UNDO)
    approved = card.state is State.CONFIRMED
    decided = approvals.last_decision(call.session, card.id, approved)
    if decided is None or call.now - decided.at > UNDONE_WITHIN:
        raise states.wrong_state(card.state.value, Act.UNDO)
    if decided.by != call.person.account_id:
        raise Refused((Refusal("not_your_decision"),))
    if not approved:
        _stay_within_quotas(call, card)
    approvals.take_back(call.session, card.id, decided.at)
    jobs.withdraw(call.session, mail_name(card, "booking_approved" if approved else "booking_declined"))
    bookings.change(call.session, card, call.now, state=after.value, reason="", ended_at=None)
    if not approved:
        _retake(call, card)
    return written(call, card.id, "undo")


def _retake(call: Call, card: BookingCard) -> None:
    """Let a declined request hold its time again, on its unit or where room can be made."""
    facts = facts_for(call.session, card.tool_id, card.span, card.account_id)
    if units.clashes(_ask(card), facts, card.unit_id):
        hold(call, card, _ask(card), facts)
    else:
        claims.retake(call.session, card.id)


def objections(card: BookingCard, facts: Facts, now: datetime) -> tuple[Refusal, ...]:
    """What stands against saying yes to a request now; `facts` are about its maker."""
    settled = _NOT_ASKED_AGAIN.union(card.overridden)
    return tuple(refusal for refusal in policy.check(_ask(card), facts, now) if refusal.code not in settled)


def _load(call: Call, booking_id: int, expected: int | None) -> BookingCard:
    card = load(call, booking_id, expected=expected)
    call.require(Role.MANAGER, card.space_id)
    return card


def _stay_within_quotas(call: Call, card: BookingCard) -> None:
    """Raise Refused when the maker has used up by other bookings what a declined request had left to her."""
    facts = facts_for(call.session, card.tool_id, card.span, card.account_id, team_id=card.team_id)
    used = tuple(each for each in objections(card, facts, call.now) if each.code in _QUOTAS)
    if used:
        raise Refused(used)


def _ask(card: BookingCard) -> Ask:
    return Ask(card.tool_id, card.span, card.purpose, card.id, card.team_id, unit_id=card.wanted_unit)


def _keep_in_service(call: Call, card: BookingCard, facts: Facts) -> None:
    """Give the booking another unit where its own has gone out of service since it was asked for."""
    ask = _ask(card)
    if card.unit_id not in units.units_in_service(ask, facts):
        hold(call, card, ask, facts)
