"""A week of many tools: from what the rules know of their days to small pictures side by side."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce

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


def week(table: Table, heads: Sequence[Head]) -> Drawn:
    """Each tool's days, side by side."""
    drawn = [[_stretches(table, world.facts, day) for day in table.days] for _, world, _ in heads]
    first, last = _shown_hours(table.days, heads, drawn)
    rows = [
        (head, _week_row(table, world, days, first, last)) for (head, world, _), days in zip(heads, drawn, strict=True)
    ]
    return Drawn(grouped(rows), first, last)


def _stretches(table: Table, facts: Facts, day: date) -> list[tuple[str, Span]]:
    """A day of the tool in order."""
    span = hours.day_span(facts.hours.zone, day)
    drawn: list[tuple[str, Span]] = []
    for each in schedule(facts, span, table.now, table.known.own, table.known.hidden):
        if "in_the_past" in each.codes:
            # What was booked stays in sight.
            held = common((each.span,), _held(facts, table.known))
            drawn += [("busy", part) for part in held] + [("past", part) for part in without((each.span,), held)]
        else:
            drawn.append((each.kind.value, each.span))
    return drawn


def _held(facts: Facts, known: Known) -> Sequence[Span]:
    """When every unit is held by bookings that the reader may know of."""
    told = [row for row in facts.taken if row.booking_id not in known.hidden]
    units = [[row.span for row in told if row.unit_id == unit] for unit in facts.tool.unit_ids]
    return reduce(common, units) if units else ()


def _shown_hours(
    days: Sequence[date], heads: Sequence[Head], drawn: Sequence[Sequence[Sequence[tuple[str, Span]]]]
) -> tuple[int, int]:
    """The first and the last hour to draw, so that everything is in sight but what is closed, past or out of order."""
    first, last = float(MORNING), float(EVENING)
    for (_, world, _), row in zip(heads, drawn, strict=True):
        for day, stretches in zip(days, row, strict=True):
            for kind, span in stretches:
                if kind not in ("closed", "past", "outage"):
                    start, end = _on_day(world.facts.hours.zone, day, span)
                    first, last = min(first, start), max(last, end)
    return int(first), int(-(-last // 1))


def _on_day(zone: str, day: date, span: Span) -> tuple[float, float]:
    """Start and end as hours of a wall day, within it."""
    midnight = datetime.combine(day, time())
    start, end = ((hours.to_wall(zone, each) - midnight) / _HOUR for each in (span.start, span.end))
    return max(0.0, min(start, 24.0)), max(0.0, min(end, 24.0))


def _week_row(table: Table, world: World, days: Sequence[list[tuple[str, Span]]], first: int, last: int) -> Row:
    tool, zone = world.tool, world.facts.hours.zone
    page = url_for("tools.show", space=tool.space_slug, tool=tool.slug)
    cells = tuple(
        Cell(f"{page}?day={day}", _words(stretches), list(_marks(zone, day, stretches, first, last)))
        for day, stretches in zip(table.days, days, strict=True)
    )
    return Row(tool.name, page, cells=cells)


def _marks(zone: str, day: date, stretches: Iterable[tuple[str, Span]], first: int, last: int) -> Iterator[Mark]:
    for kind, span in stretches:
        if kind == Kind.FREE:
            continue
        start, end = (max(float(first), min(each, float(last))) for each in _on_day(zone, day, span))
        if end > start:
            yield Mark(kind, round(start - first, 2), round(end - start, 2))


def _words(stretches: Iterable[tuple[str, Span]]) -> str:
    """How much of the day is free, in words."""
    free = sum((span.length for kind, span in stretches if kind == Kind.FREE), timedelta(0))
    if free:
        return str(gettext("%(time)s free", time=f_duration(free)))
    kinds = {kind for kind, _ in stretches} - {"past"}
    if not kinds:
        return str(gettext("Past"))
    return str(gettext("Closed") if kinds == {"closed"} else gettext("Nothing free"))
