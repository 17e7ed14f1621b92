"""What is free, as a calendar draws it and a search offers it: the rules of `policy`, swept over time."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from booking.rules import hours, policy, pools
from booking.rules.facts import Ask, Facts, Outage, ToolState
from booking.rules.spans import Span, common, gaps, without

_MINUTE = timedelta(minutes=1)


class Kind(StrEnum):
    """What a stretch of a tool's calendar is to the one who looks."""

    FREE = "free"
    BUSY = "busy"
    PENDING = "pending"
    CLOSED = "closed"
    OUTAGE = "outage"
    EXTERNAL = "external"
    MINE = "mine"


class Why(StrEnum):
    """How an alternative differs from what was asked."""

    OTHER_TIME = "other_time"
    OTHER_TOOL = "other_tool"
    OTHER_DAY = "other_day"
    SHORTER = "shorter"
    OTHER_UNIT = "other_unit"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one tool's calendar and the codes of the rules that keep it from being free."""

    span: Span
    kind: Kind
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternative:
    """A time that passes every rule, and how it differs from the one asked for."""

    tool_id: int
    span: Span
    why: Why


def schedule(
    facts: Facts,
    span: Span,
    now: datetime,
    own: Collection[int] = frozenset(),
    hidden: Collection[int] = frozenset(),
) -> tuple[Segment, ...]:
    """The tool's calendar over the span, without gaps and in order; `own` are the reader's booking ids.

    Busy only where every unit is taken; closed without a reason where it is by `hidden` bookings, of which the reader
    may not know. Who asks does not matter here otherwise.
    """
    left: tuple[Span, ...] = (span,)
    found: list[Segment] = []
    for kind, codes, spans in _layers(facts, span, now, own, hidden):
        if spans:
            found.extend(Segment(part, kind, codes) for part in common(left, spans))
            left = without(left, spans)
    found.extend(Segment(part, Kind.FREE) for part in left)
    return tuple(sorted(found, key=lambda segment: segment.span.start))


def free_spans(facts: Facts, span: Span, now: datetime, minutes: int) -> tuple[Span, ...]:
    """The spans within which a booking of that many minutes may lie, sorted by start.

    A booking whose ends are on the grain is allowed exactly when one of them contains it, but for the rules about
    the person. Each begins with a start that fits. Spans of different units may overlap; none lies within another.
    """
    limits, length = facts.tool.limits, timedelta(minutes=minutes)
    if not limits.shortest_minutes <= minutes <= limits.longest_minutes or _is_out_of_use(facts):
        return ()
    reach = _bookable_stretch(facts, span, now, length)
    if reach is None:
        return ()
    found: list[Span] = []
    idle = _idle_unit(facts, reach)
    # Where one unit has no time taken at all, others have none to add.
    units = facts.tool.unit_ids if idle is None else (idle,)
    for unit in units:
        for free in _free_on_unit(facts, unit, reach, length):
            start = next(starts_on_grain(facts, free, length), None)
            if start is not None:
                found.append(free if start == free.start else Span(start, free.end))
    if len(units) > 1:
        found.extend(_made_room(facts, reach, now, length, found))
        return _longest_only(found)
    return tuple(found)


Layer = tuple[Kind, tuple[str, ...], Sequence[Span]]


def _layers(facts: Facts, span: Span, now: datetime, own: Collection[int], hidden: Collection[int]) -> Iterator[Layer]:
    """What covers the free time of a tool, topmost first."""
    near = [row for row in facts.taken if row.span.overlaps(span)]
    yield Kind.MINE, (), [row.span for row in near if row.booking_id in own]
    yield Kind.CLOSED, ("in_the_past",), _until(span, now)
    if facts.tool.state is ToolState.RETIRED or not facts.tool.unit_ids:
        yield Kind.CLOSED, ("tool_retired",), (span,)
    if facts.tool.state is ToolState.DOWN:
        yield Kind.OUTAGE, ("tool_down",), (span,)
    units = facts.tool.unit_ids
    out = {unit: _outages(facts, unit, span) for unit in units}
    told = [row for row in near if row.booking_id not in hidden] if hidden else near
    firm = {unit: [row.span for row in told if row.unit_id == unit and not row.pending] for unit in units}
    held = {unit: [row.span for row in told if row.unit_id == unit] for unit in units}
    yield Kind.OUTAGE, ("outage",), _on_all(out.values(), span)
    yield Kind.EXTERNAL, ("event",), [row.span for row in facts.blocks]
    yield Kind.BUSY, ("slot_taken",), _on_all((firm[unit] + out[unit] for unit in units), span)
    yield Kind.PENDING, ("slot_taken",), _on_all((held[unit] + out[unit] for unit in units), span)
    if hidden:
        every = {unit: [row.span for row in near if row.unit_id == unit] for unit in units}
        yield Kind.CLOSED, (), _on_all((every[unit] + out[unit] for unit in units), span)
    yield from _closed_layers(facts, span)
    yield Kind.CLOSED, ("too_soon",), _until(span, now + timedelta(minutes=facts.tool.limits.notice_minutes))
    yield Kind.CLOSED, ("too_far_ahead",), _after(span, now + timedelta(days=facts.tool.limits.window_days))


def _closed_layers(facts: Facts, span: Span) -> Iterator[Layer]:
    shut = without((span,), hours.open_within(facts.hours, span))
    closures = [span for row in facts.hours.closed for span in hours.closed_time(facts.hours, row)]
    yield Kind.CLOSED, ("closed_day",), common(shut, closures)
    yield Kind.CLOSED, ("outside_opening_hours",), shut


def _on_all(spans_of_units: Iterable[Iterable[Span]], span: Span) -> tuple[Span, ...]:
    """The part of the span in which no unit has any time left."""
    left: tuple[Span, ...] = (span,)
    for spans in spans_of_units:
        left = common(left, spans)
    return left


def _until(span: Span, instant: datetime) -> tuple[Span, ...]:
    return (Span(span.start, min(span.end, instant)),) if span.start < instant else ()


def _after(span: Span, instant: datetime) -> tuple[Span, ...]:
    return (Span(max(span.start, instant), span.end),) if instant < span.end else ()


def _outages(facts: Facts, unit: int, span: Span) -> list[Span]:
    """When a unit is out of order within the span."""
    rows = (row for row in facts.outages if row.unit_id in {None, unit})
    return [part for row in rows if (part := _outage_within(row, span))]


def _outage_within(row: Outage, span: Span) -> Span | None:
    start, end = max(row.starts_at, span.start), min(row.ends_at or span.end, span.end)
    return Span(start, end) if start < end else None


def _is_out_of_use(facts: Facts) -> bool:
    return facts.tool.state in {ToolState.RETIRED, ToolState.DOWN}


def _bookable_stretch(facts: Facts, span: Span, now: datetime, length: timedelta) -> Span | None:
    """The part of the span that notice and window leave for a booking of that length."""
    limits = facts.tool.limits
    start = max(span.start, now + timedelta(minutes=limits.notice_minutes))
    end = min(span.end, now + timedelta(days=limits.window_days) + length)
    return Span(start, end) if end - start >= length else None


def _idle_unit(facts: Facts, reach: Span) -> int | None:
    """The first unit of which nothing is taken around the reach, and that is in order all along."""
    around = _widened(reach)
    held = {row.unit_id for row in facts.taken if row.span.overlaps(around)}
    return next((unit for unit in facts.tool.unit_ids if unit not in held and not _outages(facts, unit, reach)), None)


def _free_on_unit(facts: Facts, unit: int, reach: Span, length: timedelta) -> Iterator[Span]:
    """The stretches of one unit in which nothing but the grain stands against a booking of that length."""
    taken = (row.span for row in facts.taken if row.unit_id == unit)
    return _free(facts, taken, _outages(facts, unit, reach), reach, length)


def _free(
    facts: Facts, taken: Iterable[Span], outages: Iterable[Span], reach: Span, length: timedelta
) -> Iterator[Span]:
    limits = facts.tool.limits
    setup, cleanup = timedelta(minutes=limits.setup_minutes), timedelta(minutes=limits.cleanup_minutes)
    # A booking keeps its own buffers away from others: as if theirs had grown by these.
    blocked = [(span.start - cleanup, span.end + setup) for span in taken]
    blocked.extend((span.start, span.end) for span in outages)
    blocked.extend((row.span.start, row.span.end) for row in facts.blocks)
    opened = hours.open_within(facts.hours, reach)
    if limits.unattended:
        for part in gaps((reach,), blocked, length):
            yield from _unattended(part, opened, length)
    else:
        yield from gaps(opened, blocked, length)


def _made_room(facts: Facts, reach: Span, now: datetime, length: timedelta, found: Collection[Span]) -> Iterator[Span]:
    """The stretches in which no one unit is free for that length, but others' bookings can make room on one."""
    units = facts.tool.unit_ids
    full = _on_all(([row.span for row in facts.taken if row.unit_id == unit] for unit in units), _widened(reach))
    out = _on_all((_outages(facts, unit, reach) for unit in units), reach)
    # Starts are whole minutes: a minute stands for the last of them.
    known = [Span(span.start, span.end - length + _MINUTE) for span in found]
    near = pools.clusters(facts, now)
    for free in _free(facts, full, out, reach, length):
        for starts in without((Span(free.start, free.end - length + _MINUTE),), known):
            if not pools.all_have_room(near, facts, starts, length):
                yield from _runs(facts, starts, now, length)
                continue
            end = starts.end - _MINUTE + length
            start = next(starts_on_grain(facts, Span(starts.start, end), length), None)
            if start is not None:
                yield Span(start, end)


def _runs(facts: Facts, starts: Span, now: datetime, length: timedelta) -> Iterator[Span]:
    """Stretches of a free time of that length from each start on the grain for which room can be made."""
    first: datetime | None = None
    last = starts.start
    for start in starts_on_grain(facts, Span(starts.start, starts.end - _MINUTE + length), length):
        if pools.has_room(Ask(facts.tool.id, Span(start, start + length)), facts, now):
            first, last = first or start, start
        elif first:
            yield Span(first, last + length)
            first = None
    if first:
        yield Span(first, last + length)


def _widened(span: Span) -> Span:
    """The span with the longest set-up and clean-up around it."""
    return span.grown(timedelta(days=1), timedelta(days=1))


def _unattended(part: Span, opened: tuple[Span, ...], length: timedelta) -> Iterator[Span]:
    """The stretches of a free part whose bookings of that length start and end while the space is open.

    Starts and ends are whole minutes, so one minute stands for the open end of a half-open span.
    """
    near = [one for one in opened if one.overlaps(part)]
    starts = [(max(one.start, part.start), one.end - _MINUTE) for one in near]
    ends = [(one.start + _MINUTE, min(one.end, part.end)) for one in near]
    stretches = []
    for first_start, last_start in starts:
        for first_end, last_end in ends:
            first, last = max(first_start, first_end - length), min(last_start, last_end - length)
            if first <= last:
                stretches.append(Span(first, last + length))
    yield from stretches


def starts_on_grain(facts: Facts, free: Span, length: timedelta) -> Iterator[datetime]:
    """The starts in a free stretch, in order, that put both ends of a booking on the tool's grain."""
    start = next_on_grain(facts, free.start)
    while start + length <= free.end:
        if policy.is_on_grain(facts, start + length):
            yield start
        start = next_on_grain(facts, start + _MINUTE)


def next_on_grain(facts: Facts, instant: datetime) -> datetime:
    """The first instant from this one on that is a whole number of steps after the wall's midnight."""
    grain = facts.tool.limits.grain_minutes
    if instant.second or instant.microsecond:
        instant = instant.replace(second=0, microsecond=0) + _MINUTE
    while (shown := hours.to_wall_minutes(facts.hours.zone, instant)) % grain:
        # No further than midnight, where the count begins anew; a change of clocks only asks for another round.
        instant += timedelta(minutes=min(grain - shown % grain, 1440 - shown))
    return instant


def _longest_only(spans: list[Span]) -> tuple[Span, ...]:
    """The spans, sorted, without those that lie within another."""
    result: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start, -each.end.timestamp())):
        if not result or span.end > result[-1].end:
            result.append(span)
    return tuple(result)
