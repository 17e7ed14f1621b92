"""Which act leads a booking from which state to which, and that nothing else does."""

import pytest

from booking.rules.refusals import Refused
from booking.rules.states import ENDED, HOLDING, Act, State, already_done, first_state, next_state

POSSIBLE = {
    (State.PENDING, Act.APPROVE): State.CONFIRMED,
    (State.PENDING, Act.DECLINE): State.DECLINED,
    (State.PENDING, Act.EXPIRE): State.EXPIRED,
    (State.PENDING, Act.CANCEL): State.WITHDRAWN,
    (State.PENDING, Act.MOVE): State.PENDING,
    (State.CONFIRMED, Act.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Act.MOVE): State.CONFIRMED,
    (State.CONFIRMED, Act.UNDO): State.PENDING,
    (State.DECLINED, Act.UNDO): State.PENDING,
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_each_act_from_each_state(state: State, act: Act) -> None:
    if (state, act) in POSSIBLE:
        assert next_state(state, act) is POSSIBLE[state, act]
        return
    with pytest.raises(Refused) as refused:
        next_state(state, act)
    [refusal] = refused.value.refusals
    assert (refusal.code, refusal.data) == ("wrong_state", {"state": state.value, "act": act.value})
    assert refused.value.is_conflict


def test_a_booking_that_needs_approval_starts_by_waiting_and_holds_its_time() -> None:
    assert first_state(needs_approval=True) is State.PENDING
    assert first_state(needs_approval=False) is State.CONFIRMED
    assert {State.PENDING, State.CONFIRMED, State.IN_USE} == HOLDING
    assert HOLDING.isdisjoint(ENDED)
    assert HOLDING | ENDED == set(State)


@pytest.mark.parametrize("act", [Act.APPROVE, Act.DECLINE, Act.EXPIRE, Act.CANCEL])
def test_repeating_an_act_is_known_to_be_done(act: Act) -> None:
    assert not already_done(State.PENDING, act)
    assert already_done(next_state(State.PENDING, act), act)


def test_moving_again_is_never_already_done() -> None:
    assert not any(already_done(state, Act.MOVE) for state in State)
