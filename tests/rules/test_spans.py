"""Spans are half-open, in UTC, and add and subtract like the sets of minutes that they stand for."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules.spans import Span, common, merged, without
from tests.rules.worlds import at, span

START = at("2026-03-23 00:00")


def minutes_of(spans: tuple[Span, ...]) -> set[int]:
    return {n for each in spans for n in range(minute(each.start), minute(each.end))}


def minute(instant: datetime) -> int:
    return (instant - START) // timedelta(minutes=1)


def small_spans() -> st.SearchStrategy[tuple[Span, ...]]:
    one = st.builds(
        lambda start, length: Span(START + timedelta(minutes=start), START + timedelta(minutes=start + length)),
        st.integers(0, 60),
        st.integers(1, 20),
    )
    return st.lists(one, max_size=8).map(tuple)


@given(small_spans(), small_spans())
def test_sums_differences_and_overlaps_are_those_of_sets(left: tuple[Span, ...], right: tuple[Span, ...]) -> None:
    assert minutes_of(merged(left)) == minutes_of(left)
    assert minutes_of(without(left, right)) == minutes_of(left) - minutes_of(right)
    assert minutes_of(common(left, right)) == minutes_of(left) & minutes_of(right)


@given(small_spans(), small_spans())
def test_results_are_sorted_and_neither_overlap_nor_touch(left: tuple[Span, ...], right: tuple[Span, ...]) -> None:
    for result in (merged(left), without(left, right), common(left, right)):
        assert all(one.end < next_one.start for one, next_one in zip(result, result[1:], strict=False))


def test_touching_spans_do_not_overlap() -> None:
    morning, noon = span("2026-03-23 09:00", "2026-03-23 12:00"), span("2026-03-23 12:00", "2026-03-23 13:00")
    assert not morning.overlaps(noon)
    assert morning.within(noon) is None
    assert merged((noon, morning)) == (span("2026-03-23 09:00", "2026-03-23 13:00"),)


def test_a_span_holds_its_own_ends() -> None:
    day = span("2026-03-23 09:00", "2026-03-23 12:00")
    assert day.contains(day)
    assert not day.contains(span("2026-03-23 09:00", "2026-03-23 12:01"))
    assert day.grown(timedelta(minutes=5), timedelta(minutes=10)) == span("2026-03-23 08:55", "2026-03-23 12:10")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at("2026-03-23 10:00"), at("2026-03-23 10:00")),
        (at("2026-03-23 10:00"), at("2026-03-23 09:00")),
        (datetime(2026, 3, 23, 9), datetime(2026, 3, 23, 10)),  # noqa: DTZ001
        (at("2026-03-23 10:00"), datetime(2026, 3, 23, 12, tzinfo=timezone(timedelta(hours=1)))),
    ],
    ids=["empty", "reversed", "naive", "another zone"],
)
def test_what_is_no_span_of_utc_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="a span"):
        Span(start, end)
