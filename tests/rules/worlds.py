"""A small space with one tool, from which each test changes only what it is about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from booking.rules.access import Role
from booking.rules.facts import (
    Ask,
    Block,
    ClosedDays,
    Facts,
    Hours,
    Limits,
    MakerFacts,
    MakeUpDay,
    Outage,
    SpecialDay,
    Taken,
    ToolFacts,
    ToolState,
    WeeklyOpening,
)
from booking.rules.spans import Span

# A Monday in Berlin's winter: 09:00 UTC is 10:00 on the wall.
NOW = datetime(2026, 3, 23, 9, 0, tzinfo=UTC)
HOURS = Hours("Europe/Berlin", tuple(WeeklyOpening(day, 9 * 60, 18 * 60) for day in range(7)))
ALWAYS_OPEN = Hours("Europe/Berlin", tuple(WeeklyOpening(day, 0, 1440) for day in range(7)))
TOOL = ToolFacts(1, 1, 1, ToolState.WORKING, Limits(), (11,))
MAKER = MakerFacts(7)
FACTS = Facts(TOOL, HOURS, MAKER)


def at(text: str) -> datetime:
    """A UTC instant from "2026-03-24 10:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(start: str, end: str) -> Span:
    return Span(at(start), at(end))


def ask(start: str, end: str, **others: Any) -> Ask:
    return Ask(1, span(start, end), **others)


# Tuesday, 11:00 to 13:00 on Berlin's walls.
TUESDAY = ask("2026-03-24 10:00", "2026-03-24 12:00")


def facts(hours: Hours = HOURS, **changes: Any) -> Facts:
    """The space's facts with some changed: limits and fields of the tool, of the maker, rows around them."""
    limits = {name: changes.pop(name) for name in Limits.__dataclass_fields__ if name in changes}
    tool = {name: changes.pop(name) for name in ToolFacts.__dataclass_fields__ if name in changes}
    maker = {name: changes.pop(name) for name in MakerFacts.__dataclass_fields__ if name in changes}
    return Facts(replace(TOOL, limits=replace(Limits(), **limits), **tool), hours, replace(MAKER, **maker), **changes)


def taken(start: str, end: str, unit: int = 11, booking: int | None = None, pending: bool = False) -> Taken:
    return Taken(unit, span(start, end), booking, pending)


# Random worlds, some days around a change of clocks.

_ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca")
_FIRST = at("2026-03-23 00:00")


def instants(minutes: int = 5, days: int = 12) -> st.SearchStrategy[datetime]:
    steps = st.integers(0, days * 1440 // minutes)
    return steps.map(lambda step: _FIRST + timedelta(minutes=minutes * step))


def spans(longest: int = 2000, minutes: int = 5) -> st.SearchStrategy[Span]:
    def stretch(start: datetime, steps: int) -> Span:
        return Span(start, start + timedelta(minutes=minutes * steps))

    return st.builds(stretch, instants(minutes), st.integers(1, longest // minutes))


def _rows(row: Callable[[int, int, int], Any], days: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    opens = st.integers(0, 47).map(lambda half: half * 30)
    return st.builds(
        lambda day, start, length: row(day, start, start + length),
        days,
        opens,
        st.integers(1, 48).map(lambda n: 30 * n),
    )


def all_hours() -> st.SearchStrategy[Hours]:
    days = instants().map(lambda instant: instant.date())
    closed = st.builds(lambda day, more: ClosedDays(day, day + timedelta(days=more)), days, st.integers(0, 2))
    weekdays = st.integers(0, 6)
    turns = st.one_of(st.none(), days)
    weekly = st.builds(
        lambda row, first, last: replace(row, first=first, last=last), _rows(WeeklyOpening, weekdays), turns, turns
    )
    return st.builds(
        Hours,
        st.sampled_from(_ZONES),
        st.lists(st.one_of(_rows(WeeklyOpening, weekdays), weekly), max_size=9).map(tuple),
        st.lists(closed, max_size=2).map(tuple),
        st.lists(_rows(SpecialDay, days), max_size=2).map(tuple),
        st.lists(st.builds(MakeUpDay, days, weekdays), max_size=2, unique_by=lambda row: row.day).map(tuple),
        st.lists(_rows(WeeklyOpening, weekdays), max_size=3).map(tuple),
    )


def all_limits() -> st.SearchStrategy[Limits]:
    return st.builds(
        Limits,
        notice_minutes=st.sampled_from((0, 0, 50, 600)),
        window_days=st.sampled_from((2, 5, 60)),
        shortest_minutes=st.sampled_from((15, 60)),
        longest_minutes=st.sampled_from((240, 2880)),
        grain_minutes=st.sampled_from((5, 15, 60, 90, 120, 50)),
        setup_minutes=st.sampled_from((0, 0, 20)),
        cleanup_minutes=st.sampled_from((0, 0, 35)),
        unattended=st.booleans(),
    )


@st.composite
def worlds(draw: Any) -> Facts:
    """Facts in which everything that time decides is random."""
    units = tuple(range(11, 11 + draw(st.integers(1, 3))))
    some_units = st.sampled_from(units)
    outages = st.builds(
        lambda found, unit, open_end: Outage(found.start, None if open_end else found.end, unit),
        spans(),
        st.one_of(st.none(), some_units, some_units),
        st.booleans(),
    )
    return Facts(
        ToolFacts(1, 1, 1, draw(st.sampled_from((ToolState.WORKING, ToolState.LIMITED))), draw(all_limits()), units),
        draw(all_hours()),
        draw(st.sampled_from((MAKER, MakerFacts(8, role=Role.MEMBER)))),
        tuple(draw(st.lists(st.builds(Taken, some_units, spans(400), st.none(), st.booleans()), max_size=12))),
        tuple(draw(st.lists(outages, max_size=1))),
        tuple(draw(st.lists(st.builds(Block, spans(300)), max_size=2))),
    )
