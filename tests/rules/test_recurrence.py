"""Which days a repeating booking names, and that its wall time stays where clocks do not."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules import hours, recurrence
from booking.rules.recurrence import MOST, Frequency, Pattern
from booking.rules.refusals import Unacceptable
from booking.rules.spans import Span
from tests.rules.test_hours import ZONES

TEN = 600


def days(*texts: str) -> tuple[date, ...]:
    return tuple(map(date.fromisoformat, texts))


def pattern(frequency: Frequency, first: str, **more: object) -> Pattern:
    usual: dict[str, object] = {} if "last_day" in more else {"times": 4}
    return Pattern(frequency, date.fromisoformat(first), TEN, 60, **(usual | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("repeated", "expected"),
    [
        (
            pattern(Frequency.DAILY, "2026-02-27", step=2),
            days("2026-02-27", "2026-03-01", "2026-03-03", "2026-03-05"),
        ),
        (
            pattern(Frequency.DAILY, "2026-12-30", last_day=date(2027, 1, 1)),
            days("2026-12-30", "2026-12-31", "2027-01-01"),
        ),
        (pattern(Frequency.WEEKLY, "2026-11-26", times=2), days("2026-11-26", "2026-12-03")),
        # A Thursday: the Tuesday of its own week has passed, the next one is two weeks on.
        (
            pattern(Frequency.WEEKLY, "2026-11-26", step=2, weekdays=(3, 1)),
            days("2026-11-26", "2026-12-08", "2026-12-10", "2026-12-22"),
        ),
        # Months without a 31st are left out, and a leap day comes every four years.
        (
            pattern(Frequency.MONTHLY_DAY, "2026-01-31"),
            days("2026-01-31", "2026-03-31", "2026-05-31", "2026-07-31"),
        ),
        (pattern(Frequency.MONTHLY_DAY, "2028-02-29", step=12, times=2), days("2028-02-29", "2032-02-29")),
        # The second Tuesday.
        (
            pattern(Frequency.MONTHLY_WEEKDAY, "2026-11-10"),
            days("2026-11-10", "2026-12-08", "2027-01-12", "2027-02-09"),
        ),
        # A fifth Monday stands for the last one.
        (
            pattern(Frequency.MONTHLY_WEEKDAY, "2026-11-30"),
            days("2026-11-30", "2026-12-28", "2027-01-25", "2027-02-22"),
        ),
    ],
)
def test_a_pattern_names_its_days(repeated: Pattern, expected: tuple[date, ...]) -> None:
    assert recurrence.days(recurrence.checked(repeated)) == expected


# The same wall time before and after the clocks change: pairs of a day and its start in UTC.
OVER_THE_CHANGE = [
    ("Europe/Berlin", "2026-03-28", ["09:00", "08:00", "08:00"]),
    ("Europe/Berlin", "2026-10-24", ["08:00", "09:00", "09:00"]),
    ("America/New_York", "2026-11-01", ["15:00", "15:00", "15:00"]),
    ("Australia/Lord_Howe", "2026-04-04", ["23:00", "23:30", "23:30"]),
    ("Australia/Lord_Howe", "2026-10-03", ["23:30", "23:00", "23:00"]),
    # Morocco sets its clocks back for Ramadan, and on again afterwards.
    ("Africa/Casablanca", "2026-02-14", ["09:00", "10:00", "10:00"]),
    ("Africa/Casablanca", "2026-03-21", ["10:00", "09:00", "09:00"]),
    ("Pacific/Apia", "2026-06-15", ["21:00", "21:00", "21:00"]),
]


@pytest.mark.parametrize(("zone", "first", "starts"), OVER_THE_CHANGE)
def test_the_wall_time_stays_when_the_clocks_change(zone: str, first: str, starts: list[str]) -> None:
    found = recurrence.occurrences(pattern(Frequency.DAILY, first, times=3), zone)
    assert [each.span.start.strftime("%H:%M") for each in found if each.span] == starts


@pytest.mark.parametrize(
    ("zone", "first", "starts", "missing"),
    [
        ("Europe/Berlin", "2026-03-28", 150, ["2026-03-29"]),
        ("Europe/Berlin", "2026-03-28", 90, ["2026-03-29"]),  # Its end, 02:30, is skipped.
        ("Australia/Lord_Howe", "2026-10-03", 135, ["2026-10-04"]),
        ("Africa/Casablanca", "2026-03-21", 150, ["2026-03-22"]),
        # The zone left out a whole day.
        ("Pacific/Apia", "2011-12-29", TEN, ["2011-12-30"]),
    ],
)
def test_a_time_that_clocks_jump_over_is_no_time(zone: str, first: str, starts: int, missing: list[str]) -> None:
    repeated = Pattern(Frequency.DAILY, date.fromisoformat(first), starts, 60, times=3)
    found = recurrence.occurrences(repeated, zone)
    assert [each.day for each in found if each.span is None] == list(days(*missing))
    assert {refusal.code for each in found for refusal in each.refusals} == {"no_such_time"}


def test_of_a_repeated_hour_the_first_is_meant() -> None:
    repeated = Pattern(Frequency.DAILY, date(2026, 10, 25), 135, 30, times=1)
    [found] = recurrence.occurrences(repeated, "Europe/Berlin")
    start = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)
    assert found.span == Span(start, start + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"times": None}, [("until", "until_or_times")]),
        ({"last_day": date(2026, 12, 1)}, [("until", "until_or_times")]),
        ({"step": 0, "starts": 1440}, [("every", "out_of_range"), ("start", "not_a_time")]),
        ({"times": MOST + 1}, [("times", "out_of_range")]),
        ({"minutes": 0}, [("end", "ends_before_start")]),
        ({"minutes": 8 * 1440}, [("end", "too_long_a_time")]),
        ({"times": None, "last_day": date(2026, 11, 25)}, [("until", "no_dates")]),
        ({"times": None, "last_day": date(2027, 11, 25), "frequency": Frequency.DAILY}, [("until", "too_many_dates")]),
        ({"times": 200, "frequency": Frequency.MONTHLY_DAY, "step": 12}, [("times", "too_far_away")]),
    ],
)
def test_what_is_no_pattern_is_said_all_at_once(changes: dict[str, object], problems: list[tuple[str, str]]) -> None:
    values = {"frequency": Frequency.WEEKLY, "first_day": date(2026, 11, 26), "starts": TEN, "minutes": 60, "times": 4}
    with pytest.raises(Unacceptable) as found:
        recurrence.checked(Pattern(**(values | changes)))  # type: ignore[arg-type]
    assert [(problem.field, problem.code) for problem in found.value.problems] == problems


def test_seconds_are_not_dropped_in_silence() -> None:
    start = datetime(2026, 10, 25, 0, 15, 30, tzinfo=UTC)
    with pytest.raises(Unacceptable) as found:
        recurrence.from_span(Span(start, start + timedelta(minutes=30)), "Europe/Berlin", Frequency.DAILY)
    assert [problem.field for problem in found.value.problems] == ["start", "end"]


PATTERNS = st.builds(
    Pattern,
    st.sampled_from(Frequency),
    st.dates(date(2011, 1, 1), date(2035, 12, 31)),
    st.integers(0, 1439),
    st.integers(1, 2000),
    step=st.integers(1, 52),
    weekdays=st.lists(st.integers(0, 6), max_size=3).map(tuple),
    times=st.integers(1, 12),
)


@given(PATTERNS, st.sampled_from(ZONES))
def test_every_time_shows_the_same_on_the_wall(repeated: Pattern, zone: str) -> None:
    found = recurrence.occurrences(repeated, zone)
    assert [each.day for each in found] == sorted({each.day for each in found})
    assert found[0].day >= repeated.first_day
    for each in found:
        wall = datetime.combine(each.day, time()) + timedelta(minutes=repeated.starts)
        if each.span is not None:
            assert hours.to_wall(zone, each.span.start) == wall
            assert hours.to_wall(zone, each.span.end) == wall + timedelta(minutes=repeated.minutes)


@given(PATTERNS, st.sampled_from(ZONES))
def test_a_booking_is_the_first_of_its_own_pattern(repeated: Pattern, zone: str) -> None:
    span = recurrence.occurrence_on(repeated, zone, repeated.first_day).span
    if span is not None and repeated.frequency is not Frequency.WEEKLY:
        again = recurrence.from_span(span, zone, repeated.frequency, times=3)
        assert recurrence.occurrences(again, zone)[0].span == span
