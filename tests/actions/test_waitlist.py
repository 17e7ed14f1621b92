"""Waiting for time: who gets the offer when some is freed, and what becomes of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import bookings, deadlines, offers, outages, tools, waitlist
from booking.actions.outages import What
from booking.actions.waitlist import Standing, Wanted
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.models.tables.waitlist import WaitlistEntry
from booking.models.waitlist import EntryCard
from booking.rules.access import Actor
from booking.rules.deadlines import Patience
from booking.rules.outages import OutageWish
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import State
from tests import factories
from tests.acting import HOUR, TEN, Scene, counted

pytestmark = pytest.mark.both_engines


class Line:
    """The scene with words for waiting: Ada holds Lumi at ten, others wait for that hour."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.taken = scene.perform(scene.ada, bookings.place, scene.ask())

    def join(self, who: Actor, minutes: int = 60, window: Span | None = None, **where: object) -> EntryCard:
        wanted = Wanted(window or Span(TEN, TEN + HOUR), minutes, **(where or {"tool_id": self.scene.tool_id}))  # type: ignore[arg-type]
        entry = self.scene.perform(who, waitlist.join, wanted)
        self.work()
        return entry

    def free(self) -> None:
        """Ada cancels, and the worker looks at the line."""
        self.scene.perform(self.scene.ada, bookings.cancel, self.taken.id)
        self.work()

    def work(self) -> None:
        """Do the worker's jobs about the waitlist that are due now."""
        acts: dict[str, Callable[[dict[str, Any]], None]] = {
            "freed": self._freed,
            "waiting": self._waiting,
            "offer_over": self._over,
            "wait_over": self._end,
        }
        while True:
            with writing(self.scene.engine) as session:
                due = select(Job).where(Job.kind.in_(acts), Job.run_at <= self.scene.now, Job.done_at.is_(None))
                job = session.scalars(due.order_by(Job.id).limit(1)).first()
                if job is None:
                    return
                job.done_at = self.scene.now
                kind, payload = job.kind, job.payload
            acts[kind](payload)

    def offered(self, who: Actor) -> Standing | None:
        """The first thing that somebody has an offer for."""
        found = self.scene.read(who, waitlist.mine)
        return next((each for each in found if each.offer), None)

    def accept(self, who: Actor) -> BookingCard:
        standing = self.offered(who)
        assert standing and standing.offer
        return self.scene.perform(None, offers.accept, standing.offer)

    def state(self, entry: EntryCard) -> str:
        with reading(self.scene.engine) as session:
            return session.get_one(WaitlistEntry, entry.id).state

    def _freed(self, payload: dict[str, Any]) -> None:
        span = Span(*(datetime.fromisoformat(payload[name]) for name in ("from", "until")))
        holders = payload.get("holder_id"), payload.get("holder_team_id")
        self.scene.perform(None, offers.offer_freed, int(payload["tool_id"]), span, *holders)

    def _waiting(self, _payload: dict[str, Any]) -> None:
        for tool_id, span in self.scene.perform(None, offers.wanted):
            self.scene.perform(None, offers.offer_freed, tool_id, span)

    def _over(self, payload: dict[str, Any]) -> None:
        self.scene.perform(None, offers.lapse, payload["offer_id"])

    def _end(self, payload: dict[str, Any]) -> None:
        self.scene.perform(None, waitlist.end, payload["entry_id"])


@pytest.fixture
def line(scene: Scene) -> Line:
    return Line(scene)


def test_freed_time_is_held_for_the_first_in_line(line: Line, scene: Scene) -> None:
    line.join(scene.cy)
    line.join(scene.bo)
    assert not line.offered(scene.cy), "nothing is free yet"
    line.free()
    standing = line.offered(scene.cy)
    assert standing and standing.offer and standing.offer.span == Span(TEN, TEN + HOUR)
    assert not line.offered(scene.bo)
    assert "offer_made" in scene.jobs()
    with pytest.raises(Refused):
        scene.perform(scene.bo, bookings.place, scene.ask())


def test_who_waits_beside_freed_time_hears_of_the_set_up_that_is_not_needed_any_more(line: Line, scene: Scene) -> None:
    tool_id = scene.tool("Beam", setup_minutes=15, cleanup_minutes=15)
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))
    line.join(scene.cy, window=Span(TEN + HOUR, TEN + 2 * HOUR), tool_id=tool_id)
    assert not line.offered(scene.cy)
    scene.perform(scene.ada, bookings.cancel, card.id)
    line.work()
    assert line.offered(scene.cy)


def test_accepting_books_the_held_time_and_again_answers_the_same(line: Line, scene: Scene) -> None:
    entry = line.join(scene.cy)
    line.free()
    standing = line.offered(scene.cy)
    assert standing and standing.offer
    card = scene.perform(None, offers.accept, standing.offer)
    assert (card.account_id, card.state, card.span) == (scene.cy.account_id, State.CONFIRMED, Span(TEN, TEN + HOUR))
    assert scene.perform(scene.cy, offers.accept, standing.offer).id == card.id
    assert line.state(entry) == "booked"
    assert "booking_confirmed" in scene.jobs()
    assert scene.overlaps() == 0


def test_what_one_passes_on_goes_to_the_next_and_is_not_offered_again(line: Line, scene: Scene) -> None:
    first = line.join(scene.cy)
    line.join(scene.bo)
    line.free()
    standing = line.offered(scene.cy)
    assert standing and standing.offer
    scene.perform(scene.cy, offers.pass_on, standing.offer)
    line.work()
    assert line.offered(scene.bo)
    assert line.state(first) == "waiting"
    scene.perform(scene.bo, waitlist.leave, line.offered(scene.bo).entry.id)  # type: ignore[union-attr]
    line.work()
    assert not line.offered(scene.cy), "it was passed on once"


def test_a_space_says_how_long_offers_are_held(line: Line, scene: Scene) -> None:
    with reading(scene.engine) as session:
        slug = session.get_one(Space, scene.space_id).slug
    scene.perform(scene.bo, deadlines.change, slug, Patience(offer_minutes=45), "")
    assert scene.audit()[-1] == ("deadlines_changed", scene.bo.account_id)
    line.join(scene.cy)
    line.free()
    standing = line.offered(scene.cy)
    assert standing and standing.offer
    assert standing.offer.expires_at == scene.now + timedelta(minutes=45)


def test_an_offer_that_nobody_answers_lapses_and_goes_to_the_next(line: Line, scene: Scene) -> None:
    line.join(scene.cy)
    line.join(scene.bo)
    line.free()
    standing = line.offered(scene.cy)
    assert standing and standing.offer
    scene.now = standing.offer.expires_at
    with pytest.raises(Refused, match="offer_over"):
        scene.perform(scene.cy, offers.accept, standing.offer)
    line.work()
    assert not line.offered(scene.cy)
    assert line.accept(scene.bo).account_id == scene.bo.account_id


def test_who_may_not_have_it_is_skipped_and_stays_in_line(line: Line, scene: Scene) -> None:
    with writing(scene.engine) as session:
        tool = session.get_one(Tool, scene.tool_id)
        certificate = factories.make_certificate(session, session.get_one(Space, scene.space_id), tool)
        session.flush()
        holder = session.get_one(type(factories.make_account(session, "Eve")), scene.bo.account_id)
        factories.make_grant(session, certificate, holder)
    untrained = line.join(scene.cy)
    line.join(scene.bo)
    line.free()
    assert line.offered(scene.bo)
    assert line.state(untrained) == "waiting"


def test_time_frees_also_when_a_booking_moves_a_unit_is_added_or_an_outage_ends(line: Line, scene: Scene) -> None:
    line.join(scene.cy)
    scene.perform(scene.ada, bookings.move, line.taken.id, start=TEN + HOUR, end=TEN + 2 * HOUR)
    line.work()
    assert line.accept(scene.cy).span == Span(TEN, TEN + HOUR)
    line.join(scene.bo)
    with reading(scene.engine) as session:
        space, tool = session.get_one(Space, scene.space_id).slug, session.get_one(Tool, scene.tool_id).slug
    scene.perform(scene.bo, tools.add_unit, space, tool)
    line.work()
    assert line.accept(scene.bo).span == Span(TEN, TEN + HOUR)
    later = Span(TEN + 4 * HOUR, TEN + 5 * HOUR)
    outage = scene.perform(scene.bo, outages.declare, What(space, tool), OutageWish(later.start, ends_at=later.end))
    line.join(scene.cy, window=later)
    assert not line.offered(scene.cy)
    scene.perform(scene.bo, outages.end, space, tool, outage)
    line.work()
    assert line.offered(scene.cy)


def test_any_tool_of_a_kind_at_some_spaces_will_do(line: Line, scene: Scene) -> None:
    elsewhere = scene.tool_elsewhere()
    with reading(scene.engine) as session:
        kind_id, there = session.get_one(Tool, scene.tool_id).kind_id, session.get_one(Tool, elsewhere).space_id
        same = session.get_one(Tool, elsewhere).kind_id == kind_id
    line.join(scene.cy, kind_id=kind_id, space_ids=(scene.space_id,))
    assert not line.offered(scene.cy)
    line.join(scene.bo, kind_id=kind_id, space_ids=(there,))
    assert bool(line.offered(scene.bo)) is same
    line.free()
    assert line.offered(scene.cy)


def test_only_who_could_have_the_same_tool_stands_before_somebody(line: Line, scene: Scene) -> None:
    elsewhere = scene.tool_elsewhere()
    with reading(scene.engine) as session:
        here_tool, far_tool = session.get_one(Tool, scene.tool_id), session.get_one(Tool, elsewhere)
        kind_id, here, far = here_tool.kind_id, here_tool.space_id, far_tool.space_id
        assert far_tool.kind_id == kind_id
    assert line.join(scene.cy, kind_id=kind_id, space_ids=(here,)).position == 1
    assert line.join(scene.bo, kind_id=kind_id, space_ids=(far,)).position == 1, "at different spaces"
    assert line.join(scene.dee).position == 2, "the tool itself, after one who waits for its kind at its space"
    assert line.join(scene.ada, kind_id=kind_id).position == 4, "anywhere, after all of them"


def test_only_whose_entry_it_is_sees_and_leaves_it(line: Line, scene: Scene) -> None:
    entry = line.join(scene.cy)
    assert [each.entry.position for each in scene.read(scene.cy, waitlist.mine)] == [1]
    line.join(scene.bo)
    assert [each.entry.position for each in scene.read(scene.bo, waitlist.mine)] == [2]
    with pytest.raises(Absent):
        scene.perform(scene.bo, waitlist.leave, entry.id)
    scene.perform(scene.cy, waitlist.leave, entry.id)
    assert not scene.read(scene.cy, waitlist.mine)
    assert [each.entry.position for each in scene.read(scene.bo, waitlist.mine)] == [1]


def test_an_entry_lapses_when_its_window_is_over(line: Line, scene: Scene) -> None:
    entry = line.join(scene.cy)
    scene.now = TEN + HOUR
    line.work()
    assert line.state(entry) == "lapsed"


def test_a_window_that_makes_no_sense_is_told_at_once(scene: Scene) -> None:
    too_short = Wanted(Span(TEN, TEN + HOUR), 90, tool_id=scene.tool_id)
    over = Wanted(Span(TEN - 9 * timedelta(days=1), TEN - 8 * timedelta(days=1)), 60, tool_id=scene.tool_id)
    for wanted in (too_short, over):
        with pytest.raises(Unacceptable):
            scene.perform(scene.ada, waitlist.join, wanted)


def test_the_number_of_questions_does_not_grow_with_those_who_find_no_room(line: Line, scene: Scene) -> None:
    def questions() -> int:
        with counted(scene.engine) as statements:
            scene.perform(None, offers.offer_freed, scene.tool_id, Span(TEN, TEN + HOUR))
        return len(statements)

    line.join(scene.cy)
    with_one = questions()
    for _ in range(4):
        line.join(scene.bo)
    assert questions() == with_one


@pytest.mark.parametrize(("minutes", "is_possible"), [(5, False), (30, True), (240, True), (300, False)])
def test_nobody_waits_for_a_length_that_no_tool_allows(scene: Scene, minutes: int, is_possible: bool) -> None:
    tool_id = scene.tool(shortest_minutes=30, longest_minutes=240)
    wanted = waitlist.Wanted(Span(TEN, TEN + 10 * HOUR), minutes, tool_id=tool_id)
    if is_possible:
        assert scene.perform(scene.ada, waitlist.join, wanted).minutes == minutes
        return
    with pytest.raises(Unacceptable) as refused:
        scene.perform(scene.ada, waitlist.join, wanted)
    [problem] = refused.value.problems
    assert (problem.field, problem.code, dict(problem.data)) == ("minutes", "out_of_range", {"low": 30, "high": 240})
