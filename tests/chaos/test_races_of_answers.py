"""Answers by mailed links under a crowd: used two times, or while the request is withdrawn or answered on its page."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from booking.actions import answer_links, answers, approvals, bookings, deadlines
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.tables.bookings import Decision
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.deadlines import Patience
from booking.rules.refusals import Absent
from booking.rules.states import State
from tests.acting import HOUR, Scene
from tests.chaos.test_races_of_offers import ROUNDS
from tests.chaos.test_races_of_outages import together

pytestmark = pytest.mark.both_engines


def mailed(scene: Scene, turn: int) -> tuple[BookingCard, str]:
    """Ada's request for a tool of its own, and what Bo's mailed link to it holds."""
    tool_id = scene.tool(f"Beam {turn}")
    with writing(scene.engine) as session:
        session.get_one(Tool, tool_id).approval = "always"
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))
    return card, scene.perform(None, answer_links.link, card.id, scene.bo.account_id).rpartition("/")[2]


def by_link(scene: Scene, token: str, approved: bool) -> Callable[[], object]:
    """An answer by the link: the decided request, or None where the link opens nothing any more."""

    def act() -> object:
        try:
            return scene.perform(None, answers.answer, token, approved, "The lens is being cleaned.")
        except Absent:
            return None

    return act


def outcome(scene: Scene, card: BookingCard) -> tuple[State, int]:
    """The state of the request by now, and how many decisions about it are kept."""
    with reading(scene.engine) as session:
        kept = session.scalar(select(func.count()).where(Decision.booking_id == card.id)) or 0
    return scene.perform(scene.dee, bookings.load, card.id).state, kept


def test_a_link_that_is_used_two_times_at_once_decides_once(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card, token = mailed(scene, turn)
        found = together(by_link(scene, token, True), by_link(scene, token, False))
        [decided] = [each for each in found if isinstance(each, BookingCard)]
        assert outcome(scene, card) == (decided.state, 1)


def test_it_is_approved_by_link_or_withdrawn(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card, token = mailed(scene, turn)
        approved, _ = together(
            by_link(scene, token, True),
            partial(scene.perform, scene.ada, bookings.cancel, card.id),
        )
        # Who was slower cancels what is confirmed by then.
        won = isinstance(approved, BookingCard)
        assert outcome(scene, card) == ((State.CANCELLED, 1) if won else (State.WITHDRAWN, 0))


def test_it_is_approved_by_link_or_expires(scene: Scene) -> None:
    with reading(scene.engine) as session:
        slug = session.get_one(Space, scene.space_id).slug
    scene.perform(scene.bo, deadlines.change, slug, Patience(None, None, 1), "")
    asked_at = scene.now
    for turn in range(ROUNDS):
        scene.now = asked_at
        card, token = mailed(scene, turn)
        scene.now = asked_at + 2 * HOUR
        approved, _ = together(
            by_link(scene, token, True),
            partial(scene.perform, None, bookings.expire, card.id),
        )
        won = isinstance(approved, BookingCard)
        assert outcome(scene, card) == ((State.CONFIRMED, 1) if won else (State.EXPIRED, 0))


def test_it_is_declined_by_link_or_approved_on_the_page(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card, token = mailed(scene, turn)
        found = together(
            by_link(scene, token, False),
            partial(scene.perform, scene.dee, approvals.approve, card.id),
        )
        [decided] = [each for each in found if isinstance(each, BookingCard)]
        assert outcome(scene, card) == (decided.state, 1)
    assert scene.overlaps() == 0
