"""The session for a request's questions, on PostgreSQL."""

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import DBAPIError

from booking.models.asking import Question
from booking.models.database import db, reading


@pytest.mark.engine("postgresql")
def test_questions_of_a_request_share_one_connection_and_open_no_transaction(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        assert len({session.scalar(text("SELECT pg_backend_pid()")) for _ in range(3)}) == 1
        driver = session.connection().connection.driver_connection
        assert driver is not None
        assert driver.info.transaction_status == TransactionStatus.IDLE


@pytest.mark.engine("postgresql")
def test_a_connection_that_the_server_has_ended_meanwhile_is_replaced(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("booking.models.database._TRUSTED_SECONDS", 0)
    with engine.connect() as connection, engine.connect() as other:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
        connection.close()
        other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        with engine.connect() as replaced:
            assert replaced.execute(text("SELECT pg_backend_pid()")).scalar_one() != process


@pytest.mark.engine("postgresql")
def test_questions_go_through_the_connection_of_the_session_and_it_is_given_back(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        (asked,) = _PROCESS.rows(session, {})
        assert session.scalar(text("SELECT pg_backend_pid()")) == asked.process
        assert _in_use(db.engine) == 1
        session.close()
        assert _in_use(db.engine) == 0


@pytest.mark.engine("postgresql")
def test_a_question_on_a_connection_that_the_server_has_ended_fails_once(engine: Engine) -> None:
    with reading(engine) as session, reading(engine) as other:
        process = session.scalar(text("SELECT pg_backend_pid()"))
        other.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        with pytest.raises(DBAPIError) as lost:
            _PROCESS.rows(session, {})
        assert lost.value.connection_invalidated
        session.rollback()
        assert session.scalar(text("SELECT pg_backend_pid()")) != process


def _in_use(engine: Engine) -> int:
    return int(engine.pool.checkedout())  # type: ignore[attr-defined]


_PROCESS = Question(select(func.pg_backend_pid().label("process")))
