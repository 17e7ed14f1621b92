"""Placing, moving and ending bookings. Each is one transaction: rows, audit, jobs and calendar together."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from booking.actions import deadlines, pools, renderings
from booking.actions.alternatives import find as find_alternatives
from booking.actions.call import Call
from booking.actions.find import closed_near, reader_at
from booking.actions.freed import freed_of
from booking.actions.retracting import retract
from booking.models import bookings, claims, members, placing, proposals, spaces, tools
from booking.models.bookings import BookingCard
from booking.models.deadlines import until
from booking.models.facts import facts_for, lock_tools
from booking.rules import policy, privacy, states, units
from booking.rules.access import Actor, Role
from booking.rules.availability import Alternative
from booking.rules.facts import Ask, Facts
from booking.rules.pools import Packing, packing
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import Act, State
from booking.rules.text import many_lines, one_line

LONGEST_PURPOSE = 200
LONGEST_REASON = 500


def place(
    call: Call,
    ask: Ask,
    *,
    override: bool = False,
    settled: frozenset[str] = frozenset(),
    keeps_approval: bool = False,
) -> BookingCard:
    """Book the asked time for whoever acts, for her team, or as a manager for a member, whose rules hold then.

    It is pending where a manager has to say yes who didn't book it herself. Raises Refused with every reason, Absent
    without such a tool, team or member, Unacceptable for a purpose that is too long. With `override` a manager of the
    space sets aside what she may, and it is recorded. Rules that are `settled` already are not asked.
    """
    person = call.person
    purpose = one_line(ask.purpose, LONGEST_PURPOSE, "purpose")
    account_id = _maker(call, ask)
    facts = facts_for(call.session, ask.tool_id, ask.span, account_id, lock=True, team_id=ask.team_id)
    refusals = tuple(each for each in policy.check(ask, facts, call.now) if each.code not in settled)
    overridden = cleared(call, refusals, facts, override=override)
    behalf = {} if account_id == person.account_id else {"booked_by": person.account_id}
    state = states.first_state(not behalf and not keeps_approval and policy.needed_approval(ask, facts))
    values = header(call, replace(ask, purpose=purpose), facts, state, overridden) | behalf
    unit_id = unit_for(call, ask, facts)
    held = units.with_buffers(facts, ask.span)
    card = placing.place(call.session, values, facts.tool, unit_id, held, pinned=ask.unit_id is not None)
    _spread(call, card, "place", overridden=list(overridden))
    told: dict[str, object] = {"behalf": True} if behalf else {}
    tell(call, card, "booking_asked" if state is State.PENDING else "booking_confirmed", None, **told)
    ask_managers(call, card)
    return card


def move(
    call: Call,
    booking_id: int,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    tool_id: int | None = None,
    purpose: str | None = None,
    unit_id: int | None = None,
    any_unit: bool = False,
    override: bool = False,
    expected: int | None = None,
) -> BookingCard:
    """Change the time, the tool, the unit or the purpose of a booking in place; what isn't given stays.

    Every rule is asked again, for the booking's maker. A confirmed booking that needs approval waits for it again,
    unless it only shrinks. Raises like `place`, and Refused with `wrong_state` once it has started or ended, with
    `changed_meanwhile` when its version isn't the `expected` one.
    """
    card = load(call, booking_id, expected=expected, tool_ids=() if tool_id is None else (tool_id,))
    after = states.state_in_time(card.state, Act.MOVE, card.span, call.now)
    span = _span(start or card.starts_at, end or card.ends_at)
    wished = card.purpose if purpose is None else one_line(purpose, LONGEST_PURPOSE, "purpose")
    ask = Ask(tool_id or card.tool_id, span, wished, card.id, card.team_id)
    if ask.tool_id == card.tool_id and not any_unit:
        ask = replace(ask, unit_id=card.wanted_unit)
    ask = replace(ask, unit_id=unit_id or ask.unit_id)
    if (ask.tool_id, ask.span, ask.unit_id) != (card.tool_id, card.span, card.wanted_unit):
        return shift(call, card, ask, after, override=override)
    if wished != card.purpose:
        bookings.change(call.session, card, call.now, purpose=wished)
        return written(call, card.id, "describe")
    return card


def cancel(call: Call, booking_id: int, reason: str = "", *, expected: int | None = None) -> BookingCard:
    """Give the time back: until its end by the maker herself or a manager; a pending request is withdrawn.

    Raises Absent for strangers, Refused with `wrong_state` when it has ended or been decided otherwise.
    """
    card = load(call, booking_id, expected=expected)
    if states.already_done(card.state, Act.CANCEL):
        return card
    after = states.state_in_time(card.state, Act.CANCEL, card.span, call.now)
    ended = end(call, card, after, "cancel", many_lines(reason, LONGEST_REASON, "reason"))
    tell(call, ended, "booking_cancelled", reason=ended.reason)
    return ended


def expire(call: Call, booking_id: int) -> BookingCard:
    """Let a pending request that nobody decided in time expire; anything else stays as it is."""
    lock_tools(call.session, (), booking_id)
    card = bookings.card(call.session, booking_id)
    if card.state is not State.PENDING or (until(call.session, card.id) or card.starts_at) > call.now:
        return card
    expired = end(call, card, states.next_state(card.state, Act.EXPIRE), "expire", "")
    tell(call, expired, "booking_expired", early=card.starts_at > call.now)
    return expired


def check(call: Call, ask: Ask) -> tuple[Refusal, ...]:
    """What stands against an ask, of a new booking or of a move, without writing anything; raises Absent."""
    account_id = _maker(call, ask)
    try:
        if ask.booking_id is not None:
            card = bookings.card(call.session, ask.booking_id)
            ask = replace(ask, team_id=card.team_id, claim_ids=_offered(call, card))
            states.state_in_time(card.state, Act.MOVE, card.span, call.now)
        facts = facts_for(call.session, ask.tool_id, ask.span, account_id)
        stay_within(call, account_id, facts, ask.team_id)
    except Refused as refused:
        return refused.refusals
    return _told(call, facts, policy.check(ask, facts, call.now))


def _offered(call: Call, card: BookingCard) -> frozenset[int | None]:
    """The claims of a time that was offered to a request: it is in nobody's way once the request moves."""
    found = proposals.of_booking(call.session, card.id) if card.state is State.PENDING else None
    return found.claim_ids if found else frozenset()


def alternatives(call: Call, ask: Ask) -> tuple[Alternative, ...]:
    """Up to three nearest times that the maker may book instead, found without writing; raises Absent."""
    return find_alternatives(call, ask, _maker(call, ask))


# What all acts on bookings share.


def header(call: Call, ask: Ask, facts: Facts, state: State, overridden: Iterable[str]) -> dict[str, Any]:
    """The row of a new booking, for the maker whom the facts are about."""
    return {
        "uid": f"{uuid4()}@{call.settings.uid_domain}",
        "space_id": facts.tool.space_id,
        "tool_id": facts.tool.id,
        "account_id": facts.maker.account_id,
        "team_id": ask.team_id,
        "visibility": ask.own_level.value if ask.own_level else "",
        "state": state.value,
        "starts_at": ask.span.start,
        "ends_at": ask.span.end,
        "purpose": ask.purpose,
        "overridden": list(overridden),
        "created_at": call.now,
        "changed_at": call.now,
    }


def of_own_team(who: Actor | None, ask: Ask) -> None:
    """Raise Absent when somebody would book for a team that she isn't in."""
    if ask.team_id is not None and (who is None or ask.team_id not in who.team_ids):
        raise Absent


def stay_within(call: Call, account_id: int | None, facts: Facts, team_id: int | None) -> None:
    """Raise Refused when somebody would bring another's booking, not her team's, to a space that she doesn't manage."""
    who = call.actor
    if who is None or who.account_id == account_id or team_id in who.team_ids:
        return
    if not who.has(Role.MANAGER, facts.tool.space_id):
        raise Refused((Refusal("not_your_space"),))


def load(call: Call, booking_id: int, *, expected: int | None = None, tool_ids: Iterable[int] = ()) -> BookingCard:
    """The booking, its tool and these tools locked; raises Absent for whom it doesn't exist.

    Raises Refused with `changed_meanwhile` when its version isn't the expected one.
    """
    person = call.person
    lock_tools(call.session, tool_ids, booking_id)
    card = visible(person, bookings.card(call.session, booking_id))
    if expected is not None and card.version != expected:
        raise Refused((Refusal("changed_meanwhile"),))
    return card


def visible(who: Actor | None, card: BookingCard) -> BookingCard:
    """The booking, for its maker, her team where it is the team's, and the managers of its space.

    Raises Absent for everybody else.
    """
    if who is None:
        raise Absent
    is_theirs = who.account_id == card.account_id or card.team_id in who.team_ids
    if not is_theirs and not who.has(Role.MANAGER, card.space_id):
        raise Absent
    return card


def cleared(call: Call, refusals: tuple[Refusal, ...], facts: Facts, *, override: bool) -> tuple[str, ...]:
    """The codes that whoever acts sets aside; raises Refused with what remains."""
    role = call.person.role_at(facts.tool.space_id) if override else None
    remaining = policy.check_override(refusals, role)
    if remaining:
        raise Refused(_told(call, facts, remaining))
    return tuple(refusal.code for refusal in refusals)


def end(call: Call, card: BookingCard, state: State, act: str, reason: str) -> BookingCard:
    """Bring a booking to a state that holds no time, and give its time back."""
    retract(call, card)
    bookings.change(call.session, card, call.now, state=state.value, reason=reason, ended_at=call.now)
    claims.release(call.session, card.id)
    freed_of(call, card, undoable=act == "decline")
    return written(call, card.id, act)


def shift(
    call: Call,
    card: BookingCard,
    ask: Ask,
    after: State,
    *,
    override: bool = False,
    settled: frozenset[str] = frozenset(),
    keeps_approval: bool = False,
) -> BookingCard:
    """Bring a loaded booking to the asked tool and time, under every rule whose code is not settled already.

    It is in the state `after` where it only shrinks or keeps its approval, else as if it were asked for anew.
    """
    retract(call, card)
    facts = facts_for(call.session, ask.tool_id, ask.span, card.account_id)
    stay_within(call, card.account_id, facts, card.team_id)
    refusals = policy.check(ask, facts, call.now)
    overridden = cleared(call, tuple(each for each in refusals if each.code not in settled), facts, override=override)
    overridden += tuple(each.code for each in refusals if each.code in settled.intersection(card.overridden))
    only_shrinks = ask.tool_id == card.tool_id and card.span.contains(ask.span)
    state = after if only_shrinks or keeps_approval else states.first_state(policy.needed_approval(ask, facts))
    where = {"tool_id": facts.tool.id, "space_id": facts.tool.space_id}
    when = {"starts_at": ask.span.start, "ends_at": ask.span.end}
    told = {"state": state.value, "purpose": ask.purpose, "overridden": list(overridden)}
    bookings.change(call.session, card, call.now, **where, **when, **told)
    hold(call, card, ask, facts)
    return _moved(call, card, overridden)


def hold(call: Call, card: BookingCard, ask: Ask, facts: Facts) -> None:
    """Let a booking hold the asked time instead: on its own unit if that is free, else where others make room."""
    found = _found(ask, facts, call.now, card.unit_id)
    if found.moves:
        claims.let_go(call.session, (card.id,))
        pools.make_room(call, found.moves)
    span, pinned = units.with_buffers(facts, ask.span), ask.unit_id is not None
    claims.shift_all(call.session, (claims.Held(card.id, facts.tool, found.unit_id, span, pinned),))


def unit_for(call: Call, ask: Ask, facts: Facts) -> int:
    """The unit that a new booking gets, after others have made room on it; raises Refused with `slot_taken`."""
    found = _found(ask, facts, call.now)
    pools.make_room(call, found.moves)
    return found.unit_id


def _moved(call: Call, before: BookingCard, overridden: Iterable[str]) -> BookingCard:
    """The booking after a move, told to everybody whom it concerns."""
    freed_of(call, before)
    was: dict[str, Any] = {"old_starts_at": before.starts_at.isoformat(), "old_ends_at": before.ends_at.isoformat()}
    moved = written(call, before.id, "move", overridden=list(overridden), **was)
    # Whether it waits for a yes now, or doesn't any more.
    became = moved.state.value if State.PENDING in (before.state, moved.state) else ""
    tell(call, moved, "booking_moved", **was, became=became, old_tool=before.tool_name)
    ask_managers(call, moved)
    return moved


def written(call: Call, booking_id: int, act: str, **details: object) -> BookingCard:
    """The booking as it is now, noted in the audit and brought to the calendars."""
    card = bookings.card(call.session, booking_id)
    _spread(call, card, act, **details)
    return card


def _spread(call: Call, card: BookingCard, act: str, **details: object) -> None:
    """Bring a booking as it now is to the calendars and the audit."""
    renderings.refresh(call, card)
    times = {"starts_at": card.starts_at.isoformat(), "ends_at": card.ends_at.isoformat()}
    call.note(act, "booking", card.id, card.space_id, state=card.state.value, tool_id=card.tool_id, **times, **details)


def tell(call: Call, card: BookingCard, event: str, run_at: datetime | None = None, **details: object) -> None:
    """Leave a mail about the booking to its maker."""
    times = {"starts_at": card.starts_at.isoformat(), "ends_at": card.ends_at.isoformat()}
    payload = {"event": event, "account_id": card.account_id, "booking_id": card.id, **times, **details}
    call.later("mail", payload, run_at, once=mail_name(card, event))


def mail_name(card: BookingCard, event: str) -> str:
    """The name under which a mail about this state of the booking can be left once, and taken back."""
    return f"{event}:{card.id}:{card.sequence}"


def _told(call: Call, facts: Facts, refusals: tuple[Refusal, ...]) -> tuple[Refusal, ...]:
    """The refusals as whoever acts may hear them."""
    if all(refusal.code != "slot_taken" for refusal in refusals):
        return refusals
    space = spaces.space_of(call.session, facts.tool.space_id)
    closed = closed_near(call, facts)
    return privacy.told(refusals, reader_at(call, space.id), space.visibility, space.publishes, closed)


def _maker(call: Call, ask: Ask) -> int | None:
    """For whom an ask is made: of a move, the booking's maker, who need not be the manager that asks."""
    if ask.booking_id is None:
        of_own_team(call.actor, ask)
        own_id = call.actor.account_id if call.actor else None
        return own_id if ask.maker_id in (None, own_id) else _member(call, ask, ask.maker_id)
    return visible(call.actor, bookings.card(call.session, ask.booking_id)).account_id


def _member(call: Call, ask: Ask, account_id: int) -> int:
    """The member of the tool's space for whom its manager asks; raises Absent for others, on either side."""
    cards = tools.tool_cards(call.session, tool_ids=(ask.tool_id,), retired=True)
    if (
        ask.team_id is not None
        or not cards
        or call.actor is None
        or not call.actor.has(Role.MANAGER, cards[0].space_id)
    ):
        raise Absent
    if members.role_of(call.session, account_id, cards[0].space_id) is None:
        raise Absent
    return account_id


def _span(start: datetime, end: datetime) -> Span:
    if end <= start:
        raise Unacceptable(Problem("end", "ends_before_start"))
    return Span(start, end)


def _found(ask: Ask, facts: Facts, now: datetime, preferred: int | None = None) -> Packing:
    found = packing(ask, facts, now, preferred)
    if found is None:
        raise Refused((Refusal("slot_taken"),))
    return found


def ask_managers(call: Call, card: BookingCard) -> None:
    """Let the managers know of a request, and leave what happens while it waits."""
    if card.state is not State.PENDING:
        return
    payload: dict[str, object] = {"event": "approval_wanted", "booking_id": card.id}
    call.later("mail", payload, once=mail_name(card, "approval_wanted"))
    deadlines.leave(call, (card,))
