"""The dear questions take their indexes. SQLite's plans don't depend on the number of rows."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, text

from booking.models import audit, bookings, jobs, renderings, sweeping
from booking.models import fact_questions as questions
from booking.models.asking import Question
from booking.models.bookings import Cursor
from booking.models.database import Session, reading
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene

VALUES = {"start": TEN, "end": TEN + HOUR, "long_ago": TEN - 24 * HOUR, "first_day": TEN.date()}
VALUES |= {"tools": [1], "spaces": [1], "account": 1, "tool": 1, "space": 1, "kind": 1}


@pytest.mark.parametrize(
    ("index", "question"),
    [
        ("ix_claim_unit", questions.KNOWN),
        ("ix_claim_unit", questions.KNOWN_OF_TOOLS),
        ("ix_claim_kind", questions.KNOWN_OF_KIND),
        ("ix_claim_space", questions.KNOWN_OF_SPACE),
    ],
)
def test_claims_are_found_through_their_partial_indexes(scene: Scene, index: str, question: Question) -> None:
    plan = plan_of(scene, lambda session: question.rows(session, VALUES))
    assert index in plan
    assert not {table for table in ("claim", "unit", "opening", "closure", "tool") if f"SCAN {table}" in plan}


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("ix_audit_unsealed", audit.has_unsealed),
        ("ix_audit_unsealed", lambda session: audit.unsealed(session, 1)),
        ("ix_booking_pending", lambda session: bookings.number_waiting(session, None)),
        ("ix_booking_pending", lambda session: bookings.number_waiting(session, [1, 2])),
        ("ix_booking_pending", lambda session: bookings.due_to_expire(session, TEN, 1)),
        ("ix_booking_pending", lambda session: bookings.waiting(session, None)),
        ("ix_booking_pending", lambda session: bookings.waiting(session, [1, 2], after=Cursor(TEN, 1))),
    ],
)
def test_what_is_asked_every_minute_looks_at_few_rows(
    scene: Scene, index: str, ask: Callable[[Session], object]
) -> None:
    assert index in plan_of(scene, ask)


@pytest.mark.both_engines
@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("ix_booking_starts_at_id", lambda session: bookings.search(session)),
        ("ix_booking_starts_at_id", lambda session: bookings.search(session, states=[State.CONFIRMED])),
        ("ix_booking_starts_at_id", lambda session: bookings.search(session, after=Cursor(TEN, 1))),
        ("ix_booking_account_id_starts_at", lambda session: bookings.search(session, account_id=1, space_ids=())),
        ("ix_booking_account_id_starts_at", lambda session: bookings.search(session, account_id=1, space_ids=(1, 2))),
        ("ix_booking_space_id_starts_at", lambda session: bookings.search(session, account_id=1, space_ids=(1, 2))),
        ("ix_booking_starts_at_id", lambda session: renderings.forget_before(session, TEN)),
        ("ix_job_dead", lambda session: jobs.dead(session, 1, before_id=9)),
        ("ix_job_due", lambda session: jobs.waiting(session, 1)),
        ("ix_job_done", lambda session: sweeping.sweep(session, TEN)),
    ],
)
def test_lists_that_grow_long_are_read_along_an_index(
    scene: Scene, index: str, ask: Callable[[Session], object]
) -> None:
    plan = plan_of(scene, ask)
    assert index in plan
    assert "SCAN claim" not in plan and "Seq Scan on booking" not in plan


@pytest.mark.engine("postgresql")
def test_the_names_around_bookings_are_read_for_those_of_the_page_only(scene: Scene) -> None:
    for ask in (bookings.search, lambda session: bookings.waiting(session, None)):
        assert "Index Cond: (id = ANY (" in plan_of(scene, ask)


def plan_of(scene: Scene, ask: Callable[[Session], object]) -> str:
    """How the database goes about all statements of a question; without rows PostgreSQL would rather read the table."""
    statements: list[tuple[str, Any]] = []

    def keep(*given: Any) -> None:
        statements.append((given[2], tuple(given[3]) if isinstance(given[3], list) else given[3]))

    event.listen(scene.engine, "before_cursor_execute", keep)
    with reading(scene.engine) as session:
        is_sqlite = scene.engine.dialect.name == "sqlite"
        if not is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        statements.clear()
        ask(session)
        asked = [(statement, values) for statement, values in statements if not statement.startswith("BEGIN")]
        explain = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
        lines = [session.connection().exec_driver_sql(f"{explain} {each}", values).all() for each, values in asked]
    event.remove(scene.engine, "before_cursor_execute", keep)
    return str(lines)
