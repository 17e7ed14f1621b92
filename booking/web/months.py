"""One's bookings on a sheet of a month, each at its time on the clock of its space.

This belongs to the blueprint of bookings.
"""

import re
from calendar import Calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking import edge
from booking.models import bookings
from booking.models.bookings import LONGEST_BOOKING
from booking.rules.refusals import Problem, Unacceptable
from booking.rules.states import HOLDING, State
from booking.web.bookings import Line, line_of
from booking.web.forms import EARLIEST_YEAR, LATEST_YEAR, out_of_reach
from booking.web.placing import blueprint as blueprint
from booking.wording.display import local

MOST = 500
# What was called off leaves the sheet.
SHOWN = HOLDING | {State.MISSED}
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the sheet; one of a neighbouring month is not `within`."""

    date: date
    within: bool
    today: bool
    lines: list[Line]


@blueprint.get("/bookings/month")
@edge.access(edge.Access.SIGNED_IN)
def month() -> ResponseReturnValue:
    """One's bookings of a month; `month` in the address is written 2026-11. The present one without."""
    call, who = edge.read_call(), edge.asker()
    today = local(call.now, who.time_zone or "UTC").date()
    first = _asked(request.args.get("month", ""), today)
    dates = list(Calendar().itermonthdates(first.year, first.month))
    start, end = (datetime.combine(day, time(), UTC) for day in (dates[0], dates[-1] + _DAY))
    found = bookings.search(
        edge.session(),
        account_id=who.account_id,
        states=SHOWN,
        starts_from=start - _DAY - LONGEST_BOOKING,
        starts_before=end + _DAY,
        limit=MOST,
    )
    lines = _by_day(line_of(card, call.now) for card in found)
    return render_template(
        "bookings/month.html",
        first=first,
        days=[Day(day, day.month == first.month, day == today, lines.get(day, [])) for day in dates],
        before=_address(first - _DAY),
        after=_address((first + 31 * _DAY).replace(day=1)),
    )


def _asked(text: str, today: date) -> date:
    """The first day of the month in the address; raises Unacceptable for what is no month."""
    match = _MONTH.fullmatch(text)
    if not text:
        return today.replace(day=1)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise Unacceptable(Problem("month", "not_a_month"))
    if not EARLIEST_YEAR <= int(match[1]) <= LATEST_YEAR:
        code, data = out_of_reach()
        raise Unacceptable(Problem("month", code, data))
    return date(int(match[1]), int(match[2]), 1)


def _address(day: date) -> str:
    """The sheet with that day, or nothing where no sheet is."""
    return url_for("bookings.month", month=f"{day:%Y-%m}") if EARLIEST_YEAR <= day.year <= LATEST_YEAR else ""


def _by_day(lines: Iterable[Line]) -> dict[date, list[Line]]:
    """Each booking on every day of its space's calendar on which it takes time."""
    found: dict[date, list[Line]] = defaultdict(list)
    for line in lines:
        card = line.card
        day = local(card.starts_at, card.time_zone).date()
        last = local(card.ends_at - timedelta(microseconds=1), card.time_zone).date()
        while day <= last:
            found[day].append(line)
            day += _DAY
    return found
