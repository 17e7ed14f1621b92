"""Questions that are spelled once: rows by name, values in and out as the tables say, errors as usual."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from booking.models.asking import Question, new_row, told
from booking.models.database import Id, Instant, reading, writing
from booking.models.tables import METADATA
from tests.acting import Scene, counted
from tests.factories import NOW

pytestmark = pytest.mark.both_engines
_space, _job = METADATA.tables["space"], METADATA.tables["job"]


def test_rows_come_by_name_and_number_as_the_tables_say(scene: Scene) -> None:
    question = Question(
        select(
            _space.c.name, _space.c.publishes, _space.c.created_at, bindparam("when", type_=Instant()).label("told")
        ).where(_space.c.id == bindparam("space", type_=Id))
    )
    with reading(scene.engine) as session:
        row = question.first(session, {"space": scene.space_id, "when": NOW})
        assert question.first(session, {"space": 0, "when": NOW}) is None
    assert row is not None
    assert (row.name, row.told, row[3]) == (row[0], NOW, NOW)
    assert isinstance(row.publishes, bool)
    assert row.created_at.tzinfo is UTC


def test_a_new_row_takes_the_defaults_of_its_table_and_json(scene: Scene) -> None:
    add = Question(insert(_job).values(new_row(_job, "new")))
    values = {"kind": "mail", "payload": {"to": "Ada"}, "run_at": NOW, "created_at": NOW}
    with writing(scene.engine) as session:
        add.run(session, told("new", values))
    with reading(scene.engine) as session:
        kept = Question(select(_job.c.payload, _job.c.attempts, _job.c.last_error)).rows(session, {})
    assert kept[-1] == ({"to": "Ada"}, 0, "")


def test_whoever_listens_to_the_engine_hears_questions(scene: Scene) -> None:
    with counted(scene.engine) as statements, reading(scene.engine) as session:
        Question(select(_space.c.id)).rows(session, {})
    assert any("FROM space" in statement for statement in statements)


def test_errors_are_the_usual_ones_and_keep_the_values_to_themselves(scene: Scene) -> None:
    add = Question(insert(_job).values(new_row(_job, "new")))
    twice = told("new", {"kind": "mail", "payload": {}, "dedupe_key": "secret", "run_at": NOW, "created_at": NOW})
    with pytest.raises(IntegrityError) as refused, writing(scene.engine) as session:
        add.run(session, twice)
        add.run(session, twice)
    assert refused.value.params is None
    with pytest.raises(DBAPIError), reading(scene.engine) as session:
        Question(text("SELECT nothing FROM nowhere")).run(session, {})


def test_instants_need_a_time_zone(scene: Scene) -> None:
    question = Question(select(_space.c.id).where(_space.c.created_at < bindparam("when", type_=Instant())))
    with reading(scene.engine) as session, pytest.raises(ValueError, match="time zone"):
        question.rows(session, {"when": datetime(2026, 1, 1)})  # noqa: DTZ001
