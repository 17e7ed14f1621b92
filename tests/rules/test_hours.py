"""Wall time and UTC in twelve places whose clocks are known to trip programs up."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules import hours
from booking.rules.facts import ClosedDays, Hours, MakeUpDay, SpecialDay, WeeklyOpening
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.spans import Span, common, merged
from tests.rules.worlds import all_hours, at, span

ZONES = (
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/New_York",
    "Europe/Berlin",
    "Europe/Warsaw",
    "Asia/Shanghai",
    "Australia/Perth",
    "Europe/London",
    "Pacific/Chatham",
)
BERLIN = "Europe/Berlin"
EVERY_DAY = range(7)


def open_spans(known: Hours, first: date, last: date) -> tuple[Span, ...]:
    """When a space is open from the first wall day to the last."""
    return hours.open_within(known, Span(hours.day_span(known.zone, first).start, hours.day_span(known.zone, last).end))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "shown", "instant"),
    [
        ("Australia/Lord_Howe", "2026-01-15 12:00", "2026-01-15 01:00"),
        ("Australia/Lord_Howe", "2026-07-15 12:00", "2026-07-15 01:30"),
        ("Africa/Casablanca", "2026-02-25 12:00", "2026-02-25 12:00"),  # Ramadan
        ("Africa/Casablanca", "2026-06-15 12:00", "2026-06-15 11:00"),
        ("Pacific/Apia", "2011-12-31 12:00", "2011-12-30 22:00"),
        ("Pacific/Apia", "2026-06-15 12:00", "2026-06-14 23:00"),
        ("Asia/Kathmandu", "2026-06-15 12:00", "2026-06-15 06:15"),
        ("America/Sao_Paulo", "2018-12-15 12:00", "2018-12-15 14:00"),
        ("America/Sao_Paulo", "2026-12-15 12:00", "2026-12-15 15:00"),
        ("America/New_York", "2026-06-15 12:00", "2026-06-15 16:00"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30"),  # twice: the first
        ("Europe/Berlin", "2026-06-15 12:00", "2026-06-15 10:00"),
        ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30"),  # twice: the first
        ("Europe/Warsaw", "2026-01-15 12:00", "2026-01-15 11:00"),
        ("Asia/Shanghai", "2026-06-15 12:00", "2026-06-15 04:00"),
        ("Australia/Perth", "2026-06-15 12:00", "2026-06-15 04:00"),
        ("Europe/London", "2026-06-15 12:00", "2026-06-15 11:00"),
        ("Pacific/Chatham", "2026-01-15 12:00", "2026-01-14 22:15"),
        ("Pacific/Chatham", "2026-07-15 12:00", "2026-07-14 23:15"),
    ],
)
def test_a_wall_time_is_one_instant(zone: str, shown: str, instant: str) -> None:
    assert hours.to_utc(zone, wall(shown)) == at(instant)
    assert hours.to_wall(zone, at(instant)) == wall(shown)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "2026-03-29 02:00"),
        ("Europe/Berlin", "2026-03-29 02:59"),
        ("America/New_York", "2026-03-08 02:30"),
        ("Europe/London", "2026-03-29 01:30"),
        ("Australia/Lord_Howe", "2026-10-04 02:15"),
        ("Pacific/Chatham", "2026-09-27 02:45"),
        ("America/Sao_Paulo", "2018-11-04 00:00"),
        ("Pacific/Apia", "2011-12-30 12:00"),
        ("Africa/Casablanca", "2026-03-22 02:30"),
        ("America/New_York", "9999-12-31 23:00"),  # past the end of all calendars
    ],
)
def test_a_wall_time_that_never_comes_is_refused(zone: str, shown: str) -> None:
    with pytest.raises(Refused) as refused:
        hours.to_utc(zone, wall(shown))
    [refusal] = refused.value.refusals
    assert refusal.code == "no_such_time"
    assert refusal.data == {"wall": wall(shown).isoformat(), "zone": zone}


@given(st.sampled_from(ZONES), st.datetimes(wall("2000-01-01"), wall("2037-01-01"), timezones=st.just(UTC)))
def test_every_instant_is_shown_and_found_again(zone: str, instant: datetime) -> None:
    shown = hours.to_wall(zone, instant)
    again = hours.to_utc(zone, shown)
    assert hours.to_wall(zone, again) == shown
    assert instant - again in {timedelta(0), timedelta(minutes=30), timedelta(hours=1)}
    assert hours.day_span(zone, shown.date()).contains(Span(instant, instant + timedelta(microseconds=1)))


@pytest.mark.parametrize("name", ["Europe/Nowhere", "", "../etc/passwd", "Europe", "localtime", "Euro\0pe", "x" * 5000])
def test_an_unknown_zone_is_one_problem_of_its_field(name: str) -> None:
    with pytest.raises(Unacceptable) as unacceptable:
        hours.to_wall(name, at("2026-03-23 00:00"))
    [problem] = unacceptable.value.problems
    assert (problem.field, problem.code) == ("time_zone", "unknown_zone")


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        (BERLIN, date(2026, 3, 28), 24),
        (BERLIN, date(2026, 3, 29), 23),
        (BERLIN, date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # its midnight never came
    ],
)
def test_a_wall_day_has_the_hours_it_has(zone: str, day: date, length: float) -> None:
    assert hours.day_span(zone, day).length == timedelta(hours=length)


@pytest.mark.parametrize("day", [date(2011, 12, 30), date.max, date.min])
def test_a_day_that_never_was_is_refused(day: date) -> None:
    with pytest.raises(Refused, match="no_such_time"):
        hours.day_span("Pacific/Apia", day)


# Opening hours.


def test_weekly_hours_follow_the_wall_over_a_change_of_clocks() -> None:
    weekend = Hours(BERLIN, tuple(WeeklyOpening(day, 600, 720) for day in (5, 6)))
    assert open_spans(weekend, date(2026, 3, 23), date(2026, 3, 29)) == (
        span("2026-03-28 09:00", "2026-03-28 11:00"),
        span("2026-03-29 08:00", "2026-03-29 10:00"),
    )


@pytest.mark.parametrize(
    ("zone", "day", "opens", "closes", "start", "end"),
    [
        # The clock is set back by half an hour at 02:00, and forward again.
        ("Australia/Lord_Howe", date(2026, 4, 5), 60, 300, "2026-04-04 14:00", "2026-04-04 18:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 60, 300, "2026-10-03 14:30", "2026-10-03 18:00"),
        # Before and after Ramadan.
        ("Africa/Casablanca", date(2026, 2, 15), 60, 300, "2026-02-15 00:00", "2026-02-15 05:00"),
        ("Africa/Casablanca", date(2026, 3, 22), 60, 300, "2026-03-22 01:00", "2026-03-22 04:00"),
        # The last night before a day that never came, and the first morning after it.
        ("Pacific/Apia", date(2011, 12, 29), 1320, 1800, "2011-12-30 08:00", "2011-12-30 10:00"),
        ("Pacific/Apia", date(2011, 12, 31), 0, 360, "2011-12-30 10:00", "2011-12-30 16:00"),
        # Its midnights were skipped and repeated, on an odd offset.
        ("Asia/Tehran", date(2022, 3, 22), 0, 240, "2022-03-21 20:30", "2022-03-21 23:30"),
        ("Asia/Tehran", date(2022, 9, 21), 0, 1440, "2022-09-20 19:30", "2022-09-21 20:30"),
        ("America/Sao_Paulo", date(2018, 11, 4), 0, 240, "2018-11-04 03:00", "2018-11-04 06:00"),
        ("America/Havana", date(2026, 11, 1), 0, 240, "2026-11-01 04:00", "2026-11-01 09:00"),
        ("America/St_Johns", date(2026, 3, 8), 60, 300, "2026-03-08 04:30", "2026-03-08 07:30"),
        ("America/New_York", date(2026, 11, 1), 60, 300, "2026-11-01 05:00", "2026-11-01 10:00"),
        ("Europe/Berlin", date(2026, 3, 29), 60, 300, "2026-03-29 00:00", "2026-03-29 03:00"),
        ("Europe/Warsaw", date(2026, 10, 24), 1320, 1800, "2026-10-24 20:00", "2026-10-25 05:00"),
        ("Europe/London", date(2026, 10, 25), 60, 300, "2026-10-25 00:00", "2026-10-25 05:00"),
        ("Pacific/Chatham", date(2026, 9, 27), 60, 300, "2026-09-26 12:15", "2026-09-26 15:15"),
        # Their clocks never change.
        ("Asia/Shanghai", date(2026, 3, 29), 60, 300, "2026-03-28 17:00", "2026-03-28 21:00"),
        ("Asia/Kathmandu", date(2026, 3, 29), 1320, 1800, "2026-03-29 16:15", "2026-03-30 00:15"),
    ],
)
def test_a_row_opens_and_closes_by_the_wall_on_days_on_which_clocks_change(
    zone: str, day: date, opens: int, closes: int, start: str, end: str
) -> None:
    around = Span(at(start) - timedelta(days=3), at(end) + timedelta(days=3))
    by_the_week = Hours(zone, (WeeklyOpening(day.weekday(), opens, closes),))
    by_the_date = Hours(zone, special=(SpecialDay(day, opens, closes),))
    other = (day.weekday() + 1) % 7
    like_another = Hours(zone, (WeeklyOpening(other, opens, closes, day, day),), make_up=(MakeUpDay(day, other),))
    for known in (by_the_week, by_the_date, like_another):
        assert hours.open_within(known, around) == (span(start, end),)


def test_a_night_of_a_day_that_never_came_has_no_hours() -> None:
    friday = Hours("Pacific/Apia", (WeeklyOpening(4, 1320, 1800),))
    assert hours.open_within(friday, span("2011-12-29 00:00", "2012-01-02 00:00")) == ()


def test_hours_over_a_missing_hour_are_an_hour_shorter_and_over_a_repeated_one_longer() -> None:
    nights = Hours(BERLIN, (WeeklyOpening(5, 1320, 1440 + 360),))
    [spring] = open_spans(nights, date(2026, 3, 28), date(2026, 3, 29))
    [autumn] = open_spans(nights, date(2026, 10, 24), date(2026, 10, 25))
    assert spring.length == timedelta(hours=7)
    assert autumn.length == timedelta(hours=9)


def test_an_opening_in_a_missing_hour_begins_when_the_clock_shows_the_next_time() -> None:
    early = Hours(BERLIN, (WeeklyOpening(6, 150, 300),))
    assert open_spans(early, date(2026, 3, 29), date(2026, 3, 29)) == (span("2026-03-29 01:00", "2026-03-29 03:00"),)


def test_a_night_counts_on_both_of_its_days_and_is_cut_at_the_last_midnight() -> None:
    friday = Hours("UTC", (WeeklyOpening(4, 1200, 1440 + 120),))
    assert open_spans(friday, date(2026, 3, 27), date(2026, 3, 27)) == (span("2026-03-27 20:00", "2026-03-28 00:00"),)
    assert open_spans(friday, date(2026, 3, 28), date(2026, 3, 28)) == (span("2026-03-28 00:00", "2026-03-28 02:00"),)


@pytest.mark.parametrize("zone", ZONES)
def test_a_space_that_never_closes_is_open_in_one_span(zone: str) -> None:
    always = Hours(zone, tuple(WeeklyOpening(day, 0, 1440) for day in EVERY_DAY))
    year = Span(hours.day_span(zone, date(2026, 1, 1)).start, hours.day_span(zone, date(2026, 12, 31)).end)
    assert open_spans(always, date(2026, 1, 1), date(2026, 12, 31)) == (year,)


def test_a_closure_takes_its_days_and_the_night_that_reaches_into_them() -> None:
    nights = Hours("UTC", tuple(WeeklyOpening(day, 1200, 1440 + 120) for day in EVERY_DAY))
    closed = Hours("UTC", nights.weekly, (ClosedDays(date(2026, 3, 25), date(2026, 3, 26)),))
    assert open_spans(closed, date(2026, 3, 24), date(2026, 3, 27)) == (
        span("2026-03-24 00:00", "2026-03-24 02:00"),
        span("2026-03-24 20:00", "2026-03-25 00:00"),
        span("2026-03-27 20:00", "2026-03-28 00:00"),
    )


def test_a_special_day_replaces_its_weekday_and_beats_a_closure() -> None:
    week = tuple(WeeklyOpening(day, 540, 1080) for day in range(5))
    closed = (ClosedDays(date(2026, 3, 25), date(2026, 3, 29)),)
    special = (SpecialDay(date(2026, 3, 24), 600, 660), SpecialDay(date(2026, 3, 28), 540, 600))
    assert open_spans(Hours("UTC", week, closed, special), date(2026, 3, 24), date(2026, 3, 29)) == (
        span("2026-03-24 10:00", "2026-03-24 11:00"),
        span("2026-03-28 09:00", "2026-03-28 10:00"),
    )


WORKDAYS = tuple(WeeklyOpening(day, 540, 1080) for day in range(5))
GOLDEN_WEEK = ClosedDays(date(2026, 3, 24), date(2026, 3, 29), "Golden week")


def test_a_make_up_day_has_the_hours_of_its_weekday_and_beats_a_closure() -> None:
    known = Hours("UTC", WORKDAYS, (GOLDEN_WEEK,), make_up=(MakeUpDay(date(2026, 3, 28), 0),))
    assert open_spans(known, date(2026, 3, 24), date(2026, 3, 29)) == (span("2026-03-28 09:00", "2026-03-28 18:00"),)


def test_a_make_up_day_takes_the_place_of_its_own_weekday() -> None:
    like_sunday = Hours("UTC", WORKDAYS, make_up=(MakeUpDay(date(2026, 3, 25), 6),))
    assert len(open_spans(like_sunday, date(2026, 3, 23), date(2026, 3, 29))) == 4
    assert open_spans(like_sunday, date(2026, 3, 25), date(2026, 3, 25)) == ()


def test_a_special_day_beats_a_make_up_day() -> None:
    saturday = date(2026, 3, 28)
    known = Hours("UTC", WORKDAYS, special=(SpecialDay(saturday, 600, 660),), make_up=(MakeUpDay(saturday, 0),))
    assert open_spans(known, saturday, saturday) == (span("2026-03-28 10:00", "2026-03-28 11:00"),)


def test_a_make_up_day_has_the_hours_that_hold_on_its_date() -> None:
    longer = (*(WeeklyOpening(0, 540, 1080, None, date(2026, 3, 27)),), WeeklyOpening(0, 480, 1200, date(2026, 3, 28)))
    known = Hours("UTC", longer, make_up=(MakeUpDay(date(2026, 3, 28), 0),))
    assert open_spans(known, date(2026, 3, 28), date(2026, 3, 28)) == (span("2026-03-28 08:00", "2026-03-28 20:00"),)


def test_a_closure_does_not_count_on_dates_that_are_open_all_the_same() -> None:
    known = Hours("UTC", WORKDAYS, (GOLDEN_WEEK,), make_up=(MakeUpDay(date(2026, 3, 28), 0),))
    assert hours.closed_time(known, GOLDEN_WEEK) == (
        span("2026-03-24 00:00", "2026-03-28 00:00"),
        span("2026-03-29 00:00", "2026-03-30 00:00"),
    )


def test_hours_change_at_the_midnight_of_their_date() -> None:
    week = (WeeklyOpening(2, 1200, 1560, None, date(2026, 3, 25)), WeeklyOpening(3, 0, 1440, date(2026, 3, 26)))
    assert open_spans(Hours(BERLIN, week), date(2026, 3, 16), date(2026, 3, 26)) == (
        span("2026-03-18 19:00", "2026-03-19 01:00"),
        span("2026-03-25 19:00", "2026-03-26 23:00"),
    )


def test_somebody_is_there_in_staffed_hours_while_it_is_open() -> None:
    staffed = tuple(WeeklyOpening(day, 600, 1200) for day in range(5))
    known = Hours("UTC", WORKDAYS, (ClosedDays(date(2026, 3, 24), date(2026, 3, 24)),), staffed=staffed)
    whole = span("2026-03-23 00:00", "2026-03-26 00:00")
    assert hours.staffed_within(known, whole) == (
        span("2026-03-23 10:00", "2026-03-23 18:00"),
        span("2026-03-25 10:00", "2026-03-25 18:00"),
    )
    unsaid = Hours("UTC", WORKDAYS)
    assert hours.staffed_within(unsaid, whole) == hours.open_within(unsaid, whole)


def test_a_make_up_day_has_the_staff_of_its_weekday_and_a_special_day_that_of_its_own() -> None:
    staffed = (WeeklyOpening(0, 600, 720),)
    known = Hours("UTC", WORKDAYS, (GOLDEN_WEEK,), make_up=(MakeUpDay(date(2026, 3, 28), 0),), staffed=staffed)
    saturday = span("2026-03-28 00:00", "2026-03-29 00:00")
    assert hours.staffed_within(known, saturday) == (span("2026-03-28 10:00", "2026-03-28 12:00"),)
    special = Hours("UTC", WORKDAYS, special=(SpecialDay(date(2026, 3, 28), 600, 660),), staffed=staffed)
    assert hours.staffed_within(special, saturday) == ()


def test_no_weekly_row_means_never_open() -> None:
    never = Hours(BERLIN)
    assert open_spans(never, date(2026, 1, 1), date(2026, 12, 31)) == ()
    assert hours.next_opening(never, at("2026-03-23 00:00")) is None


def test_a_day_that_a_zone_left_out_has_no_opening() -> None:
    apia = Hours("Pacific/Apia", tuple(WeeklyOpening(day, 540, 1020) for day in EVERY_DAY))
    assert len(open_spans(apia, date(2011, 12, 29), date(2011, 12, 31))) == 2


def test_the_next_opening_is_the_rest_of_this_one_or_the_next() -> None:
    weekdays = Hours("UTC", tuple(WeeklyOpening(day, 540, 1020) for day in range(5)))
    assert hours.next_opening(weekdays, at("2026-03-27 16:00")) == span("2026-03-27 16:00", "2026-03-27 17:00")
    assert hours.next_opening(weekdays, at("2026-03-27 17:00")) == span("2026-03-30 09:00", "2026-03-30 17:00")


@given(all_hours())
def test_two_weeks_are_the_sum_of_their_days(opening: Hours) -> None:
    days = [date(2026, 3, 23) + timedelta(days=n) for n in range(14)]
    whole = open_spans(opening, days[0], days[-1])
    assert whole == merged(each for day in days for each in open_spans(opening, day, day))
    assert all(one.end < after.start for one, after in zip(whole, whole[1:], strict=False))


@given(all_hours(), st.integers(0, 20000), st.integers(1, 3000))
def test_any_window_is_a_cut_of_the_whole(opening: Hours, start: int, length: int) -> None:
    begin = at("2026-03-20 00:00") + timedelta(minutes=start)
    window = Span(begin, begin + timedelta(minutes=length))
    whole = open_spans(opening, date(2026, 3, 15), date(2026, 4, 15))
    assert hours.open_within(opening, window) == common(whole, (window,))
