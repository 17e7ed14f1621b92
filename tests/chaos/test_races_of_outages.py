"""A tool breaks while a crowd books it: whoever got the time is told, everybody else hears why not."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select

from booking.actions import bookings, outages, rescues
from booking.actions.outages import What
from booking.models.bookings import BookingCard
from booking.models.database import reading
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.outages import OutageWish
from booking.rules.refusals import Refused
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
PEOPLE = 6
ROUNDS = 10


def test_nobody_books_past_an_outage_untold(scene: Scene) -> None:
    heard: set[int] = set()
    for turn in range(ROUNDS):
        tool_id = scene.tool(f"Beam {turn}")
        what = what_of(scene, tool_id)
        asks = [scene.ask(TEN + number * HOUR, tool_id=tool_id) for number in range(PEOPLE)]
        placing = [partial(scene.perform, scene.cy, bookings.place, ask) for ask in asks]
        cards = together(*placing, partial(scene.perform, scene.bo, outages.declare, what, OutageWish(scene.now)))
        booked = {card.id for card in cards if isinstance(card, BookingCard)}
        assert {card for card in cards if isinstance(card, str)} <= {"outage"}
        heard |= booked
        assert told(scene) == heard


def test_two_that_flee_to_one_tool_do_not_share_it(scene: Scene) -> None:
    pool, refuge = scene.tool("Pool", units=2), scene.tool("Refuge")
    for turn in range(ROUNDS):
        at = TEN + timedelta(days=turn)
        cards = [scene.perform(who, bookings.place, scene.ask(at, tool_id=pool)) for who in (scene.ada, scene.cy)]
        scene.perform(scene.bo, outages.declare, what_of(scene, pool), OutageWish(at, at + HOUR))
        found = together(
            partial(scene.perform, scene.ada, rescues.take, cards[0].id, refuge),
            partial(scene.perform, scene.cy, rescues.take, cards[1].id, refuge),
        )
        assert sorted(isinstance(each, BookingCard) for each in found) == [False, True]
        assert "slot_taken" in found
    assert scene.overlaps() == 0


def what_of(scene: Scene, tool_id: int) -> What:
    with reading(scene.engine) as session:
        return What(session.get_one(Space, scene.space_id).slug, tool_slug=session.get_one(Tool, tool_id).slug)


def told(scene: Scene) -> set[int]:
    """The bookings whose makers hear of the outage."""
    with reading(scene.engine) as session:
        payloads = [job.payload for job in session.scalars(select(Job))]
    found = [each["booking_ids"] for each in payloads if each.get("event") == "outage_declared"]
    return {booking for ids in found for booking in ids}


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
