"""From what the rules know of a tool's week to the days, segments and words that its page draws."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from flask import url_for

from booking.models.tools import ToolCard
from booking.models.weeks import Entry
from booking.rules import availability, hours, personal
from booking.rules.availability import Kind, free_spans
from booking.rules.facts import Facts, Limits, Visibility
from booking.rules.privacy import Viewer, project
from booking.rules.spans import Span, common, without
from booking.web import timeline, why
from booking.web.bars import EVENING, MORNING, QUARTER, booking_page
from booking.web.timeline import Segment, without_overlap
from booking.web.wall_days import DAY, MINUTE, MINUTES, WallDay, wall_day
from booking.wording.display import f_duration, f_range, time_of_day
from booking.wording.reader import gettext, reader

# Wall times as forms take them, by minutes since midnight.
CLOCK = tuple(f"{minutes // 60:02d}:{minutes % 60:02d}" for minutes in range(MINUTES + 1))
USUAL_MINUTES = 60
_end, _span_start, _span_end = attrgetter("ends_at"), attrgetter("start"), attrgetter("end")
NIGHT_ENDS = 5 * 60
_NOT_YET = frozenset({"too_soon", "too_far_ahead"})


@dataclass(slots=True)
class Item:
    """A stretch of the week: what it is, what it says and where a tap on it leads.

    Without a `href` of its own a coming one leads to the form for its time, which books it or says why it can't.
    """

    kind: timeline.Kind
    span: Span
    label: str = ""
    href: str = ""
    past: bool = False
    why: str = ""


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

    @property
    def is_over(self) -> bool:
        """Whether no free time is left in these days."""
        return not any(day.level for day in self.days)

    def begin(self, asked: str) -> date:
        """The day with which a phone begins: the one in the address, else today, else the first with free time."""
        wanted = (day.date for day in self.days if day.date.isoformat() == asked)
        today = (day.date for day in self.days if day.today)
        free = (day.date for day in self.days if day.level)
        return [*wanted, *today, *free, self.days[0].date][0]


@dataclass(frozen=True)
class Question:
    """Whose week is drawn for whom: the tool with its facts over the week, the bookings the reader may know of."""

    tool: ToolCard
    facts: Facts
    entries: tuple[Entry, ...]
    viewer: Viewer
    now: datetime
    bookings_page: str = field(default_factory=lambda: url_for("bookings.mine"))

    @cached_property
    def mine(self) -> tuple[Entry, ...]:
        """The reader's own bookings."""
        return tuple(entry for entry in self.entries if entry.account_id == self.viewer.account_id)

    @cached_property
    def others(self) -> tuple[Entry, ...]:
        """Other people's bookings, as far as the reader may know of them."""
        theirs = (entry for entry in self.entries if entry.account_id != self.viewer.account_id)
        return tuple(entry for entry in theirs if entry.booking_id not in self.hidden)

    @cached_property
    def own(self) -> frozenset[int]:
        """The ids of the reader's own bookings."""
        return frozenset(entry.booking_id for entry in self.mine)

    @cached_property
    def hidden(self) -> frozenset[int]:
        """The ids of the bookings that are closed to the reader."""
        level, publishes = self.tool.visibility, self.tool.publishes
        closed = (entry for entry in self.entries if entry.own_level is Visibility.CLOSED)
        return frozenset(
            each.booking_id for each in closed if not project(each.view, self.viewer, level, publishes).show_time
        )


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
    placed = _placed(asked, items, monday)
    first, last = _shown_hours(placed)
    today = hours.to_wall(zone, asked.now).date()
    days = [_day(each, monday + number * DAY, today, first, last) for number, each in enumerate(placed)]
    return Week(days, first, last, _now_row(asked.now, span, zone, first, last), _following(asked, fits))


def _following(asked: Question, fits: Sequence[Span]) -> Span | None:
    """The next free time that the reader may have; where there is none, what is free all the same."""
    return personal.first(fits, asked.facts, asked.now) or next(iter(fits), None)


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
    for each in availability.schedule(asked.facts, Span(span.start, end), long_before, asked.own, asked.hidden):
        if each.kind is Kind.FREE or _NOT_YET.intersection(each.codes):
            yield Item("free", each.span, past=True)
        else:
            yield from _taken(asked, each, past=True)


def _coming_items(asked: Question, span: Span, fits: Sequence[Span]) -> Iterator[Item]:
    start = max(span.start, asked.now)
    if start >= span.end:
        return
    for each in availability.schedule(asked.facts, Span(start, span.end), asked.now, asked.own, asked.hidden):
        if each.kind is Kind.FREE:
            yield from _free_items(asked, each.span, fits)
        else:
            yield from _taken(asked, each, past=False)


def _free_items(asked: Question, span: Span, fits: Sequence[Span]) -> Iterator[Item]:
    """Free time that can be booked, and what of it is too short for the tool's rules."""
    # No fit lies within another, so their ends are in order as their starts are.
    first, last = bisect_right(fits, span.start, key=_span_end), bisect_left(fits, span.end, key=_span_start)
    near = fits[first:last]
    if len(near) == 1 and near[0].contains(span):
        yield from _judged(asked, span)
        return
    for part in common((span,), near):
        yield from _judged(asked, part)
    gaps = (gap for gap in without((span,), near) if gap.length >= QUARTER)
    yield from (Item("gap", gap, why=why.of_gap(gap, asked.facts, asked.now)) for gap in gaps)


def _judged(asked: Question, span: Span) -> Iterator[Item]:
    """Free time, cut where what the reader may have of it changes."""
    return (Item("free", part, why=reason) for part, reason in why.of_free(span, asked.facts, asked.now))


def _taken(asked: Question, each: availability.Segment, past: bool) -> Iterator[Item]:
    """Time that isn't free: bookings one by one where the reader may know of them, else one stretch."""
    kind: timeline.Kind = each.kind.value
    if each.kind in {Kind.MINE, Kind.BUSY, Kind.PENDING}:
        yield from _bookings(asked, each, kind, past)
    else:
        reason = "" if past else why.of_segment(each, asked.facts, asked.now)
        yield Item(kind, each.span, _reason(asked.facts, each), past=past, why=reason)


def _bookings(asked: Question, each: availability.Segment, kind: timeline.Kind, past: bool) -> Iterator[Item]:
    """The bookings of a taken stretch, in order, and what lies around them: buffers, or bookings not told."""
    own, at = each.kind is Kind.MINE, each.span.start
    # With several units a stretch is taken by several people at once; only the reader's own is one booking.
    is_told = own or len(asked.facts.tool.unit_ids) == 1
    rest: timeline.Kind = "busy" if own else kind
    for entry in _told(asked, each.span, own) if is_told else ():
        span = Span(max(entry.starts_at, at), min(entry.ends_at, each.span.end))
        if span.start - at >= QUARTER:
            yield Item(rest, Span(at, span.start), past=past)
        yield _booking(asked, entry, kind, span, past)
        at = span.end
    if each.span.end - at >= QUARTER or at == each.span.start:
        yield Item(rest, Span(at, each.span.end), past=past)


def _told(asked: Question, span: Span, own: bool) -> Iterator[Entry]:
    """The reader's own bookings, or those of others, that lie in the span; none of them overlaps the one before."""
    entries, at = asked.mine if own else asked.others, span.start
    # On one unit bookings are in the order of their ends, too; of several units only a few, her own, are told.
    first = bisect_right(entries, span.start, key=_end) if len(asked.facts.tool.unit_ids) == 1 else 0
    for entry in islice(entries, first, None):
        if entry.starts_at >= span.end:
            return
        if entry.ends_at > at:
            at = entry.ends_at
            yield entry


def _booking(asked: Question, entry: Entry, kind: timeline.Kind, span: Span, past: bool) -> Item:
    """A booking as this reader may see it."""
    shown = project(entry.view, asked.viewer, asked.tool.visibility, asked.tool.publishes)
    words = (shown.purpose,) if shown.mine else (shown.name, shown.purpose)
    href = f"{asked.bookings_page}{entry.booking_id}" if shown.link else ""
    return Item(kind, span, " · ".join(filter(None, words)), href, past)


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


class _Placed(NamedTuple):
    """A part of an item on one day: where it is drawn, what the clock shows at its ends, in minutes since midnight."""

    item: Item
    first: int
    last: int
    starts: int
    ends: int
    start: datetime
    href: str
    times: str


def _placed(asked: Question, items: Iterable[Item], monday: date) -> list[list[_Placed]]:
    """The parts of the items that lie on each of the seven days."""
    limits, page = asked.facts.tool.limits, booking_page(asked.tool)
    days = [wall_day(asked.facts.hours.zone, monday + number * DAY) for number in range(7)]
    midnights = [day.span.start for day in days]
    found: list[list[_Placed]] = [[] for _ in days]
    for item in items:
        number = max(0, bisect_right(midnights, item.span.start) - 1)
        while number < len(days) and midnights[number] < item.span.end:
            found[number].append(_part(item, days[number], limits, page))
            number += 1
    return found


def _part(item: Item, day: WallDay, limits: Limits, page: str) -> _Placed:
    """The part of an item that lies on the day, with the address that asks for a usual time from its start on."""
    start, end = max(item.span.start, day.span.start), min(item.span.end, day.span.end)
    first, last = day.place(start), day.place(end)
    starts, ends = (day.shown(start), day.shown(end)) if day.skipped else (first, last)
    href = item.href
    if item.kind == "gap":
        href = f"{page}?date={day.day}&start={CLOCK[starts]}&end={CLOCK[ends]}"
    elif not item.past and not href:
        # Taken and closed time may begin off the grain, and nobody could ask for that.
        asked = min(-(-starts // limits.grain_minutes) * limits.grain_minutes, MINUTES - limits.grain_minutes)
        until = min(ends if item.kind == "free" and ends > asked else MINUTES, asked + offered_minutes(limits))
        href = f"{page}?date={day.day}&start={CLOCK[asked]}&end={CLOCK[until]}"
    # A clock that is set back shows some minutes twice; only the instants know which are meant.
    times = f_range(start, end, day.zone) if day.skipped < 0 else ""
    return _Placed(item, first, last, starts, ends, day.midnight + starts * MINUTE, href, times)


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
    locale = reader()
    drawn = [one for each in placed if (one := _segment(each, first_hour, last_hour, locale))]
    words = gettext("%(duration)s free", duration=f_duration(free)) if free else gettext("Nothing free")
    level = 0 if not free else 1 + min(2, free * 3 // max(used, 1))
    return Day(day, day == today, day < today, without_overlap(drawn), level, words)


def _segment(each: _Placed, first_hour: int, last_hour: int, locale: str) -> Segment | None:
    item, first, last, starts, ends, start, href, times = each
    column = max(0, (first - first_hour * 60) // 15)
    until = min((last_hour - first_hour) * 4, -((first_hour * 60 - last) // 15))
    if until <= column:
        return None
    return Segment(
        kind=item.kind,
        column=column + 1,
        width=until - column,
        start=start,
        end=start + (ends - starts) * MINUTE,
        href=href,
        label=item.label,
        past=item.past,
        why=item.why,
        times=times or f"{_clock_words(starts, locale)}–{_clock_words(ends, locale)}",
    )


@lru_cache(maxsize=4 * 1441)
def _clock_words(minutes: int, locale: str) -> str:
    return time_of_day(time(minutes // 60 % 24, minutes % 60), locale)


def _now_row(now: datetime, span: Span, zone: str, first_hour: int, last_hour: int) -> int:
    """The quarter-hour of the drawn day in which now lies, counted from 1; 0 when it isn't in sight."""
    wall = hours.to_wall(zone, now)
    row = ((wall - datetime.combine(wall.date(), time())) // MINUTE - first_hour * 60) // 15 + 1
    return row if span.start <= now < span.end and 1 <= row <= (last_hour - first_hour) * 4 else 0
