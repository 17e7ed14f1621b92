"""Ways out of a refusal: the nearest times and tools that every rule lets the same maker have."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, islice

from booking.rules import availability, hours, policy
from booking.rules.availability import Alternative, Why
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Refused
from booking.rules.spans import Span

MOST = 3
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
# How many days to either side are looked at, and how many lengths for a shorter time: a day of quarter hours.
_DAYS_LOOKED_AT = 14
_SHORTER_TRIED = 96
_PLACES = {Why.OTHER_UNIT: 0, Why.OTHER_TIME: 1, Why.SHORTER: 1, Why.OTHER_TOOL: 2, Why.OTHER_DAY: 3}


@dataclass(frozen=True, slots=True)
class _Search:
    """One refused ask, what decides about it, and the length that its tool would let it have."""

    ask: Ask
    facts: Facts
    now: datetime
    length: timedelta

    def passing(self, span: Span, why: Why) -> Iterator[Alternative]:
        """The span, where it is another one than asked for and no rule is against it."""
        wish = replace(self.ask, span=span)
        if span != self.ask.span and not policy.check(wish, self.facts, self.now):
            yield Alternative(self.facts.tool.id, span, why)


def alternatives(
    ask: Ask, facts: Facts, others: Iterable[Facts], now: datetime, *, same_day: bool = False
) -> tuple[Alternative, ...]:
    """Up to three nearest ways out of a refusal, each of which passes `policy.check` for the same maker.

    Any unit where one was asked for; on the same wall day another time, or the nearest length that the tool allows;
    the same time on the first of `others` (equivalent tools, nearest first); the same wall time within 14 days, else
    another time of these days. What lacks is made up for by a shorter time and by further times, not with `same_day`
    by other days. In this order, the nearest first; the facts should be those of `looked_at`.
    """
    if abs(ask.span.start - now) > policy.HORIZON:
        return ()
    search = _Search(ask, facts, now, _allowed_length(ask, facts))
    lasting = any(refusal.code in policy.LASTING for refusal in policy.check(ask, facts, now))
    times = () if lasting or not search.length else tuple(islice(_same_day(search), MOST))
    days = iter(()) if lasting or same_day or not search.length else _other_days(search)
    shorter = iter(()) if lasting else _shorter(search)
    found: list[Alternative] = []
    first = chain(_other_unit(search), times[:1], _other_tool(search, others), islice(days, 1))
    for each in chain(first, shorter, times[1:], days):
        if (each.tool_id, each.span) not in [(one.tool_id, one.span) for one in found]:
            found.append(each)
        if len(found) == MOST:
            break
    return tuple(sorted(found, key=lambda each: (_PLACES[each.why], _distance(ask, each.span))))


def looked_at(ask: Ask, facts: Facts, now: datetime) -> Span:
    """The stretch of time about which the facts should know everything: two weeks around the nearest day that counts.

    That is the asked day, or the first or last one that notice and window leave.
    """
    moved = timedelta(days=_days_off(ask, facts, now))
    start, end = ask.span.start + moved, ask.span.end + moved
    return Span(min(start, max(start - _DAYS_LOOKED_AT * _DAY, now)), end + (_DAYS_LOOKED_AT + 1) * _DAY)


def _allowed_length(ask: Ask, facts: Facts) -> timedelta:
    """The asked length brought to the tool's step, its shortest and its longest; zero where nothing fits these."""
    limits = facts.tool.limits
    grain = limits.grain_minutes
    shortest, longest = -(-limits.shortest_minutes // grain) * grain, limits.longest_minutes // grain * grain
    if shortest > longest:
        return timedelta()
    asked = -(-ask.span.length // timedelta(minutes=grain)) * grain
    return timedelta(minutes=min(max(asked, shortest), longest))


def _distance(ask: Ask, span: Span) -> timedelta:
    return abs(span.start - ask.span.start) + abs(span.end - ask.span.end)


def _days_off(ask: Ask, facts: Facts, now: datetime) -> int:
    """How many days later (or, below zero, earlier) the asked start would be within notice and window."""
    limits = facts.tool.limits
    earliest = now + timedelta(minutes=limits.notice_minutes)
    latest = now + timedelta(days=limits.window_days)
    if ask.span.start < earliest:
        return -((ask.span.start - earliest) // _DAY)
    return min(0, (latest - ask.span.start) // _DAY)


def _same_day(search: _Search) -> Iterator[Alternative]:
    """Times of the allowed length that begin on the asked wall day, the nearest first, none of which overlap."""
    if abs(_days_off(search.ask, search.facts, search.now)) > 1:
        return
    asked, kept = search.ask.span, list[Span]()
    for start in _starts_on(search, 0):
        span = Span(start, start + search.length)
        why = Why.SHORTER if start == asked.start and span.length < asked.length else Why.OTHER_TIME
        if not any(span.overlaps(one) for one in kept):
            for each in search.passing(span, why):
                kept.append(span)
                yield each


def _starts_on(search: _Search, days: int) -> list[datetime]:
    """The starts of free times so many days after the asked one, by their nearness to the asked time of day."""
    facts, zone = search.facts, search.facts.hours.zone
    if search.ask.booking_id is not None:
        facts = replace(facts, taken=tuple(row for row in facts.taken if row.booking_id != search.ask.booking_id))
    today = hours.to_wall(zone, search.ask.span.start).date()
    day = hours.day_span(zone, today + timedelta(days=days))
    wished = day.start + (search.ask.span.start - hours.day_span(zone, today).start)
    # A night may run past midnight; only its start belongs to the day.
    reach = Span(day.start, day.end + search.length)
    free = availability.free_spans(facts, reach, search.now, search.length // _MINUTE)
    starts = {start for span in free for start in availability.starts_on_grain(facts, span, search.length)}
    return sorted((start for start in starts if start < day.end), key=lambda start: (abs(start - wished), start))


def _on_step(facts: Facts, instant: datetime) -> datetime:
    """The instant brought down to the tool's step on the wall clock."""
    whole = instant.replace(second=0, microsecond=0)
    late = int(hours.to_wall_minutes(facts.hours.zone, whole)) % facts.tool.limits.grain_minutes
    return whole - timedelta(minutes=late)


def _other_unit(search: _Search) -> Iterator[Alternative]:
    wish = replace(search.ask, unit_id=None)
    if search.ask.unit_id is not None and not policy.check(wish, search.facts, search.now):
        yield Alternative(search.facts.tool.id, wish.span, Why.OTHER_UNIT)


def _other_tool(search: _Search, others: Iterable[Facts]) -> Iterator[Alternative]:
    """The asked time on the first other tool that has it, else brought to the steps and lengths of one."""
    known = tuple(others)
    asked = ((facts, search.ask.span) for facts in known)
    shaped = ((facts, span) for facts in known for span in _shaped(search.ask, facts))
    for other, span in chain(asked, shaped):
        wish = replace(search.ask, tool_id=other.tool.id, span=span, unit_id=None)
        if not policy.check(wish, other, search.now):
            yield Alternative(other.tool.id, span, Why.OTHER_TOOL)
            return


def _shaped(ask: Ask, facts: Facts) -> Iterator[Span]:
    """The ask's start brought down to the tool's step, for the length that the tool allows."""
    length = _allowed_length(ask, facts)
    # Facts know no more than two days beyond what they were asked for.
    if length and length <= ask.span.length + _DAY:
        start = _on_step(facts, ask.span.start)
        yield Span(start, start + length)


def _other_days(search: _Search) -> Iterator[Alternative]:
    """The asked wall time on the days around, the nearest first; then the nearest other time of each day."""
    zone, facts = search.facts.hours.zone, search.facts
    wall = hours.to_wall(zone, _on_step(facts, search.ask.span.start))
    for days in _days_around(search):
        try:
            start = hours.to_utc(zone, wall + timedelta(days=days))
        except Refused:  # The clocks jump over this time on that day.
            continue
        yield from search.passing(Span(start, start + search.length), Why.OTHER_DAY)
    for days in _days_around(search):
        spans = (Span(start, start + search.length) for start in _starts_on(search, days))
        yield from islice(chain.from_iterable(search.passing(span, Why.OTHER_DAY) for span in spans), 1)


def _days_around(search: _Search) -> Iterator[int]:
    """The days other than the asked one, as numbers from there, beginning with the nearest that counts."""
    middle = _days_off(search.ask, search.facts, search.now)
    for step in range(_DAYS_LOOKED_AT + 1):
        yield from (day for day in dict.fromkeys((middle + step, middle - step)) if day)


def _shorter(search: _Search) -> Iterator[Alternative]:
    """The longest shorter booking with the same start, if there is one."""
    limits, start = search.facts.tool.limits, search.ask.span.start
    grain = timedelta(minutes=limits.grain_minutes)
    length = min(search.ask.span.length - _MINUTE, timedelta(minutes=limits.longest_minutes)) // grain * grain
    for _ in range(_SHORTER_TRIED):
        if length < timedelta(minutes=limits.shortest_minutes) or not length:
            return
        for each in search.passing(Span(start, start + length), Why.SHORTER):
            yield each
            return
        length -= grain
