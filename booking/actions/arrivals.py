"""Coming to a booked tool, staying longer, leaving early, and not coming at all."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.actions import bookings as single
from booking.actions import strikes
from booking.actions.call import Call
from booking.actions.freed import freed_of
from booking.models import arrivals, bookings, claims, spaces
from booking.models.arrivals import Awaited
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for, lock_tools
from booking.rules import policy, states, units
from booking.rules.access import Role, at_least
from booking.rules.arrivals import could_come, given_back, missed_at
from booking.rules.facts import Ask, Facts
from booking.rules.hours import shut_within
from booking.rules.refusals import Refusal, because
from booking.rules.spans import Span
from booking.rules.states import Act, State
from booking.rules.text import many_lines

EXTENSIONS = (timedelta(minutes=30), timedelta(minutes=60))
_AT_ONCE = 200
# Whoever has the tool already need not ask for its time ahead.
_SETTLED = frozenset({"in_the_past", "too_soon"})


def check_in(call: Call, booking_id: int, reason: str = "") -> BookingCard:
    """Say that a booking's maker is there: she herself, her team where it is the team's, or a manager.

    From fifteen minutes before the start until the end. Raises Absent for strangers, Refused with `wrong_state`.
    A reason is kept with the booking.
    """
    card = single.load(call, booking_id)
    if states.already_done(card.state, Act.CHECK_IN):
        return card
    state = states.state_in_time(card.state, Act.CHECK_IN, card.span, call.now)
    bookings.change(call.session, card, call.now, state=state.value, **_said(reason))
    arrivals.arrived(call.session, card.id, call.now)
    return single.written(call, card.id, "check_in")


def book_now(call: Call, ask: Ask) -> BookingCard:
    """Book a time that is about to begin, and check in where that is possible already; raises like `place`."""
    card = single.place(call, ask)
    return check_in(call, card.id) if states.is_possible(card.state, Act.CHECK_IN, card.span, call.now) else card


def give_back(call: Call, booking_id: int, reason: str = "") -> BookingCard:
    """End a running booking with this minute and free the rest of its time; before its start this is a cancel.

    Nothing happens to one that has been given back, or whose last minute this is. Raises like `check_in`.
    """
    card = single.load(call, booking_id)
    if card.starts_at > call.now:
        return _call_off(call, card, reason)
    if card.state is State.IN_USE and given_back(card.span, call.now) == card.span:
        return card
    state = states.state_in_time(card.state, Act.GIVE_BACK, card.span, call.now)
    span = given_back(card.span, call.now)
    facts = facts_for(call.session, card.tool_id, span, card.account_id)
    arrivals.arrived(call.session, card.id, call.now)
    return _resized(call, card, facts, span, "give_back", state=state.value, **_said(reason))


def extend(call: Call, booking_id: int, end: datetime, *, override: bool = False) -> BookingCard:
    """Let a running booking last until then, on its unit, under the rules that a booking of that length obeys.

    A tool for which somebody would have to say yes first is not extended but by a manager, with `override`.
    Nothing happens where it lasts until then already. Raises like `place`, and Refused with `wrong_state`.
    """
    card = single.load(call, booking_id)
    if end <= card.ends_at:
        return card
    state = states.state_in_time(card.state, Act.EXTEND, card.span, call.now)
    ask = _longer(card, end)
    facts = facts_for(call.session, card.tool_id, ask.span, card.account_id)
    overridden = single.cleared(call, _against(call, ask, facts), facts, override=override)
    every = list(dict.fromkeys((*card.overridden, *overridden)))
    single.unit_for(call, ask, facts)
    return _resized(call, card, facts, ask.span, "extend", state=state.value, overridden=every)


def extensions(call: Call, card: BookingCard) -> tuple[datetime, ...]:
    """To which later ends a running booking could be extended now with nobody's yes."""
    if not states.is_possible(card.state, Act.EXTEND, card.span, call.now):
        return ()
    ends = [card.ends_at + longer for longer in EXTENSIONS]
    facts = facts_for(call.session, card.tool_id, Span(card.starts_at, ends[-1]), card.account_id)
    return tuple(end for end in ends if not _against(call, _longer(card, end), facts))


def overridable_extensions(call: Call, card: BookingCard) -> tuple[datetime, ...]:
    """To which later ends only a manager could extend a running booking now, by setting aside what she may."""
    role = call.person.role_at(card.space_id)
    if not at_least(role, Role.MANAGER) or not states.is_possible(card.state, Act.EXTEND, card.span, call.now):
        return ()
    ends = [card.ends_at + longer for longer in EXTENSIONS]
    facts = facts_for(call.session, card.tool_id, Span(card.starts_at, ends[-1]), card.account_id)
    against = {end: _against(call, _longer(card, end), facts) for end in ends}
    return tuple(end for end in ends if against[end] and not policy.check_override(against[end], role))


def missed_when(call: Call, booking_id: int) -> datetime | None:
    """When a booking is missed unless somebody checks in; None where nobody has to, or nobody can."""
    found = arrivals.awaited(call.session, booking_id)
    return missed_at(found.span, found.minutes) if found and _usable(call, (found,)) else None


def overdue(call: Call) -> tuple[int, ...]:
    """The first bookings whose grace is over, for `miss`."""
    found = _usable(call, arrivals.overdue(call.session, call.now))
    return tuple(each.id for each in found[:_AT_ONCE])


def miss(call: Call, booking_id: int) -> BookingCard:
    """Release a booking that nobody checked in to in time, and count it; any other stays as it is.

    One whose tool or unit was out of order by then, or whose space has closed for it, stays its maker's until its end.
    """
    lock_tools(call.session, (), booking_id)
    card = bookings.card(call.session, booking_id)
    over_at = missed_when(call, booking_id)
    if over_at is None or call.now < over_at:
        return card
    missed = single.end(call, card, states.next_state(card.state, Act.MISS), "miss", "")
    single.tell(call, missed, "booking_missed")
    strikes.count(call, missed)
    return missed


def _usable(call: Call, awaited: Sequence[Awaited]) -> tuple[Awaited, ...]:
    """Those among the bookings in which what is booked works, and that lie within the hours as they are now."""
    working = [each for each in awaited if could_come(each.span, each.minutes, each.broken_from)]
    if not working:
        return ()
    hours = spaces.hours_of(call.session, {each.space_id for each in working})
    return tuple(
        each for each in working if not shut_within(hours[each.space_id], each.span, unattended=each.unattended)
    )


def _call_off(call: Call, card: BookingCard, reason: str) -> BookingCard:
    """Before its start a booking is cancelled as ever; one that was checked in to early ends the same way."""
    if card.state is not State.IN_USE:
        return single.cancel(call, card.id, reason)
    return single.end(call, card, State.CANCELLED, "cancel", many_lines(reason, single.LONGEST_REASON, "reason"))


def _longer(card: BookingCard, end: datetime) -> Ask:
    """An ask for the unit on which its maker works already: others that come later may make room there."""
    span = Span(card.starts_at, end)
    return Ask(card.tool_id, span, card.purpose, card.id, card.team_id, unit_id=card.unit_id)


def _against(call: Call, ask: Ask, facts: Facts) -> tuple[Refusal, ...]:
    refusals = [each for each in policy.check(ask, facts, call.now) if each.code not in _SETTLED]
    if policy.needed_approval(ask, facts):
        refusals.append(because("extension_needs_approval"))
    return tuple(refusals)


def _said(reason: str) -> dict[str, str]:
    """A reason as the booking keeps it: the audit holds nobody's own words."""
    kept = many_lines(reason, single.LONGEST_REASON, "reason")
    return {"reason": kept} if kept else {}


def _resized(call: Call, card: BookingCard, facts: Facts, span: Span, act: str, **values: object) -> BookingCard:
    """The booking with another end, on the unit that it has."""
    bookings.change(call.session, card, call.now, ends_at=span.end, **values)
    held = claims.Held(card.id, facts.tool, card.unit_id, units.with_buffers(facts, span), card.pinned)
    claims.shift_all(call.session, (held,))
    freed_of(call, card)
    was = {"old_starts_at": card.starts_at.isoformat(), "old_ends_at": card.ends_at.isoformat()}
    return single.written(call, card.id, act, **was)
