"""Nobody is missed for a time that she couldn't use: the tool was out of order, or the space closed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from booking.actions import arrivals, bookings, jobs, opening_days, outages
from booking.actions.outages import What
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.tables.limits import Strike
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.facts import WeeklyOpening
from booking.rules.outages import OutageWish, Running
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
MINUTE = timedelta(minutes=1)


def booked(scene: Scene, **columns: Any) -> BookingCard:
    """Ada's hour from 10:00 on a tool that asks for check-in within 10 minutes."""
    tool_id = scene.tool(check_in_minutes=10, **columns)
    return scene.perform(scene.ada, bookings.place, scene.ask(TEN, tool_id=tool_id))


def broken(scene: Scene, card: BookingCard, now: datetime, **wish: Any) -> tuple[str, str, int]:
    """Bo says at that time that the tool is out of order from then on, and ends what runs: the outage."""
    scene.now = now
    with reading(scene.engine) as session:
        what = What(session.get_one(Space, scene.space_id).slug, session.get_one(Tool, card.tool_id).slug)
    asked = OutageWish(now, running=Running.END, **wish)
    return what.space_slug, what.tool_slug, scene.perform(scene.bo, outages.declare, what, asked)


def later(scene: Scene, card: BookingCard) -> tuple[State, int]:
    """What becomes of the booking, and how often it counts against somebody, once the worker has looked at it."""
    scene.perform(None, jobs.tend, "worker")
    listed = scene.read(None, arrivals.overdue)
    state = scene.perform(None, arrivals.miss, card.id).state
    assert (listed == (card.id,)) is (state is State.MISSED) is ("missed" in scene.jobs())
    with reading(scene.engine) as session:
        return state, session.scalar(select(func.count()).select_from(Strike)) or 0


@pytest.mark.parametrize("minutes", [0, 3])
def test_whoever_is_cut_short_before_she_has_come_misses_nothing(scene: Scene, minutes: int) -> None:
    card = booked(scene)
    broken(scene, card, TEN + minutes * MINUTE)
    for late in (1, 5, 70):
        scene.now = TEN + (minutes + late) * MINUTE
        assert later(scene, card) == (State.CONFIRMED, 0)


def test_whoever_stays_away_from_a_broken_tool_keeps_her_time(scene: Scene) -> None:
    card = booked(scene)
    outage = broken(scene, card, TEN - HOUR)
    scene.now = TEN + 10 * MINUTE
    assert scene.read(scene.ada, arrivals.missed_when, card.id) is None
    assert later(scene, card) == (State.CONFIRMED, 0)
    scene.perform(scene.bo, outages.end, *outage)
    scene.now = TEN + 30 * MINUTE
    assert later(scene, card) == (State.CONFIRMED, 0), "it did not work when she would have come"
    assert scene.perform(scene.ada, arrivals.check_in, card.id).state is State.IN_USE


def test_an_outage_that_is_over_or_comes_after_the_grace_excuses_nobody(scene: Scene) -> None:
    card = booked(scene)
    broken(scene, card, TEN - HOUR, ends_at=TEN)
    with reading(scene.engine) as session:
        names = session.get_one(Space, scene.space_id).slug, session.get_one(Tool, card.tool_id).slug
    scene.perform(scene.bo, outages.declare, What(*names), OutageWish(TEN + 11 * MINUTE))
    scene.now = TEN + 20 * MINUTE
    assert later(scene, card) == (State.MISSED, 1)


def test_of_a_pool_only_the_broken_unit_excuses(scene: Scene) -> None:
    card = booked(scene, units=2)
    other = scene.perform(scene.ada, bookings.place, scene.ask(TEN, tool_id=card.tool_id))
    broken(scene, card, TEN - HOUR, unit_id=card.unit_id)
    scene.now = TEN + 10 * MINUTE
    assert scene.read(None, arrivals.overdue) == (other.id,)
    states = [scene.perform(None, arrivals.miss, each.id).state for each in (card, other)]
    assert states == [State.CONFIRMED, State.MISSED]


def test_a_tool_that_is_said_to_be_down_misses_nobody(scene: Scene) -> None:
    card = booked(scene)
    with writing(scene.engine) as session:
        session.get_one(Tool, card.tool_id).state = "down"
    scene.now = TEN + 10 * MINUTE
    assert later(scene, card) == (State.CONFIRMED, 0)


def slug_of(scene: Scene) -> str:
    with reading(scene.engine) as session:
        return session.get_one(Space, scene.space_id).slug


def test_a_day_that_was_closed_after_the_booking_is_missed_by_nobody(scene: Scene) -> None:
    card = booked(scene)
    closure = scene.perform(scene.bo, opening_days.close, slug_of(scene), TEN.date(), TEN.date(), "Holiday")
    scene.now = TEN + 10 * MINUTE
    assert scene.read(scene.ada, arrivals.missed_when, card.id) is None
    assert later(scene, card) == (State.CONFIRMED, 0)
    scene.perform(scene.bo, opening_days.reopen, slug_of(scene), closure)
    assert later(scene, card) == (State.MISSED, 1)


@pytest.mark.parametrize(("unattended", "state"), [(False, State.CONFIRMED), (True, State.MISSED)])
def test_hours_that_shut_within_a_booking_excuse_but_not_where_a_tool_runs_alone(
    scene: Scene, unattended: bool, state: State
) -> None:
    card = booked(scene, unattended=unattended)
    # In Berlin the booking lasts from 10:00 to 11:00.
    week = [WeeklyOpening(day, *hours) for day in range(7) for hours in ((480, 620), (640, 1320))]
    scene.perform(scene.bo, opening_days.set_week, slug_of(scene), week)
    scene.now = TEN + 10 * MINUTE
    assert later(scene, card)[0] is state
