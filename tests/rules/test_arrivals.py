"""When a booked time counts as missed, and what is left of one that is given back."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.rules.arrivals import could_come, given_back, missed_at, opens_at
from booking.rules.spans import Span

TEN = datetime(2026, 11, 26, 10, tzinfo=UTC)
SPAN = Span(TEN, TEN + timedelta(hours=1))


def after(**length: float) -> datetime:
    """So long after the start."""
    return TEN + timedelta(**length)


def test_check_in_opens_a_quarter_of_an_hour_before() -> None:
    assert opens_at(SPAN) == after(minutes=-15)


@pytest.mark.parametrize(("grace", "minutes"), [(10, 10), (60, 60), (90, 60)])
def test_it_is_missed_after_the_grace_but_at_its_end_at_the_latest(grace: int, minutes: int) -> None:
    assert missed_at(SPAN, grace) == after(minutes=minutes)


@pytest.mark.parametrize(("broken_from", "could"), [(None, True), (0, False), (10, False), (11, True)])
def test_nobody_misses_what_breaks_before_she_is_late(broken_from: int | None, could: bool) -> None:
    instant = None if broken_from is None else after(minutes=broken_from)
    assert could_come(SPAN, 10, instant) is could


def test_the_grace_is_elapsed_time_also_when_the_clocks_change() -> None:
    # In Berlin the clock jumps from 02:00 to 03:00 at 01:00 UTC.
    start = datetime(2027, 3, 28, 0, 50, tzinfo=UTC)
    assert missed_at(Span(start, start + timedelta(hours=2)), 20) == datetime(2027, 3, 28, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (after(seconds=0), after(minutes=1)),
        (after(minutes=20, seconds=1), after(minutes=21)),
        (after(minutes=20), after(minutes=20)),
        (after(minutes=59, seconds=30), after(minutes=60)),
        (after(minutes=70), after(minutes=60)),
    ],
)
def test_what_is_given_back_ends_with_the_minute_and_never_later_than_before(now: datetime, end: datetime) -> None:
    assert given_back(SPAN, now) == Span(TEN, end)
