"""A booking that is handed over while something else happens to it: one of both, and nobody meets an error."""

from functools import partial

import pytest

from booking.actions import bookings, handovers
from booking.models.bookings import BookingCard
from booking.models.database import reading
from booking.models.handovers import HandoverCard
from booking.models.tables.accounts import Account
from booking.rules.refusals import Absent
from booking.rules.states import State
from tests.acting import Scene
from tests.chaos.test_races_of_outages import together

pytestmark = pytest.mark.both_engines
ROUNDS = 10


def offered(scene: Scene, turn: int) -> tuple[BookingCard, HandoverCard]:
    """Ada's booking of a tool, offered to Cy."""
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=scene.tool(f"Beam {turn}")))
    with reading(scene.engine) as session:
        email = session.get_one(Account, scene.cy.account_id).email
    return card, scene.perform(scene.ada, handovers.offer, card.id, email)


def cancelled_by_ada(scene: Scene, booking_id: int) -> bool:
    """Whether she could cancel; a booking that is not hers any more isn't there for her."""
    try:
        scene.perform(scene.ada, bookings.cancel, booking_id)
    except Absent:
        return False
    return True


def test_it_is_taken_or_cancelled(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card, found = offered(scene, turn)
        taken, cancelled = together(
            partial(scene.perform, scene.cy, handovers.accept, found), partial(cancelled_by_ada, scene, card.id)
        )
        now = scene.perform(scene.dee, bookings.load, card.id)
        if isinstance(taken, BookingCard):
            assert (now.account_id, now.state, cancelled) == (scene.cy.account_id, State.CONFIRMED, False)
        else:
            assert (taken, now.state) == ("handover_over", State.CANCELLED)
    assert scene.overlaps() == 0


def test_one_answer_counts(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card, found = offered(scene, turn)
        taken, _ = together(
            partial(scene.perform, scene.cy, handovers.accept, found),
            partial(scene.perform, scene.cy, handovers.decline, found),
        )
        now = scene.perform(scene.dee, bookings.load, card.id)
        assert (now.account_id == scene.cy.account_id) is isinstance(taken, BookingCard)
