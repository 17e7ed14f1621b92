"""From what the rules know of a tool's day to the segments of a drawn bar."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from flask import url_for

from booking.models.tools import ToolCard
from booking.rules import hours
from booking.rules.availability import free_spans, next_on_grain, schedule
from booking.rules.facts import Facts
from booking.rules.privacy import Known
from booking.rules.spans import Span, common, without
from booking.web import timeline, why
from booking.web.timeline import Axis, Segment, segment, without_overlap

QUARTER = timedelta(minutes=15)
# What is drawn of a day even when nothing happens outside of it.
MORNING, EVENING = 8, 22


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a day as it will be drawn: what it is, when, whose, and where a tap on it leads."""

    kind: timeline.Kind
    span: Span
    href: str = ""
    why: str = ""
    label: str = ""


def book_address(tool: ToolCard, start: datetime, end: datetime, zone: str) -> str:
    """Where the tool is booked for these times, which are said on the space's clock."""
    return booking_page(tool) + times_query(start, end, zone)


def booking_page(tool: ToolCard) -> str:
    """The address of the form that books the tool."""
    return url_for("tools.show", space=tool.space_slug, tool=tool.slug) + "book"


def times_query(start: datetime, end: datetime, zone: str) -> str:
    """A day and two times as the form takes them; the last midnight of the day is 24:00."""
    first, last = hours.to_wall(zone, start), hours.to_wall(zone, end)
    until = "24:00" if last.time() == time() and last.date() == first.date() + timedelta(days=1) else f"{last:%H:%M}"
    return f"?date={first:%Y-%m-%d}&start={first:%H:%M}&end={until}"


def day_stretches(
    facts: Facts, tool: ToolCard, day: date, minutes: int, now: datetime, known: Known
) -> tuple[Stretch, ...]:
    """A day of the tool in order; a free part leads to booking its first fit of that length, others to the reason."""
    zone, length = facts.hours.zone, timedelta(minutes=minutes)
    span = hours.day_span(zone, day)
    page = booking_page(tool)
    fits = free_spans(facts, Span(span.start, span.end + length), now, minutes)
    found: list[Stretch] = []
    for each in schedule(facts, span, now, known.own, known.hidden):
        kind: timeline.Kind = each.kind.value
        if kind == "free":
            found.extend(_free(each.span, fits, length, page, facts, now))
        elif "in_the_past" in each.codes:
            found.append(Stretch("past", each.span))
        else:
            start = next_on_grain(facts, each.span.start)
            wish = times_query(start, start + length, zone)
            reason = why.of_segment(each, facts, now)
            found.append(Stretch(kind, each.span, "" if kind == "mine" else page + wish, reason))
    return tuple(found)


def _free(span: Span, fits: Sequence[Span], length: timedelta, page: str, facts: Facts, now: datetime) -> list[Stretch]:
    """A free part, cut into what is long enough and what is not, and where what the reader may have of it changes."""
    found = []
    for part in common((span,), fits):
        if _address(part.start, part, fits, length, page, facts):
            for own, reason in why.of_free(part, facts, now):
                href = _address(next_on_grain(facts, own.start), own, fits, length, page, facts)
                found.append(Stretch("free", own, href, reason))
        else:
            found.append(Stretch("free", part))
    gaps = (gap for gap in without((span,), fits) if gap.length >= QUARTER)
    found.extend(Stretch("gap", gap) for gap in gaps)
    return sorted(found, key=lambda stretch: stretch.span.start)


def _address(at: datetime, part: Span, fits: Sequence[Span], length: timedelta, page: str, facts: Facts) -> str:
    """Where the first time of that length is booked that begins in the part, from the instant on; "" if none does."""
    starts = (max(at, fit.start) for fit in fits if fit.end >= max(at, fit.start) + length)
    start = next(starts, None)
    if start is None or start >= part.end:
        return ""
    return page + times_query(start, start + length, facts.hours.zone)


def shown_hours(days: Iterable[tuple[date, str, Iterable[Stretch]]]) -> tuple[int, int]:
    """The first and the last hour to draw, so that everything is in sight but what is closed, past or out of order."""
    first, last = MORNING, EVENING
    for day, zone, stretches in days:
        midnight = datetime.combine(day, time())
        for stretch in stretches:
            if stretch.kind in ("closed", "past", "outage"):
                continue
            first = min(first, max(0, (hours.to_wall(zone, stretch.span.start) - midnight) // timedelta(hours=1)))
            last = max(last, min(24, -((midnight - hours.to_wall(zone, stretch.span.end)) // timedelta(hours=1))))
    return first, last


def drawn_bar(stretches: Iterable[Stretch], day: date, zone: str, first_hour: int, last_hour: int) -> list[Segment]:
    """The stretches on the axis of their day."""
    axis = Axis(day, zone, first_hour, last_hour)
    pairs = (
        (each, segment(axis, each.kind, each.span.start, each.span.end, each.href, each.label)) for each in stretches
    )
    return without_overlap(replace(drawn, why=each.why) if each.why else drawn for each, drawn in pairs if drawn)
