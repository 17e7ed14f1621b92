"""Pages as people's browsers get them, and what they ask of the database meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from booking.models.database import db
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from tests.calendars import Workshop
from tests.factories import sign_in

THURSDAY = {"date": "2026-11-26", "start": "18:00", "end": "20:00"}
DIALOG = {"HX-Request": "true"}


def browser_of(app: Flask, workshop: Workshop, account: Account) -> FlaskClient:
    """Somebody's browser."""
    client = app.test_client()
    sign_in(client, workshop.session, account)
    return client


def address(workshop: Workshop, part: str = "book") -> str:
    return f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/{part}"


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def element(answer: TestResponse, selector: str) -> Tag:
    found = soup(answer).select_one(selector)
    assert found is not None, f"no {selector} in {answer.text[:2000]}"
    return found


def rows(workshop: Workshop) -> list[Booking]:
    # A new look: the one before may be older than the request.
    workshop.session.rollback()
    workshop.session.expire_all()
    return list(workshop.session.scalars(select(Booking).order_by(Booking.id)))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The questions that are put to the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
