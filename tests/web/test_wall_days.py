"""Days as they are drawn: nothing is lost and nothing overlaps where clocks are set."""

from datetime import date, timedelta

import pytest

from booking.web.wall_days import wall_day

SPRING, AUTUMN, PLAIN = date(2027, 3, 28), date(2027, 10, 31), date(2027, 6, 1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("day", [SPRING, AUTUMN, PLAIN])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "UTC"])
def test_time_goes_forward_from_midnight_to_midnight(zone: str, day: date) -> None:
    drawn = wall_day(zone, day)
    places = [drawn.place(drawn.span.start + number * MINUTE) for number in range(drawn.span.length // MINUTE + 1)]
    assert places == sorted(places) and (places[0], places[-1]) == (0, 1440)


def test_a_skipped_hour_leaves_a_hole() -> None:
    drawn = wall_day("Europe/Berlin", SPRING)
    at = [drawn.place(drawn.span.start + number * MINUTE) for number in (119, 120, 121)]
    assert at == [119, 180, 181]
    assert drawn.shown(drawn.span.start + 120 * MINUTE) == 180


def test_an_hour_that_comes_twice_shares_its_place() -> None:
    drawn = wall_day("Europe/Berlin", AUTUMN)
    hours = [drawn.span.start + timedelta(hours=number) for number in (2, 3, 4, 5)]
    assert [drawn.place(hour) for hour in hours] == [120, 150, 180, 240]
    assert [drawn.shown(hour) for hour in hours] == [120, 120, 180, 240]
