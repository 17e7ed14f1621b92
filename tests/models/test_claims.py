"""Claims of a pool: where the guard keeps one unit, the next is tried."""

import pytest

from booking.models import claims
from booking.models.database import writing
from booking.models.facts import facts_for
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
SPAN = Span(TEN, TEN + HOUR)


def test_the_next_unit_is_tried_where_one_was_taken_unseen_and_nothing_else_is_lost(scene: Scene) -> None:
    """As when somebody else writes between the look and the leap: the rules saw both units free."""
    tool_id = scene.tool(units=2)
    scene.crowd(2, TEN - HOUR)
    with writing(scene.engine) as session:
        tool = facts_for(session, tool_id, SPAN, None).tool
        first, second = tool.unit_ids
        claims.take(session, 1, tool, (first,), SPAN)
        claims.take(session, 2, tool, (first, second), SPAN)
        taken = {row.booking_id: row.unit_id for row in facts_for(session, tool_id, SPAN, None).taken}
        assert taken == {1: first, 2: second}
        with pytest.raises(Refused) as refused:
            claims.take(session, 1, tool, (first, second), SPAN)
        assert refused.value.refusals[0].code == "slot_taken"
        assert len(facts_for(session, tool_id, SPAN, None).taken) == 2
