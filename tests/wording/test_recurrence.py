"""Patterns of repeating bookings as people read them."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from booking.rules.recurrence import Frequency, Pattern
from booking.wording.recurrence import pattern_words

FIRST = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("frequency", "more", "words"),
    [
        (Frequency.DAILY, {"times": 1}, "Every day, 10:00–11:00, 1 time"),
        (Frequency.DAILY, {"times": 5, "step": 3}, "Every 3 days, 10:00–11:00, 5 times"),
        (Frequency.WEEKLY, {"times": 2}, "Weekly: Thursday, 10:00–11:00, 2 times"),
        (
            Frequency.WEEKLY,
            {"last_day": date(2026, 12, 24), "step": 2, "weekdays": (1, 3)},
            "Every 2 weeks: Tuesday, Thursday, 10:00–11:00, until Thu 24 Dec",
        ),
        (Frequency.MONTHLY_DAY, {"times": 2}, "Monthly on day 26, 10:00–11:00, 2 times"),
        (
            Frequency.MONTHLY_WEEKDAY,
            {"times": 2, "step": 2},
            "Monthly: Thursday no. 4 (every 2 months), 10:00–11:00, 2 times",
        ),
    ],
)
def test_a_pattern_is_said_in_words(app: Flask, frequency: Frequency, more: dict[str, object], words: str) -> None:
    with app.test_request_context(), force_locale("en"):
        assert pattern_words(Pattern(frequency, FIRST, 600, 60, **more)) == words  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "starts", "minutes", "said"),
    [
        (date(2026, 11, 30), 600, 60, "Monthly: last Monday, 10:00–11:00"),
        (FIRST, 1320, 120, "Monthly: Thursday no. 4, 22:00–00:00"),
        (FIRST, 1320, 600, "Monthly: Thursday no. 4, 22:00–08:00 (+1)"),
        (FIRST, 600, 2880, "Monthly: Thursday no. 4, 10:00–10:00 (+2)"),
    ],
)
def test_nights_and_last_weekdays_are_said(app: Flask, first: date, starts: int, minutes: int, said: str) -> None:
    with app.test_request_context(), force_locale("en"):
        pattern = Pattern(Frequency.MONTHLY_WEEKDAY, first, starts, minutes, times=3)
        assert pattern_words(pattern) == f"{said}, 3 times"
