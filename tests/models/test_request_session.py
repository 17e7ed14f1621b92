"""The session for a request's questions, on PostgreSQL."""

import pytest
from flask import Flask
from psycopg.pq import TransactionStatus
from sqlalchemy import text

from booking.models.database import db


@pytest.mark.engine("postgresql")
def test_questions_of_a_request_share_one_connection_and_open_no_transaction(app: Flask) -> None:
    with app.app_context():
        session = db.session()
        assert len({session.scalar(text("SELECT pg_backend_pid()")) for _ in range(3)}) == 1
        driver = session.connection().connection.driver_connection
        assert driver is not None
        assert driver.info.transaction_status == TransactionStatus.IDLE
