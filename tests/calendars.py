"""A workshop with people, bookings and feeds, for the tests of calendars."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select

from booking.actions import feeds, renderings
from booking.actions.call import Call
from booking.models import bookings
from booking.models.database import Session, db, writing
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool, Unit
from booking.rules.access import Role
from booking.rules.events import View
from booking.rules.states import ENDED, HOLDING, State
from config import Settings
from tests.factories import NOW, actor_of, database, make_account, make_member, make_space, make_tool

_numbers = itertools.count(1)


@dataclass
class Workshop:
    """A space with one tool; Ada is a member, Bo the manager, Cy a stranger, Dee runs the network."""

    session: Session
    space: Space
    tool: Tool
    ada: Account
    bo: Account
    cy: Account
    dee: Account


@pytest.fixture
def workshop(app: Flask) -> Iterator[Workshop]:
    """The workshop, saved; the test may go on using its session."""
    session = database(app)
    space = make_space(session, address="Hauptstr. 5")
    ada, bo, cy = (make_account(session, name) for name in ("Ada", "Bo", "Cy"))
    dee = make_account(session, "Dee", is_admin=True)
    make_member(session, ada, space)
    make_member(session, bo, space, Role.MANAGER)
    tool = make_tool(session, space, place="Room 2")
    session.commit()
    yield Workshop(session, space, tool, ada, bo, cy, dee)
    session.close()


def make_booking(
    workshop: Workshop,
    *,
    start: datetime = NOW + timedelta(hours=2),
    hours: int = 2,
    state: State = State.CONFIRMED,
    account: Account | None = None,
    **columns: object,
) -> Booking:
    """A booking of the workshop's tool, Ada's unless told; saved."""
    values: dict[str, object] = {
        "uid": f"booking-{next(_numbers)}@bookings.example.org",
        "space_id": workshop.space.id,
        "tool_id": workshop.tool.id,
        "account_id": (account or workshop.ada).id,
        "purpose": "Cutting; parts, many",
        "created_at": NOW,
        "changed_at": NOW,
        "ended_at": NOW if state in ENDED else None,
    }
    row = Booking(state=state.value, starts_at=start, ends_at=start + timedelta(hours=hours), **values | columns)
    workshop.session.add(row)
    workshop.session.flush()
    workshop.session.add(_claim(workshop.session, row, state in HOLDING))
    workshop.session.commit()
    return row


def _claim(session: Session, row: Booking, blocking: bool) -> Claim:
    tool = session.get_one(Tool, row.tool_id)
    unit = session.scalars(select(Unit).where(Unit.tool_id == tool.id).limit(1)).one()
    return Claim(
        booking_id=row.id,
        unit_id=unit.id,
        space_id=row.space_id,
        kind_id=tool.kind_id,
        blocks_from=row.starts_at,
        blocks_until=row.ends_at,
        blocking=blocking,
    )


MakeFeed = Callable[..., str]


@pytest.fixture
def make_feed(app: Flask, settings: Settings, workshop: Workshop) -> MakeFeed:
    """Makes a feed of somebody and answers its path."""

    def make(account: Account, view: View, **choices: Any) -> str:
        roles = {"ada": Role.MEMBER, "bo": Role.MANAGER}
        role = next((role for name, role in roles.items() if getattr(workshop, name) is account), None)
        actor = actor_of(account, **({f"space_{workshop.space.id}": role} if role else {}))
        if view is View.TOOL:
            choices["tool_id"] = workshop.tool.id
        elif view is View.SPACE:
            choices["space_id"] = workshop.space.id
        with app.app_context(), writing(db.engine) as session:
            _card, address = feeds.create(Call(session, actor, NOW, settings), view, **choices)
        return address.removeprefix(settings.base_url)

    return make


def events(body: bytes) -> list[dict[str, Any]]:
    """The events of a calendar as the library reads them."""
    calendar = Calendar.from_ical(body)
    assert calendar.errors == []
    return list(calendar.events)


def summaries(body: bytes) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(body)]


def store(app: Flask, settings: Settings, row: Booking) -> None:
    with app.app_context(), writing(db.engine) as session:
        renderings.refresh(Call(session, None, NOW, settings), bookings.card(session, row.id))
