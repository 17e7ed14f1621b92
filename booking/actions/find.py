"""Finding a tool that is free: the same rules as for booking, asked of many tools at once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

from booking.actions.call import Call
from booking.models import find, kinds, outlines
from booking.models.facts import World
from booking.models.outlines import Outline
from booking.models.tools import tool_cards
from booking.rules import hours, policy
from booking.rules.availability import free_spans, starts_on_grain
from booking.rules.capabilities import Condition
from booking.rules.facts import Approval, Ask, Facts, Visibility
from booking.rules.geography import Position, kilometres
from booking.rules.privacy import BookingView, Known, Viewer, project, sees_times
from booking.rules.refusals import Refusal
from booking.rules.spans import Span
from booking.wording.kinds import every_name
from booking.wording.matching import matching

# So many tools are looked at closely, the nearest first; with more to choose from, a kind or a place narrows it.
MOST_TOOLS = 800
# UTC is up to 14 hours away from the wall; what starts on the last day may end on the next.
_AROUND = timedelta(hours=14)
# About what people ride in a city.
_KM_AN_HOUR = 10
_QUARTER, _MINUTE = timedelta(minutes=15), timedelta(minutes=1)
_EPOCH, _SOMEDAY = datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
# A day on which nothing fits because others were first says nothing about this tool but its gaps.
_OF_THE_MOMENT = frozenset({"slot_taken", "off_grain", "in_the_past"})
_TRAINING = frozenset({"certificate_missing", "certificate_expired"})
# What stands against a reader at one hour of a day and perhaps not at another.
_OF_THE_HOUR = frozenset({"suspended", "outside_visit_hours"})


class Order(StrEnum):
    """What comes first: what begins first, what is nearest, or what is little of both."""

    START = "start"
    NEAR = "near"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: a length on a day of each space's own calendar, near a place, under conditions.

    Of all kinds and spaces where none are named; `words` stand in a tool's name, model, description or kind.
    """

    day: date
    minutes: int
    kind_ids: frozenset[int] = frozenset()
    space_ids: frozenset[int] = frozenset()
    words: str = ""
    conditions: tuple[Condition, ...] = ()
    middle: Position | None = None
    within_km: float | None = None
    trained: bool = False
    instant: bool = False
    step_free: bool = False
    at_once: bool = False
    order: Order = Order.START


@dataclass(frozen=True, slots=True)
class Hit:
    """A tool and how it answers the wish.

    `fit` is the first time that day, `refusals` say why it can't be booked (all of them, the weightiest first),
    `later` is the first time on another of the days looked at; `hidden` tools don't show their times to this reader.
    """

    outline: Outline
    kilometres: float | None
    fit: Span | None
    later: Span | None
    refusals: tuple[Refusal, ...]
    needs_approval: bool
    hidden: bool

    @property
    def tool_id(self) -> int:
        """Which tool it is."""
        return self.outline.facts.tool.id

    @property
    def bookable(self) -> bool:
        """Whether the reader can take the first fit as it is."""
        return self.fit is not None and not self.refusals


@dataclass(frozen=True, slots=True)
class Found:
    """The tools that can be booked, by first fit and then distance; the others; how many fit on each day looked at.

    `left_out` counts tools that were not looked at, because there were too many.
    """

    hits: tuple[Hit, ...]
    others: tuple[Hit, ...]
    fitting: dict[date, int]
    left_out: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The tools of a page of what was found, with all that a drawn day of them takes, by their ids."""

    worlds: Mapping[int, World]
    known: Known


def search(call: Call, wish: Wish, days: Sequence[date]) -> Found:
    """Tools that are free for the wished length on the wished day, which is one of `days`.

    Five queries at most, however many tools; one for names of kinds where there are words, one for quotas.
    """
    near = _near(_candidates(call, wish), wish)
    looked_at = dict(near[:MOST_TOOLS])
    fitting = dict.fromkeys(days, 0)
    found = outlines.outlines(
        call.session,
        tool_ids=tuple(looked_at),
        kind_ids=wish.kind_ids if _is_about_kinds_only(wish) else (),
        span=_reach(days, wish.minutes),
        account_id=call.actor.account_id if call.actor else None,
    )
    hits = [
        _judged(call, found[tool_id], away, wish, fitting) for tool_id, away in looked_at.items() if tool_id in found
    ]
    shown = [hit for hit in hits if _is_wanted(hit, wish, call.now)]
    return Found(
        hits=tuple(sorted((hit for hit in shown if hit.bookable), key=_ORDERS[wish.order])),
        others=tuple(sorted((hit for hit in shown if not hit.bookable), key=_by_hope)),
        fitting=fitting,
        left_out=max(0, len(near) - MOST_TOOLS),
    )


def shown(call: Call, hits: Iterable[Hit], day: date, minutes: int) -> Shown:
    """What a page needs to draw that day of these tools, and what its reader may know of it; two queries."""
    facts = {hit.tool_id: hit.outline.facts for hit in hits}
    claims = outlines.claims_near(call.session, facts, _reach((day,), minutes))
    own: set[int] = set()
    hidden: set[int] = set()
    for tool_id, rows in claims.items():
        reader = reader_at(call, facts[tool_id].tool.space_id)
        for row in rows:
            if row.view and row.taken.booking_id:
                seen = project(row.view, reader, Visibility.OPEN)
                own |= {row.taken.booking_id} if seen.mine else set()
                hidden |= set() if seen.show_time else {row.taken.booking_id}
    cards = tool_cards(call.session, tool_ids=tuple(facts))
    worlds = {
        card.id: World(replace(facts[card.id], taken=tuple(row.taken for row in claims.get(card.id, ()))), card)
        for card in cards
    }
    return Shown(worlds, Known(frozenset(own), frozenset(hidden)))


def reader_at(call: Call, space_id: int) -> Viewer:
    """The one who asks, as the projection of bookings at this space sees them."""
    who = call.actor
    return Viewer(who.account_id, who.role_at(space_id), who.team_ids) if who else Viewer()


def known_bookings(call: Call, span: Span) -> Known:
    """Whose bookings of the span are the reader's own, and of which she may not know; one query."""
    account_id = call.actor.account_id if call.actor else 0
    own, closed = find.own_and_closed(call.session, account_id, span)
    shown = {each: project(each.view, reader_at(call, each.space_id), Visibility.OPEN) for each in closed}
    return Known(own, frozenset(each.booking_id for each in closed if not shown[each].show_time))


def closed_near(call: Call, facts: Facts) -> tuple[BookingView, ...]:
    """The bookings around an ask that are closed to others; one query."""
    ids = {row.booking_id for row in facts.taken if row.booking_id is not None}
    return tuple(each.view for each in find.closed_among(call.session, ids))


def _candidates(call: Call, wish: Wish) -> list[find.Candidate]:
    """The tools that come into question by what they are."""
    found = find.candidates(
        call.session,
        kind_ids=wish.kind_ids,
        space_ids=wish.space_ids,
        step_free=wish.step_free,
        with_texts=bool(wish.words),
    )
    able = [each for each in found if all(one.met_by(each.capabilities) for one in wish.conditions)]
    if not wish.words:
        return able
    names = {kind.id: every_name(kind.slug, kind.name) for kind in kinds.kind_cards(call.session)}
    fitting = matching(wish.words, {each.tool_id: (*each.texts, *names[each.kind_id]) for each in able})
    return [each for each in able if each.tool_id in fitting]


def _near(candidates: Iterable[find.Candidate], wish: Wish) -> list[tuple[int, float | None]]:
    """The ids of the candidates within reach with their distances, the nearest first."""
    if wish.middle is None:
        return [(each.tool_id, None) for each in candidates]
    middle = wish.middle
    apart = [(kilometres(middle, each.place), each.tool_id) for each in candidates if each.place is not None]
    within = wish.within_km if wish.within_km is not None else float("inf")
    return [(tool_id, distance) for distance, tool_id in sorted(apart) if distance <= within]


def _reach(days: Sequence[date], minutes: int) -> Span:
    start = datetime.combine(days[0], time(), UTC) - _AROUND
    return Span(start, datetime.combine(days[-1], time(), UTC) + timedelta(days=1, minutes=minutes) + _AROUND)


def _is_about_kinds_only(wish: Wish) -> bool:
    """Whether nothing but kinds narrows down the tools."""
    narrowed = wish.space_ids or wish.words or wish.conditions or wish.step_free
    return bool(wish.kind_ids) and wish.middle is None and not narrowed


def _judged(call: Call, outline: Outline, distance: float | None, wish: Wish, fitting: dict[date, int]) -> Hit:
    """How the tool answers; counts it for every day on which it fits."""
    facts = outline.facts
    if not sees_times(reader_at(call, facts.tool.space_id), outline.visibility, outline.publishes):
        return Hit(outline, distance, None, None, (), False, hidden=True)
    fits = _fits(call, facts, wish, tuple(fitting))
    suiting = [day for day, fit in fits.items() if fit.suits(wish)]
    for day in suiting:
        fitting[day] += 1
    today = fits.get(wish.day)
    later = next((fits[day] for day in suiting if day > wish.day), None)
    some = today or later or next(iter(fits.values()), None)
    personal = some.refusals if some else ()
    if today and later and wish.instant and today.needs_approval:
        today, some = None, later
    refusals = personal or (() if today else _reasons(facts, wish, call.now))
    fit, next_fit = (each.span if each else None for each in (today, later))
    needs_approval = some is not None and some.needs_approval
    return Hit(outline, distance, fit, next_fit, refusals, needs_approval, hidden=False)


@dataclass(frozen=True, slots=True)
class _Fit:
    """A free time, and what it is to the reader."""

    span: Span
    refusals: tuple[Refusal, ...]
    needs_approval: bool

    def suits(self, wish: Wish) -> bool:
        return not self.refusals and not (wish.instant and self.needs_approval)


def _fits(call: Call, facts: Facts, wish: Wish, days: tuple[date, ...]) -> dict[date, _Fit]:
    """The first time of the wished length on each day that has one; the first that suits where the hour matters."""
    spans, length = _day_spans(facts.hours.zone, days), timedelta(minutes=wish.minutes)
    free = free_spans(facts, Span(spans[0].start, spans[-1].end + length), call.now, wish.minutes)
    found: dict[date, _Fit] = {}
    for day, span in zip(days, spans, strict=True):
        starts = _starts(facts, free, span, length)
        fit = _first_suiting(facts, wish, (_fit(call, facts, Span(start, start + length)) for start in starts))
        if fit is not None:
            found[day] = fit
    return found


@lru_cache(maxsize=1024)
def _day_spans(zone: str, days: tuple[date, ...]) -> tuple[Span, ...]:
    return tuple(hours.day_span(zone, day) for day in days)


def _starts(facts: Facts, free: Sequence[Span], day: Span, length: timedelta) -> Iterator[datetime]:
    """The starts on a day of what is long enough, in order; each free span begins with a start that fits."""
    for stretch in free:
        if stretch.start >= day.end:
            return
        if stretch.start >= day.start:
            yield stretch.start
        first = max(stretch.start + _MINUTE, day.start)
        last_end = min(stretch.end, day.end + length - _MINUTE)
        if first + length <= last_end:
            yield from starts_on_grain(facts, Span(first, last_end), length)


def _first_suiting(facts: Facts, wish: Wish, fits: Iterator[_Fit]) -> _Fit | None:
    """The first of a day's times; a later one where only the hour stands against the first and not against it."""
    first = next(fits, None)
    if first is None or first.suits(wish) or not _is_about_the_hour(facts, first):
        return first
    return next((fit for fit in fits if fit.suits(wish)), first)


def _is_about_the_hour(facts: Facts, fit: _Fit) -> bool:
    if fit.refusals:
        return all(refusal.code in _OF_THE_HOUR for refusal in fit.refusals)
    return facts.tool.limits.approval is Approval.UNSTAFFED or bool(facts.maker.visiting)


def _fit(call: Call, facts: Facts, span: Span) -> _Fit:
    """What a free time is to this reader; one who isn't known hears what stands between when signed in."""
    ask = Ask(facts.tool.id, span)
    refusals = policy.personal(ask, facts, call.now) if call.actor else ()
    return _Fit(span, refusals, policy.needed_approval(ask, facts))


def _reasons(facts: Facts, wish: Wish, now: datetime) -> tuple[Refusal, ...]:
    """Why nothing fits on the day, apart from other people's bookings."""
    return reasons(facts, hours.day_span(facts.hours.zone, wish.day), wish.minutes, now)


def reasons(facts: Facts, span: Span, minutes: int, now: datetime) -> tuple[Refusal, ...]:
    """Why nothing of that length fits in the span, apart from other people's bookings and from who asks."""
    length = timedelta(minutes=minutes)
    earliest = now - (now - _EPOCH) % _QUARTER + _QUARTER
    opened = (
        Span(max(each.start, earliest), each.end)
        for each in hours.open_within(facts.hours, span)
        if each.end > earliest
    )
    roomy = next((each.start for each in opened if each.length >= length), None)
    start = roomy or max(span.start + span.length / 2, earliest)
    refusals = policy.check(Ask(facts.tool.id, Span(start, start + length)), facts, now)
    return tuple(refusal for refusal in refusals if refusal.code not in _OF_THE_MOMENT | policy.PERSONAL)


def _is_wanted(hit: Hit, wish: Wish, now: datetime) -> bool:
    if wish.at_once and hit.bookable and hit.fit and hit.fit.start > now + _QUARTER:
        return False
    if wish.trained and any(refusal.code in _TRAINING for refusal in hit.refusals):
        return False
    return not (wish.instant and hit.needs_approval)


def _by_start(hit: Hit) -> tuple[datetime, float, str, int]:
    return (hit.fit.start if hit.fit else _SOMEDAY, hit.kilometres or 0.0, hit.outline.name, hit.tool_id)


def _by_distance(hit: Hit) -> tuple[float, datetime, str, int]:
    start, away, name, number = _by_start(hit)
    return (away, start, name, number)


def _by_both(hit: Hit) -> tuple[float, datetime, str, int]:
    """An hour later is as bad as `_KM_AN_HOUR` further away."""
    start, away, name, number = _by_start(hit)
    return ((start - _EPOCH) / timedelta(hours=1) + away / _KM_AN_HOUR, start, name, number)


_ORDERS: dict[Order, Callable[[Hit], tuple[Any, ...]]] = {
    Order.START: _by_start,
    Order.NEAR: _by_distance,
    Order.BOTH: _by_both,
}


def _by_hope(hit: Hit) -> tuple[bool, bool, datetime, float, int]:
    """Free but not for this reader yet, then what is free soon, then the rest."""
    soon = hit.later.start if hit.later else _SOMEDAY
    return (hit.fit is None, hit.later is None, soon, hit.kilometres or 0.0, hit.tool_id)
