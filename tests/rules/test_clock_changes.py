"""The days on which clocks change, zone by zone: opening hours, series and quotas measure what really passes."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booking.rules import hours, quotas, recurrence
from booking.rules.facts import Ask, Counted, Hours, Measure, Quota, WeeklyOpening
from booking.rules.recurrence import Frequency, Pattern
from tests.rules.worlds import ALWAYS_OPEN, NOW, facts

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
# How many minutes pass from one midnight to the next on that day of the wall.
CHANGES = [
    ("Africa/Cairo", "2026-04-24", 23 * 60),  # at midnight itself, which isn't there
    ("Africa/Cairo", "2026-10-29", 25 * 60),  # the hour before midnight, once more
    ("Africa/Casablanca", "2026-02-15", 25 * 60),  # when Ramadan begins
    ("Africa/Casablanca", "2026-03-22", 23 * 60),
    ("America/Havana", "2026-03-08", 23 * 60),
    ("America/Havana", "2026-11-01", 25 * 60),
    ("America/New_York", "2026-03-08", 23 * 60),
    ("America/New_York", "2026-11-01", 25 * 60),
    ("America/Sao_Paulo", "2018-11-04", 23 * 60),
    ("America/Sao_Paulo", "2019-02-16", 25 * 60),
    ("America/St_Johns", "2026-03-08", 23 * 60),
    ("America/St_Johns", "2026-11-01", 25 * 60),
    ("Antarctica/Troll", "2026-03-29", 22 * 60),  # two hours at once
    ("Antarctica/Troll", "2026-10-25", 26 * 60),
    ("Asia/Kathmandu", "1986-01-01", 24 * 60 - 15),  # a quarter of an hour, for ever
    ("Asia/Tehran", "2022-03-22", 23 * 60),
    ("Asia/Tehran", "2022-09-21", 25 * 60),
    ("Australia/Lord_Howe", "2026-04-05", 24 * 60 + 30),  # half an hour
    ("Australia/Lord_Howe", "2026-10-04", 24 * 60 - 30),
    ("Europe/Berlin", "2026-03-29", 23 * 60),
    ("Europe/Berlin", "2026-10-25", 25 * 60),
    ("Pacific/Apia", "2020-09-27", 23 * 60),
    ("Pacific/Apia", "2021-04-04", 25 * 60),
    ("Pacific/Chatham", "2026-04-05", 25 * 60),
    ("Pacific/Chatham", "2026-09-27", 23 * 60),
]
each_change = pytest.mark.parametrize(
    ("zone", "day", "minutes"), [(zone, date.fromisoformat(day), long) for zone, day, long in CHANGES]
)


@each_change
def test_a_space_is_open_as_long_as_time_passes(zone: str, day: date, minutes: int) -> None:
    whole = hours.day_span(zone, day)
    assert whole.length == minutes * MINUTE
    assert hours.open_within(replace(ALWAYS_OPEN, zone=zone), whole) == (whole,)
    by_day = Hours(zone, tuple(WeeklyOpening(weekday, 9 * 60, 17 * 60) for weekday in range(7)))
    [span] = hours.open_within(by_day, whole)
    assert span.length == 8 * 60 * MINUTE
    by_night = Hours(zone, tuple(WeeklyOpening(weekday, 17 * 60, 33 * 60) for weekday in range(7)))
    # From one afternoon to the day after the next morning: two nights, one of which is longer or shorter.
    around = hours.open_within(by_night, hours.day_span(zone, day).grown(DAY, DAY))
    nights = sorted(each.length for each in around if each.length > 9 * 60 * MINUTE)
    usual, change = 16 * 60 * MINUTE, minutes * MINUTE - DAY
    assert usual + change in nights


@each_change
def test_a_series_keeps_the_time_on_the_wall(zone: str, day: date, minutes: int) -> None:
    pattern = Pattern(Frequency.DAILY, day - DAY, 10 * 60, 60, times=3)
    spans = [each.span for each in recurrence.occurrences(pattern, zone) if each.span]
    assert [hours.to_wall(zone, span.start).hour for span in spans] == [10, 10, 10]
    between = [later.start - earlier.start for earlier, later in zip(spans, spans[1:], strict=False)]
    assert sorted(between) == sorted([DAY, minutes * MINUTE])
    assert {span.length for span in spans} == {60 * MINUTE}


@each_change
def test_a_quota_counts_what_passes(zone: str, day: date, minutes: int) -> None:
    place, wish = replace(ALWAYS_OPEN, zone=zone), Ask(1, hours.day_span(zone, day))
    quota = Quota(1, Counted.PERSON, Measure.MINUTES_DAY, minutes)
    assert quotas.quota_used(wish, facts(place, quotas=(quota,)), NOW) is None
    refusal = quotas.quota_used(wish, facts(place, quotas=(replace(quota, amount=minutes - 1),)), NOW)
    assert refusal is not None
    assert (refusal.data["asked"], refusal.data["used"]) == (minutes, 0)
