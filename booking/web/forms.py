"""Reading a form: strings become checked values, and everything that is wrong is said at once."""

import re
from collections.abc import Callable, Collection
from datetime import date
from functools import lru_cache
from typing import TypeVar
from zoneinfo import available_timezones

from werkzeug.datastructures import MultiDict

from booking.outside import passwords
from booking.rules import numbers, text
from booking.rules.passwords import own_words
from booking.rules.refusals import Problem, Unacceptable

Value = TypeVar("Value")

LONGEST_RAW_LINE = 10_000
LONGEST_PASSWORD = 1_024
EARLIEST_YEAR, LATEST_YEAR = 2000, 2199
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(?:[.,][0-9]{1,12})?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The names of places whose time zone can be chosen, and UTC, in alphabetical order."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return ("UTC", *sorted(places))


def day_in(text: str) -> date | None:
    """The date written 2026-03-23, if it is one that people could mean."""
    match = _DAY.fullmatch(text)
    try:
        found = date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None
    return found if found and EARLIEST_YEAR <= found.year <= LATEST_YEAR else None


def out_of_reach() -> tuple[str, dict[str, object]]:
    """The code and the data of the problem that a day lies further off than people plan."""
    return "day_out_of_reach", {"first": str(EARLIEST_YEAR), "last": str(LATEST_YEAR)}


def no_day(text: str) -> tuple[str, dict[str, object]]:
    """The code and the data of the problem with a text for which `day_in` finds no date."""
    return out_of_reach() if _is_day(text) else ("not_a_day", {})


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


class Fields:
    """Reads the fields of one form or query and collects a Problem for each that can't be taken.

    After a problem a method answers a stand-in value, so that reading goes on; `finish` raises before it is used.
    Empty fields are `required` problems, except through the methods called `optional_...`.
    """

    def __init__(self, source: MultiDict[str, str]) -> None:
        self._source = source
        self._problems: list[Problem] = []

    def finish(self) -> None:
        """Raise Unacceptable with every problem found, or do nothing."""
        if self._problems:
            raise Unacceptable(*self._problems)

    def problem(self, name: str, code: str, **data: object) -> None:
        """Add a problem that the caller found."""
        self._problems.append(Problem(name, code, data))

    def collect(self, check: Callable[[], object]) -> None:
        """Run a check of what was read; the problems that it raises count for fields that have none yet."""
        try:
            check()
        except Unacceptable as refused:
            known = {problem.field for problem in self._problems}
            self._problems.extend(problem for problem in refused.problems if problem.field not in known)

    def given(self, name: str) -> bool:
        """Whether the field was sent and holds more than white space."""
        return bool(self._raw(name))

    def line(self, name: str, longest: int, required: bool = True) -> str:
        """One line of text, trimmed and in NFC, of at most `longest` characters."""
        return self._cleaned(name, longest, required, text.one_line, self._source.get(name, "")[:LONGEST_RAW_LINE])

    def text(self, name: str, longest: int, required: bool = True) -> str:
        """Several lines of text, in NFC, of at most `longest` characters."""
        return self._cleaned(name, longest, required, text.many_lines, self._source.get(name, ""))

    def email(self, name: str) -> str:
        """One mail address in lower case."""
        value = self._raw(name)
        if not value:
            return self._refused(name, "required", "")
        try:
            return text.email_address(value[:LONGEST_RAW_LINE], name)
        except Unacceptable as refused:
            self._problems.extend(refused.problems)
            return ""

    def password(self, name: str) -> str:
        """A password exactly as typed; whether it is good enough is asked elsewhere."""
        value = self._source.get(name, "")
        if not value:
            return self._refused(name, "required", "")
        if len(value) > LONGEST_PASSWORD:
            return self._refused(name, "text_too_long", "", longest=LONGEST_PASSWORD, length=len(value))
        return value

    def new_password(self, name: str, *known: str) -> str:
        """A password that is good enough to be taken; `known` is what others know of the person."""
        value = self.password(name)
        found = passwords.weakness(value, own_words(*known), name) if value else None
        if found is not None:
            self._problems.append(found)
        return value

    def choice(self, name: str, allowed: Collection[str]) -> str:
        """One of the allowed values; an empty one only where it is among them."""
        value = self._raw(name)
        if value in allowed:
            return value
        return self._refused(name, "not_a_choice" if value else "required", next(iter(allowed), ""))

    def choices(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Any number of the allowed values, each once, in the order sent."""
        values = tuple(dict.fromkeys(self._source.getlist(name)))
        if all(value in allowed for value in values):
            return values
        return self._refused(name, "not_a_choice", ())

    def zone(self, name: str) -> str:
        """The IANA name of a time zone."""
        value = self._raw(name)
        if value in time_zones():
            return value
        return self._refused(name, "unknown_time_zone" if value else "required", "UTC")

    def whole(self, name: str, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        found = self.optional_whole(name, low, high)
        return self._required(name, found, low)

    def optional_whole(self, name: str, low: int, high: int) -> int | None:
        """A whole number from `low` to `high`, both included; None when empty."""
        value = self._raw(name)
        if not value:
            return None
        number = numbers.whole(value)
        if number is None:
            return self._refused(name, "not_a_whole_number", low)
        return self._between(name, number, low, high)

    def decimal(self, name: str, low: float, high: float) -> float:
        """A number from `low` to `high`, both included, with a decimal point or comma."""
        found = self.optional_decimal(name, low, high)
        return self._required(name, found, low)

    def optional_decimal(self, name: str, low: float, high: float) -> float | None:
        """A number from `low` to `high`, both included, with a decimal point or comma; None when empty."""
        value = self._raw(name)
        if not value:
            return None
        if not _DECIMAL.fullmatch(value):
            return self._refused(name, "not_a_number", low)
        return self._between(name, float(value.replace(",", ".")), low, high)

    def day(self, name: str) -> date:
        """A date written 2026-03-23."""
        found = self.optional_day(name)
        return self._required(name, found, date(EARLIEST_YEAR, 1, 1))

    def optional_day(self, name: str) -> date | None:
        """A date written 2026-03-23; None when empty."""
        value = self._raw(name)
        if not value:
            return None
        code, data = no_day(value)
        return day_in(value) or self._refused(name, code, date(EARLIEST_YEAR, 1, 1), **data)

    def clock(self, name: str, latest: int = 1440) -> int:
        """A wall time written 18:30, in minutes since midnight; `latest` may reach into the next day (2880)."""
        found = self.optional_clock(name, latest)
        return self._required(name, found, 0)

    def optional_clock(self, name: str, latest: int = 1440) -> int | None:
        """A wall time written 18:30, in minutes since midnight; None when empty."""
        value = self._raw(name)
        if not value:
            return None
        match = _CLOCK.fullmatch(value)
        minutes = int(match[1]) * 60 + int(match[2]) if match else -1
        if match is None or int(match[2]) > 59 or minutes > latest:
            return self._refused(name, "not_a_time", 0)
        return minutes

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self._raw(name).lower() in ("on", "1", "true", "yes")

    def _raw(self, name: str) -> str:
        return self._source.get(name, "").strip()

    def _cleaned(
        self, name: str, longest: int, required: bool, clean: Callable[[str, int, str], str], value: str
    ) -> str:
        try:
            cleaned = clean(value, longest, name)
        except Unacceptable as refused:
            self._problems.extend(refused.problems)
            return ""
        return self._refused(name, "required", "") if required and not cleaned else cleaned

    def _required(self, name: str, found: Value | None, stand_in: Value) -> Value:
        return self._refused(name, "required", stand_in) if found is None else found

    def _between(self, name: str, value: Value, low: Value, high: Value) -> Value:
        if low <= value <= high:  # type: ignore[operator]
            return value
        return self._refused(name, "out_of_range", low, low=low, high=high)

    def _refused(self, name: str, code: str, stand_in: Value, **data: object) -> Value:
        self.problem(name, code, **data)
        return stand_in
