"""From what the rules know of many tools' days to the rows, bars and marks that a timetable draws."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import reduce
from itertools import groupby

from flask import url_for
from flask_babel import gettext

from booking.models.facts import World
from booking.models.weeks import Entry
from booking.rules import hours
from booking.rules.access import Role, at_least
from booking.rules.availability import Kind, schedule
from booking.rules.facts import Facts, Visibility
from booking.rules.privacy import Known, Shown, Viewer, project
from booking.rules.spans import Span, common, without
from booking.web import bars
from booking.web.bars import EVENING, MORNING, Stretch
from booking.web.timeline import Segment
from booking.web.weeks import offered_minutes
from booking.wording.display import f_duration, f_short_day

_HOUR = timedelta(hours=1)
_TAKEN = frozenset({"busy", "pending", "mine"})
Head = tuple[str, World, Viewer]


@dataclass(slots=True)
class Table:
    """What is drawn: the days, what the reader may know, and of a single day also whose bookings and which units."""

    days: tuple[date, ...]
    now: datetime
    known: Known
    entries: Mapping[int, Sequence[Entry]] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a day that is not free, in hours from the first that is drawn."""

    kind: str
    at: float
    width: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A tool's day in a week: where it leads, what it says, and its marks."""

    href: str
    words: str
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Row:
    """A tool, or one of its units, with its days as cells, or its one day as a bar."""

    name: str
    href: str
    unit: str = ""
    cells: tuple[Cell, ...] = ()
    segments: tuple[Segment, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rows under their headings, and the hours that all of them show."""

    groups: list[tuple[str, list[Row]]]
    first_hour: int
    last_hour: int


def week(table: Table, heads: Sequence[Head]) -> Drawn:
    """Each tool's days, side by side."""
    drawn = [[_stretches(table, world.facts, day) for day in table.days] for _, world, _ in heads]
    first, last = _shown_hours(table.days, heads, drawn)
    rows = [
        (head, _week_row(table, world, days, first, last)) for (head, world, _), days in zip(heads, drawn, strict=True)
    ]
    return Drawn(_grouped(rows), first, last)


def day(table: Table, heads: Sequence[Head]) -> Drawn:
    """The day of each tool, or of each of its units where the reader may know whose bookings they are."""
    lines = [(head, *line) for head, world, viewer in heads for line in _lines(table, world, viewer)]
    only = table.days[0]
    first, last = bars.shown_hours((only, world.facts.hours.zone, found) for _, world, _, found in lines)
    rows = []
    for head, world, unit, found in lines:
        tool = world.tool
        page = url_for("tools.show", space=tool.space_slug, tool=tool.slug, day=only)
        segments = tuple(bars.drawn_bar(found, only, tool.time_zone, first, last))
        label = gettext("%(tool)s on %(day)s", tool=f"{tool.name} {unit}".strip(), day=f_short_day(only))
        rows.append((head, Row(tool.name, page, unit, segments=segments, label=label)))
    return Drawn(_grouped(rows), first, last)


def _grouped(rows: Iterable[tuple[str, Row]]) -> list[tuple[str, list[Row]]]:
    return [(head, [row for _, row in pairs]) for head, pairs in groupby(rows, key=lambda pair: pair[0])]


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


def _lines(table: Table, world: World, viewer: Viewer) -> Iterator[tuple[World, str, list[Stretch]]]:
    """The tool's bar; where the reader may know names, a bar with names for each unit."""
    facts, tool = world.facts, world.tool
    minutes = offered_minutes(facts.tool.limits)
    told = {
        entry.booking_id: (entry, shown)
        for entry in table.entries.get(tool.id, ())
        if (shown := project(entry.view, viewer, tool.visibility, tool.publishes)).name is not None
    }
    if not _sees_names(viewer, tool.visibility):
        yield world, "", list(bars.day_stretches(facts, tool, table.days[0], minutes, table.now, table.known))
        return
    units = facts.tool.unit_ids
    for unit in units:
        alone = replace(facts, tool=replace(facts.tool, unit_ids=(unit,))) if len(units) > 1 else facts
        stretches = bars.day_stretches(alone, tool, table.days[0], minutes, table.now, table.known)
        here = [told[row.booking_id] for row in facts.taken if row.unit_id == unit and row.booking_id in told]
        yield world, table.units.get(unit, "") if len(units) > 1 else "", _named(stretches, here)


def _sees_names(viewer: Viewer, visibility: Visibility) -> bool:
    """Whether the reader may know of any booking whose it is."""
    if visibility in {Visibility.NAME, Visibility.OPEN}:
        return viewer.role is not None
    return at_least(viewer.role, Role.MANAGER)


def _named(stretches: Iterable[Stretch], told: Sequence[tuple[Entry, Shown]]) -> list[Stretch]:
    """The bar with each booking that has a name as a stretch of its own, which leads to it."""
    spans = [(Span(entry.starts_at, entry.ends_at), entry, shown) for entry, shown in told]
    found: list[Stretch] = []
    for each in stretches:
        if each.kind not in _TAKEN:
            found.append(each)
            continue
        found.extend(replace(each, span=left) for left in without((each.span,), [span for span, _, _ in spans]))
        for span, entry, shown in spans:
            href = url_for("bookings.show", booking_id=entry.booking_id) if shown.link else each.href
            found.extend(
                replace(each, span=part, label=shown.name or "", href=href) for part in common((each.span,), (span,))
            )
    return sorted(found, key=lambda stretch: stretch.span.start)
