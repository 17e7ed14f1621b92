"""How a booking repeats, as a form asks for it: fields to a pattern, and a pattern to fields."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from booking.rules import recurrence
from booking.rules.facts import Facts
from booking.rules.recurrence import DAY_MINUTES, MOST, MOST_STEPS, Frequency, Pattern
from booking.web import wall_times
from booking.web.forms import Fields, day_in
from booking.web.wall_times import SECOND, Typed
from booking.wording.recurrence import frequency_words, weekday_words

# How often a booking repeats when nothing is said.
USUAL_TIMES = {
    Frequency.DAILY: 5,
    Frequency.WEEKLY: 8,
    Frequency.MONTHLY_DAY: 3,
    Frequency.MONTHLY_WEEKDAY: 3,
}
NAMES = (
    "date",
    "start",
    "end",
    "end_date",
    "frequency",
    "every",
    "until",
    "times",
    "purpose",
    "team",
    "unit",
    "visibility",
)
# So much around now is looked at where no date can be read.
LOOKED_AHEAD = timedelta(days=14)
_WEEKDAYS = tuple(map(str, range(7)))
_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Choices:
    """What the fields of a pattern offer: pairs of value and label."""

    starts: list[tuple[str, str]]
    ends: list[tuple[str, str]]
    frequencies: list[tuple[str, str]]
    weekdays: list[tuple[str, str]]
    asks_end_date: bool


def read(fields: Fields, weekdays: list[str]) -> Pattern:
    """The pattern in a form; raises Unacceptable with every problem. A last day counts before a number of dates."""
    first = fields.day("date")
    frequency = Frequency(fields.choice("frequency", tuple(Frequency)))
    step = fields.optional_whole("every", 1, MOST_STEPS) or 1
    last = fields.optional_day("until")
    times = None if last else (fields.optional_whole("times", 1, MOST) or USUAL_TIMES[frequency])
    starts, minutes = read_times(fields, first)
    if any(each not in _WEEKDAYS for each in weekdays):
        fields.problem("weekdays", "not_a_choice")
    fields.finish()
    days = tuple(sorted({int(each) for each in weekdays})) if frequency is Frequency.WEEKLY else ()
    return recurrence.checked(Pattern(frequency, first, starts, minutes, step, days, last, times))


def usual_times(frequency: Frequency, first: date, today: date, window_days: int) -> int:
    """How often it repeats when nothing is said: as often as usual, as far as the tool's window reaches."""
    pattern = Pattern(frequency, first, 0, 1, times=USUAL_TIMES[frequency])
    within = [day for day in recurrence.days(pattern) if (day - today).days <= window_days]
    return max(len(within), 1)


def read_times(fields: Fields, first: date) -> tuple[int, int]:
    """The start in a form as a minute of the wall day, and the length on the wall clock; `first` is its first day."""
    starts, ends = _minutes(fields, "start", DAY_MINUTES - 1), _minutes(fields, "end", 2 * DAY_MINUTES)
    ends += ((fields.optional_day("end_date") or first) - first).days * DAY_MINUTES
    return starts, ends - starts


def typed(pattern: Pattern) -> dict[str, str]:
    """A pattern as it would stand in the form, but for its weekdays."""
    ends = pattern.starts + pattern.minutes
    end_date = ""
    if ends > 2 * DAY_MINUTES:
        end_date = (pattern.first_day + timedelta(days=ends // DAY_MINUTES)).isoformat()
        ends %= DAY_MINUTES
    return {
        "date": pattern.first_day.isoformat(),
        "start": clock(pattern.starts),
        "end": clock(ends),
        "end_date": end_date,
        "frequency": pattern.frequency.value,
        "every": str(pattern.step),
        "until": pattern.last_day.isoformat() if pattern.last_day else "",
        "times": str(pattern.times or ""),
    }


def clock(minutes: int) -> str:
    """Minutes since midnight as a form spells them; beyond 24:00 means the day after."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def choices(facts: Facts, source: Mapping[str, str]) -> Choices:
    """What can be chosen for a pattern on this tool; what was typed is always among it."""
    day = day_in(source.get("date", "")) or date(2024, 1, 1)
    times = Typed(*(source.get(name, "") for name in ("date", "start", "end", "end_date")))
    starts, ends = wall_times.offered(facts, day, times)
    return Choices(
        [pair for pair in starts if not pair[0].endswith(SECOND)],
        [pair for pair in ends if not pair[0].endswith(SECOND)],
        frequency_pairs(day),
        [(str(number), weekday_words(number)) for number in range(7)],
        wall_times.lasts_days(facts),
    )


def frequency_pairs(day: date) -> list[tuple[str, str]]:
    """The ways of repeating a booking that begins on this day."""
    return [(each.value, frequency_words(each, day)) for each in Frequency]


def dialog_pairs(day: date | None) -> list[tuple[str, str]]:
    """What the booking dialog offers: once only, or one of the ways."""
    return [("", str(gettext("No"))), *(frequency_pairs(day) if day else [])]


def leads_on(space: str, tool: str, sent: MultiDict[str, str]) -> str | None:
    """Where a sent booking dialog leads when the booking is to repeat: to all of its dates; None when it isn't."""
    frequency = sent.get("frequency", "")
    if not frequency:
        return None
    known: dict[str, Any] = {name: sent[name].strip() for name in NAMES if sent.get(name, "").strip()}
    return url_for("series.create", space=space, tool=tool, **known)


def _minutes(fields: Fields, name: str, latest: int) -> int:
    """A wall time; of one that comes twice the first is meant, because series know no other."""
    text = fields.line(name, len("24:00") + len(SECOND))
    match = _CLOCK.fullmatch(text.removesuffix(SECOND))
    minutes = int(match[1]) * 60 + int(match[2]) if match else 0
    if text and (match is None or minutes > latest):
        fields.problem(name, "not_a_time")
        return 0
    return minutes
