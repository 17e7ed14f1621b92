"""Several asks at once: each is judged as if those before it were booked already, so that all of them hold together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from booking.rules import policy, pools, units
from booking.rules.access import Role
from booking.rules.facts import Ask, Facts, Taken, Used
from booking.rules.pools import Move
from booking.rules.refusals import Refusal, Refused, because
from booking.rules.spans import Span

# Facts about a long time are cut down to what can matter to one ask: claims are nine days long at most.
_NEAR = units.KNOWN_AROUND + units.MOVED_AROUND + timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Wish:
    """One of several asks; `key` names it to whoever asked (a date of a series, a place in a plan).

    Without an ask there is no such time, and `refusals` say why. A booking that moves stays on its `unit_id` if it can.
    """

    key: str
    ask: Ask | None
    refusals: tuple[Refusal, ...] = ()
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say to one of several asks.

    `unit_id` is the unit it would get and `moves` are those of others that make room on it, `overridden` lists the
    refusals that whoever asks sets aside.
    """

    key: str
    ask: Ask | None
    refusals: tuple[Refusal, ...] = ()
    overridden: tuple[str, ...] = ()
    unit_id: int | None = None
    needs_approval: bool = False
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """One of several asks that can't be had, and why."""

    key: str
    ask: Ask | None
    refusals: tuple[Refusal, ...]


class Clashing(Refused):
    """Some of several asks can't be had, so none of them is booked; carries each of them."""

    def __init__(self, clashes: Iterable[Clash]) -> None:
        self.clashes = tuple(clashes)
        super().__init__(tuple(refusal for clash in self.clashes for refusal in clash.refusals))


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on each of several wishes, and each tool's facts as they are once all that can be had is booked."""

    verdicts: tuple[Verdict, ...]
    known: Mapping[int, Facts]

    @property
    def moves(self) -> tuple[Move, ...]:
        """Where the bookings of others come to stand that make room, each once."""
        return tuple({move.booking_id: move for each in self.verdicts for move in each.moves}.values())

    @property
    def clashes(self) -> tuple[Clash, ...]:
        """Those that can't be had."""
        return tuple(Clash(each.key, each.ask, each.refusals) for each in self.verdicts if each.refusals)


def judged(
    wishes: Iterable[Wish], known: Mapping[int, Facts], now: datetime, roles: Mapping[int, Role | None] | None = None
) -> Judgement:
    """What the rules say to each wish, in their order; `known` are the facts of every asked tool over the whole time.

    `roles` are those, by space, of somebody who sets rules aside. What is refused takes no time from those after it.
    """
    found = dict(known)
    verdicts = []
    for wish in wishes:
        verdict = _judged(wish, found, now, roles or {})
        verdicts.append(verdict)
        if wish.ask is not None and verdict.unit_id is not None:
            asked = found[wish.ask.tool_id]
            found = {id_: placed(facts, wish.ask, asked, verdict) for id_, facts in found.items()}
    return Judgement(tuple(verdicts), found)


def nearest_shift(
    wishes: Sequence[Wish], known: Mapping[int, Facts], now: datetime, step: timedelta, most: timedelta
) -> timedelta | None:
    """By how much all wishes together would have to be later or earlier, in whole steps, to clash with nothing.

    None when no shift of at most so much does it, or when one of them is no time at all.
    """
    if any(wish.ask is None or abs(wish.ask.span.start - now) > policy.HORIZON for wish in wishes):
        return None
    for number in range(1, most // step + 1):
        for by in (number * step, -number * step):
            if not judged([_shifted(wish, by) for wish in wishes], known, now).clashes:
                return by
    return None


def placed(facts: Facts, ask: Ask, asked: Facts, verdict: Verdict) -> Facts:
    """The facts of a tool as they are once the ask is booked: taken time on its own tool, used time everywhere.

    `asked` are the facts of the tool that the ask is about.
    """
    tool, maker = asked.tool, asked.maker
    used = Used(ask.booking_id, ask.span, tool.id, tool.kind_id, tool.space_id, maker.account_id or 0, ask.team_id)
    facts = replace(facts, used=(*facts.used, replace(used, is_visitor=maker.role is None)))
    if facts.tool.id != tool.id or verdict.unit_id is None:
        return facts
    held = units.with_buffers(facts, ask.span)
    row = Taken(verdict.unit_id, held, ask.booking_id, verdict.needs_approval)
    facts = pools.moved(facts, verdict.moves)
    return replace(facts, taken=(*facts.taken, row))


def without(facts: Facts, booking_ids: Collection[int], claim_ids: Collection[int | None] = ()) -> Facts:
    """The facts as if these bookings, and what is held for them beside, were not there: they are about to move."""
    return replace(
        facts,
        taken=tuple(
            row
            for row in facts.taken
            if row.booking_id not in booking_ids and (row.claim_id is None or row.claim_id not in claim_ids)
        ),
        used=tuple(row for row in facts.used if row.booking_id not in booking_ids),
    )


def near(facts: Facts, span: Span) -> Facts:
    """The facts without times too far from the span to matter to an ask for it."""
    start, end = span.start - _NEAR, span.end + _NEAR
    return replace(
        facts,
        taken=tuple(row for row in facts.taken if row.span.start < end and start < row.span.end),
        blocks=tuple(row for row in facts.blocks if row.span.start < end and start < row.span.end),
    )


def _judged(wish: Wish, known: Mapping[int, Facts], now: datetime, roles: Mapping[int, Role | None]) -> Verdict:
    ask = wish.ask
    if ask is None:
        return Verdict(wish.key, None, wish.refusals)
    facts = known[ask.tool_id]
    if abs(ask.span.start - now) < policy.HORIZON:
        facts = near(facts, ask.span)
    refusals = policy.check(ask, facts, now)
    remaining = policy.check_override(refusals, roles.get(facts.tool.space_id))
    found = None if remaining else pools.packing(ask, facts, now, wish.unit_id)
    if found is None:
        return Verdict(wish.key, ask, remaining or (because("slot_taken"),))
    overridden = tuple(refusal.code for refusal in refusals)
    return Verdict(wish.key, ask, (), overridden, found.unit_id, policy.needed_approval(ask, facts), moves=found.moves)


def _shifted(wish: Wish, by: timedelta) -> Wish:
    if wish.ask is None:
        return wish
    return replace(wish, ask=replace(wish.ask, span=Span(wish.ask.span.start + by, wish.ask.span.end + by)))
