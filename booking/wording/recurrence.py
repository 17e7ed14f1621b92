"""Patterns of repeating bookings in words."""

from datetime import date, datetime, time, timedelta

from flask_babel import gettext, ngettext

from booking.rules.recurrence import Frequency, Pattern, week_of_month
from booking.wording.display import f_number, f_short_day, f_time, f_weekday

_MONDAY = date(2024, 1, 1)
_LAST_WEEK = 5


def weekday_words(weekday: int) -> str:
    """The name of a weekday; 0 is Monday."""
    return f_weekday(_MONDAY + timedelta(days=weekday), short=False)


def frequency_words(frequency: Frequency, day: date) -> str:
    """One way of repeating, as a choice for a booking that begins on this day."""
    if frequency is Frequency.DAILY:
        return str(gettext("Daily"))
    if frequency is Frequency.WEEKLY:
        return str(gettext("Weekly"))
    if frequency is Frequency.MONTHLY_DAY:
        return str(gettext("Monthly on day %(day)s", day=day.day))
    return _monthly_on(day)


def pattern_words(pattern: Pattern) -> str:
    """How a series repeats, from when to when on its days, and until when."""
    return ", ".join((_steps(pattern), time_words(pattern), _end(pattern)))


def time_words(pattern: Pattern) -> str:
    """The time of the pattern on the wall clock."""
    start = datetime.combine(pattern.first_day, time()) + timedelta(minutes=pattern.starts)
    end = start + timedelta(minutes=pattern.minutes)
    days = (end.date() - start.date()).days
    if days and (days > 1 or end.time() > time()):
        return str(gettext("%(start)s–%(end)s (+%(days)s)", start=_clock(start), end=_clock(end), days=days))
    return f"{_clock(start)}\u2013{_clock(end)}"


def _clock(wall: datetime) -> str:
    return f_time(wall.time())


def _monthly_on(day: date) -> str:
    week, weekday = week_of_month(day), weekday_words(day.weekday())
    if week == _LAST_WEEK:
        return str(gettext("Monthly: last %(weekday)s", weekday=weekday))
    return str(gettext("Monthly: %(weekday)s no. %(week)s", weekday=weekday, week=week))


def _steps(pattern: Pattern) -> str:
    number, step = f_number(pattern.step), pattern.step
    if pattern.frequency is Frequency.DAILY:
        words = ngettext("Every %(number)s day", "Every %(number)s days", step, number=number)
        return str(gettext("Every day") if step == 1 else words)
    if pattern.frequency is Frequency.WEEKLY:
        days = ", ".join(map(weekday_words, pattern.weekdays or (pattern.first_day.weekday(),)))
        words = ngettext(
            "Every %(number)s week: %(days)s", "Every %(number)s weeks: %(days)s", step, number=number, days=days
        )
        return str(gettext("Weekly: %(days)s", days=days) if step == 1 else words)
    words = frequency_words(pattern.frequency, pattern.first_day)
    if step == 1:
        return words
    every = ngettext("every %(number)s month", "every %(number)s months", step, number=number)
    return f"{words} ({every})"


def _end(pattern: Pattern) -> str:
    if pattern.last_day is not None:
        return str(gettext("until %(day)s", day=f_short_day(pattern.last_day)))
    times = pattern.times or 0
    return str(ngettext("%(number)s time", "%(number)s times", times, number=f_number(times)))
