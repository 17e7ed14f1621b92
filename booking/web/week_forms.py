"""The form of a week: for each day some rows of when it opens and closes, in wall time."""

from collections.abc import Iterable
from datetime import date, timedelta

from booking.rules.facts import WeeklyOpening
from booking.web.forms import Fields

FEWEST_ROWS, MOST_ROWS = 2, 6
DAY_MINUTES = 1_440
STEP = 15
MONDAY = date(2024, 1, 1)
WEEKDAYS = tuple(MONDAY + timedelta(days=number) for number in range(7))


def read(fields: Fields) -> list[WeeklyOpening]:
    """The rows of the week that was sent; half a row is a problem."""
    rows = []
    for weekday in range(7):
        for number in range(MOST_ROWS):
            names = f"opens-{weekday}-{number}", f"closes-{weekday}-{number}"
            opens, closes = fields.optional_clock(names[0], latest=DAY_MINUTES - 1), fields.optional_clock(names[1])
            if opens is not None and closes is not None:
                rows.append(WeeklyOpening(weekday, opens, next_day(opens, closes)))
            elif (opens is None) != (closes is None):
                fields.problem(names[opens is not None], "required")
    return rows


def shown(rows: Iterable[WeeklyOpening]) -> list[list[tuple[str, str]]]:
    """The hours of each weekday as they stand in the form, with room for one more."""
    found: list[list[tuple[str, str]]] = [[] for _ in range(7)]
    for row in sorted(rows, key=lambda row: row.opens):
        found[row.weekday].append((clock_text(row.opens), clock_text(row.closes)))
    return [day + [("", "")] * max(1, FEWEST_ROWS - len(day)) for day in found]


def times() -> list[str]:
    """The times that the form offers, from midnight to midnight."""
    return [clock_text(minutes) for minutes in range(0, DAY_MINUTES + STEP, STEP)]


def next_day(opens: int, closes: int) -> int:
    """Closing at or before the opening is closing on the next day."""
    return closes if closes > opens else closes + DAY_MINUTES


def clock_text(minutes: int) -> str:
    """Minutes of wall time as a form says them; midnight at an end is 24:00, beyond it the next day's time."""
    told = minutes - DAY_MINUTES if minutes > DAY_MINUTES else minutes
    return f"{told // 60:02}:{told % 60:02}"
