"""Which act leads a booking from which state to which, and that nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.rules.refusals import Refused
from booking.rules.spans import Span
from booking.rules.states import (
    ENDED,
    HOLDING,
    Act,
    State,
    already_done,
    first_state,
    is_possible,
    next_state,
    state_in_time,
)

TEN = datetime(2026, 11, 26, 10, tzinfo=UTC)
SPAN = Span(TEN, TEN + timedelta(hours=1))

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
    (State.CONFIRMED, Act.CHECK_IN): State.IN_USE,
    (State.CONFIRMED, Act.MISS): State.MISSED,
    (State.CONFIRMED, Act.GIVE_BACK): State.IN_USE,
    (State.IN_USE, Act.GIVE_BACK): State.IN_USE,
    (State.CONFIRMED, Act.EXTEND): State.CONFIRMED,
    (State.IN_USE, Act.EXTEND): State.IN_USE,
    (State.PENDING, Act.HAND_OVER): State.PENDING,
    (State.CONFIRMED, Act.HAND_OVER): State.CONFIRMED,
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


@pytest.mark.parametrize(
    ("act", "minutes", "said"),
    [
        (Act.MOVE, -1, None),
        (Act.MOVE, 0, "started"),
        (Act.MOVE, 60, "finished"),
        (Act.CANCEL, 0, None),
        (Act.CANCEL, 59, None),
        (Act.CANCEL, 60, "finished"),
        (Act.CHECK_IN, -16, "early"),
        (Act.CHECK_IN, -15, None),
        (Act.CHECK_IN, 59, None),
        (Act.CHECK_IN, 60, "finished"),
        (Act.GIVE_BACK, -1, "early"),
        (Act.GIVE_BACK, 0, None),
        (Act.EXTEND, -1, "early"),
        (Act.EXTEND, 59, None),
        (Act.EXTEND, 60, "finished"),
    ],
)
def test_each_act_has_its_time(act: Act, minutes: int, said: str | None) -> None:
    now = SPAN.start + timedelta(minutes=minutes)
    assert is_possible(State.CONFIRMED, act, SPAN, now) is (said is None)
    if said is not None:
        with pytest.raises(Refused) as refused:
            state_in_time(State.CONFIRMED, act, SPAN, now)
        assert refused.value.refusals[0].data == {"state": said, "act": act.value}


def test_what_has_ended_is_said_before_its_time() -> None:
    with pytest.raises(Refused) as refused:
        state_in_time(State.DECLINED, Act.MOVE, SPAN, SPAN.end)
    assert refused.value.refusals[0].data["state"] == "declined"
