"""The session for a request's questions, on PostgreSQL."""

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, text

from booking.models.database import db


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
        assert engine.connect().execute(text("SELECT pg_backend_pid()")).scalar_one() != process
