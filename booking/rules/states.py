"""The states of a booking and the acts that lead from one to the next: the only place that knows them."""

from datetime import UTC, datetime
from enum import StrEnum

from booking.rules import arrivals
from booking.rules.refusals import Refusal, Refused
from booking.rules.spans import Span


class State(StrEnum):
    """What a booking is. Finished is derived from time and never written."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    IN_USE = "in_use"
    CANCELLED = "cancelled"
    MISSED = "missed"


class Act(StrEnum):
    """What a person or the clock does to a booking."""

    APPROVE = "approve"
    DECLINE = "decline"
    EXPIRE = "expire"
    CANCEL = "cancel"
    MOVE = "move"
    UNDO = "undo"
    CHECK_IN = "check_in"
    MISS = "miss"
    GIVE_BACK = "give_back"
    EXTEND = "extend"
    HAND_OVER = "hand_over"


_EVER = datetime.min.replace(tzinfo=UTC)
HOLDING = frozenset({State.PENDING, State.CONFIRMED, State.IN_USE})
ENDED = frozenset(State) - HOLDING

_NEXT: dict[tuple[State, Act], State] = {
    (State.PENDING, Act.APPROVE): State.CONFIRMED,
    (State.PENDING, Act.DECLINE): State.DECLINED,
    (State.PENDING, Act.EXPIRE): State.EXPIRED,
    (State.PENDING, Act.CANCEL): State.WITHDRAWN,
    (State.CONFIRMED, Act.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Act.UNDO): State.PENDING,
    (State.DECLINED, Act.UNDO): State.PENDING,
    (State.CONFIRMED, Act.CHECK_IN): State.IN_USE,
    (State.CONFIRMED, Act.MISS): State.MISSED,
    # Who gives a begun time back has been there.
    (State.CONFIRMED, Act.GIVE_BACK): State.IN_USE,
    (State.IN_USE, Act.GIVE_BACK): State.IN_USE,
    (State.CONFIRMED, Act.EXTEND): State.CONFIRMED,
    (State.IN_USE, Act.EXTEND): State.IN_USE,
    (State.PENDING, Act.HAND_OVER): State.PENDING,
    (State.CONFIRMED, Act.HAND_OVER): State.CONFIRMED,
}
_BEFORE_ITS_START = frozenset({Act.MOVE, Act.HAND_OVER})
_BEFORE_ITS_END = frozenset({*_BEFORE_ITS_START, Act.CANCEL, Act.CHECK_IN, Act.GIVE_BACK, Act.EXTEND})
_SINCE_ITS_START = frozenset({Act.GIVE_BACK, Act.EXTEND})
_MOVABLE = frozenset({State.PENDING, State.CONFIRMED})
# Repeating an act that already happened answers the same instead of refusing.
_DONE: dict[Act, frozenset[State]] = {
    Act.APPROVE: frozenset({State.CONFIRMED}),
    Act.DECLINE: frozenset({State.DECLINED}),
    Act.EXPIRE: frozenset({State.EXPIRED}),
    Act.CANCEL: frozenset({State.CANCELLED, State.WITHDRAWN}),
    Act.MOVE: frozenset(),
    Act.UNDO: frozenset({State.PENDING}),
    Act.CHECK_IN: frozenset({State.IN_USE}),
    Act.MISS: frozenset({State.MISSED}),
    Act.GIVE_BACK: frozenset(),
    Act.EXTEND: frozenset(),
    Act.HAND_OVER: frozenset(),
}


def first_state(needs_approval: bool) -> State:
    """The state in which a new booking starts."""
    return State.PENDING if needs_approval else State.CONFIRMED


def already_done(state: State, act: Act) -> bool:
    """Whether the act has led here before, so that repeating it changes nothing."""
    return state in _DONE[act]


def next_state(state: State, act: Act) -> State:
    """The state after the act; raises Refused with `wrong_state` when the act is not possible."""
    if act is Act.MOVE and state in _MOVABLE:
        return state
    if (state, act) not in _NEXT:
        raise wrong_state(state.value, act)
    return _NEXT[state, act]


def state_in_time(state: State, act: Act, span: Span, now: datetime) -> State:
    """The state after the act on a booking of this span: moved or handed over until it starts, cancelled until it ends.

    Raises Refused with `wrong_state`, which says `started` or `finished` where it is too late, `early` where too soon.
    """
    after = next_state(state, act)
    if act in _BEFORE_ITS_END and span.end <= now:
        raise wrong_state("finished", act)
    if act in _BEFORE_ITS_START and span.start <= now:
        raise wrong_state("started", act)
    if now < _opens(act, span):
        raise wrong_state("early", act)
    return after


def _opens(act: Act, span: Span) -> datetime:
    """From when on the act is possible, where that is not always."""
    if act is Act.CHECK_IN:
        return arrivals.opens_at(span)
    return span.start if act in _SINCE_ITS_START else _EVER


def is_possible(state: State, act: Act, span: Span, now: datetime) -> bool:
    """Whether the act can be done to a booking of this span now."""
    try:
        state_in_time(state, act, span, now)
    except Refused:
        return False
    return True


def wrong_state(state: str, act: Act) -> Refused:
    """The refusal of an act on a booking in whose state, or for which by now, it isn't possible."""
    return Refused((Refusal("wrong_state", {"state": state, "act": act.value}),))
