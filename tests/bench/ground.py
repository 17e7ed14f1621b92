"""What is measured on: a workshop with a year of bookings, 10,000 of them one maker's, stored as feeds show them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select, text

from booking.models import loading
from booking.models.database import Session, writing
from booking.models.tables.accounts import Token
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.calendars import Feed
from booking.models.tables.jobs import Job
from booking.models.tables.tools import Tool, Unit
from booking.outside import clock
from booking.outside.secrets import digest, new_secret
from booking.rules.access import Role
from tests import factories

EVENTS = 10_000
# Seven tools, each with four bookings of two hours on every day: a busy workshop that opens from 08:00 to 22:00.
TOOLS, A_DAY = 7, 4
LENGTH, APART = timedelta(hours=2), timedelta(hours=3, minutes=30)
OPENS, OPEN_HOURS = timedelta(hours=8), 14


@dataclass(frozen=True)
class Ground:
    """The workshop: who asks with what, about which tools. `still_feed` is of a tool that nobody books meanwhile."""

    token: str
    feed: str
    still_feed: str
    account_id: int
    space: str
    busy: str
    fresh: str
    fresh_id: int
    first: datetime

    def slot(self, number: int) -> tuple[datetime, datetime]:
        """The free hour of this number on the fresh tool."""
        day, hour = divmod(number, OPEN_HOURS)
        start = self.first + timedelta(days=day, hours=hour) + OPENS
        return start, start + timedelta(hours=1)


def prepare(engine: Engine) -> Ground:
    """Fill a migrated, empty database; a job to store the events is left to the worker."""
    now = clock.now()
    first = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    with writing(engine) as session:
        space = factories.make_space(session, time_zone="UTC", address="Hauptstr. 5")
        ada = factories.make_account(session, email="ada@example.org")
        factories.make_member(session, ada, space, Role.MANAGER)
        busy = [factories.make_tool(session, space, place="Room 2", window_days=730) for _ in range(TOOLS)]
        fresh = factories.make_tool(session, space, window_days=730)
        _fill(session, ada.id, busy, first)
        token, feed, still = new_secret(), f"m{new_secret()}", f"t{new_secret()}"
        session.add(Token(account_id=ada.id, name="Bench", token_hash=digest(token), scope="write", created_at=now))
        session.add(Feed(account_id=ada.id, token_hash=digest(feed), view="mine", created_at=now))
        session.add(Feed(account_id=ada.id, token_hash=digest(still), view="tool", tool_id=busy[0].id, created_at=now))
        session.add(Job(kind="render", payload={"fill": True}, run_at=now, created_at=now))
    return Ground(token, feed, still, ada.id, space.slug, busy[0].slug, fresh.slug, fresh.id, first)


def settle(engine: Engine) -> None:
    """Let the database tidy up after so many rows and look at what it holds, as it does by itself after a while."""
    tidy = "VACUUM (ANALYZE)" if engine.dialect.name == "postgresql" else "ANALYZE"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(tidy))


def _fill(session: Session, account_id: int, tools: list[Tool], first: datetime) -> None:
    """So many bookings of one maker, with their claims."""
    units = dict(session.execute(select(Unit.tool_id, Unit.id)).tuples().all())
    common = {"account_id": account_id, "state": "confirmed", "created_at": first, "changed_at": first}
    rows: list[dict[str, Any]] = []
    for number in range(EVENTS):
        (day, turn), tool = divmod(number // TOOLS, A_DAY), tools[number % TOOLS]
        start = first + timedelta(days=day) + OPENS + turn * APART
        times = {"id": number + 1, "uid": f"bench-{number}@example.org", "starts_at": start, "ends_at": start + LENGTH}
        place = {"space_id": tool.space_id, "tool_id": tool.id, "purpose": "A box for the tools; oak, 12 mm"}
        rows.append(times | place | common)
    session.execute(insert(Booking), rows)
    held = {"space_id": tools[0].space_id, "kind_id": tools[0].kind_id, "blocking": True}
    claims = [
        {"booking_id": row["id"], "unit_id": units[row["tool_id"]], "blocks_from": row["starts_at"]}
        | {"blocks_until": row["ends_at"]}
        | held
        for row in rows
    ]
    session.execute(insert(Claim), claims)
    loading.number_on(session.connection(), ["booking"])
