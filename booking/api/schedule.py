"""The calendar of one tool, as its caller may see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import abort

from booking import edge
from booking.actions.find import reader_at
from booking.api import times
from booking.api.calls import Answer, call
from booking.api.fields import Given, number_of
from booking.api.shapes import ID, INSTANT, TEXT, Part, Shape, one_of, ref, several, told
from booking.models import weeks
from booking.models.facts import World, worlds
from booking.models.weeks import Entry
from booking.rules import availability, personal
from booking.rules.availability import Kind, Segment
from booking.rules.facts import Facts
from booking.rules.privacy import Viewer, project, sees_times
from booking.rules.refusals import Absent

MOST_DAYS = 92


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the calendar and what may be said of it."""

    segment: Segment
    label: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """A tool and its time without gaps."""

    world: World
    stretches: Sequence[Stretch]


STRETCH: Shape[Stretch] = Shape(
    "ScheduleSpan",
    "A stretch of a tool's time. Set-up and clean-up belong to the booking.",
    (
        Part("start", INSTANT, lambda one: told(one.segment.span.start)),
        Part("end", INSTANT, lambda one: told(one.segment.span.end)),
        Part("kind", one_of(*Kind), lambda one: one.segment.kind),
        Part("label", TEXT, lambda one: one.label or None, "Who or what for, where you may know.", may_lack=True),
        Part(
            "why",
            several(TEXT),
            lambda one: list(one.segment.codes) or None,
            "Codes of the rules that keep it from being free; of free time those that keep you from booking it.",
            may_lack=True,
        ),
    ),
)
CALENDAR: Shape[Calendar] = Shape(
    "Schedule",
    "The time of a tool, covering all that was asked for without gaps.",
    (
        Part("tool", ID, lambda calendar: str(calendar.world.tool.id)),
        Part("time_zone", TEXT, lambda calendar: calendar.world.tool.time_zone),
        Part(
            "spans",
            several(ref(STRETCH)),
            lambda calendar: [STRETCH.document(each) for each in calendar.stretches],
        ),
    ),
)


@call(
    "GET",
    "/tools/{tool}/schedule",
    "The calendar of a tool, as you may see it, without gaps.",
    access=edge.Access.PUBLIC,
    query=times.FIELDS,
    answer=CALENDAR,
)
def show(given: Given, tool: str) -> Answer:
    """The calendar, in a fixed number of questions; 401 or 404 for those to whom the space doesn't show it."""
    call_ = edge.read_call()
    span = times.asked(given, call_.now, MOST_DAYS)
    who = call_.actor.account_id if call_.actor else None
    found = worlds(call_.session, tool_ids=(number_of(tool),), span=span, account_id=who)
    if not found:
        raise Absent
    viewer = reader_at(call_, found[0].tool.space_id)
    _refuse_hidden(found[0], viewer)
    entries = weeks.entries(call_.session, found[0].tool.id, span)
    own = frozenset(entry.booking_id for entry in entries if who is not None and entry.account_id == who)
    facts = found[0].facts
    level, publishes = found[0].tool.visibility, found[0].tool.publishes
    seen = [entry for entry in entries if project(entry.view, viewer, level, publishes).show_time]
    hidden = frozenset(entry.booking_id for entry in entries) - {entry.booking_id for entry in seen}
    segments = availability.schedule(facts, span, call_.now, own, hidden)
    parts = (part for each in segments for part in _for_reader(each, facts, call_.now))
    stretches = [Stretch(each, _label(each, found[0], seen, viewer)) for each in parts]
    return CALENDAR.document(Calendar(found[0], stretches))


def _for_reader(segment: Segment, facts: Facts, now: datetime) -> Iterator[Segment]:
    """Free time in parts, with the codes of the rules about the reader that not even the shortest booking passes."""
    if segment.kind is not Kind.FREE:
        yield segment
        return
    for part in personal.parts(segment.span, facts, now):
        yield replace(segment, span=part.span, codes=tuple(refusal.code for refusal in part.refusals))


def _refuse_hidden(world: World, viewer: Viewer) -> None:
    if sees_times(viewer, world.tool.visibility, world.tool.publishes):
        return
    if edge.actor() is None:
        abort(401)
    raise Absent


def _label(segment: Segment, world: World, entries: Sequence[Entry], viewer: Viewer) -> str:
    """Who or what for: of bookings by the projection, of events and outages as people wrote it."""
    if segment.kind in (Kind.MINE, Kind.BUSY, Kind.PENDING):
        near = (each for each in entries if each.starts_at < segment.span.end and each.ends_at > segment.span.start)
        words = (_words(each, world, viewer, segment.kind is Kind.MINE) for each in near)
        return ", ".join(dict.fromkeys(word for word in words if word))
    if segment.kind is Kind.EXTERNAL:
        return ", ".join(block.title for block in world.facts.blocks if block.span.overlaps(segment.span))
    if segment.kind is Kind.OUTAGE:
        return _reason(segment, world)
    return ""


def _words(entry: Entry, world: World, viewer: Viewer, own: bool) -> str:
    """What the viewer may read of a booking; her own stand under `mine` only."""
    shown = project(entry.view, viewer, world.tool.visibility, world.tool.publishes)
    if shown.mine != own:
        return ""
    parts = (shown.purpose,) if own else (shown.name, shown.purpose)
    return " · ".join(part for part in parts if part)


def _reason(segment: Segment, world: World) -> str:
    if "tool_down" in segment.codes:
        return world.facts.tool.state_note
    end, start = segment.span.end, segment.span.start
    rows = (row for row in world.facts.outages if row.starts_at < end and (row.ends_at is None or row.ends_at > start))
    return ", ".join(dict.fromkeys(row.reason for row in rows if row.reason))
