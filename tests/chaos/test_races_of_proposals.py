"""An offered time that is taken while something else happens to the request: one of both wins."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import select

from booking.actions import approvals, bookings, proposals
from booking.actions.call import Call
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.proposals import ProposalCard
from booking.models.tables.bookings import Claim
from booking.models.tables.tools import Tool, Unit
from booking.rules.spans import Span
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene
from tests.chaos.test_races_of_outages import together

pytestmark = pytest.mark.both_engines
ROUNDS = 10
LATER = Span(TEN + 3 * HOUR, TEN + 4 * HOUR)


def proposed(scene: Scene, turn: int) -> tuple[BookingCard, ProposalCard]:
    """Ada's request for a tool of its own, and Bo's offer of another time."""
    tool_id = scene.tool(f"Beam {turn}")
    with writing(scene.engine) as session:
        session.get_one(Tool, tool_id).approval = "always"
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))
    return card, scene.perform(scene.bo, proposals.propose, card.id, tool_id, LATER)


def held(scene: Scene, tool_id: int) -> list[int]:
    """The claims that hold time on a tool."""
    with reading(scene.engine) as session:
        on_tool = select(Claim.id).join(Unit, Unit.id == Claim.unit_id).where(Unit.tool_id == tool_id, Claim.blocking)
        return list(session.scalars(on_tool))


def test_it_is_taken_or_the_request_is_withdrawn(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card, found = proposed(scene, turn)
        taken, _ = together(
            partial(scene.perform, None, proposals.accept, found),
            partial(scene.perform, scene.ada, bookings.cancel, card.id),
        )
        state = scene.perform(scene.dee, bookings.load, card.id).state
        # Who was slower cancels what is confirmed by then.
        assert state is (State.CANCELLED if isinstance(taken, BookingCard) else State.WITHDRAWN)
    assert scene.overlaps() == 0


def test_it_is_taken_or_lapses(scene: Scene) -> None:
    asked_at = scene.now
    for turn in range(ROUNDS):
        scene.now = asked_at
        card, found = proposed(scene, turn)

        def lapse(id_: int = found.id, until: datetime = found.expires_at) -> None:
            with writing(scene.engine) as session:
                proposals.lapse(Call(session, None, until, scene.settings), id_)

        scene.now = found.expires_at - timedelta(seconds=1)
        taken, _ = together(partial(scene.perform, None, proposals.accept, found), lapse)
        now = scene.perform(scene.dee, bookings.load, card.id)
        won = isinstance(taken, BookingCard)
        assert (now.state, now.span) == ((State.CONFIRMED, LATER) if won else (State.PENDING, card.span))
        assert len(held(scene, found.tool_id)) == 1
    assert scene.overlaps() == 0


def test_it_is_taken_or_the_asked_time_is_approved(scene: Scene) -> None:
    for turn in range(ROUNDS):
        card, found = proposed(scene, turn)
        taken, _ = together(
            partial(scene.perform, None, proposals.accept, found),
            partial(scene.perform, scene.bo, approvals.approve, card.id),
        )
        now = scene.perform(scene.dee, bookings.load, card.id)
        assert now.state is State.CONFIRMED
        assert now.span == (LATER if isinstance(taken, BookingCard) else card.span)
    assert scene.overlaps() == 0
