"""How a plan stands, told from its parts: nothing of it is ever written."""

from collections.abc import Collection
from enum import StrEnum

from booking.rules.states import HOLDING, State

MOST_PARTS = 12
# What somebody else does to a part, so that the maker has to say what becomes of the rest.
LOST = frozenset({State.DECLINED, State.EXPIRED})


class PlanState(StrEnum):
    """Confirmed when every part is; broken while a lost part waits for its maker's word; over when no part holds."""

    CONFIRMED = "confirmed"
    PENDING = "pending"
    BROKEN = "broken"
    OVER = "over"


def state_of(parts: Collection[tuple[State, bool]]) -> PlanState:
    """How a plan stands; each part by its state, and whether its loss was answered already."""
    holding = [state for state, _ in parts if state in HOLDING]
    if not holding:
        return PlanState.OVER
    if any(state in LOST and not answered for state, answered in parts):
        return PlanState.BROKEN
    return PlanState.PENDING if State.PENDING in holding else PlanState.CONFIRMED
