"""The dear questions take their indexes: on SQLite, whose plans don't depend on the number of rows."""

from collections.abc import Callable

import pytest
from sqlalchemy import CompoundSelect, text

from booking.models import audit, bookings, facts
from booking.models.database import Session, reading
from tests.acting import HOUR, TEN, Scene, counted

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


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("ix_audit_unsealed", audit.has_unsealed),
        ("ix_audit_unsealed", lambda session: audit.unsealed(session, 1)),
        ("ix_booking_pending", lambda session: bookings.number_waiting(session, None)),
        ("ix_booking_pending", lambda session: bookings.due_to_expire(session, TEN, 1)),
    ],
)
def test_what_is_asked_every_minute_looks_at_few_rows(
    scene: Scene, index: str, ask: Callable[[Session], object]
) -> None:
    with reading(scene.engine) as session:
        with counted(scene.engine) as statements:
            ask(session)
        given = tuple(0 for _ in range(statements[-1].count("?")))
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statements[-1]}", given).all()
    assert any(index in str(line) for line in plan)
