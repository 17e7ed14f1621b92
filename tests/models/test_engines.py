"""The manners that both engines are taught: who locks when, and what happens when the database is busy."""

import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import psycopg
import pytest
from sqlalchemy import Engine, event, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from booking.models.database import Session, in_transaction, reading, writing
from booking.models.facts import lock_tools
from booking.models.tables import METADATA
from tests.acting import Scene, counted
from tests.factories import NOW

pytestmark = pytest.mark.both_engines
THROTTLE = METADATA.tables["throttle"]


def keep(engine: Engine, bucket: str, instant: datetime) -> None:
    """Store an instant."""
    with writing(engine) as session:
        session.execute(insert(THROTTLE).values(bucket=bucket, level=0, changed_at=instant))


def test_an_instant_comes_back_in_utc_whatever_zone_it_came_in(engine: Engine) -> None:
    keep(engine, "east", datetime(2026, 11, 25, 16, 0, tzinfo=timezone(timedelta(hours=8))))
    with reading(engine) as session:
        found = session.execute(select(THROTTLE.c.changed_at)).scalar_one()
    assert found == NOW
    assert found.tzinfo is UTC


def test_a_naive_instant_is_refused_in_values_and_in_questions(engine: Engine) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        keep(engine, "naive", naive)
    with pytest.raises(StatementError, match="an instant needs a time zone"), reading(engine) as session:
        session.execute(select(THROTTLE).where(THROTTLE.c.changed_at > naive))


def test_what_raises_is_rolled_back_as_a_whole(engine: Engine) -> None:
    def fail(session: Session) -> None:
        session.execute(insert(THROTTLE).values(bucket="half", level=0, changed_at=NOW))
        raise LookupError

    with pytest.raises(LookupError):
        in_transaction(engine, fail)
    with reading(engine) as session:
        assert session.execute(select(THROTTLE)).all() == []


def test_what_is_read_is_never_written(engine: Engine) -> None:
    with reading(engine) as session:
        session.execute(insert(THROTTLE).values(bucket="read", level=0, changed_at=NOW))
    with reading(engine) as session:
        assert session.execute(select(THROTTLE)).all() == []


def test_a_unit_of_work_is_done_again_when_the_database_was_only_busy(engine: Engine) -> None:
    tries = []

    def work(session: Session) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("SELECT", {}, _busy(engine))
        return "done"

    assert in_transaction(engine, work) == "done"
    assert len(tries) == 3


def test_what_stays_busy_is_said_after_five_tries(engine: Engine) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        raise OperationalError("SELECT", {}, _busy(engine))

    with pytest.raises(DBAPIError):
        in_transaction(engine, work)
    assert len(tries) == 5


def test_a_mistake_is_not_tried_again(engine: Engine) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(DBAPIError):
        in_transaction(engine, work)
    assert len(tries) == 1


def _busy(engine: Engine) -> Exception:
    if engine.dialect.name == "sqlite":
        return sqlite3.OperationalError("database is locked")
    return psycopg.errors.DeadlockDetected()


def test_a_write_takes_its_lock_before_anything_else(scene: Scene) -> None:
    with counted(scene.engine) as statements, writing(scene.engine) as session:
        lock_tools(session, (scene.tool_id,))
        session.execute(text("SELECT 1"))
    first = statements[0]
    if scene.engine.dialect.name == "sqlite":
        assert first == "BEGIN IMMEDIATE"
    else:
        assert "ORDER BY id FOR NO KEY UPDATE" in first


def test_a_second_writer_waits_for_the_first_and_sees_what_it_wrote(scene: Scene) -> None:
    begun, seen = threading.Event(), []

    def second() -> None:
        begun.wait()
        with writing(scene.engine) as session:
            lock_tools(session, (scene.tool_id,))
            seen.append(session.execute(select(THROTTLE.c.bucket)).scalars().all())

    other = threading.Thread(target=second)
    other.start()
    with writing(scene.engine) as session:
        lock_tools(session, (scene.tool_id,))
        begun.set()
        time.sleep(0.2)
        assert seen == []
        session.execute(insert(THROTTLE).values(bucket="first", level=0, changed_at=NOW))
    other.join()
    assert seen == [["first"]]


def test_readers_do_not_wait_for_a_writer(scene: Scene) -> None:
    with writing(scene.engine) as session:
        lock_tools(session, (scene.tool_id,))
        session.execute(insert(THROTTLE).values(bucket="unseen", level=0, changed_at=NOW))
        with reading(scene.engine) as other:
            assert other.execute(select(THROTTLE)).all() == []


def test_the_connection_is_set_up_as_reliability_needs(engine: Engine) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "trusted_schema": 0}
            asked = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
        else:
            wanted = {"lock_timeout": "4s", "TimeZone": "UTC"}
            asked = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in wanted}
    assert asked == wanted


def test_nothing_is_written_outside_a_writing_transaction_by_accident(engine: Engine) -> None:
    begins: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: begins.append(str(given[2])))
    with reading(engine) as session:
        session.execute(text("SELECT 1"))
    assert "BEGIN IMMEDIATE" not in begins


def test_an_error_does_not_tell_what_was_to_be_written(engine: Engine) -> None:
    with pytest.raises(DBAPIError) as raised, writing(engine) as session:
        session.execute(text("INSERT INTO nowhere (word) VALUES (:word)"), {"word": "s3cret"})
    assert "s3cret" not in str(raised.value)
