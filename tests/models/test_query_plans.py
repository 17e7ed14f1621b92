"""The dear questions take their indexes: on SQLite, whose plans don't depend on the number of rows."""

import pytest
from sqlalchemy import CompoundSelect, text

from booking.models import facts
from booking.models.database import reading
from tests.acting import HOUR, TEN, Scene

VALUES = {"start": TEN, "end": TEN + HOUR, "long_ago": TEN - 24 * HOUR, "tools": [1], "spaces": [1]}


@pytest.mark.parametrize(
    ("index", "question", "values"),
    [
        ("ix_claim_unit", facts._TIMES_OF_TOOLS, {}),
        ("ix_claim_kind", facts._TIMES_OF_KIND, {"kind": 1}),
        ("ix_claim_space", facts._TIMES_OF_SPACE, {"space": 1}),
    ],
)
def test_claims_are_found_through_their_partial_indexes(
    scene: Scene, index: str, question: CompoundSelect[int], values: dict[str, int]
) -> None:
    with reading(scene.engine) as session:
        bound = question.params(**VALUES, **values)
        compiled = bound.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        plan = session.execute(text(f"EXPLAIN QUERY PLAN {compiled}")).all()
    assert any(index in str(line) for line in plan)
