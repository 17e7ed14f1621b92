"""Plans and series against single bookings, at once: all of a plan or nothing of it, and no two hold the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from booking.actions import bookings, plans, series
from booking.actions.series import Wanted
from booking.models import bookings as questions
from booking.models.database import reading
from booking.rules.facts import Ask
from booking.rules.recurrence import Frequency, Pattern
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
ROUNDS = 10
DAY = timedelta(days=1)


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment: what each got, or the reasons why not. Anything else is raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Refused as refused:
            return frozenset(refusal.code for refusal in refused.refusals)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def held(scene: Scene, tool_id: int, span: Span) -> int:
    """How many bookings hold time of the tool then."""
    with reading(scene.engine) as session:
        return len(questions.of_tool(session, tool_id, span))


def test_a_plan_is_all_or_nothing_against_single_bookings(scene: Scene) -> None:
    one, other = scene.tool_id, scene.tool_elsewhere()
    for turn in range(ROUNDS):
        at = TEN + turn * DAY
        span = Span(at, at + HOUR)
        there_and_back = [[Ask(one, span), Ask(other, span)], [Ask(other, span), Ask(one, span)]]
        outcomes = together(
            *(lambda asks=asks: scene.perform(scene.ada, plans.place, asks) for asks in there_and_back),
            *(lambda ask=ask: scene.perform(scene.cy, bookings.place, ask) for ask in there_and_back[0]),
        )
        refused = [each for each in outcomes if isinstance(each, frozenset)]
        assert set(refused) <= {frozenset({"slot_taken"})}
        booked = [outcome for outcome in outcomes[:2] if isinstance(outcome, int)]
        singles = 4 - len(refused) - len(booked)
        # Either one plan has both tools, or the singles have them: each tool once, and no plan half.
        assert (len(booked), singles) in {(1, 0), (0, 2)}
        assert [held(scene, tool_id, span) for tool_id in (one, other)] == [1, 1]
    assert scene.overlaps() == 0


def test_plans_that_cross_move_without_blocking_each_other(scene: Scene) -> None:
    one, other = scene.tool_id, scene.tool()
    for turn in range(ROUNDS):
        at = TEN + turn * DAY
        early, late = Span(at, at + HOUR), Span(at + HOUR, at + 2 * HOUR)
        first = scene.perform(scene.ada, plans.place, [Ask(one, early), Ask(other, late)])
        second = scene.perform(scene.ada, plans.place, [Ask(other, early), Ask(one, late)])
        outcomes = together(
            lambda: scene.perform(scene.ada, plans.move, first, 2 * HOUR),  # noqa: B023
            lambda: scene.perform(scene.ada, plans.move, second, 2 * HOUR),  # noqa: B023
        )
        assert not [each for each in outcomes if isinstance(each, frozenset)]
    assert scene.overlaps() == 0


def test_a_series_is_all_or_nothing_against_single_bookings(scene: Scene) -> None:
    for turn in range(ROUNDS):
        at = TEN + turn * HOUR
        pattern = Pattern(Frequency.DAILY, date(2026, 11, 26), 600 + 60 * turn, 60, times=5)
        asks = [scene.ask(at + day * DAY) for day in (0, 4)]
        outcomes = together(
            lambda: scene.perform(scene.ada, series.place, Wanted(scene.tool_id, pattern)),  # noqa: B023
            *(lambda ask=ask: scene.perform(scene.cy, bookings.place, ask) for ask in asks),
        )
        whole = isinstance(outcomes[0], int)
        days = [held(scene, scene.tool_id, Span(at + day * DAY, at + day * DAY + HOUR)) for day in range(5)]
        assert days == ([1] * 5 if whole else [1, 0, 0, 0, 1])
    assert scene.overlaps() == 0
