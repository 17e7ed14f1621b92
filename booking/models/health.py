"""How the database is: at this release's revision, at another, empty, or out of reach."""

from dataclasses import dataclass
from enum import StrEnum

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import ArgumentError, DBAPIError

from booking.models import bookings, migrate
from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.spans import Span
from booking.rules.states import HOLDING


class Standing(StrEnum):
    """What may be done with a database."""

    READY = "ready"
    EMPTY = "empty"
    OUTDATED = "outdated"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Health:
    """The standing of a database, and in one line why it can't be reached."""

    standing: Standing
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How large the network is: people, places, tools, requests that wait, bookings that start within a span."""

    accounts: int
    spaces: int
    tools: int
    pending: int
    bookings: int = 0


def examine(engine: Engine) -> Health:
    """Look at the database; never raises for one that can't be reached."""
    try:
        with engine.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            return Health(Standing.EMPTY)
        return Health(Standing.READY if migrate.is_current(engine) else Standing.OUTDATED)
    except DBAPIError as problem:
        return Health(Standing.UNREACHABLE, reason_of(problem))


def reason_of(problem: Exception) -> str:
    """Why the database did not answer, in one line; empty when the problem is not the database's."""
    if not isinstance(problem, DBAPIError | ArgumentError):
        return ""
    cause = getattr(problem, "orig", None) or problem
    return next((line.strip() for line in str(cause).splitlines() if line.strip()), type(cause).__name__)


def counts(session: Session, span: Span | None = None) -> Counts:
    """The figures of the network; bookings are only counted within a span, because there may be millions."""
    return Counts(
        accounts=session.execute(select(func.count()).select_from(Account)).scalar_one(),
        spaces=session.execute(select(func.count()).select_from(Space)).scalar_one(),
        tools=session.execute(select(func.count()).select_from(Tool).where(Tool.state != "retired")).scalar_one(),
        pending=bookings.number_waiting(session, None),
        bookings=_starting(session, span) if span else 0,
    )


def _starting(session: Session, span: Span) -> int:
    held = Booking.state.in_([state.value for state in HOLDING])
    # By space, because that is how bookings are indexed; the database needs the list of spaces for it.
    places = Booking.space_id.in_(select(Space.id))
    within = (Booking.starts_at >= span.start, Booking.starts_at < span.end)
    return session.execute(select(func.count()).select_from(Booking).where(places, *within, held)).scalar_one()
