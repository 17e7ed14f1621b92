"""Plans: several tools in one go, all or nothing, moved and called off together; each space approves its part."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.actions import bookings as single
from booking.actions import several
from booking.actions.call import Call
from booking.actions.several import Looked
from booking.models import bookings, plans
from booking.models.bookings import BookingCard
from booking.models.facts import lock_tools
from booking.models.plans import PlanCard
from booking.rules import plans as rules
from booking.rules import states
from booking.rules.access import Actor
from booking.rules.facts import Ask
from booking.rules.plans import LOST, MOST_PARTS, PlanState
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable
from booking.rules.several import Verdict, Wish, nearest_shift
from booking.rules.spans import Span
from booking.rules.states import HOLDING, Act, is_possible
from booking.rules.text import many_lines, one_line

LONGEST_NAME = 120
_STEP, _HALF_A_DAY = timedelta(minutes=15), timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with its parts in their order, lost and called off ones included, and how all of it stands."""

    card: PlanCard
    parts: tuple[BookingCard, ...]
    state: PlanState
    answered: frozenset[int]

    @property
    def lost(self) -> tuple[BookingCard, ...]:
        """The parts that were declined or have expired, and about which the maker hasn't spoken yet."""
        return tuple(part for part in self.parts if part.state in LOST and part.id not in self.answered)

    @property
    def holding(self) -> tuple[BookingCard, ...]:
        """The parts that hold their time."""
        return tuple(part for part in self.parts if part.state in HOLDING)


def preview(call: Call, asks: Sequence[Ask], *, override: bool = False) -> Looked:
    """What the rules say to each part, without writing; keys are their places, from 1. Raises like `place`."""
    return several.look(call, _wishes(call, asks), call.person.account_id, override=override)


def nearest_start(call: Call, looked: Looked) -> timedelta | None:
    """By how much all parts would have to be later or earlier, within half a day, to be had together; or None."""
    wishes = [Wish(each.key, each.ask) for each in looked.judgement.verdicts]
    return nearest_shift(wishes, looked.facts, call.now, _STEP, _HALF_A_DAY)


def place(call: Call, asks: Sequence[Ask], name: str = "", *, override: bool = False) -> int:
    """Book several tools, all or nothing: the id of the plan.

    Raises Clashing with every part that can't be had, Absent without one of the tools or the team, Unacceptable for
    too many parts or words.
    """
    name = one_line(name, LONGEST_NAME, "name")
    wishes = _wishes(call, asks)
    tool_ids, whose = sorted({ask.tool_id for ask in asks}), call.person.account_id
    lock_tools(call.session, tool_ids, account_id=whose, team_id=asks[0].team_id)
    looked = several.look(call, wishes, call.person.account_id, override=override)
    several.hold(looked)
    plan_id = plans.add(call.session, call.person.account_id, asks[0].team_id, name, call.now)

    def columns(verdict: Verdict) -> several.Columns:
        return {"plan_id": plan_id, "plan_position": int(verdict.key)}

    cards = several.write(call, looked, columns, plan_id=plan_id)
    call.note("place", "plan", plan_id, None, parts=len(cards))
    several.tell(call, "booked", {"plan_id": plan_id}, cards, f"plan:{plan_id}:1")
    return plan_id


def show(call: Call, plan_id: int) -> Plan:
    """The plan, for its maker and her team; raises Absent for everybody else. Three queries."""
    return _plan(call, visible(call.actor, plans.card(call.session, plan_id)))


def visible(who: Actor | None, card: PlanCard) -> PlanCard:
    """The plan, for its maker and her team; raises Absent for everybody else."""
    if not is_seen(who, card):
        raise Absent
    return card


def is_seen(who: Actor | None, card: PlanCard) -> bool:
    """Whether the plan is this reader's: hers, or her team's."""
    return who is not None and (who.account_id == card.account_id or card.team_id in who.team_ids)


def preview_move(call: Call, plan_id: int, by: timedelta) -> Looked:
    """What the rules say to each part when all of them are so much later, without writing; keys are the bookings' ids.

    Raises Absent for strangers, Refused with `wrong_state` when a part has begun.
    """
    return _moved(call, show(call, plan_id), by)


def move(call: Call, plan_id: int, by: timedelta) -> Plan:
    """Move all parts that hold time by the same stretch, all or none; raises Clashing, and like `preview_move`."""
    plan = _loaded(call, plan_id)
    if not by:
        return plan
    looked = _moved(call, plan, by)
    several.hold(looked)
    moved = several.shift(call, plan.holding, looked, "move")
    version = plans.raise_version(call.session, plan_id)
    call.note("move", "plan", plan_id, None, minutes=by // timedelta(minutes=1))
    several.tell(call, "moved", {"plan_id": plan_id}, moved, f"plan:{plan_id}:{version}")
    return show(call, plan_id)


def cancel(call: Call, plan_id: int, reason: str = "") -> Plan:
    """Call off all parts that aren't over; doing it again changes nothing. Raises Absent for strangers."""
    reason = many_lines(reason, single.LONGEST_REASON, "reason")
    plan = _loaded(call, plan_id)
    going = [each for each in plan.holding if is_possible(each.state, Act.CANCEL, each.span, call.now)]
    ended = [single.end(call, each, states.next_state(each.state, Act.CANCEL), "cancel", reason) for each in going]
    if ended:
        version = plans.raise_version(call.session, plan_id)
        call.note("cancel", "plan", plan_id, None, parts=len(ended))
        several.tell(call, "cancelled", {"plan_id": plan_id}, ended, f"plan:{plan_id}:{version}", reason=reason)
    return show(call, plan_id)


def keep(call: Call, plan_id: int) -> Plan:
    """Keep what is left of a plan although a part of it is lost; raises Absent for strangers."""
    plan = _loaded(call, plan_id)
    if plan.lost:
        plans.settle(call.session, [part.id for part in plan.lost])
        plans.raise_version(call.session, plan_id)
        call.note("keep", "plan", plan_id, None, parts=len(plan.holding))
    return show(call, plan_id)


def ask_about_rest(call: Call, lost: BookingCard, reason: str, run_at: datetime | None = None) -> bool:
    """Where a booking that was just declined or has expired was part of a plan, ask its maker what becomes of the rest.

    Whether there is a rest to ask about: the mail about it stands for the usual one.
    """
    plan_id = plans.of_booking(call.session, lost.id)
    if plan_id is None:
        return False
    parts = bookings.of_plan(call.session, plan_id)
    if not any(part.state in HOLDING for part in parts):
        return False
    once = f"plan:{plan_id}:{lost.id}:{lost.sequence}"
    several.tell(call, "declined", {"plan_id": plan_id}, parts, once, run_at=run_at, reason=reason)
    return True


def expire(call: Call, booking_id: int) -> BookingCard:
    """Let a pending request whose start has come expire; of a plan, its maker is asked about the rest."""
    before = bookings.card(call.session, booking_id)
    expired = single.expire(call, booking_id)
    if expired.state is not before.state:
        ask_about_rest(call, expired, "")
    return expired


def _wishes(call: Call, asks: Sequence[Ask]) -> list[Wish]:
    if not 1 <= len(asks) <= MOST_PARTS:
        raise Unacceptable(Problem("parts", "number_of_parts", {"low": 1, "high": MOST_PARTS}))
    for ask in asks:
        single.of_own_team(call.person, ask)
    cleaned = [replace(ask, purpose=one_line(ask.purpose, single.LONGEST_PURPOSE, "purpose")) for ask in asks]
    return [Wish(str(place), ask) for place, ask in enumerate(cleaned, 1)]


def _plan(call: Call, card: PlanCard) -> Plan:
    places = plans.positions(call.session, card.id)
    found = bookings.of_plan(call.session, card.id)
    parts = tuple(sorted(found, key=lambda part: (places[part.id] or MOST_PARTS, part.starts_at, part.id)))
    answered = frozenset(id_ for id_, place in places.items() if place is None)
    return Plan(card, parts, rules.state_of([(part.state, part.id in answered) for part in parts]), answered)


def _loaded(call: Call, plan_id: int) -> Plan:
    """The plan with the tools of its parts locked."""
    card = visible(call.person, plans.card(call.session, plan_id))
    tool_ids = sorted({part.tool_id for part in bookings.of_plan(call.session, plan_id)})
    lock_tools(call.session, tool_ids, account_id=card.account_id, team_id=card.team_id)
    return _plan(call, card)


def _moved(call: Call, plan: Plan, by: timedelta) -> Looked:
    wishes = []
    for part in plan.holding:
        states.state_in_time(part.state, Act.MOVE, part.span, call.now)
        wishes.append(Wish(str(part.id), _later(plan.card, part, by), unit_id=part.unit_id))
    leaving = {part.id for part in plan.holding}
    return several.look(call, wishes, plan.card.account_id, leaving=leaving)


def _later(card: PlanCard, part: BookingCard, by: timedelta) -> Ask:
    try:
        span = Span(part.starts_at + by, part.ends_at + by)
    except OverflowError as problem:
        raise Refused((Refusal("too_far_ahead", {"window_days": 0}),)) from problem
    return Ask(part.tool_id, span, part.purpose, part.id, card.team_id, unit_id=part.wanted_unit)
