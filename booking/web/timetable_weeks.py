"""A week of many tools: from what the rules know of their days to small pictures side by side."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from functools import reduce
from typing import NamedTuple

from flask import url_for
from flask_babel import gettext

from booking.models.facts import World
from booking.rules import hours
from booking.rules.availability import Kind, schedule
from booking.rules.facts import Facts
from booking.rules.privacy import Known
from booking.rules.spans import Span, common, without
from booking.web.bars import EVENING, MORNING
from booking.web.timetable_rows import Cell, Drawn, Head, Mark, Row, Table, grouped
from booking.wording.display import f_duration

_HOUR = timedelta(hours=1)
_OUT_OF_SIGHT = frozenset({"closed", "past", "outage"})


class Stretch(NamedTuple):
    """A part of a tool's day: what it is, how long it lasts, and from which hour on the wall to which."""

    kind: str
    length: timedelta
    start: float
    end: float


def week(table: Table, heads: Sequence[Head]) -> Drawn:
    """Each tool's days, side by side."""
    drawn = [list(_days(table, world.facts)) for _, world, _ in heads]
    first, last = _shown_hours(drawn)
    rows = [
        (head, _week_row(table, world, days, first, last)) for (head, world, _), days in zip(heads, drawn, strict=True)
    ]
    return Drawn(grouped(rows), first, last)


def _days(table: Table, facts: Facts) -> Iterator[list[Stretch]]:
    """The tool's days, each with its stretches in order."""
    zone = facts.hours.zone
    spans = [hours.day_span(zone, day) for day in table.days]
    found = list(_stretches(table, facts, Span(spans[0].start, spans[-1].end)))
    for day, span in zip(table.days, spans, strict=True):
        midnight = datetime.combine(day, time())
        yield [
            Stretch(kind, part.length, _hour(zone, midnight, part.start), _hour(zone, midnight, part.end))
            for kind, each in found
            if each.start < span.end and span.start < each.end and (part := each.within(span))
        ]


def _hour(zone: str, midnight: datetime, instant: datetime) -> float:
    """What hour of the wall day it is, from 0 to 24."""
    return max(0.0, min((hours.to_wall(zone, instant) - midnight) / _HOUR, 24.0))


def _stretches(table: Table, facts: Facts, span: Span) -> Iterator[tuple[str, Span]]:
    """What the tool is at each time of the span, in order."""
    held = _held(facts, table.known)
    for each in schedule(facts, span, table.now, table.known.own, table.known.hidden):
        if "in_the_past" in each.codes:
            # What was booked stays in sight.
            parts = [("busy", part) for part in common((each.span,), held)]
            parts += [("past", part) for part in without((each.span,), held)]
            yield from sorted(parts, key=lambda pair: pair[1].start)
        else:
            yield each.kind.value, each.span


def _held(facts: Facts, known: Known) -> Sequence[Span]:
    """When every unit is held by bookings that the reader may know of."""
    told = [row for row in facts.taken if row.booking_id not in known.hidden]
    units = [[row.span for row in told if row.unit_id == unit] for unit in facts.tool.unit_ids]
    return reduce(common, units) if units else ()


def _shown_hours(drawn: Iterable[Iterable[Iterable[Stretch]]]) -> tuple[int, int]:
    """The first and the last hour to draw, so that everything is in sight but what is closed, past or out of order."""
    first, last = float(MORNING), float(EVENING)
    for one in (stretch for days in drawn for day in days for stretch in day):
        if one.kind not in _OUT_OF_SIGHT:
            first, last = min(first, one.start), max(last, one.end)
    return int(first), int(-(-last // 1))


def _week_row(table: Table, world: World, days: Sequence[Sequence[Stretch]], first: int, last: int) -> Row:
    tool = world.tool
    page = url_for("tools.show", space=tool.space_slug, tool=tool.slug)
    cells = tuple(
        Cell(f"{page}?day={day}", _words(stretches), list(_marks(stretches, first, last)))
        for day, stretches in zip(table.days, days, strict=True)
    )
    return Row(tool.name, page, cells=cells)


def _marks(stretches: Iterable[Stretch], first: int, last: int) -> Iterator[Mark]:
    for one in stretches:
        start, end = max(one.start, first), min(one.end, last)
        if one.kind != Kind.FREE and end > start:
            yield Mark(one.kind, round(start - first, 2), round(end - start, 2))


def _words(stretches: Sequence[Stretch]) -> str:
    """How much of the day is free, in words."""
    free = sum((one.length for one in stretches if one.kind == Kind.FREE), timedelta(0))
    if free:
        return str(gettext("%(time)s free", time=f_duration(free)))
    kinds = {one.kind for one in stretches} - {"past"}
    if not kinds:
        return str(gettext("Past"))
    return str(gettext("Closed") if kinds == {"closed"} else gettext("Nothing free"))
