"""A day of many tools: a bar for each, or for each unit where the reader may know whose bookings they are."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from flask import url_for
from flask_babel import gettext

from booking.models.facts import World
from booking.models.weeks import Entry
from booking.rules.access import Role, at_least
from booking.rules.facts import Visibility
from booking.rules.privacy import Shown, Viewer, project
from booking.rules.spans import Span, common, without
from booking.web import bars
from booking.web.bars import Stretch
from booking.web.timetable_rows import Drawn, Head, Row, Table, grouped
from booking.web.weeks import offered_minutes
from booking.wording.display import f_short_day

_TAKEN = frozenset({"busy", "pending", "mine"})


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
    return Drawn(grouped(rows), first, last)


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
