"""Claims of a pool change their units together, and the guard stays on while they do."""

import pytest
from sqlalchemy.exc import IntegrityError

from booking.models import claims
from booking.models.database import Session, writing
from booking.models.facts import facts_for
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
SPAN = Span(TEN, TEN + HOUR)


def held(session: Session, tool_id: int) -> dict[int | None, int]:
    return {row.booking_id: row.unit_id for row in facts_for(session, tool_id, SPAN, None).taken}


def test_two_change_places_and_nobody_comes_to_stand_where_somebody_else_is(scene: Scene) -> None:
    tool_id = scene.tool(units=3)
    scene.crowd(2, TEN - HOUR)
    with writing(scene.engine) as session:
        tool = facts_for(session, tool_id, SPAN, None).tool
        one, two, three = tool.unit_ids
        claims.take(session, claims.Held(1, tool, one, SPAN))
        claims.take(session, claims.Held(2, tool, two, SPAN))
    with writing(scene.engine) as session:
        claims.change_units(session, {1: two, 2: one})
        assert held(session, tool_id) == {1: two, 2: one}
    with pytest.raises(IntegrityError, match="no_double_booking"), writing(scene.engine) as session:
        claims.change_units(session, {1: one})
    with writing(scene.engine) as session:
        claims.change_units(session, {1: three})
        assert held(session, tool_id) == {1: three, 2: one}
