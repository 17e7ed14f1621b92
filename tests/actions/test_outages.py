"""Out of order: whom it touches, who is told, once each, and what they can do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import approvals, arrivals, bookings, outages, rescues, supplies, tools
from booking.actions.outages import What
from booking.models import outages as questions
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.access import Actor
from booking.rules.outages import OutageWish, Running
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import State
from tests import factories
from tests.acting import HOUR, TEN, Scene
from tests.factories import NOW

pytestmark = pytest.mark.both_engines
MINUTE = timedelta(minutes=1)


@pytest.fixture
def works(scene: Scene) -> "Works":
    return Works(scene)


class Works:
    """The scene with words for outages."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        with reading(scene.engine) as session:
            self.space = session.get_one(Space, scene.space_id).slug

    def book(self, who: Actor, start: datetime = TEN, tool_id: int | None = None, hours: int = 1) -> BookingCard:
        return self.scene.perform(who, bookings.place, self.scene.ask(start, hours * HOUR, tool_id))

    def slug(self, tool_id: int) -> str:
        with reading(self.scene.engine) as session:
            return session.get_one(Tool, tool_id).slug

    def what(self, tool_id: int | None = None) -> What:
        return What(self.space, tool_slug=self.slug(tool_id or self.scene.tool_id))

    def declare(self, *, what: What | None = None, start: datetime | None = None, **wish: Any) -> int:
        """Declared by Bo."""
        asked = OutageWish(start or self.scene.now, **wish)
        return self.scene.perform(self.scene.bo, outages.declare, what or self.what(), asked)

    def end(self, outage_id: int) -> None:
        self.scene.perform(self.scene.bo, outages.end, self.space, self.slug(self.scene.tool_id), outage_id)

    def until(self, outage_id: int, ends_at: datetime | None) -> None:
        own = (self.space, self.slug(self.scene.tool_id), outage_id)
        self.scene.perform(self.scene.bo, outages.change, *own, ends_at, "Belt")

    def told(self, event: str) -> list[tuple[int, list[int], list[int]]]:
        """Who is told of what: account, bookings, and those cut short."""
        with reading(self.scene.engine) as session:
            payloads = [job.payload for job in session.scalars(select(Job).order_by(Job.id))]
        found = [each for each in payloads if each.get("event") == event]
        return [(each["account_id"], each["booking_ids"], each["cut_ids"]) for each in found]

    def trouble(self, card: BookingCard) -> questions.Touch | None:
        return self.scene.read(self.scene.bo, rescues.trouble, card)

    def ways(self, card: BookingCard) -> list[tuple[int, State]]:
        return [(way.tool.id, way.state) for way in self.scene.read(self.scene.ada, rescues.ways, card)]

    @contextmanager
    def at(self, now: datetime) -> Iterator[None]:
        before, self.scene.now = self.scene.now, now
        yield
        self.scene.now = before


def test_everybody_booked_is_told_once_and_keeps_the_time(works: Works) -> None:
    ada, cy = works.scene.ada, works.scene.cy
    first, second = works.book(ada), works.book(ada, TEN + 3 * HOUR)
    other, later = works.book(cy, TEN + 5 * HOUR), works.book(cy, TEN + timedelta(days=5))
    outage_id = works.declare(ends_at=TEN + timedelta(days=1), reason="Belt")
    assert works.told("outage_declared") == [
        (ada.account_id, [first.id, second.id], []),
        (cy.account_id, [other.id], []),
    ]
    trouble = works.trouble(first)
    assert trouble is not None
    assert (trouble.outage_id, trouble.reason) == (outage_id, "Belt")
    assert works.trouble(later) is None
    with pytest.raises(Refused) as refused:
        works.book(cy, TEN + 2 * HOUR)
    assert [refusal.code for refusal in refused.value.refusals] == ["outage"]


def test_the_preview_shows_whom_it_would_touch_and_writes_nothing(works: Works) -> None:
    card = works.book(works.scene.ada)
    before = works.scene.audit()
    found = works.scene.read(works.scene.bo, outages.preview, works.what(), OutageWish(NOW))
    assert ([each.id for each in found.cards], found.running) == ([card.id], ())
    assert works.scene.audit() == before


def test_only_managers_declare(works: Works) -> None:
    for who in (works.scene.ada, works.scene.cy):
        with pytest.raises(Absent):
            works.scene.perform(who, outages.declare, works.what(), OutageWish(NOW))


def test_of_a_pool_only_the_bookings_of_the_broken_unit_are_touched_and_another_unit_is_one_tap_away(
    works: Works,
) -> None:
    tool_id = works.scene.tool(units=3)
    first, second = (works.book(who, tool_id=tool_id) for who in (works.scene.ada, works.scene.cy))
    works.declare(what=works.what(tool_id), unit_id=first.unit_id)
    assert works.told("outage_declared") == [(works.scene.ada.account_id, [first.id], [])]
    assert works.ways(first)[0] == (tool_id, State.CONFIRMED)
    moved = works.scene.perform(works.scene.ada, rescues.take, first.id, tool_id)
    assert moved.unit_id not in (first.unit_id, second.unit_id)
    assert works.trouble(moved) is None


def test_what_depends_on_one_thing_fails_and_works_again_together(works: Works) -> None:
    scene = works.scene
    beam = scene.tool()
    both = (works.book(scene.ada), works.book(scene.ada, tool_id=beam))
    supply = scene.perform(scene.bo, supplies.add, works.space, "Compressor", (scene.tool_id, beam))
    outage_id = works.declare(what=What(works.space, supply_id=supply), reason="No air")
    assert works.told("outage_declared") == [(scene.ada.account_id, [card.id for card in both], [])]
    assert all(works.trouble(card) for card in both)
    with pytest.raises(Unacceptable):
        works.declare(what=What(works.space, supply_id=supply))
    with works.at(NOW + MINUTE):
        works.end(outage_id)
        assert not any(works.trouble(card) for card in both)
    assert works.told("outage_ended") == [(scene.ada.account_id, [card.id for card in both], [])]


def test_a_tool_that_begins_to_depend_on_a_broken_thing_is_out_of_order_with_the_others(works: Works) -> None:
    scene = works.scene
    beam = scene.tool()
    card = works.book(scene.ada, tool_id=beam)
    supply = scene.perform(scene.bo, supplies.add, works.space, "Compressor", (scene.tool_id,))
    outage_id = works.declare(what=What(works.space, supply_id=supply), reason="No air")
    depend = (works.space, supply, "Compressor")
    scene.perform(scene.bo, supplies.change, *depend, (scene.tool_id, beam))
    assert works.told("outage_declared") == [(scene.ada.account_id, [card.id], [])]
    assert works.trouble(card)
    for tool_ids in ((scene.tool_id,), (scene.tool_id, beam)):
        scene.perform(scene.bo, supplies.change, *depend, tool_ids)
    assert len(works.told("outage_declared")) == 1, "leaving and coming back declares nothing anew"
    with works.at(NOW + MINUTE):
        works.end(outage_id)
        assert not works.trouble(card)


@pytest.mark.parametrize("running", Running)
def test_a_running_booking_ends_or_is_waited_for_as_the_manager_says(works: Works, running: Running) -> None:
    scene = works.scene
    card, after = works.book(scene.ada, hours=3), works.book(scene.cy, TEN + 4 * HOUR)
    with works.at(TEN + HOUR):
        found = scene.read(scene.bo, outages.preview, works.what(), OutageWish(scene.now))
        assert [each.id for each in found.running] == [card.id]
        with pytest.raises(Unacceptable) as asked:
            works.declare()
        assert asked.value.problems[0].field == "running"
        works.declare(running=running, reason="Belt")
        now = scene.perform(scene.ada, bookings.load, card.id)
        assert now.state is State.CONFIRMED
        if running is Running.END:
            assert (now.ends_at, now.reason) == (TEN + HOUR, "Belt")
            assert works.told("outage_declared") == [
                (scene.cy.account_id, [after.id], []),
                (scene.ada.account_id, [], [card.id]),
            ]
        else:
            assert now.ends_at == card.ends_at
            assert works.told("outage_declared") == [(scene.cy.account_id, [after.id], [])]
            assert works.trouble(now) is None


def test_another_end_tells_only_those_whom_it_changes(works: Works) -> None:
    scene = works.scene
    first, second = works.book(scene.ada), works.book(scene.cy, TEN + timedelta(days=2))
    outage_id = works.declare(ends_at=TEN + 2 * HOUR)
    works.until(outage_id, None)
    assert works.told("outage_declared")[1:] == [(scene.cy.account_id, [second.id], [])]
    works.until(outage_id, TEN - HOUR)
    assert works.told("outage_ended") == [
        (scene.ada.account_id, [first.id], []),
        (scene.cy.account_id, [second.id], []),
    ]
    with pytest.raises(Unacceptable):
        works.until(outage_id, NOW - HOUR)


def test_solved_is_told_to_those_whose_booking_stands_and_to_nobody_else(works: Works) -> None:
    scene = works.scene
    stands, gone = works.book(scene.ada), works.book(scene.cy, TEN + 2 * HOUR)
    outage_id = works.declare()
    scene.perform(scene.cy, bookings.cancel, gone.id)
    with works.at(NOW + MINUTE):
        works.end(outage_id)
    assert works.told("outage_ended") == [(scene.ada.account_id, [stands.id], [])]


def test_nobody_is_told_that_it_works_while_another_outage_lasts(works: Works) -> None:
    works.book(works.scene.ada)
    first, _second = works.declare(), works.declare(start=NOW + HOUR)
    with works.at(NOW + MINUTE):
        works.end(first)
    assert works.told("outage_ended") == []


def test_an_outage_that_began_this_second_can_be_taken_back(works: Works) -> None:
    works.end(works.declare())
    assert works.book(works.scene.ada).state is State.CONFIRMED


# Ways out.


def test_equivalent_tools_are_offered_nearest_first_and_taken_with_one_tap(works: Works) -> None:
    scene = works.scene
    card = works.book(scene.ada)
    near, small = scene.tool(capabilities={"bed": 600}), scene.tool("Weak", state="down")
    far = scene.tool_elsewhere(latitude=52.6)
    works.declare()
    assert works.ways(card) == [(near, State.CONFIRMED), (far, State.CONFIRMED)]
    assert small not in dict(works.ways(card))
    moved = scene.perform(scene.ada, rescues.take, card.id, near)
    assert (moved.tool_id, moved.uid, moved.span, moved.state) == (near, card.uid, card.span, State.CONFIRMED)
    assert scene.perform(scene.ada, rescues.take, card.id, near) == moved


def test_a_yes_counts_for_an_equally_guarded_tool_of_the_space_and_nowhere_else(works: Works) -> None:
    scene = works.scene
    guarded, alike, visitors = (scene.tool(name, approval=when) for name, when in _GUARDED)
    elsewhere = scene.tool_elsewhere(latitude=52.6)
    with writing(scene.engine) as session:
        session.get_one(Tool, elsewhere).approval = "always"
        session.get_one(Tool, scene.tool_id).state = "down"
    card = works.book(scene.ada, tool_id=guarded)
    scene.perform(scene.bo, approvals.approve, card.id)
    card = scene.perform(scene.ada, bookings.load, card.id)
    works.declare(what=works.what(guarded))
    assert dict(works.ways(card)) == {
        alike: State.CONFIRMED,
        visitors: State.CONFIRMED,
        elsewhere: State.PENDING,
    }
    assert scene.perform(scene.ada, rescues.take, card.id, alike).state is State.CONFIRMED


_GUARDED = (("Guarded", "always"), ("Alike", "always"), ("Visited", "visitors"))


def test_certificates_are_asked_for_on_the_way_out_too(works: Works) -> None:
    scene = works.scene
    card, other = works.book(scene.ada), scene.tool()
    with writing(scene.engine) as session:
        factories.make_certificate(session, session.get_one(Space, scene.space_id), session.get_one(Tool, other))
    works.declare()
    assert works.ways(card) == []
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, rescues.take, card.id, other)
    assert [refusal.code for refusal in refused.value.refusals] == ["certificate_missing"]


def test_within_the_space_no_notice_is_asked_of_somebody_whose_tool_broke(works: Works) -> None:
    scene = works.scene
    card = works.book(scene.ada, NOW + 2 * HOUR)
    near = scene.tool(notice_minutes=24 * 60)
    works.declare()
    assert scene.perform(scene.ada, rescues.take, card.id, near).tool_id == near


def test_the_rest_of_what_has_begun_becomes_a_booking_of_its_own(works: Works) -> None:
    scene = works.scene
    near = scene.tool(capabilities={"bed": 600}, approval="always")
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).approval = "always"
    card = works.book(scene.ada, hours=3)
    scene.perform(scene.bo, approvals.approve, card.id)
    scene.now = TEN - 10 * MINUTE
    scene.perform(scene.ada, arrivals.check_in, card.id)
    works.declare(start=TEN + HOUR, running=Running.WAIT)
    scene.now = TEN + HOUR + 5 * MINUTE
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).state = "down"
    card = scene.perform(scene.ada, bookings.load, card.id)
    assert works.ways(card) == [(near, State.CONFIRMED)]
    rest = scene.perform(scene.ada, rescues.take, card.id, near)
    assert (rest.tool_id, rest.span, rest.state) == (
        near,
        Span(TEN + HOUR + 15 * MINUTE, TEN + 3 * HOUR),
        State.CONFIRMED,
    )
    ended = scene.perform(scene.ada, bookings.load, card.id)
    assert (ended.state, ended.ends_at) == (State.IN_USE, scene.now)


def test_who_has_checked_in_before_the_start_takes_all_of_it_elsewhere(works: Works) -> None:
    scene = works.scene
    near = scene.tool(capabilities={"bed": 600})
    card = works.book(scene.ada)
    scene.now = TEN - 10 * MINUTE
    scene.perform(scene.ada, arrivals.check_in, card.id)
    works.declare(start=TEN)
    card = scene.perform(scene.ada, bookings.load, card.id)
    taken = scene.perform(scene.ada, rescues.take, card.id, near)
    assert (taken.tool_id, taken.span) == (near, Span(TEN, TEN + HOUR))
    assert scene.perform(scene.ada, bookings.load, card.id).state is State.CANCELLED


def test_of_the_last_minutes_nothing_is_offered(works: Works) -> None:
    scene = works.scene
    scene.tool(capabilities={"bed": 600})
    card = works.book(scene.ada)
    works.declare(start=TEN + 30 * MINUTE)
    scene.now = TEN + 55 * MINUTE
    assert works.ways(scene.perform(scene.ada, bookings.load, card.id)) == []


def test_the_way_out_is_the_makers_alone_and_closed_when_the_tool_works(works: Works) -> None:
    scene = works.scene
    card, near = works.book(scene.ada), scene.tool()
    assert scene.perform(scene.ada, rescues.take, card.id, near).tool_id == card.tool_id
    works.declare()
    for who in (scene.bo, scene.cy):
        with pytest.raises(Absent):
            scene.perform(who, rescues.take, card.id, near)


def test_a_tool_that_is_said_to_be_down_is_trouble_too_and_told_once(works: Works) -> None:
    scene = works.scene
    card, near = works.book(scene.ada), scene.tool()
    for state in ("down", "down", "working"):
        scene.perform(scene.bo, tools.set_state, works.space, works.slug(scene.tool_id), state, state)
        assert (works.trouble(card) is not None) == (state == "down")
        if state == "down":
            assert works.ways(card) == [(near, State.CONFIRMED)]
    for event in ("outage_declared", "outage_ended"):
        assert works.told(event) == [(scene.ada.account_id, [card.id], [])]
