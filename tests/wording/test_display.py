"""What readers see of dates, times, zones and lengths, in the four languages of the pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from booking.wording import display

SATURDAY = date(2026, 11, 28)
MONDAY, SUNDAY = date(2026, 11, 23), date(2026, 11, 29)
TABLE = {
    "en": ("Saturday, 28 November 2026", "Sat 28 Nov", "23–29 Nov 2026", "09:30"),
    "en_US": ("Saturday, November 28, 2026", "Sat, Nov 28", "Nov 23 – 29, 2026", "9:30 AM"),
    "de": ("Samstag, 28. November 2026", "Sa., 28. Nov.", "23.–29. Nov. 2026", "09:30"),
    "pl": ("sobota, 28 listopada 2026", "sob., 28 lis", "23–29 lis 2026", "09:30"),
    "zh": ("2026年11月28日星期六", "11月28日周六", "2026年11月23日至29日", "09:30"),
}


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    """A request to a small site that knows the display functions and nothing else."""
    app = Flask("booking")
    Babel(app)
    with app.test_request_context():
        yield


def at(hour: int, minute: int = 0, day: int = 28) -> datetime:
    """An instant in November 2026, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize("language", TABLE)
def test_dates_and_times_are_those_of_the_language(language: str) -> None:
    with force_locale(language):
        shown = (
            display.f_date(SATURDAY),
            display.f_short_day(SATURDAY),
            display.f_week(MONDAY, SUNDAY),
            display.f_time(time(9, 30)),
        )
    assert shown == TABLE[language]


def test_an_instant_is_shown_on_the_clock_of_its_zone() -> None:
    late = at(23, 30)
    assert display.f_short_day(late, "Europe/Berlin") == "Sun 29 Nov"
    assert display.f_time(late, "Europe/Berlin") == "00:30"
    assert display.f_time(display.local(late, "Asia/Shanghai")) == "07:30"


def test_an_instant_without_a_place_is_refused() -> None:
    with pytest.raises(ValueError, match="which zone"):
        display.f_time(at(9))
    with pytest.raises(ValueError, match="without a zone"):
        display.local(datetime(2026, 11, 28), "Europe/Berlin")  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (at(9), at(11), "10:00–12:00"),
        (at(20), at(23), "21:00–00:00"),
        (at(20), at(1, day=29), "21:00 – Sun 29 Nov 02:00"),
    ],
)
def test_a_range_says_the_day_of_its_end_only_when_it_is_another(start: datetime, end: datetime, shown: str) -> None:
    assert display.f_range(start, end, "Europe/Berlin") == shown


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("00:30", "01:30", "02:30 GMT+2 – 02:30 GMT+1"),
        ("00:00", "01:00", "02:00 GMT+2 – 02:00 GMT+1"),
        ("01:00", "01:30", "02:00 GMT+1 – 02:30 GMT+1"),
        ("00:45", "03:00", "02:45 GMT+2 – 04:00 GMT+1"),
        ("02:00", "03:00", "03:00–04:00"),
    ],
)
def test_a_range_with_an_end_that_the_clock_shows_twice_says_which(first: str, last: str, shown: str) -> None:
    start, end = (datetime.fromisoformat(f"2026-10-25T{text}:00+00:00") for text in (first, last))
    assert display.f_range(start, end, "Europe/Berlin") == shown


@pytest.mark.parametrize(
    ("zone", "day", "shown"),
    [
        ("Europe/Berlin", date(2026, 11, 28), "Berlin, GMT+1"),
        ("Europe/Berlin", date(2026, 7, 1), "Berlin, GMT+2"),
        ("Europe/London", date(2026, 11, 28), "London, GMT"),
        ("Asia/Kolkata", date(2026, 11, 28), "Kolkata, GMT+5:30"),
        ("America/St_Johns", date(2026, 11, 28), "St John’s, GMT−3:30"),
        ("America/Argentina/Buenos_Aires", date(2026, 11, 28), "Buenos Aires, GMT−3"),
    ],
)
def test_a_zone_is_named_with_its_offset_on_that_date(zone: str, day: date, shown: str) -> None:
    assert display.f_zone(zone, day) == shown


def test_a_zone_takes_the_city_of_the_space_and_speaks_the_readers_language() -> None:
    assert display.f_zone("Asia/Shanghai", SATURDAY, city="Shenzhen") == "Shenzhen, GMT+8"
    with force_locale("pl"):
        assert display.f_zone("Europe/Warsaw", SATURDAY) == "Warszawa, GMT+1"


def test_the_readers_own_clock_is_shown_only_when_it_differs() -> None:
    start, end = at(9), at(11)
    assert display.f_yours(start, end, "Europe/Berlin", "Europe/Warsaw") == ""
    assert display.f_yours(start, end, "Europe/Berlin", None) == ""
    assert display.f_yours(start, end, "Europe/Berlin", "Asia/Shanghai") == "Sat 28 Nov 17:00–19:00"


@pytest.mark.parametrize(
    ("language", "minutes", "shown"),
    [
        ("en", 0, "0 mins"),
        ("en", 45, "45 mins"),
        ("en", 120, "2 hrs"),
        ("en", 90, "1 hr, 30 mins"),
        ("en", 1440, "24 hrs"),
        ("en", 2880, "2 days"),
        ("de", 90, "1 Std., 30 Min."),
        ("pl", 120, "2 godz."),
        ("zh", 90, "1小时30分钟"),
    ],
)
def test_durations_use_short_units(language: str, minutes: int, shown: str) -> None:
    with force_locale(language):
        assert display.f_duration(minutes) == shown
        assert display.f_duration(timedelta(minutes=minutes)) == shown


@pytest.mark.parametrize(
    ("language", "kilometres", "shown"),
    [
        ("en", 0.02, "50 m"),
        ("en", 0.43, "450 m"),
        ("de", 1.24, "1,2 km"),
        ("pl", 27.4, "27 km"),
        ("zh", 8.0, "8公里"),
    ],
)
def test_distances_are_as_fine_as_is_useful(language: str, kilometres: float, shown: str) -> None:
    with force_locale(language):
        assert display.f_distance(kilometres) == shown


def test_relative_times_look_both_ways() -> None:
    now = at(9)
    assert display.f_relative(now, now) == "1 second ago"
    assert display.f_relative(at(4), now) == "5 hours ago"
    assert display.f_relative(at(13), now) == "in 4 hours"
    assert display.f_relative(at(13, 10), now, about=True) == "in about 4 hrs"
    assert display.f_relative(at(10, 20), now, about=True) == "in about 1 hr, 15 mins"


def test_numbers_and_shares_follow_the_language() -> None:
    with force_locale("de"):
        assert display.f_percent(0.256) == "26\xa0%"
        assert display.f_number(4100.5) == "4.100,5"


def test_weekdays_stand_alone() -> None:
    assert display.f_weekday(SATURDAY) == "Sat"
    with force_locale("pl"):
        assert display.f_weekday(SATURDAY, short=False) == "sobota"
