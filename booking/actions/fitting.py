"""How one tool answers what somebody looks for: its first fits, or why there is none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from booking.actions.call import Call
from booking.actions.wishes import PARTS, Part, Wish
from booking.models.outlines import Outline
from booking.rules import hours, policy
from booking.rules.availability import free_spans, starts_on_grain
from booking.rules.facts import Approval, Ask, Facts
from booking.rules.privacy import Viewer, sees_times
from booking.rules.refusals import Refusal
from booking.rules.spans import Span, clipped

_QUARTER, _MINUTE = timedelta(minutes=15), timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A day on which nothing fits because others were first says nothing about this tool but its gaps.
_OF_THE_MOMENT = frozenset({"slot_taken", "off_grain", "in_the_past"})
_TRAINING = frozenset({"certificate_missing", "certificate_expired"})
# What stands against every time alike.
_ALWAYS = _TRAINING | {
    "account_unconfirmed",
    "not_a_member",
    "tool_down",
    "tool_retired",
    "too_long",
    "too_short",
    "visit_over",
}
# What stands against a reader at one hour of a day and perhaps not at another.
_OF_THE_HOUR = frozenset({"suspended", "outside_visit_hours"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A tool and how it answers the wish.

    `fit` is the first time on the wished days, `later` that on another of the days looked at; `refusals` say why it
    can't be booked (all of them, the weightiest first); `hidden` tools don't show their times to this reader.
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


def judged(
    call: Call, reader: Viewer, outline: Outline, distance: float | None, wish: Wish, fitting: dict[date, int]
) -> Hit:
    """How the tool answers; counts it for every day looked at, which `fitting` names, on which it fits."""
    facts = outline.facts
    if not sees_times(reader, outline.visibility, outline.publishes):
        return Hit(outline, distance, None, None, (), False, hidden=True)
    fits = _fits(call, facts, wish, tuple(fitting))
    suiting = [day for day, fit in fits.items() if fit.suits(wish)]
    for day in suiting:
        fitting[day] += 1
    wished = [day for day in wish.days if day in fits]
    today = next((fits[day] for day in wished if fits[day].suits(wish)), fits[wished[0]] if wished else None)
    later = next((fits[day] for day in suiting if day > wish.days[-1]), None)
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
    spans, length = day_spans(facts.hours.zone, days, wish.part), timedelta(minutes=wish.minutes)
    free = free_spans(facts, Span(spans[0].start, spans[-1].end + length), call.now, wish.minutes)
    found: dict[date, _Fit] = {}
    for day, span in zip(days, spans, strict=True):
        starts = _starts(facts, free, span, length, past_end=wish.part is Part.ANY)
        fit = _first_suiting(facts, wish, (_fit(call, facts, Span(start, start + length)) for start in starts))
        if fit is not None:
            found[day] = fit
    return found


@lru_cache(maxsize=1024)
def day_spans(zone: str, days: tuple[date, ...], part: Part) -> tuple[Span, ...]:
    """These days, or that part of each, in UTC."""
    if part is Part.ANY:
        return tuple(hours.day_span(zone, day) for day in days)
    return tuple(hours.part_of_day(zone, day, *PARTS[part]) for day in days)


def _starts(facts: Facts, free: Sequence[Span], day: Span, length: timedelta, *, past_end: bool) -> Iterator[datetime]:
    """The starts on a day of what is long enough, in order. What starts on it may end `past_end` of it, or may not.

    Each free span begins with a start that fits, but where the end of the day cuts it off.
    """
    if not past_end:
        free = clipped(free, day)
    for stretch in free:
        if stretch.start >= day.end:
            return
        first, last_end = max(stretch.start, day.start), min(stretch.end, day.end + length - _MINUTE)
        if past_end and first == stretch.start:
            yield first
            first += _MINUTE
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
    """Why nothing fits on the days, apart from other people's bookings."""
    spans = day_spans(facts.hours.zone, wish.days, wish.part)
    return reasons(facts, Span(spans[0].start, spans[-1].end), wish.minutes, now)


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


def is_wanted(hit: Hit, wish: Wish, now: datetime) -> bool:
    """Whether the answer is to be told, going by what the wish leaves out."""
    if wish.at_once and hit.bookable and hit.fit and hit.fit.start > now + _QUARTER:
        return False
    if wish.trained and any(refusal.code in _TRAINING for refusal in hit.refusals):
        return False
    return not (wish.instant and hit.needs_approval)


def is_settled(hit: Hit, wish: Wish, now: datetime) -> bool:
    """Whether looking further ahead would not find the reader a time, or an earlier one."""
    if hit.hidden or any(refusal.code in _ALWAYS for refusal in hit.refusals):
        return True
    return hit.bookable and is_wanted(hit, wish, now)
