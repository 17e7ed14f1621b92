"""A certificate ends with a day of the space's calendar, whatever the clocks do meanwhile."""

from datetime import UTC, datetime

import pytest

from booking.rules.certificates import ends_at


@pytest.mark.parametrize(
    ("zone", "granted_at", "days", "end"),
    [
        ("Europe/Berlin", datetime(2026, 11, 25, 8, tzinfo=UTC), 30, datetime(2026, 12, 25, 22, 59, 59, tzinfo=UTC)),
        # Summer has come meanwhile: the day ends at another instant.
        ("Europe/Berlin", datetime(2026, 3, 1, 8, tzinfo=UTC), 30, datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)),
        # In Xi'an it is the 26th already.
        ("Asia/Shanghai", datetime(2026, 11, 25, 20, tzinfo=UTC), 1, datetime(2026, 11, 27, 15, 59, 59, tzinfo=UTC)),
        (
            "America/Los_Angeles",
            datetime(2026, 11, 25, 4, tzinfo=UTC),
            1,
            datetime(2026, 11, 26, 7, 59, 59, tzinfo=UTC),
        ),
    ],
)
def test_it_lasts_to_the_end_of_its_last_day(zone: str, granted_at: datetime, days: int, end: datetime) -> None:
    assert ends_at(zone, granted_at, days) == end


def test_without_days_it_lasts_for_ever() -> None:
    assert ends_at("Europe/Berlin", datetime(2026, 11, 25, 8, tzinfo=UTC), None) is None
