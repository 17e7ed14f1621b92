"""Eight people at once on a pool in which nobody fits until others change their unit, round after round."""

from datetime import datetime, timedelta

import pytest

from booking.actions import bookings
from booking.actions.call import Call
from booking.models import tool_rows
from booking.rules.facts import Ask
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene
from tests.chaos.test_races import PEOPLE, reasons, together, winners

pytestmark = pytest.mark.both_engines
ROUNDS = 10


def test_as_many_find_room_as_there_is_and_nobody_stands_on_anybody(scene: Scene) -> None:
    tool_id = scene.tool(units=3, window_days=60)
    for turn in range(ROUNDS):
        start = TEN + timedelta(days=turn)
        _fragment(scene, tool_id, start)
        ask = Ask(tool_id, Span(start + HOUR / 2, start + 3 * HOUR / 2))
        outcomes = together(*[lambda ask=ask: scene.perform(scene.cy, bookings.place, ask)] * PEOPLE)
        # Of three units two are held at every moment, by four bookings of which none lies on one with another.
        assert len(winners(outcomes)) == 1
        assert reasons(outcomes) == {"slot_taken"}
        assert scene.overlaps() == 0


def test_whoever_moves_while_room_is_made_on_her_unit_keeps_a_place(scene: Scene) -> None:
    tool_id = scene.tool(units=3, window_days=60)
    for turn in range(ROUNDS):
        start = TEN + timedelta(days=turn)
        early, *_ = _fragment(scene, tool_id, start)
        ask = Ask(tool_id, Span(start + HOUR / 2, start + 3 * HOUR / 2))
        later = {"start": start + 3 * HOUR, "end": start + 4 * HOUR}
        outcomes = together(
            lambda ask=ask: scene.perform(scene.cy, bookings.place, ask),
            lambda card=early, later=later: scene.perform(scene.ada, bookings.move, card, **later),  # type: ignore[arg-type]
            lambda ask=ask: scene.perform(scene.bo, bookings.place, ask),
        )
        assert reasons(outcomes) <= {"slot_taken"}
        assert len(winners(outcomes)) >= 2
        assert scene.overlaps() == 0


def _fragment(scene: Scene, tool_id: int, start: datetime) -> list[int]:
    """Two early bookings on two units and two late ones on units such that none is free across; none of them pinned."""
    ids = scene.read(scene.ada, _unit_ids, tool_id)
    placed = []
    for unit, after in ((ids[0], 0), (ids[1], 0), (ids[1], 1), (ids[2], 1)):
        span = Span(start + after * HOUR, start + (after + 1) * HOUR)
        card = scene.perform(scene.ada, bookings.place, Ask(tool_id, span, unit_id=unit))
        scene.perform(scene.ada, bookings.move, card.id, any_unit=True)
        placed.append(card.id)
    return placed


def _unit_ids(call: Call, tool_id: int) -> tuple[int, ...]:
    return tuple(unit.id for unit in tool_rows.units_of(call.session, tool_id, call.now))
