"""From what the rules know of a tool's week to the days, segments and words that its page draws."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext

from booking.models.tools import ToolCard
from booking.models.weeks import Entry
from booking.rules import availability, hours
from booking.rules.availability import Kind, free_spans
from booking.rules.facts import Facts, Limits
from booking.rules.privacy import BookingView, Viewer, project
from booking.rules.spans import Span, common, without
from booking.web import timeline
from booking.web.bars import EVENING, MORNING, QUARTER, booking_page, times_query
from booking.web.timeline import Segment, without_overlap
from booking.wording.display import f_duration

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
USUAL_MINUTES = 60
NIGHT_ENDS = 5 * 60
_NOT_YET = frozenset({"too_soon", "too_far_ahead"})


@dataclass(frozen=True, slots=True)
class Item:
    """A stretch of the week: what it is, what it says and where a tap on it leads."""

    kind: timeline.Kind
    span: Span
    label: str = ""
    href: str = ""
    past: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """One day as the grid and the strip of days draw it; `level` from 0 to 3 says how much of it is free."""

    date: date
    today: bool
    past: bool
    segments: list[Segment]
    level: int
    free: str


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days with the hours that are drawn, and the quarter-hour in which now lies (0: not this week)."""

    days: list[Day]
    first_hour: int
    last_hour: int
    now_row: int
    following_free: Span | None


@dataclass(frozen=True, slots=True)
class Question:
    """Whose week is drawn for whom: the tool with its facts over the week, the bookings the reader may know of."""

    tool: ToolCard
    facts: Facts
    entries: tuple[Entry, ...]
    viewer: Viewer
    now: datetime


def week_span(zone: str, monday: date) -> Span:
    """A week of the wall calendar from Monday's midnight on, in UTC."""
    return Span(hours.day_span(zone, monday).start, hours.day_span(zone, monday + 6 * DAY).end)


def drawn_week(asked: Question, monday: date, until: datetime) -> Week:
    """The week from this Monday on; the next free time is looked for until the given instant."""
    zone = asked.facts.hours.zone
    span = week_span(zone, monday)
    reach = Span(span.start, max(span.end, until))
    fits = free_spans(asked.facts, reach, asked.now, asked.facts.tool.limits.shortest_minutes)
    items = [*_past_items(asked, span), *_coming_items(asked, span, fits)]
    placed = [_placed(items, day, zone) for day in (monday + number * DAY for number in range(7))]
    first, last = _shown_hours(placed)
    today = hours.to_wall(zone, asked.now).date()
    days = [_day(each, monday + number * DAY, today, first, last) for number, each in enumerate(placed)]
    return Week(days, first, last, _now_row(asked.now, span, zone, first, last), fits[0] if fits else None)


def offered_minutes(limits: Limits) -> int:
    """The length that is offered before anything is chosen: an hour, where the tool's rules take one."""
    steps = -(-USUAL_MINUTES // limits.grain_minutes) * limits.grain_minutes
    return max(limits.shortest_minutes, min(steps, limits.longest_minutes))


def _past_items(asked: Question, span: Span) -> Iterator[Item]:
    """What has been: bookings and closures stay in sight, free time is over."""
    end = min(span.end, asked.now)
    if end <= span.start:
        return
    long_before = span.start - timedelta(minutes=asked.facts.tool.limits.notice_minutes)
    over = Span(span.start, end)
    for each in availability.schedule(asked.facts, over, long_before, _own(asked)):
        if each.kind is Kind.FREE or _NOT_YET.intersection(each.codes):
            yield Item("free", each.span, past=True)
        else:
            yield from (Item(one.kind, one.span, one.label, one.href, past=True) for one in _taken(asked, each, ""))


def _coming_items(asked: Question, span: Span, fits: Sequence[Span]) -> Iterator[Item]:
    start = max(span.start, asked.now)
    if start >= span.end:
        return
    page = booking_page(asked.tool)
    for each in availability.schedule(asked.facts, Span(start, span.end), asked.now, _own(asked)):
        if each.kind is Kind.FREE:
            yield from _free_items(asked, each.span, fits, page)
        else:
            yield from _taken(asked, each, page)


def _own(asked: Question) -> frozenset[int]:
    who = asked.viewer.account_id
    return frozenset(entry.booking_id for entry in asked.entries if entry.account_id == who)


def _free_items(asked: Question, span: Span, fits: Sequence[Span], page: str) -> Iterator[Item]:
    """Free time as links that book it, and what of it is too short for the tool's rules."""
    zone, length = asked.facts.hours.zone, timedelta(minutes=offered_minutes(asked.facts.tool.limits))
    near = [fit for fit in fits if fit.overlaps(span)]
    for part in common((span,), near):
        yield Item("free", part, href=page + times_query(part.start, min(part.end, part.start + length), zone))
    yield from (Item("gap", gap) for gap in without((span,), near) if gap.length >= QUARTER)


def _taken(asked: Question, each: availability.Segment, page: str) -> Iterator[Item]:
    """Time that isn't free: bookings one by one where the reader may know of them, else one stretch."""
    kind: timeline.Kind = each.kind.value
    if each.kind in {Kind.MINE, Kind.BUSY, Kind.PENDING}:
        yield from _bookings(asked, each, kind, page)
        return
    yield Item(kind, each.span, _reason(asked.facts, each), _why_address(asked, each.span, page))


def _why_address(asked: Question, span: Span, page: str) -> str:
    """The form for this very time, which says why it can't be booked and what can."""
    length = timedelta(minutes=offered_minutes(asked.facts.tool.limits))
    return page + times_query(span.start, span.start + length, asked.facts.hours.zone) if page else ""


def _bookings(asked: Question, each: availability.Segment, kind: timeline.Kind, page: str) -> Iterator[Item]:
    # With several units a stretch is taken by several people at once; only the reader's own is one booking.
    is_told = each.kind is Kind.MINE or len(asked.facts.tool.unit_ids) == 1
    own = each.kind is Kind.MINE
    who = asked.viewer.account_id
    left = [each.span]
    for entry in asked.entries if is_told else ():
        if entry.starts_at >= each.span.end or entry.ends_at <= each.span.start or (entry.account_id == who) != own:
            continue
        span = Span(max(entry.starts_at, each.span.start), min(entry.ends_at, each.span.end))
        yield _booking(asked, entry, kind, span, page)
        left = list(without(left, (span,)))
    for rest in left:
        if rest.length >= QUARTER:
            yield Item("busy" if own else kind, rest, href=_why_address(asked, rest, page))


def _booking(asked: Question, entry: Entry, kind: timeline.Kind, span: Span, page: str) -> Item:
    """A booking as this reader may see it."""
    view = BookingView(entry.account_id, entry.name, entry.purpose)
    shown = project(view, asked.viewer, asked.tool.visibility, asked.tool.publishes)
    words = (shown.purpose,) if shown.mine else (shown.name, shown.purpose)
    href = url_for("bookings.show", booking_id=entry.booking_id) if shown.link else ""
    label = " · ".join(word for word in words if word)
    return Item(kind, span, label, href or _why_address(asked, span, page))


def _reason(facts: Facts, each: availability.Segment) -> str:
    """What people wrote about why time is taken; an empty string when nobody did."""
    if each.kind is Kind.EXTERNAL:
        return next((block.title for block in facts.blocks if block.span.overlaps(each.span)), "")
    if "tool_down" in each.codes:
        return facts.tool.state_note
    if each.kind is Kind.OUTAGE:
        over = (row for row in facts.outages if row.ends_at is None or row.ends_at > each.span.start)
        return next((row.reason for row in over if row.starts_at < each.span.end), "")
    if "closed_day" in each.codes:
        day = hours.to_wall(facts.hours.zone, each.span.start).date()
        return next((row.reason for row in facts.hours.closed if row.first <= day <= row.last), "")
    return ""


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part of an item on one day, in minutes of the wall clock since midnight."""

    item: Item
    first: int
    last: int
    start: datetime
    end: datetime


def _placed(items: Iterable[Item], day: date, zone: str) -> list[_Placed]:
    """The parts of items that lie on a day; on days when clocks change, by what the clock shows."""
    span, place = hours.day_span(zone, day), ZoneInfo(zone)
    is_plain = span.length == DAY
    found = []
    for item in items:
        start, end = max(item.span.start, span.start), min(item.span.end, span.end)
        if start >= end:
            continue
        wall_start, wall_end = start.astimezone(place), end.astimezone(place)
        if is_plain:
            first, last = (start - span.start) // MINUTE, -((span.start - end) // MINUTE)
        else:
            first = wall_start.hour * 60 + wall_start.minute
            last = first + max(1, (end - start) // MINUTE) if wall_end <= wall_start else _wall_end(wall_end, day)
        found.append(_Placed(item, first, min(last, 1440), wall_start, wall_end))
    return found


def _wall_end(end: datetime, day: date) -> int:
    return 1440 if end.date() > day else end.hour * 60 + end.minute


def _shown_hours(days: Iterable[Iterable[_Placed]]) -> tuple[int, int]:
    """The hours to draw, so that everything but closed time is in sight; the usual day where nothing is.

    The rest of a night that is only free is left out: it would add as many empty hours as it has.
    """
    used = [each for day in days for each in day if each.item.kind != "closed"]
    if not any(each.first < NIGHT_ENDS and each.item.kind not in ("free", "gap") for each in used):
        used = [each for each in used if each.first or each.last > NIGHT_ENDS]
    if not used:
        return MORNING, EVENING
    first, last = min(each.first for each in used) // 60, -(-max(each.last for each in used) // 60)
    return min(first, MORNING + 2), max(last, EVENING - 4, first + 1)


def _day(placed: Sequence[_Placed], day: date, today: date, first_hour: int, last_hour: int) -> Day:
    free = sum(each.last - each.first for each in placed if each.item.kind == "free" and not each.item.past)
    used = sum(each.last - each.first for each in placed if each.item.kind != "closed")
    drawn = [one for each in placed if (one := _segment(each, first_hour, last_hour))]
    words = gettext("%(duration)s free", duration=f_duration(free)) if free else gettext("Nothing free")
    level = 0 if not free else 1 + min(2, free * 3 // max(used, 1))
    return Day(day, day == today, day < today, without_overlap(drawn), level, words)


def _segment(each: _Placed, first_hour: int, last_hour: int) -> Segment | None:
    quarters = (last_hour - first_hour) * 4
    first = max(0, (each.first - first_hour * 60) // 15)
    last = min(quarters, -((first_hour * 60 - each.last) // 15))
    if last <= first:
        return None
    item = each.item
    return Segment(item.kind, first + 1, last - first, each.start, each.end, item.href, item.label, item.past)


def _now_row(now: datetime, span: Span, zone: str, first_hour: int, last_hour: int) -> int:
    """The quarter-hour of the drawn day in which now lies, counted from 1; 0 when it isn't in sight."""
    wall = hours.to_wall(zone, now)
    row = ((wall - datetime.combine(wall.date(), time())) // MINUTE - first_hour * 60) // 15 + 1
    return row if span.start <= now < span.end and 1 <= row <= (last_hour - first_hour) * 4 else 0
