"""Loading many rows at once into an empty database: in order of their references, and numbered on afterwards."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, text

from booking.models.database import Session
from booking.models.tables import METADATA

# What makes a database somebody's: built-in kinds come with every installation.
_OWNED = ("account", "space", "tool", "booking")


class NotEmptyError(Exception):
    """There is something already; its text is one line for people."""


def require_empty(session: Session) -> None:
    """Raise NotEmptyError when there are people, spaces, tools or bookings."""
    for name in _OWNED:
        if session.execute(select(METADATA.tables[name]).limit(1)).first() is not None:
            raise NotEmptyError(f"The database is not empty (table {name}); an invented network needs an empty one.")


def load(session: Session, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Insert the rows of all tables, each with every column that has no default; guards and references hold."""
    for table in METADATA.sorted_tables:
        rows = tables.get(table.name)
        if rows:
            session.execute(insert(table), [dict(row) for row in rows])
    number_on(session.connection(), tables)


def number_on(connection: Connection, tables: Iterable[str]) -> None:
    """Let PostgreSQL's numbering go on after the loaded rows; SQLite looks at the rows by itself."""
    if connection.dialect.name != "postgresql":
        return
    for name in sorted(tables):
        if "id" in METADATA.tables[name].columns:
            # The name is one of our own tables.
            last = f"(SELECT coalesce(max(id), 0) + 1 FROM {name})"  # noqa: S608
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {last}, false)"))
