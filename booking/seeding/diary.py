"""The invented bookings: each passed the same rules as a real one at the time it was made."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from booking.rules import policy, units
from booking.rules.access import Role
from booking.rules.facts import Ask, Block, Facts, Outage, Taken
from booking.rules.spans import Span
from booking.rules.states import HOLDING, State
from booking.seeding.accounts import Maker, Town
from booking.seeding.places import PlacedSpace, PlacedTool
from booking.seeding.rows import Rows

# Of a hundred bookings that needed nobody's word, so many were given back; of the others, so many refused.
_GIVEN_BACK, _REFUSED, _OVERLOOKED = 6, 10, 4
_NEAR = timedelta(days=3)
_FRESH = timedelta(days=2)
_REASONS = {
    "zh": "这段时间要做维护，请换个时间。",
    "de": "Da warten wir die Maschine, bitte nimm einen anderen Tag.",
    "pl": "W tym czasie serwisujemy maszynę, wybierz inny dzień.",
    "en": "We service the machine then; please take another day.",
}


class Diary:
    """Adds bookings that the rules let through, with their claims, decisions, audit rows and jobs."""

    def __init__(self, rows: Rows, town: Town, uid_domain: str, now: datetime, chance: Random) -> None:
        self.outages: dict[int, list[Outage]] = {}
        self.blocks: dict[int, list[Block]] = {}
        self._taken: dict[int, list[Taken]] = {}
        self._rows, self._town, self._domain, self._now, self._chance = rows, town, uid_domain, now, chance

    def facts(self, space: PlacedSpace, tool: PlacedTool, maker: Maker, span: Span) -> Facts:
        """Everything that decides about the maker's wish for this time."""
        around = span.grown(_NEAR, _NEAR)
        taken = tuple(row for row in self._taken.get(tool.facts.id, ()) if row.span.overlaps(around))
        return Facts(
            tool.facts,
            space.hours,
            maker.at(space.id),
            taken,
            tuple(self.outages.get(tool.facts.id, ())),
            tuple(self.blocks.get(tool.facts.id, ())),
        )

    def book(
        self,
        space: PlacedSpace,
        tool: PlacedTool,
        maker: Maker,
        span: Span,
        purpose: str,
        made_at: datetime,
        state: State | None = None,
        unit_id: int | None = None,
    ) -> State | None:
        """Book as of `made_at`, and let happen to it what happens to bookings, or what is asked for.

        The state it is in, or None where a rule refuses it. On the given unit, or on the one that fits best.
        """
        ask = Ask(tool.facts.id, span, purpose, unit_id=unit_id)
        facts = self.facts(space, tool, maker, span)
        unit_id = units.free_unit(ask, facts)
        if unit_id is None or policy.check(ask, facts, made_at):
            return None
        asked = policy.needed_approval(ask, facts)
        state = state or (self._answered(span, made_at) if asked else self._kept())
        booking_id = self._add_booking(space, tool, maker, ask, made_at, state)
        held = units.with_buffers(facts, span)
        self._rows.add(
            "claim",
            booking_id=booking_id,
            unit_id=unit_id,
            space_id=space.id,
            kind_id=tool.facts.kind_id,
            blocks_from=held.start,
            blocks_until=held.end,
            blocking=state in HOLDING,
        )
        if state in HOLDING:
            taken = Taken(unit_id, held, booking_id, state is State.PENDING)
            self._taken.setdefault(tool.facts.id, []).append(taken)
        return state

    def _kept(self) -> State:
        return State.CANCELLED if self._chance.randrange(100) < _GIVEN_BACK else State.CONFIRMED

    def _answered(self, span: Span, made_at: datetime) -> State:
        """What became of a request: the youngest of those to come still wait."""
        if span.start > self._now and made_at > self._now - _FRESH:
            return State.PENDING
        drawn = self._chance.randrange(100)
        if drawn < _REFUSED:
            return State.DECLINED
        if drawn < _REFUSED + _OVERLOOKED and span.start <= self._now:
            return State.EXPIRED
        return State.CONFIRMED

    def _add_booking(
        self, space: PlacedSpace, tool: PlacedTool, maker: Maker, ask: Ask, made_at: datetime, state: State
    ) -> int:
        span, reason = ask.span, ""
        asked = policy.needed_approval(ask, self.facts(space, tool, maker, span))
        settled_at = self._settled_at(span, made_at, state, asked=asked)
        if state is State.DECLINED:
            reason = _REASONS[space.plan.language]
        booking_id = self._rows.add(
            "booking",
            uid=f"{UUID(int=self._chance.getrandbits(128), version=4)}@{self._domain}",
            space_id=space.id,
            tool_id=tool.facts.id,
            account_id=maker.id,
            state=state.value,
            starts_at=span.start,
            ends_at=span.end,
            purpose=ask.purpose,
            reason=reason,
            version=2 if settled_at else 1,
            sequence=1 if settled_at else 0,
            created_at=made_at,
            changed_at=settled_at or made_at,
            ended_at=None if state in HOLDING else settled_at,
        )
        first = State.PENDING if asked else State.CONFIRMED
        self._note(made_at, maker, "place", booking_id, space, tool, span, first)
        if settled_at:
            self._settle(settled_at, maker, booking_id, space, tool, span, state, reason)
        if state is State.PENDING:
            self._leave_jobs(booking_id, maker, span, made_at)
        return booking_id

    def _settled_at(self, span: Span, made_at: datetime, state: State, *, asked: bool) -> datetime | None:
        """When somebody, or the clock, last changed the booking; None when it is as it was made."""
        if state is State.EXPIRED:
            return span.start
        if state is State.PENDING or (state is State.CONFIRMED and not asked):
            return None
        latest = min(span.start, self._now - timedelta(minutes=20))
        room = max(int((latest - made_at).total_seconds()), 0)
        return made_at + timedelta(seconds=self._chance.randrange(room // 4, room + 1) if room else 0)

    def _settle(
        self,
        at: datetime,
        maker: Maker,
        booking_id: int,
        space: PlacedSpace,
        tool: PlacedTool,
        span: Span,
        state: State,
        reason: str,
    ) -> None:
        act = {State.CONFIRMED: "approve", State.DECLINED: "decline", State.EXPIRED: "expire"}.get(state, "cancel")
        who: Maker | None = maker
        if state in {State.CONFIRMED, State.DECLINED}:
            who = self._town.staff(space, Role.MANAGER)
            self._rows.add(
                "decision",
                booking_id=booking_id,
                decided_by=who.id,
                decided_at=at,
                approved=state is State.CONFIRMED,
                reason=reason,
            )
        if state is State.EXPIRED:
            who = None
        self._note(at, who, act, booking_id, space, tool, span, state)

    def _note(
        self,
        at: datetime,
        who: Maker | None,
        act: str,
        booking_id: int,
        space: PlacedSpace,
        tool: PlacedTool,
        span: Span,
        state: State,
    ) -> None:
        times = {"starts_at": span.start.isoformat(), "ends_at": span.end.isoformat()}
        self._rows.link(
            "audit",
            at=at,
            account_id=who.id if who else None,
            act=act,
            subject="booking",
            subject_id=booking_id,
            space_id=space.id,
            details={"state": state.value, "tool_id": tool.facts.id, **times},
        )

    def _leave_jobs(self, booking_id: int, maker: Maker, span: Span, made_at: datetime) -> None:
        """What a real request leaves to the worker: letters to its maker and the managers, and its end."""
        letter = {"event": "booking_asked", "account_id": maker.id, "booking_id": booking_id}
        jobs = (
            ("mail", "booking_asked", letter, self._now),
            ("mail", "approval_wanted", {"event": "approval_wanted", "booking_id": booking_id}, self._now),
            ("expire", "expire", {"booking_id": booking_id}, span.start),
        )
        for kind, name, payload, run_at in jobs:
            once = f"{name}:{booking_id}:0"
            self._rows.link("job", kind=kind, payload=payload, dedupe_key=once, run_at=run_at, created_at=made_at)
