"""Where people race over HTTP: a served installation with a workshop, 64 makers, managers, and their tokens."""

import contextlib
import http.client
import json
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from booking.models import guards
from booking.models.database import Session, reading, writing
from booking.models.tables.accounts import Account, Token
from booking.models.tables.audit import AuditRow
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.spaces import Opening
from booking.models.tables.tools import Unit
from booking.outside import clock
from booking.outside.secrets import digest, new_secret
from booking.rules.access import Role
from booking.rules.states import State
from tests import factories
from tests.acting import engine_on
from tests.installation import Installation

RUNNERS = 64
PROCESSES = 4
EDGE_TOOLS, EDGE_HOURS = 8, 3
HOUR = timedelta(hours=1)
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Request:
    """One request of one runner, with her token."""

    token: str
    method: str
    path: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    document: dict[str, Any]

    @property
    def codes(self) -> set[str]:
        """The codes of the rules that refused."""
        return {refusal["code"] for refusal in self.document.get("refusals", [])}


class Arena:
    """A workshop that never closes: a tool that is booked at once, one that asks for approval, one to start from."""

    def __init__(self, engine: Engine, address: str) -> None:
        self.engine = engine
        self.host = address.removeprefix("http://")
        now = clock.now()
        self.first = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=2)
        with writing(engine) as session:
            space = factories.make_space(session, hours=False, time_zone="UTC")
            session.add_all(Opening(space_id=space.id, weekday=day, opens=0, closes=1440) for day in range(7))
            self.makers, self.managers = [], []
            for number in range(RUNNERS):
                maker, manager = (factories.make_account(session, f"{role}{number}") for role in ("maker", "manager"))
                factories.make_member(session, manager, space, Role.MANAGER)
                self.makers.append((maker.id, _token(session, maker)))
                self.managers.append(_token(session, manager))
            tools = [factories.make_tool(session, space, window_days=730, **more) for more in _POLICIES]
            self.tool, self.approved, self.start = tools
            self.edge = self._edge(session)
            self.start_unit = session.scalars(select(Unit.id).where(Unit.tool_id == self.start.id)).one()

    def _edge(self, session: Session) -> list[int]:
        """The ids of the tools of another workshop, where everybody may have so many hours a day in all."""
        space = factories.make_space(session, "Edge", hours=False, time_zone="UTC")
        session.add_all(Opening(space_id=space.id, weekday=day, opens=0, closes=1440) for day in range(7))
        factories.make_quota(session, "person", "minutes_day", amount=60 * EDGE_HOURS, space_id=space.id)
        return [factories.make_tool(session, space, window_days=730).id for _ in range(EDGE_TOOLS)]

    def slot(self, number: int) -> tuple[datetime, datetime]:
        """The hour of this number, from the day after tomorrow on."""
        start = self.first + number * HOUR
        return start, start + HOUR

    def line_up(self) -> list[int]:
        """A confirmed booking for each maker on the tool to start from: their ids, in the order of the makers."""
        with writing(self.engine) as session:
            return [self._booking(session, maker, number) for number, (maker, _) in enumerate(self.makers)]

    def _booking(self, session: Session, account_id: int, number: int) -> int:
        start, end = self.slot(number)
        values: dict[str, Any] = {"uid": f"start-{number}@example.org", "state": State.CONFIRMED.value}
        values |= {"starts_at": start, "ends_at": end, "created_at": self.first, "changed_at": self.first}
        place = {"space_id": self.start.space_id, "tool_id": self.start.id, "account_id": account_id}
        booking = factories.added(session, Booking(**values, **place))
        held = {"space_id": self.start.space_id, "kind_id": self.start.kind_id, "unit_id": self.start_unit}
        session.add(Claim(booking_id=booking.id, blocks_from=start, blocks_until=end, **held))
        return booking.id

    def together(self, requests: Sequence[Request]) -> list[Answer]:
        """Send all at the same moment, each over a connection of its own that is open already."""
        line = threading.Barrier(len(requests))

        def run(request: Request) -> Answer:
            connection = http.client.HTTPConnection(self.host, timeout=60)
            with contextlib.closing(connection):
                connection.connect()
                line.wait()
                return self._sent(connection, request)

        with ThreadPoolExecutor(len(requests)) as runners:
            return list(runners.map(run, requests))

    def send(self, request: Request) -> Answer:
        """Send one alone."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        with contextlib.closing(connection):
            return self._sent(connection, request)

    def _sent(self, connection: http.client.HTTPConnection, request: Request) -> Answer:
        headers = JSON | {"Authorization": f"Bearer {request.token}"}
        connection.request(request.method, f"/api/v1{request.path}", json.dumps(request.body), headers)
        answer = connection.getresponse()
        return Answer(answer.status, json.loads(answer.read()))

    def overlaps(self) -> int:
        """How often two claims are on one unit at once: the guard's own window query."""
        with self.engine.connect() as connection:
            return guards.overlaps(connection)

    def decisions(self, booking_id: int) -> int:
        """How often the audit says that a request was decided."""
        question = select(func.count()).where(AuditRow.subject == "booking", AuditRow.subject_id == booking_id)
        with reading(self.engine) as session:
            return session.scalar(question.where(AuditRow.act.in_(("approve", "decline")))) or 0


_POLICIES: tuple[dict[str, Any], ...] = ({}, {"approval": "always"}, {})


def _token(session: Session, account: Account) -> str:
    secret = new_secret()
    values: dict[str, Any] = {
        "name": "Race",
        "token_hash": digest(secret),
        "scope": "write",
        "created_at": account.created_at,
    }
    factories.added(session, Token(account_id=account.id, **values))
    return secret


@contextlib.contextmanager
def opened(folder: Path, database_url: str, *, careless: bool = False) -> Iterator[Arena]:
    """The arena served on a migrated database; careless without what keeps two acts apart, the guard included."""
    installation = Installation(folder, database_url)
    with engine_on(database_url) as engine:
        arena = Arena(engine, installation.address)
        if careless:
            with writing(engine) as session:
                guards.lift(session.connection())
        words = ["tests.chaos.crew", str(installation.port), str(PROCESSES), *(["careless"] if careless else [])]
        with installation.served(*words):
            yield arena
