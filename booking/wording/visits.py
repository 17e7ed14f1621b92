"""What is said about visits: how far one has come, what a host agreed to, and what lies beyond it."""

from datetime import date, time

from flask_babel import gettext

from booking.rules.refusals import Refusal
from booking.wording.display import f_short_day, f_time


def visit_over(refusal: Refusal, zone: str) -> str:
    """Until when a guest was welcome."""
    day = date.fromisoformat(str(refusal.data["last_day"]))
    return str(gettext("Your visit is agreed until %(day)s. Ask the space for a longer one.", day=f_short_day(day)))


def outside_visit_hours(refusal: Refusal, zone: str) -> str:
    """At which hours a guest is welcome."""
    hours = hours_words(int(str(refusal.data["opens"])), int(str(refusal.data["closes"])))
    return str(gettext("Your visit is agreed for these hours only: %(hours)s.", hours=hours))


def hours_words(opens: int, closes: int) -> str:
    """Hours of a wall day, from minutes since midnight: "14:00–18:00"."""
    return f"{f_time(_clock(opens))}–{f_time(_clock(closes))}"


def _clock(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)
