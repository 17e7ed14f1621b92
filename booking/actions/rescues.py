"""What a maker can do whose booked tool is out of order: one tap to an equivalent tool that is free."""

from dataclasses import dataclass

from booking.actions.alternatives import equivalent, kilometres
from booking.actions.bookings import load, shift
from booking.actions.call import Call
from booking.models import outages, tools
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for, worlds
from booking.models.outages import Touch
from booking.models.tools import ToolCard
from booking.rules import policy, states
from booking.rules.facts import Ask, Facts
from booking.rules.outages import keeps_approval, settled
from booking.rules.refusals import Absent
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

    None for a booking that has begun. As far as whoever asks may see their times.
    """
    if not states.is_possible(card.state, Act.MOVE, card.span, call.now):
        return ()
    old = facts_for(call.session, card.tool_id, card.span, card.account_id)
    near = equivalent(call, card.tool_id)[:_CANDIDATES]
    found = worlds(call.session, tool_ids=[each.id for each in near], span=card.span, account_id=card.account_id)
    by_id = {world.tool.id: world.facts for world in found}
    [own] = tools.tool_cards(call.session, tool_ids=(card.tool_id,), retired=True)
    candidates = [(own, old), *((each, by_id[each.id]) for each in near)]
    free = [(tool, facts) for tool, facts in candidates if _is_free(call, card, old, facts)]
    return tuple(Way(tool, _state(card, old, facts), kilometres(own, tool)) for tool, facts in free[:MOST_WAYS])


def take(call: Call, booking_id: int, tool_id: int) -> BookingCard:
    """Move one's booking from its broken tool to this one, or to another unit of its own; at the same time.

    A confirmed booking stays confirmed as `keeps_approval` says. Nothing happens when the tool works again, or the
    booking is there already. Raises Refused with every reason, Absent for everybody but the booking's maker.
    """
    card = load(call, booking_id, tool_ids=(tool_id,))
    if card.account_id != call.person.account_id:
        raise Absent
    if trouble(call, card) is None:
        return card
    after = states.state_in_time(card.state, Act.MOVE, card.span, call.now)
    old = facts_for(call.session, card.tool_id, card.span, card.account_id)
    new = facts_for(call.session, tool_id, card.span, card.account_id)
    return shift(
        call,
        card,
        _ask(card, tool_id),
        after,
        settled=settled(old.tool, new.tool, card.overridden),
        keeps_approval=after is State.CONFIRMED and keeps_approval(old.tool, new.tool),
    )


def _ask(card: BookingCard, tool_id: int) -> Ask:
    return Ask(tool_id, card.span, card.purpose, card.id, card.team_id)


def _is_free(call: Call, card: BookingCard, old: Facts, new: Facts) -> bool:
    known = settled(old.tool, new.tool, card.overridden)
    refusals = policy.check(_ask(card, new.tool.id), new, call.now)
    return all(refusal.code in known for refusal in refusals)


def _state(card: BookingCard, old: Facts, new: Facts) -> State:
    """The state in which the booking would be on the new tool."""
    if new.tool.id == card.tool_id or (card.state is State.CONFIRMED and keeps_approval(old.tool, new.tool)):
        return card.state
    return states.first_state(policy.needed_approval(_ask(card, new.tool.id), new))
