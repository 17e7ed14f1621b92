"""What a search offers is what a booking is allowed, and a calendar covers its time without gaps."""

import time
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from booking.rules import policy
from booking.rules.availability import Kind, Segment, free_spans, schedule
from booking.rules.facts import Ask, Block, ClosedDays, Facts, Outage, Taken, ToolState
from booking.rules.spans import Span
from tests.rules.worlds import (
    ALWAYS_OPEN,
    HOURS,
    NOW,
    at,
    facts,
    instants,
    span,
    spans,
    taken,
    worlds,
)

DAY = span("2026-03-24 00:00", "2026-03-25 00:00")
# Spring in Europe, and autumn in Australia a week later, lie within.
FORTNIGHT = span("2026-03-22 00:00", "2026-04-06 00:00")
FULL = (taken("2026-03-24 08:00", "2026-03-24 17:00"),)


def is_bookable(wish: Ask, known: Facts) -> bool:
    return not {refusal.code for refusal in policy.check(wish, known, NOW)} - policy.PERSONAL


@settings(max_examples=300)
@given(worlds(), st.sampled_from((15, 50, 60, 120, 240, 1440)), st.integers(0, 287))
def test_a_time_on_the_grain_is_offered_exactly_when_it_is_allowed(known: Facts, minutes: int, first: int) -> None:
    length = timedelta(minutes=minutes)
    free = free_spans(known, FORTNIGHT, NOW, minutes)
    allowed = []
    # Every 65 minutes visits each minute of the hour that any grain can have, and each hour of the day.
    for step in range(first, 14 * 288, 13):
        wish = Ask(
            1,
            Span(FORTNIGHT.start + timedelta(minutes=5 * step), FORTNIGHT.start + timedelta(minutes=5 * step) + length),
        )
        if not all(policy.is_on_grain(known, end) for end in (wish.span.start, wish.span.end)):
            continue
        offered = any(stretch.contains(wish.span) for stretch in free)
        assert offered == is_bookable(wish, known), (wish.span, policy.check(wish, known, NOW))
        allowed.extend([wish.span] if offered else [])
    first = Span(free[0].start, free[0].start + length) if free else None
    assert not first or is_bookable(Ask(1, first), known)
    assert not first or all(first.start <= other.start for other in allowed)


@pytest.mark.parametrize("minutes", [15, 120, 900, 960, 1020, 1440])
def test_an_unattended_run_is_offered_exactly_when_it_starts_and_ends_in_open_time(minutes: int) -> None:
    known = facts(unattended=True, longest_minutes=2880, taken=(taken("2026-03-24 10:00", "2026-03-24 12:00"),))
    window = span("2026-03-24 00:00", "2026-03-27 00:00")
    free = free_spans(known, window, NOW, minutes)
    for step in range(4 * 24 * 3):
        start = window.start + timedelta(minutes=15 * step)
        wish = Ask(1, Span(start, start + timedelta(minutes=minutes)))
        inside = window.contains(wish.span)
        assert any(stretch.contains(wish.span) for stretch in free) == (inside and is_bookable(wish, known))


@given(worlds(), spans(4000), st.sampled_from((15, 60, 240)))
def test_free_spans_are_sorted_start_with_a_fit_and_none_lies_within_another(
    known: Facts, window: Span, minutes: int
) -> None:
    free = free_spans(known, window, NOW, minutes)
    for stretch in free:
        assert window.contains(stretch)
        assert is_bookable(Ask(1, Span(stretch.start, stretch.start + timedelta(minutes=minutes))), known)
    assert list(free) == sorted(free)
    assert all(one.end < after.end for one, after in zip(free, free[1:], strict=False))


@given(worlds(), spans(4000))
def test_a_calendar_covers_its_time_without_gaps(known: Facts, window: Span) -> None:
    segments = schedule(known, window, NOW)
    assert segments[0].span.start == window.start
    assert segments[-1].span.end == window.end
    assert all(one.span.end == after.span.start for one, after in zip(segments, segments[1:], strict=False))
    assert all(bool(segment.codes) == (segment.kind is not Kind.FREE) for segment in segments)


@given(worlds(), instants(15))
def test_a_calendar_shows_free_exactly_where_a_moment_can_be_booked(known: Facts, start: Any) -> None:
    limits = replace(known.tool.limits, shortest_minutes=1, grain_minutes=1, setup_minutes=0, cleanup_minutes=0)
    known = replace(known, tool=replace(known.tool, limits=limits))
    moment = Span(start, start + timedelta(minutes=1))
    segments = schedule(known, moment, NOW)
    assume(len(segments) == 1)
    if segments[0].kind is Kind.FREE:
        assert is_bookable(Ask(1, moment), known)
    else:
        assert set(segments[0].codes) & {refusal.code for refusal in policy.check(Ask(1, moment), known, NOW)}


def shown(segments: tuple[Segment, ...]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(f"{each.span.start:%H:%M}", each.kind.value, each.codes) for each in segments]


def test_a_day_of_a_tool() -> None:
    known = facts(
        taken=(
            taken("2026-03-24 09:00", "2026-03-24 10:00", booking=1),
            taken("2026-03-24 10:00", "2026-03-24 11:00", booking=2, pending=True),
            taken("2026-03-24 11:00", "2026-03-24 12:00", booking=3),
        ),
        outages=(Outage(at("2026-03-24 13:00"), at("2026-03-24 14:00")),),
        blocks=(Block(span("2026-03-24 14:00", "2026-03-24 15:00")),),
    )
    assert shown(schedule(known, DAY, NOW, own={3})) == [
        ("00:00", "closed", ("outside_opening_hours",)),
        ("08:00", "free", ()),
        ("09:00", "busy", ("slot_taken",)),
        ("10:00", "pending", ("slot_taken",)),
        ("11:00", "mine", ()),
        ("12:00", "free", ()),
        ("13:00", "outage", ("outage",)),
        ("14:00", "external", ("event",)),
        ("15:00", "free", ()),
        ("17:00", "closed", ("outside_opening_hours",)),
    ]


def test_a_tool_is_busy_only_where_every_unit_is() -> None:
    known = facts(
        ALWAYS_OPEN,
        unit_ids=(11, 12),
        taken=(
            taken("2026-03-24 09:00", "2026-03-24 11:00"),
            taken("2026-03-24 10:00", "2026-03-24 12:00", 12, pending=True),
        ),
        outages=(Outage(at("2026-03-24 13:00"), None, 11), Outage(at("2026-03-24 15:00"), at("2026-03-24 16:00"), 12)),
    )
    kinds = [(start, kind) for start, kind, _ in shown(schedule(known, DAY, NOW))]
    assert kinds == [
        ("00:00", "free"),
        ("10:00", "pending"),
        ("11:00", "free"),
        ("15:00", "outage"),
        ("16:00", "free"),
    ]


def test_what_is_past_too_soon_or_too_far_ahead_says_so() -> None:
    known = facts(ALWAYS_OPEN, notice_minutes=60, window_days=1)
    window = span("2026-03-23 08:00", "2026-03-24 20:00")
    assert shown(schedule(known, window, NOW)) == [
        ("08:00", "closed", ("in_the_past",)),
        ("09:00", "closed", ("too_soon",)),
        ("10:00", "free", ()),
        ("09:00", "closed", ("too_far_ahead",)),
    ]


@pytest.mark.parametrize(
    ("known", "kind", "code"),
    [
        (facts(state=ToolState.RETIRED), Kind.CLOSED, "tool_retired"),
        (facts(state=ToolState.DOWN), Kind.OUTAGE, "tool_down"),
        (facts(replace(HOURS, closed=(ClosedDays(date(2026, 3, 24), date(2026, 3, 24)),))), Kind.CLOSED, "closed_day"),
    ],
)
def test_a_day_without_free_time_says_why(known: Facts, kind: Kind, code: str) -> None:
    noon = span("2026-03-24 10:00", "2026-03-24 12:00")
    assert schedule(known, noon, NOW) == (Segment(noon, kind, (code,)),)
    assert free_spans(known, noon, NOW, 60) == ()


def test_two_units_offer_times_that_neither_has_alone() -> None:
    known = facts(
        unit_ids=(11, 12),
        taken=(taken("2026-03-24 08:00", "2026-03-24 12:00"), taken("2026-03-24 13:00", "2026-03-24 17:00", 12)),
    )
    assert free_spans(known, DAY, NOW, 60) == (
        span("2026-03-24 08:00", "2026-03-24 13:00"),
        span("2026-03-24 12:00", "2026-03-24 17:00"),
    )
    assert free_spans(known, DAY, NOW, 360) == ()


def test_a_free_stretch_begins_on_the_grain_and_leaves_room_to_set_up() -> None:
    known = facts(setup_minutes=10, taken=(taken("2026-03-24 07:00", "2026-03-24 10:00"),))
    assert free_spans(known, DAY, NOW, 60)[0].start == at("2026-03-24 10:15")


def test_notice_and_window_limit_the_start_not_the_end() -> None:
    known = facts(ALWAYS_OPEN, notice_minutes=90, window_days=2, longest_minutes=480)
    free = free_spans(known, span("2026-03-22 00:00", "2026-03-30 00:00"), NOW, 480)
    assert free == (span("2026-03-23 10:30", "2026-03-25 17:00"),)


# Alternatives.


def test_a_week_with_two_thousand_claims_is_swept_at_once() -> None:
    def claim(number: int) -> Taken:
        start = DAY.start + timedelta(minutes=5 * number)
        return Taken(11, Span(start, start + timedelta(minutes=3)), number)

    known = facts(ALWAYS_OPEN, taken=tuple(claim(number) for number in range(2000)))
    week = Span(DAY.start, DAY.start + timedelta(days=7))

    def seconds(work: Any) -> float:
        started = time.thread_time()
        work()
        return time.thread_time() - started

    # Half the claims take about half the time; if each looked at all others, a quarter.
    half = replace(known, taken=known.taken[::2])
    for sweep in (lambda each: schedule(each, week, NOW), lambda each: free_spans(each, week, NOW, 15)):
        whole = min(seconds(lambda: sweep(known)) for _ in range(9))  # noqa: B023
        part = min(seconds(lambda: sweep(half)) for _ in range(9))  # noqa: B023
        assert whole < 3.5 * part
