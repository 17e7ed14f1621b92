"""Public holidays in a foreign calendar: its whole days, each with why it can't close a space, if so.

Run as a program it reads a calendar and writes what it found as JSON, so that a hostile one can be read in a child.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from icalendar import Calendar, Component

from booking.ical.whole import Unreadable, run, whole

MOST_EVENTS = 5_000
LONGEST_TITLE = 120
_DAY = timedelta(days=1)
# Names are the same in any case (RFC 5545, 2), and some programs leave a space behind them.
_EVENT = re.compile(rb"^BEGIN:VEVENT[ \t]*\r?$(.*?)^END:VEVENT[ \t]*\r?$", re.DOTALL | re.MULTILINE | re.IGNORECASE)
_ALONE = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT%sEND:VEVENT\r\nEND:VCALENDAR\r\n"
_NAME = re.compile(rb"^X-WR-CALNAME(?:;[^:\r\n]*)?:(.*(?:\r?\n[ \t].*)*)", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]")
# In Chinese calendars a work day that makes up for a holiday stands among the holidays.
_WORK_DAY = re.compile(r"补班|補班|[(（]班[)）]|调休上班|上班")
_SIMPLE_RULE = frozenset({"FREQ", "INTERVAL", "UNTIL", "COUNT", "BYMONTH", "BYMONTHDAY", "WKST"})
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


@dataclass(frozen=True, slots=True)
class Holiday:
    """A stretch of whole days, both included.

    `why` is empty, or says why it is none to close for: cancelled, not_whole_days, repeats, work_day, unreadable.
    """

    first: date
    last: date
    title: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The name that a calendar gives itself, and its days in order."""

    name: str
    days: tuple[Holiday, ...]


def holidays(calendar: bytes, until: date) -> HolidayCalendar:
    """The whole days of a calendar by their date; yearly ones up to `until`.

    An event that can't be read is left out alone. Raises Unreadable for anything but one whole calendar.
    """
    whole(calendar)
    found: list[Holiday] = []
    for number, match in enumerate(_EVENT.finditer(calendar)):
        if number >= MOST_EVENTS:
            raise Unreadable
        found.extend(_days(match.group(1), until))
    name = _NAME.search(calendar)
    told = _FOLD.sub(b"", name.group(1)).decode("utf-8", "replace").strip() if name else ""
    return HolidayCalendar(told.replace("\\", "")[:LONGEST_TITLE], tuple(sorted(found, key=_place)))


def written(calendar: HolidayCalendar) -> bytes:
    """A calendar's days as JSON."""
    return json.dumps(asdict(calendar), default=date.isoformat).encode()


def heard(text: bytes) -> HolidayCalendar:
    """What `written` wrote."""
    told = json.loads(text)
    days = tuple(
        Holiday(date.fromisoformat(day["first"]), date.fromisoformat(day["last"]), day["title"], day["why"])
        for day in told["days"]
    )
    return HolidayCalendar(told["name"], days)


def _days(event: bytes, until: date) -> Iterator[Holiday]:
    try:
        [component] = Calendar.from_ical(_ALONE % event).walk("VEVENT")
        start = component.decoded("DTSTART")
        title = str(component.get("SUMMARY", ""))[:LONGEST_TITLE]
        first = start.date() if isinstance(start, datetime) else start
        last = _last(component, start)
        if last is None:
            yield Holiday(first, first, title, "not_whole_days")
        elif last < first:
            yield Holiday(first, first, title, "unreadable")
        else:
            yield from _repeated(component, Holiday(first, last, title, _why(component, title)), until)
    except _BROKEN:
        # Without a date there is no line that could be about it.
        return


def _last(component: Component, start: date) -> date | None:
    """The last day of an event, or None where it has a time of day; midnight to midnight counts as whole days."""
    end = component.decoded("DTEND") if "DTEND" in component else None
    if end is None:
        end = start + component.decoded("DURATION") if "DURATION" in component else start + _DAY
    if not isinstance(start, datetime):
        last: date = end.date() if isinstance(end, datetime) else end
        return max(start, last - _DAY) if last >= start else last
    if not isinstance(end, datetime) or start.time() != time.min or end.time() != time.min or end <= start:
        return None
    return end.date() - _DAY


def _why(component: Component, title: str) -> str:
    if component.get("STATUS") == "CANCELLED":
        return "cancelled"
    return "work_day" if _WORK_DAY.search(title) else ""


def _repeated(component: Component, day: Holiday, until: date) -> Iterator[Holiday]:
    """The day itself, or all of them where it plainly comes every year."""
    if "RDATE" in component or "RECURRENCE-ID" in component:
        yield replace(day, why=day.why or "repeats")
    elif "RRULE" not in component:
        yield day
    elif not _is_plainly_yearly(component, day):
        yield replace(day, why=day.why or "repeats")
    else:
        yield from _every_year(component.get("RRULE"), day, until)


def _is_plainly_yearly(component: Component, day: Holiday) -> bool:
    rule = component.get("RRULE")
    if isinstance(rule, list) or "EXDATE" in component or not set(rule) <= _SIMPLE_RULE:
        return False
    is_same: bool = rule.get("BYMONTH", [day.first.month]) == [day.first.month]
    is_same = is_same and rule.get("BYMONTHDAY", [day.first.day]) == [day.first.day]
    is_yearly: bool = rule.get("FREQ") == ["YEARLY"] and rule.get("INTERVAL", [1]) == [1]
    return is_same and is_yearly


def _every_year(rule: Mapping[str, list[Any]], day: Holiday, until: date) -> Iterator[Holiday]:
    [count] = rule.get("COUNT", [None])
    [end] = rule.get("UNTIL", [until])
    ends = min(end.date() if isinstance(end, datetime) else end, until)
    length = day.last - day.first
    for number in range(until.year - day.first.year + 1):
        try:
            first = day.first.replace(year=day.first.year + number)
        except ValueError:  # 29 February
            continue
        if first > ends or (count is not None and number >= count):
            return
        yield replace(day, first=first, last=first + length)


def _place(day: Holiday) -> tuple[date, date, str]:
    return day.first, day.last, day.title


def main() -> int:
    """Read a calendar from standard input and write its days up to the given date; 1 for what is no calendar."""
    until = date.fromisoformat(sys.argv[1])
    return run(lambda calendar: written(holidays(calendar, until)))


if __name__ == "__main__":
    sys.exit(main())
