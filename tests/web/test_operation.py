"""What machines ask: whether the process lives, whether it is ready, and figures without secrets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from booking import create_app
from booking.models import jobs
from booking.models.database import db
from config import Settings
from tests.factories import NOW, database, make_account, make_space, make_tool


def test_the_process_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "alive\n"


@pytest.mark.both_engines
def test_it_is_ready_and_tells_when_the_worker_was_last_seen(
    app: Flask, client: FlaskClient, clock: time_machine.Traveller
) -> None:
    assert client.get("/readyz").json == {"status": "ready", "worker_beat_seconds": None}
    with database(app) as session:
        jobs.beat(session, NOW - timedelta(seconds=30), "here")
        session.commit()
    assert client.get("/readyz").json == {"status": "ready", "worker_beat_seconds": 30}


@pytest.mark.both_engines
def test_an_empty_database_is_not_ready(settings: Settings, empty_database_url: str) -> None:
    with _app_on(settings, empty_database_url) as app:
        answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "empty"})


def test_a_database_out_of_reach_is_not_ready(settings: Settings) -> None:
    with _app_on(settings, "postgresql+psycopg://nobody:nothing@127.0.0.1:9/nowhere") as app:
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"status": "unreachable"})
        assert app.test_client().get("/healthz").status_code == 200


@contextmanager
def _app_on(settings: Settings, database_url: str) -> Iterator[Flask]:
    """The application on another database."""
    app = create_app(replace(settings, database_url=database_url))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.both_engines
def test_figures_count_and_name_nobody(app: Flask, client: FlaskClient, clock: time_machine.Traveller) -> None:
    with database(app) as session:
        make_account(session, "Ada", email="ada@example.org")
        make_tool(session, make_space(session))
        jobs.add(session, "mail", {"link": "http://localhost/reset/s3cret"}, NOW, NOW - timedelta(seconds=90), None)
        session.commit()
    text = client.get("/metrics").text
    assert "benchtime_accounts 1\n" in text
    assert "benchtime_jobs_waiting 1\n" in text
    assert "benchtime_jobs_oldest_due_seconds 90\n" in text
    assert "s3cret" not in text and "ada" not in text
