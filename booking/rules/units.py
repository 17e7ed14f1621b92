"""The units of a tool: which of them an ask can have, when all of them are taken, and when one is free again."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from booking.rules.facts import Ask, Facts, Outage, Taken
from booking.rules.spans import Span, common, merged

# So far around an asked time facts know what is taken; of what lies further nothing is said.
KNOWN_AROUND = timedelta(days=2)
# So far beyond what a tool's longest booking reaches the bookings of a pool may change their unit to make room.
MOVED_AROUND = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)
# A side of a unit's free time on which nothing else is booked.
_ENDLESS = timedelta(days=3653)


def with_buffers(facts: Facts, span: Span) -> Span:
    """The span with the tool's set-up before and clean-up after: what a claim holds."""
    limits = facts.tool.limits
    return span.grown(timedelta(minutes=limits.setup_minutes), timedelta(minutes=limits.cleanup_minutes))


def wanted(ask: Ask, facts: Facts) -> tuple[int, ...]:
    """The units of the tool that would do: any of them, or the one that was asked for while it is there."""
    return tuple(unit for unit in facts.tool.unit_ids if ask.unit_id in {None, unit})


def units_in_service(ask: Ask, facts: Facts) -> tuple[int, ...]:
    """The wanted units without an outage during the asked time."""
    return tuple(unit for unit in wanted(ask, facts) if not is_out(facts, unit, ask.span))


def is_out(facts: Facts, unit: int, span: Span) -> bool:
    """Whether the unit, or the whole tool, is out of order at some time of the span."""
    return any(_is_out(row, span) for row in facts.outages if row.unit_id in {None, unit})


def free_unit(ask: Ask, facts: Facts) -> int | None:
    """The unit that takes the ask with the least idle time left around it (best fit), or None."""
    free = [unit for unit in units_in_service(ask, facts) if not clashes(ask, facts, unit)]
    return min(free, key=lambda unit: (_gap_around(ask, facts, unit), unit), default=None)


def clashes(ask: Ask, facts: Facts, unit: int) -> list[Taken]:
    """What is taken of a unit's time where the ask, with its set-up and clean-up, would be."""
    held = with_buffers(facts, ask.span)
    return [row for row in _rows_of(ask, facts, unit) if row.span.overlaps(held)]


def full_stretch(ask: Ask, facts: Facts) -> Span | None:
    """The first stretch touching the asked time in which no unit at all is left; None where they are taken in turn."""
    in_service = units_in_service(ask, facts)
    stretches: tuple[Span, ...] | None = None
    for unit in wanted(ask, facts):
        busy = [row.span for row in _rows_of(ask, facts, unit)]
        if unit not in in_service:
            busy += _outages_of(facts, unit)
        stretches = merged(busy) if stretches is None else common(stretches, busy)
    held = with_buffers(facts, ask.span)
    return next((each for each in stretches or () if each.overlaps(held)), None)


def in_order_from(ask: Ask, facts: Facts) -> datetime | None:
    """From when on a unit is in order for the whole asked length; None where no end of the outages is known."""
    start = min(_first_gap(_outages_of(facts, unit), ask.span) for unit in wanted(ask, facts))
    return None if start == _NEVER else start


def outage_until(ask: Ask, facts: Facts, until: datetime | None) -> Outage:
    """The outage in the asked time that lasts until then (None: without a known end), else the first of them."""
    rows = sorted((row for row in facts.outages if _is_out(row, ask.span)), key=lambda row: row.starts_at)
    return next((row for row in rows if row.ends_at == until), rows[0])


def all_out_until(ask: Ask, facts: Facts, until: datetime | None) -> bool:
    """Whether in the asked time every unit is out of order at once, and stays so until then."""
    stretches: tuple[Span, ...] = (ask.span.grown(timedelta(0), _NEVER - ask.span.end),)
    for unit in wanted(ask, facts):
        stretches = common(stretches, _outages_of(facts, unit))
    return any(each.overlaps(ask.span) and each.end == (until or _NEVER) for each in stretches)


def _is_out(row: Outage, span: Span) -> bool:
    return row.starts_at < span.end and (row.ends_at is None or span.start < row.ends_at)


def _outages_of(facts: Facts, unit: int) -> list[Span]:
    return [Span(row.starts_at, row.ends_at or _NEVER) for row in facts.outages if row.unit_id in {None, unit}]


def counted(ask: Ask, facts: Facts) -> list[Taken]:
    """The taken time of the tool's units that counts: neither what moves nor an accepted offer is in its own way."""
    return [row for row in facts.taken if row.unit_id in facts.tool.unit_ids and not _is_own(ask, row)]


def _rows_of(ask: Ask, facts: Facts, unit: int) -> list[Taken]:
    return [row for row in facts.taken if row.unit_id == unit and not _is_own(ask, row)]


def _is_own(ask: Ask, row: Taken) -> bool:
    of_booking = row.booking_id is not None and row.booking_id == ask.booking_id
    return of_booking or (row.claim_id is not None and row.claim_id in ask.claim_ids)


def _first_gap(busy: Iterable[Span], span: Span) -> datetime:
    """The first instant from the span's start on after which so much time is left between the busy spans."""
    start = span.start
    for each in merged(busy):
        if each.end > start:
            if each.start - start >= span.length:
                break
            start = each.end
    return start


def _gap_around(ask: Ask, facts: Facts, unit: int) -> timedelta:
    """The free time before and after the ask on a unit; a side without a neighbour counts as endless."""
    held = with_buffers(facts, ask.span)
    rows = _rows_of(ask, facts, unit)
    before = min((held.start - row.span.end for row in rows if row.span.end <= held.start), default=_ENDLESS)
    after = min((row.span.start - held.end for row in rows if row.span.start >= held.end), default=_ENDLESS)
    return before + after
