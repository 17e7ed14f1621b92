"""Handing a booking over: its maker asks somebody at a mail address, who takes it under every rule about persons.

The address may be anybody's, and is answered alike whether it has an account or not: who asks learns nothing of it.
"""

from typing import Any

from booking.actions.bookings import ask_managers, load, tell, written
from booking.actions.call import Call
from booking.actions.freed import look_for
from booking.actions.retracting import retract
from booking.models import accounts, bookings, handovers
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for, lock_tools
from booking.models.handovers import HandoverCard
from booking.outside.secrets import digest, new_secret
from booking.rules import policy, states, text
from booking.rules.facts import Ask
from booking.rules.handovers import HandoverState, against
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable
from booking.rules.states import Act, State


def offer(call: Call, booking_id: int, email: str) -> HandoverCard:
    """Ask the owner of a mail address to take one's booking over; an earlier one who was asked is no longer.

    Raises Absent for all but its maker, Refused with `wrong_state` once it has begun, Unacceptable for her own mail
    address.
    """
    card, address = _own(call, booking_id), text.email_address(email)
    states.state_in_time(card.state, Act.HAND_OVER, card.span, call.now)
    if address == call.person.email:
        raise Unacceptable(Problem("email", "own_address"))
    secret = new_secret()
    id_ = handovers.add(call.session, card.id, card.account_id, address, digest(secret), call.now)
    call.note("hand_over_asked", "booking", card.id, card.space_id, handover=id_)
    known = accounts.card_by_email(call.session, address)
    mail: dict[str, object] = {
        "event": "handover_asked",
        "email": address,
        "language": known.language if known else call.person.language,
        "booking_id": card.id,
        "link": f"{call.settings.base_url}/handovers/{secret}",
    }
    call.later("mail", mail, once=f"handover_asked:{id_}")
    return handovers.card(call.session, id_)


def take_back(call: Call, booking_id: int) -> None:
    """Let nobody take the booking over any more; raises Absent for all but its maker."""
    card = _own(call, booking_id)
    handovers.end(call.session, card.id, HandoverState.TAKEN_BACK, call.now)
    call.note("hand_over_taken_back", "booking", card.id, card.space_id)


def accept(call: Call, handover: HandoverCard) -> BookingCard:
    """Let the owner of the address have the booking, for whoever proved to be that; twice is once.

    It waits for a manager where it would, had she booked it. Raises Refused with `handover_over` when it can't be
    answered any more, with `no_account` when nobody confirmed the address yet, else with every rule against her.
    """
    receiver = accounts.card_by_email(call.session, handover.email)
    if receiver is None or not receiver.is_confirmed or receiver.is_disabled:
        raise Refused((Refusal("no_account"),))
    found = _held(call, handover, receiver.id)
    if found.state is HandoverState.ACCEPTED and found.holder_id == receiver.id:
        return bookings.card(call.session, found.booking_id)
    if not found.is_open(call.now):
        raise Refused((Refusal("handover_over"),))
    taken = _given_to(call, bookings.card(call.session, found.booking_id), receiver.id)
    handovers.end(call.session, taken.id, HandoverState.ACCEPTED, call.now)
    tell(call, taken, "booking_asked" if taken.state is State.PENDING else "booking_confirmed")
    ask_managers(call, taken)
    _answer(call, found, "handover_taken")
    return taken


def decline(call: Call, handover: HandoverCard) -> None:
    """Leave the booking with its maker, who hears of it. Nothing happens when it can't be answered any more."""
    found = _held(call, handover, None)
    if not found.is_open(call.now):
        return
    handovers.end(call.session, found.booking_id, HandoverState.DECLINED, call.now)
    call.note("hand_over_declined", "booking", found.booking_id, None, handover=found.id)
    _answer(call, found, "handover_declined")


def by_secret(call: Call, secret: str) -> HandoverCard:
    """The handover behind a mailed link, for whoever holds it; raises Absent for any other secret."""
    return handovers.by_secret(call.session, digest(secret))


def mine(call: Call) -> tuple[HandoverCard, ...]:
    """What whoever acts may take over."""
    person = call.person
    return handovers.offered(call.session, person.email, call.now) if person.is_confirmed else ()


def to_me(call: Call, handover_id: int) -> HandoverCard:
    """A handover to whoever acts; raises Absent for all others'."""
    found, person = handovers.card(call.session, handover_id), call.person
    if found.email != person.email or not person.is_confirmed:
        raise Absent
    return found


def _given_to(call: Call, card: BookingCard, account_id: int) -> BookingCard:
    """The booking as another's, out of the team, series or plan that it was part of; its claim stays as it is.

    What its giver wrote about it, and how much of it she chose to show, go with her.
    """
    ask = Ask(card.tool_id, card.span, card.purpose, card.id)
    facts = facts_for(call.session, card.tool_id, card.span, account_id)
    refusals = against(ask, facts, call.now)
    if refusals:
        raise Refused(refusals)
    retract(call, card)
    state = states.first_state(policy.needed_approval(ask, facts))
    alone = dict.fromkeys(("team_id", "series_id", "series_day", "plan_id", "plan_position", "booked_by"))
    values: dict[str, Any] = {"account_id": account_id, "state": state.value, "overridden": []}
    unsaid = dict.fromkeys(("purpose", "reason", "visibility"), "")
    bookings.change(call.session, card, call.now, **values, **alone, **unsaid)
    look_for(call, card.account_id, card.team_id)
    return written(call, card.id, "hand_over")


def _own(call: Call, booking_id: int) -> BookingCard:
    card = load(call, booking_id)
    if card.account_id != call.person.account_id:
        raise Absent
    return card


def _held(call: Call, handover: HandoverCard, receiver_id: int | None) -> HandoverCard:
    """The handover as it is now, with its tool, its giver and its receiver held until the transaction ends."""
    lock_tools(call.session, (), handover.booking_id, account_id=receiver_id)
    return handovers.card(call.session, handover.id)


def _answer(call: Call, handover: HandoverCard, event: str) -> None:
    """Let the giver know what became of it."""
    payload: dict[str, object] = {"event": event, "account_id": handover.giver_id, "booking_id": handover.booking_id}
    link = {"link": f"{call.settings.base_url}/bookings/"} if event == "handover_taken" else {}
    call.later("mail", payload | link, once=f"{event}:{handover.id}")
