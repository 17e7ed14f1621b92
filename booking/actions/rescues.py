"""What a maker can do whose booked tool is out of order: one tap to an equivalent tool that is free."""

from dataclasses import dataclass, replace
from datetime import timedelta

from booking.actions import arrivals
from booking.actions.alternatives import equivalent, kilometres
from booking.actions.bookings import load, place, shift
from booking.actions.call import Call
from booking.models import outages, tools
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for, worlds
from booking.models.outages import Touch
from booking.models.tools import ToolCard
from booking.rules import policy, states
from booking.rules.availability import next_on_grain
from booking.rules.facts import Ask, Facts
from booking.rules.outages import keeps_approval, settled
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import Act, State

MOST_WAYS = 3
# How many of the nearest equivalent tools are looked at.
_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Way:
    """A tool that is free for the whole booking, and the state in which the booking would be there.

    The booking's own tool stands for another unit of it.
    """

    tool: ToolCard
    state: State
    kilometres: float


def trouble(call: Call, card: BookingCard) -> Touch | None:
    """What is out of order under the booking, or None."""
    return outages.touching(call.session, (card.id,), call.now).get(card.id)


def ways(call: Call, card: BookingCard) -> tuple[Way, ...]:
    """Up to three tools that are free for its maker at the booked time: other units first, then the nearest tools.

    Of a booking that has begun, or that somebody has checked in to, for the rest of it. As far as whoever asks may see
    their times.
    """
    if not _goes_on(call, card):
        return ()
    old = facts_for(call.session, card.tool_id, card.span, card.account_id)
    near = equivalent(call, card.tool_id)[:_CANDIDATES]
    found = worlds(call.session, tool_ids=[each.id for each in near], span=card.span, account_id=card.account_id)
    by_id = {world.tool.id: world.facts for world in found}
    [own] = tools.tool_cards(call.session, tool_ids=(card.tool_id,), retired=True)
    candidates = [(own, old), *((each, by_id[each.id]) for each in near)]
    free = [(tool, facts) for tool, facts in candidates if _is_free(call, card, old, facts)]
    return tuple(Way(tool, _state(call, card, old, facts), kilometres(own, tool)) for tool, facts in free[:MOST_WAYS])


def take(call: Call, booking_id: int, tool_id: int) -> BookingCard:
    """Move one's booking from its broken tool to this one, or to another unit of its own; at the same time.

    What has begun ends now, and the rest of it is a booking of its own there. A confirmed booking stays confirmed as
    `keeps_approval` says. Nothing happens when the tool works again, or the booking is there already. Raises Refused
    with every reason, Absent for everybody but the booking's maker.
    """
    card = load(call, booking_id, tool_ids=(tool_id,))
    if card.account_id != call.person.account_id:
        raise Absent
    if trouble(call, card) is None:
        return card
    old = facts_for(call.session, card.tool_id, card.span, card.account_id)
    new = facts_for(call.session, tool_id, card.span, card.account_id)
    known = settled(old.tool, new.tool, card.overridden)
    keeps = card.state is not State.PENDING and keeps_approval(old.tool, new.tool)
    if _has_begun(call, card):
        arrivals.give_back(call, card.id)
        return place(call, replace(_ask(call, card, new), booking_id=None), settled=known, keeps_approval=keeps)
    after = states.state_in_time(card.state, Act.MOVE, card.span, call.now)
    return shift(call, card, _ask(call, card, new), after, settled=known, keeps_approval=keeps)


def _goes_on(call: Call, card: BookingCard) -> bool:
    """Whether another tool would still be of use."""
    return states.is_possible(card.state, Act.MOVE, card.span, call.now) or _has_begun(call, card)


def _has_begun(call: Call, card: BookingCard) -> bool:
    """Whether somebody is at work already, or may be: what has begun isn't moved any more."""
    begun = card.state is State.CONFIRMED and card.starts_at <= call.now
    return card.ends_at > call.now and (begun or card.state is State.IN_USE)


def _ask(call: Call, card: BookingCard, new: Facts) -> Ask:
    """The booked time on another tool; of what has begun the rest, from that tool's next possible start on."""
    span = card.span
    if _has_begun(call, card):
        start = next_on_grain(new, max(card.starts_at, call.now))
        # Of what is as good as over nothing is left: too short a time for any tool.
        span = Span(min(start, card.ends_at - timedelta(minutes=1)), card.ends_at)
    return Ask(new.tool.id, span, card.purpose, card.id, card.team_id, own_level=card.own_level)


def _is_free(call: Call, card: BookingCard, old: Facts, new: Facts) -> bool:
    known = settled(old.tool, new.tool, card.overridden)
    refusals = policy.check(_ask(call, card, new), new, call.now)
    return all(refusal.code in known for refusal in refusals)


def _state(call: Call, card: BookingCard, old: Facts, new: Facts) -> State:
    """The state in which the booking would be on the new tool."""
    had_yes = card.state is not State.PENDING
    if new.tool.id == card.tool_id or (had_yes and keeps_approval(old.tool, new.tool)):
        return State.CONFIRMED if had_yes else card.state
    return states.first_state(policy.needed_approval(_ask(call, card, new), new))
