"""When somebody looks for a tool: one day, some days in a row, or as soon as possible; as addresses spell it."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext

from booking.web.forms import Fields, day_in, no_day
from booking.wording.display import f_date, f_short_day, f_week

SOONEST = "next"
# Between the first and the last day of a span.
TO = ".."
MOST_DAYS = 14
OFFERED, FURTHEST = 21, 730
# The day before, the day itself and the three that follow are told beside a day.
_BESIDE = 5
_LONGEST = 2 * len("2026-11-28") + len(TO)
_SATURDAY = 5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class AskedDays:
    """The first and the last day that will do; `soonest` of the days from today on."""

    first: date
    last: date
    soonest: bool = False

    @property
    def spelled(self) -> str:
        """As an address says it."""
        if self.soonest:
            return SOONEST
        return self.first.isoformat() if self.is_one else f"{self.first}{TO}{self.last}"

    @property
    def is_one(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last and not self.soonest

    @property
    def all(self) -> tuple[date, ...]:
        """Every one of the days."""
        return tuple(self.first + _DAY * number for number in range((self.last - self.first).days + 1))

    @property
    def words(self) -> str:
        """When that is, to read."""
        if self.soonest:
            return str(gettext("The next free time of each tool, in the coming month"))
        return f_date(self.first) if self.is_one else f_week(self.first, self.last)

    def around(self, today: date) -> tuple[date, ...]:
        """The days that a search tells about: those of a span, some around a single day."""
        if not self.is_one:
            return self.all
        first = max(today, self.first - _DAY)
        return tuple(first + _DAY * number for number in range(_BESIDE))


def read(fields: Fields, today: date) -> AskedDays:
    """The days of an address, none of them past; today unless it says. Notes what can't be asked."""
    text = fields.line("day", _LONGEST, required=False)
    if text == SOONEST:
        return AskedDays(today, today, soonest=True)
    first_text, _, last_text = (text or today.isoformat()).partition(TO)
    first, last = (_day(fields, each) for each in (first_text, last_text or first_text))
    if first is None or last is None:
        return AskedDays(today, today)
    first, last = max(first, today), max(last, today)
    if last > today + timedelta(days=FURTHEST):
        fields.problem("day", "day_too_far_ahead", days=FURTHEST)
    elif not first <= last < first + _DAY * MOST_DAYS:
        fields.problem("day", "span_too_long", most=MOST_DAYS)
    return AskedDays(first, max(first, last))


def _day(fields: Fields, text: str) -> date | None:
    if (found := day_in(text)) is None:
        code, data = no_day(text)
        fields.problem("day", code, **data)
    return found


def choices(asked: AskedDays, today: date) -> list[tuple[str, str]]:
    """As soon as possible, the coming weekend and week, the coming days; and what is asked, if it is none of these."""
    weekend = _weekend(today)
    named = [
        (AskedDays(today, today), gettext("Today")),
        (AskedDays(today + _DAY, today + _DAY), gettext("Tomorrow")),
        (AskedDays(today, today, soonest=True), gettext("As soon as possible")),
        (weekend, gettext("This weekend")),
        (AskedDays(today, today + 6 * _DAY), gettext("The next 7 days")),
    ]
    days = [today + _DAY * number for number in range(2, OFFERED)]
    offered = [(each.spelled, str(name)) for each, name in named if each is not weekend or not each.is_one]
    offered += [(day.isoformat(), f_short_day(day)) for day in days]
    if asked.spelled in dict(offered):
        return offered
    return [*offered, (asked.spelled, f_short_day(asked.first) if asked.is_one else asked.words)]


def _weekend(today: date) -> AskedDays:
    """The present Saturday and Sunday from today on, or the next ones."""
    if today.weekday() > _SATURDAY:
        return AskedDays(today, today)
    saturday = today + _DAY * (_SATURDAY - today.weekday())
    return AskedDays(saturday, saturday + _DAY)
