"""How a plan stands, by its parts."""

import pytest

from booking.rules.plans import PlanState, state_of
from booking.rules.states import State

YES, ASKED, NO = (State.CONFIRMED, False), (State.PENDING, False), (State.DECLINED, False)


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        ([YES, YES], PlanState.CONFIRMED),
        ([YES, (State.IN_USE, False)], PlanState.CONFIRMED),
        ([YES, ASKED], PlanState.PENDING),
        ([YES, NO], PlanState.BROKEN),
        ([ASKED, (State.EXPIRED, False)], PlanState.BROKEN),
        # Its maker has said that she keeps the rest.
        ([YES, (State.DECLINED, True)], PlanState.CONFIRMED),
        # What she calls off herself is no loss.
        ([YES, (State.CANCELLED, False)], PlanState.CONFIRMED),
        ([NO, (State.CANCELLED, False)], PlanState.OVER),
        ([], PlanState.OVER),
    ],
)
def test_a_plan_stands_as_its_parts_do(parts: list[tuple[State, bool]], state: PlanState) -> None:
    assert state_of(parts) is state
