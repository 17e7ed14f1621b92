"""Eight people at once, round after round: one wins, the others hear why, and no two hold the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from booking.actions import approvals, bookings
from booking.models.bookings import BookingCard
from booking.rules.refusals import Refused
from booking.rules.states import HOLDING, State
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
PEOPLE = 8
ROUNDS = 10


def together(*acts: Callable[[], BookingCard]) -> list[BookingCard | str]:
    """Do all at the same moment: what each got, or the one reason why not. Anything else is raised."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], BookingCard]) -> BookingCard | str:
        start.wait()
        try:
            return act()
        except Refused as refused:
            [refusal] = refused.refusals
            return refusal.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def winners(outcomes: list[BookingCard | str]) -> list[BookingCard]:
    return [outcome for outcome in outcomes if isinstance(outcome, BookingCard)]


def reasons(outcomes: list[BookingCard | str]) -> set[str]:
    return {outcome for outcome in outcomes if isinstance(outcome, str)}


@pytest.mark.parametrize("units", [1, 3])
def test_one_slot_goes_to_as_many_as_there_are_units(scene: Scene, units: int) -> None:
    tool_id = scene.tool(units=units)
    for turn in range(ROUNDS):
        ask = scene.ask(TEN + turn * HOUR, tool_id=tool_id)
        outcomes = together(*[lambda ask=ask: scene.perform(scene.cy, bookings.place, ask)] * PEOPLE)
        assert len({card.unit_id for card in winners(outcomes)}) == len(winners(outcomes)) == units
        assert reasons(outcomes) == {"slot_taken"}
    assert scene.overlaps() == 0


def test_one_free_slot_takes_one_of_eight_moves(scene: Scene) -> None:
    placed = [scene.perform(scene.ada, bookings.place, scene.ask(TEN + turn * HOUR)) for turn in range(PEOPLE)]
    for turn in range(ROUNDS):
        free = TEN + timedelta(days=1 + turn)

        def move(card: BookingCard, free: object = free) -> Callable[[], BookingCard]:
            return lambda: scene.perform(scene.ada, bookings.move, card.id, start=free, end=free + HOUR)  # type: ignore[operator, arg-type]

        outcomes = together(*map(move, placed))
        assert len(winners(outcomes)) == 1
        assert reasons(outcomes) == {"slot_taken"}
    assert scene.overlaps() == 0


def test_two_that_change_places_between_tools_do_not_block_each_other(scene: Scene) -> None:
    beam = scene.tool()
    for turn in range(ROUNDS):
        at = TEN + turn * HOUR
        here = scene.perform(scene.ada, bookings.place, scene.ask(at))
        there = scene.perform(scene.cy, bookings.place, scene.ask(at, tool_id=beam))
        outcomes = together(
            lambda: scene.perform(scene.ada, bookings.move, here.id, tool_id=beam),  # noqa: B023
            lambda: scene.perform(scene.cy, bookings.move, there.id, tool_id=scene.tool_id),  # noqa: B023
        )
        assert outcomes == ["slot_taken", "slot_taken"]
    assert scene.overlaps() == 0


def test_many_approvals_are_one_decision(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    for turn in range(ROUNDS):
        card = scene.perform(scene.ada, bookings.place, scene.ask(TEN + turn * HOUR, tool_id=tool_id))
        outcomes = together(*[lambda card=card: scene.perform(scene.bo, approvals.approve, card.id)] * PEOPLE)
        assert {outcome.sequence for outcome in winners(outcomes)} == {1}
        assert len(winners(outcomes)) == PEOPLE
    assert scene.jobs().count("booking_approved") == ROUNDS


def test_of_approve_decline_and_withdraw_one_stands(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    for turn in range(ROUNDS):
        card = scene.perform(scene.ada, bookings.place, scene.ask(TEN + turn * HOUR, tool_id=tool_id))
        outcomes = together(
            *[lambda card=card: scene.perform(scene.bo, approvals.decline, card.id)] * 3,
            *[lambda card=card: scene.perform(scene.ada, bookings.cancel, card.id)] * 2,
            *[lambda card=card: scene.perform(scene.bo, approvals.approve, card.id)] * 3,
        )
        assert reasons(outcomes) <= {"wrong_state"}
        states = {outcome.state for outcome in winners(outcomes)}
        # An approved booking may still be cancelled; nothing else follows upon anything.
        assert states in ({State.DECLINED}, {State.WITHDRAWN}, {State.CONFIRMED, State.CANCELLED})


def test_a_crowd_that_does_everything_leaves_no_overlap(scene: Scene) -> None:
    tool_id = scene.tool(units=2, setup_minutes=15, cleanup_minutes=15)

    def busy(who: int) -> Callable[[], BookingCard]:
        def act() -> BookingCard:
            card = scene.perform(scene.ada, bookings.place, scene.ask(TEN + 2 * who * HOUR, tool_id=scene.tool_id))
            for turn in range(3):
                at = TEN + timedelta(days=1, minutes=15 * ((who * 5 + turn * 7) % 24))
                try:
                    card = scene.perform(scene.ada, bookings.move, card.id, start=at, end=at + HOUR, tool_id=tool_id)
                    card = scene.perform(scene.ada, bookings.cancel, card.id) if turn == who % 4 else card
                except Refused as refused:
                    assert {refusal.code for refusal in refused.refusals} <= {"slot_taken", "wrong_state"}
            return card

        return act

    cards = winners(together(*map(busy, range(6))))
    assert len(cards) == 6
    assert any(card.state in HOLDING for card in cards)
    assert scene.overlaps() == 0
