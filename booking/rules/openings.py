"""The weekly hours of a space as they change from one date to another: rows that hold for some days, both included."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from booking.rules.facts import WeeklyOpening

_DAY = timedelta(days=1)
_DAY_MINUTES = 1_440
Rows = tuple[WeeklyOpening, ...]


def holds_on(row: WeeklyOpening, day: date) -> bool:
    """Whether a row holds on a date, whatever its weekday."""
    return (row.first is None or row.first <= day) and (row.last is None or day <= row.last)


def in_force(rows: Iterable[WeeklyOpening], day: date) -> Rows:
    """The rows that hold on a date, whatever its weekday."""
    return tuple(row for row in rows if holds_on(row, day))


def changes(rows: Rows, today: date) -> tuple[tuple[date, Rows], ...]:
    """The dates after today on which the week changes, in order, each with the rows that hold from then on."""
    return tuple((day, in_force(rows, day)) for day in sorted(_turns(rows)) if day > today)


def changed(rows: Iterable[WeeklyOpening], week: Iterable[WeeklyOpening], first: date | None, today: date) -> Rows:
    """All rows once a week holds from `first` on, or at once (None), up to the next change that is planned."""
    rows = tuple(rows)
    last = _last_before_turn(rows, first or today)
    fresh = (replace(row, first=first, last=last) for row in week)
    return _joined((*_without(rows, first, last), *fresh))


def taken_back(rows: Iterable[WeeklyOpening], day: date) -> Rows:
    """All rows without the change of that date: what held on the day before goes on up to the next change."""
    rows = tuple(rows)
    last = _last_before_turn(rows, day)
    longer = (replace(row, first=day, last=last) for row in in_force(rows, day - _DAY))
    return _joined((*_without(rows, day, last), *longer))


def overlapping_weekday(week: Sequence[WeeklyOpening]) -> int | None:
    """The first weekday whose hours run into later ones, of the same day or over midnight; touching ones don't."""
    found = sorted(week, key=lambda row: (row.weekday, row.opens, row.closes))
    for one, other in zip(found, found[1:], strict=False):
        if (other.weekday - one.weekday) * _DAY_MINUTES + other.opens < one.closes:
            return one.weekday
    # Sunday's night ends on the Monday of the week after.
    if found and (7 + found[0].weekday - found[-1].weekday) * _DAY_MINUTES + found[0].opens < found[-1].closes:
        return found[-1].weekday
    return None


def _turns(rows: Rows) -> set[date]:
    """The dates on which another row begins to hold, or one no longer does."""
    begins = {row.first for row in rows if row.first is not None}
    return begins | {row.last + _DAY for row in rows if row.last is not None}


def _last_before_turn(rows: Rows, day: date) -> date | None:
    later = [turn for turn in _turns(rows) if turn > day]
    return min(later) - _DAY if later else None


def _without(rows: Rows, first: date | None, last: date | None) -> Rows:
    """What the rows say about days outside a stretch; None as its end means without end."""
    kept: list[WeeklyOpening] = []
    for row in rows:
        if first is not None and (row.first is None or row.first < first):
            kept.append(replace(row, last=first - _DAY if row.last is None else min(row.last, first - _DAY)))
        if last is not None and (row.last is None or row.last > last):
            kept.append(replace(row, first=last + _DAY if row.first is None else max(row.first, last + _DAY)))
    return tuple(kept)


def _joined(rows: Iterable[WeeklyOpening]) -> Rows:
    """The same hours in as few rows as possible, by weekday and opening; what only goes on is no change."""
    found: list[WeeklyOpening] = []
    for _, same in groupby(sorted(rows, key=_place), key=lambda row: (row.weekday, row.opens, row.closes)):
        held: list[WeeklyOpening] = []
        for row in same:
            if held and _follows(held[-1], row):
                held[-1] = replace(held[-1], last=row.last)
            else:
                held.append(row)
        found.extend(held)
    return tuple(found)


def _follows(one: WeeklyOpening, other: WeeklyOpening) -> bool:
    return one.last is not None and other.first is not None and one.last + _DAY == other.first


def _place(row: WeeklyOpening) -> tuple[int, int, int, date]:
    return row.weekday, row.opens, row.closes, row.first or date.min
