"""A small workshop in which actions are run as the faces run them: one write transaction each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.pool import QueuePool

from booking.actions.call import Call
from booking.models import guards
from booking.models.database import Session, adopt, engine_options, in_transaction, reading, writing
from booking.models.tables.audit import AuditRow
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool, Unit
from booking.rules.access import Actor, Role
from booking.rules.facts import Ask
from booking.rules.spans import Span
from config import Settings
from tests import factories
from tests.factories import NOW

Given = ParamSpec("Given")
Result = TypeVar("Result")
HOUR = timedelta(hours=1)
TEN_MINUTES = timedelta(minutes=10)
# Tomorrow at 10:00 in Berlin.
TEN = NOW + timedelta(days=1, hours=1)


@contextmanager
def engine_on(url: str) -> Iterator[Engine]:
    """An engine of our manners on this database."""
    engine = create_engine(url, **engine_options(url))
    adopt(engine)
    try:
        yield engine
    finally:
        put_away(engine)


def put_away(engine: Engine) -> None:
    """End an engine's connections. One that a test still holds would be ended whenever garbage is collected.

    That may be in the middle of anything, of another test as well: it fails here, where it comes from.
    """
    held = engine.pool.checkedout() if isinstance(engine.pool, QueuePool) else 0
    engine.dispose()
    assert held == 0, f"{held} connections were not given back"


class Scene:
    """Werkhof with the tool Lumi; Ada is a member there, Bo manages it, Cy belongs to nobody, Dee runs the network."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine, self.settings, self.now = engine, settings, NOW
        with writing(engine) as session:
            ada, bo, cy = (factories.make_account(session, name) for name in ("Ada", "Bo", "Cy"))
            dee = factories.make_account(session, "Dee", is_admin=True)
            space = factories.make_space(session)
            factories.make_member(session, ada, space)
            factories.make_member(session, bo, space, Role.MANAGER)
            self.tool_id = factories.make_tool(session, space, name="Lumi").id
            self.space_id = space.id
        here = f"space_{space.id}"
        self.ada = factories.actor_of(ada, **{here: Role.MEMBER})
        self.bo = factories.actor_of(bo, **{here: Role.MANAGER})
        self.cy, self.dee = factories.actor_of(cy), factories.actor_of(dee)

    def perform(
        self,
        who: Actor | None,
        action: Callable[Concatenate[Call, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Run a writing action as this person."""
        return in_transaction(self.engine, lambda session: action(self.call(session, who), *args, **kwargs))

    def read(
        self,
        who: Actor | None,
        action: Callable[Concatenate[Call, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        """Run an action that only reads as this person."""
        with reading(self.engine) as session:
            return action(self.call(session, who), *args, **kwargs)

    def call(self, session: Session, who: Actor | None) -> Call:
        """What an action is told."""
        return Call(session, who, self.now, self.settings)

    def tool(self, name: str = "Beam", **columns: Any) -> int:
        """Another tool at Werkhof: its id."""
        with writing(self.engine) as session:
            return factories.make_tool(session, session.get_one(Space, self.space_id), name=name, **columns).id

    def tool_elsewhere(self, space: str = "Fablab", **columns: Any) -> int:
        """A tool at a space of its own: its id. Columns are those of the space."""
        with writing(self.engine) as session:
            return factories.make_tool(session, factories.make_space(session, space, **columns), name="Beam").id

    def crowd(self, number: int, first: datetime) -> None:
        """So many bookings of ten minutes on Lumi, one after the other."""
        with writing(self.engine) as session:
            tool = session.get_one(Tool, self.tool_id)
            unit = session.scalars(select(Unit).where(Unit.tool_id == tool.id)).one()
            for turn in range(number):
                start, end = first + turn * TEN_MINUTES, first + (turn + 1) * TEN_MINUTES
                values = {"account_id": self.cy.account_id, "state": "confirmed", "created_at": NOW, "changed_at": NOW}
                place = {"space_id": tool.space_id, "tool_id": tool.id, "starts_at": start, "ends_at": end}
                booking = Booking(uid=f"crowd-{turn}", **values, **place)
                session.add(booking)
                session.flush()
                held = {"unit_id": unit.id, "space_id": tool.space_id, "kind_id": tool.kind_id}
                session.add(Claim(booking_id=booking.id, blocks_from=start, blocks_until=end, **held))

    def ask(
        self, start: datetime = TEN, length: timedelta = HOUR, tool_id: int | None = None, purpose: str = ""
    ) -> Ask:
        """A wish for time on Lumi, or on another tool."""
        return Ask(tool_id or self.tool_id, Span(start, start + length), purpose)

    def audit(self) -> list[tuple[str, int | None]]:
        """What happened, and by whose account."""
        with reading(self.engine) as session:
            return [
                (act, who)
                for act, who in session.execute(select(AuditRow.act, AuditRow.account_id).order_by(AuditRow.id))
            ]

    def jobs(self) -> list[str]:
        """What is left to the worker: the events of mails, the kinds of other jobs; looks at the waitlist left out."""
        with reading(self.engine) as session:
            rows = session.scalars(select(Job).order_by(Job.id)).all()
            return [row.payload.get("event", row.kind) for row in rows if row.kind != "freed"]

    def overlaps(self) -> int:
        """How often two claims are on one unit at once: the guard's own window query."""
        with self.engine.connect() as connection:
            return guards.overlaps(connection)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database while the block runs."""
    statements: list[str] = []

    def keep(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", keep)
