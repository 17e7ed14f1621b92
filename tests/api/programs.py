"""A network as programs see it: Werkhof with people who hold tokens, and calls made with them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from booking.models.database import Base, Session, db
from booking.models.tables.accounts import Account, Token
from booking.models.tables.spaces import Space
from booking.outside.secrets import digest, new_secret
from booking.rules.access import Role
from tests import factories
from tests.api import described
from tests.factories import NOW

# Tomorrow at 10:00 in Berlin.
TEN = NOW + timedelta(days=1, hours=1)


def told(instant: datetime) -> str:
    """An instant as a program sends it."""
    return instant.isoformat()


@dataclass(frozen=True)
class Program:
    """Somebody's program: calls below /api/v1 with her token, or with none."""

    app: Flask
    token: str | None = None

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> TestResponse:
        """One call; `body` goes as JSON. The answer is held against the interface's description."""
        headers = dict(more.pop("headers", {}))
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            more["json"] = body
        answer = self.app.test_client().open(f"/api/v1{path}", method=method, headers=headers, **more)
        described.hold(method, path, answer)
        return answer

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        """Write."""
        return self.call("POST", path, body, **more)


class Network:
    """Werkhof publishes and lends Lumi; Ada is a member, Bo manages it, Cy belongs to nobody, Dee runs the network."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with factories.database(app) as session:
            people = {name: factories.make_account(session, name) for name in ("Ada", "Bo", "Cy")}
            people["Dee"] = factories.make_account(session, "Dee", is_admin=True)
            space = factories.make_space(session)
            factories.make_member(session, people["Ada"], space)
            factories.make_member(session, people["Bo"], space, Role.MANAGER)
            tool = factories.make_tool(session, space, capabilities={"bed_width_mm": 600})
            self.space_id, self.space, self.tool, self.tool_slug = space.id, space.slug, str(tool.id), tool.slug
            self.account_ids = {name: account.id for name, account in people.items()}
            self.tokens = {name: self._token(session, account) for name, account in people.items()}
            session.commit()
        self.ada, self.bo, self.cy, self.dee = (self.program(name) for name in ("Ada", "Bo", "Cy", "Dee"))
        self.nobody = Program(app)

    def program(self, name: str, scope: str = "write") -> Program:
        """Somebody's program."""
        if scope == "write":
            return Program(self.app, self.tokens[name])
        with factories.database(self.app) as session:
            secret = self._token(session, session.get_one(Account, self.account_ids[name]), scope)
            session.commit()
        return Program(self.app, secret)

    def add_tool(self, name: str = "Beam", **columns: Any) -> str:
        """Another tool at Werkhof; its id."""
        with factories.database(self.app) as session:
            tool = factories.make_tool(session, session.get_one(Space, self.space_id), name=name, **columns)
            session.commit()
            return str(tool.id)

    def add_team(self, *names: str) -> str:
        """A team of these people, which the first of them leads; its id."""
        with factories.database(self.app) as session:
            team = factories.make_team(session, *(session.get_one(Account, self.account_ids[name]) for name in names))
            session.commit()
            return str(team.id)

    def ask(self, start: datetime = TEN, hours: float = 1, **more: Any) -> dict[str, Any]:
        """The body of a booking on Lumi."""
        return {"tool": self.tool, "start": told(start), "end": told(start + timedelta(hours=hours)), **more}

    def booked(self, who: Program, start: datetime = TEN, **more: Any) -> dict[str, Any]:
        """A booking that went through."""
        answer = who.post("/bookings", self.ask(start, **more))
        assert answer.status_code == 201, answer.text
        return answer.get_json()

    def rows(self) -> dict[str, int]:
        """How many rows each table has, but for the marks of reading."""
        with factories.database(self.app) as session:
            return {
                table.name: session.execute(select(func.count()).select_from(table)).scalar_one()
                for table in Base.metadata.sorted_tables
                if table.name != "traffic"
            }

    @property
    def engine(self) -> Any:
        """The application's engine."""
        with self.app.app_context():
            return db.engine

    @staticmethod
    def _token(session: Session, account: Account, scope: str = "write") -> str:
        secret = new_secret()
        session.add(
            Token(account_id=account.id, token_hash=digest(secret), name="A program", scope=scope, created_at=NOW)
        )
        session.flush()
        return secret
