"""Somebody comes in the very moment in which her time is released, given back or booked by others: one of them wins."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from booking.actions import arrivals, bookings
from booking.models.bookings import BookingCard
from booking.models.database import reading
from booking.models.tables.limits import Strike
from booking.rules.refusals import Refused
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
ROUNDS = 10
GRACE = timedelta(minutes=15)


def test_coming_late_against_being_missed(scene: Scene) -> None:
    missed = 0
    for turn in range(ROUNDS):
        card = placed(scene, turn)
        scene.now = TEN + GRACE
        rest = scene.ask(TEN + GRACE, HOUR - GRACE, card.tool_id)
        came, released, other = together(
            partial(scene.perform, scene.ada, arrivals.check_in, card.id),
            partial(scene.perform, None, arrivals.miss, card.id),
            partial(scene.perform, scene.cy, bookings.place, rest),
        )
        assert isinstance(released, BookingCard)
        if released.state is State.MISSED:
            missed += 1
            assert came == "wrong_state"
        else:
            assert (state(came), released.state, other) == (State.IN_USE, State.IN_USE, "slot_taken")
    with reading(scene.engine) as session:
        assert session.scalar(select(func.count(Strike.id))) == missed
    assert scene.overlaps() == 0


def test_staying_longer_against_somebody_who_books_that_time(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card = placed(scene, turn)
        scene.now = TEN
        found = together(
            partial(scene.perform, scene.ada, arrivals.extend, card.id, card.ends_at + HOUR),
            partial(scene.perform, scene.cy, bookings.place, scene.ask(card.ends_at, tool_id=card.tool_id)),
        )
        assert sorted(isinstance(each, BookingCard) for each in found) == [False, True]
        assert "slot_taken" in found
    assert scene.overlaps() == 0


def placed(scene: Scene, turn: int) -> BookingCard:
    """Ada's booking of another tool that waits for her a quarter of an hour."""
    scene.now = TEN - HOUR
    tool_id = scene.tool(f"Beam {turn}", check_in_minutes=15)
    return scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))


def state(answer: object) -> State | None:
    return answer.state if isinstance(answer, BookingCard) else None


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment: what each got, or the one reason why not."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Refused as refused:
            return refused.refusals[0].code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
