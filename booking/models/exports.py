"""Reading everything that is kept, table by table, and copying a SQLite file while it is in use."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from booking.models.database import Session
from booking.models.tables import METADATA
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Space

# What is made again from the other tables, or only matters while the service runs.
PASSING = frozenset({"rendering", "revision", "traffic", "throttle", "idempotency_key", "job"})
SECRET = frozenset({"password_hash", "token_hash", "browser_hash"})
ROWS_AT_ONCE = 1000


def tables() -> tuple[str, ...]:
    """The names of the tables that are exported, those that others refer to first."""
    return tuple(table.name for table in METADATA.sorted_tables if table.name not in PASSING)


def rows(session: Session, table_name: str) -> Iterator[dict[str, Any]]:
    """Every row of a table as plain JSON values, without hashes of secrets; instants in ISO form, UTC."""
    table = METADATA.tables[table_name]
    columns = [column for column in table.columns if column.name not in SECRET]
    question = select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS_AT_ONCE)
    for row in session.execute(question).mappings():
        yield {name: as_plain(value) for name, value in row.items()}


def spaces(session: Session) -> tuple[tuple[int, str, str, str, str], ...]:
    """Id, slug, name, language and zone of every space."""
    question = select(Space.id, Space.slug, Space.name, Space.language, Space.time_zone).order_by(Space.slug)
    return tuple((row[0], row[1], row[2], row[3], row[4]) for row in session.execute(question))


def booking_ids(session: Session, space_id: int, after: int) -> list[int]:
    """The next bookings of a space after an id, in the order of their ids."""
    question = select(Booking.id).where(Booking.space_id == space_id, Booking.id > after)
    return list(session.scalars(question.order_by(Booking.id).limit(ROWS_AT_ONCE)))


def booking_ids_of_person(session: Session, account_id: int, after: int) -> list[int]:
    """The next bookings of a person after an id, in the order of their ids."""
    question = select(Booking.id).where(Booking.account_id == account_id, Booking.id > after)
    return list(session.scalars(question.order_by(Booking.id).limit(ROWS_AT_ONCE)))


def copy_sqlite(engine: Engine, target: Path) -> None:
    """Write a consistent copy of a SQLite database to a new file, while others go on writing."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # VACUUM does not work inside a transaction, so it goes to the driver directly.
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()


def as_plain(value: Any) -> Any:
    """A value of a row as JSON can hold it; instants and days in ISO form."""
    return value.isoformat() if isinstance(value, date | datetime) else value
