"""Asking what every request asks: each question is spelled out once, and nothing is made of its rows but tuples.

SQLAlchemy's own way costs several times what the database takes for a small question. Here it only spells: the
text, and how values go in and come out. Who listens to an engine's statements hears these as well.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import (
    BindParameter,
    ClauseElement,
    Connection,
    Dialect,
    Float,
    SelectBase,
    Table,
    UpdateBase,
    bindparam,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from booking.models.database import Instant, Session

Change = Callable[[Any], Any]
Line = Any


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A question as one kind of database takes it: the values by name with what is told where none is given."""

    text: str
    # The driver finds what it has prepared by these bytes: the same ones each time are compared at a glance.
    sent: str | bytes
    values: tuple[tuple[str, Any, Change | None], ...]
    columns: tuple[tuple[int, Change], ...]


class Question:
    """A statement that is asked often, without lists of any length among its values."""

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        self._spelled: dict[str, _Spelled] = {}
        columns = _columns(statement)
        self._line = namedtuple("_line", [column.key or "" for column in columns], rename=True)  # type: ignore[misc]

    def rows(self, session: Session, values: Mapping[str, Any]) -> list[Line]:
        """The rows of the answer, their columns by name and by number. Raises what SQLAlchemy would."""
        connection = _connection(session)
        spelled = self._spelled.get(connection.dialect.name) or self._spell(connection.dialect)
        return [self._line(*row) for row in _changed(_fetched(connection, spelled, values), spelled.columns)]

    def first(self, session: Session, values: Mapping[str, Any]) -> Line | None:
        """The first row of the answer, or None."""
        return next(iter(self.rows(session, values)), None)

    def run(self, session: Session, values: Mapping[str, Any]) -> None:
        """Write, without an answer."""
        connection = _connection(session)
        _asked(connection, self._spelled.get(connection.dialect.name) or self._spell(connection.dialect), values)

    def _spell(self, dialect: Dialect) -> _Spelled:
        spelling = dialect
        if dialect.name == "postgresql":
            # With numbered places the driver need not look through the text each time.
            spelling = type(dialect)(paramstyle="numeric_dollar", dbapi=dialect.loaded_dbapi)  # type: ignore[call-arg]
        compiled: Any = self.statement.compile(dialect=spelling)
        values = tuple(
            (name, compiled.params[name], _way_in(compiled.binds[name].type, dialect)) for name in compiled.positiontup
        )
        ways = ((place, _way_out(column.type, dialect)) for place, column in enumerate(_columns(self.statement)))
        said = str(compiled)
        sent = said.encode() if dialect.name == "postgresql" else said
        spelled = _Spelled(said, sent, values, tuple((place, way) for place, way in ways if way))
        self._spelled[dialect.name] = spelled
        return spelled


def new_row(table: Table, prefix: str) -> dict[str, BindParameter[Any]]:
    """What a new row of a table takes: for each column but its number a value called `prefix_column`.

    Where none is told it is the table's own default, unless that has to be made.
    """
    columns = (column for column in table.columns if column.name != "id")
    return {
        column.name: bindparam(
            f"{prefix}_{column.name}",
            value=getattr(column.default, "arg", None) if column.default and column.default.is_scalar else None,
            type_=column.type,
        )
        for column in columns
    }


def told(prefix: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a new row, called as `new_row` calls them."""
    return {f"{prefix}_{name}": value for name, value in values.items()}


def _columns(statement: ClauseElement) -> list[Any]:
    if isinstance(statement, SelectBase):
        return list(statement.selected_columns)
    return list(statement.exported_columns) if isinstance(statement, UpdateBase) else []


def _connection(session: Session) -> Connection:
    """The session's connection, past its own bookkeeping where it was given one and no savepoint waits to be set."""
    bind = session.get_bind()
    if isinstance(bind, Connection) and not session.in_nested_transaction():
        return bind
    return session.connection()


def _way_in(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _way_out(kind: TypeEngine[Any], dialect: Dialect) -> Change | None:
    if dialect.name == "postgresql" and isinstance(kind, Instant | Float):
        return None  # The driver makes floats, and instants in UTC, which is the connection's zone.
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _changed(rows: Iterable[tuple[Any, ...]], columns: tuple[tuple[int, Change], ...]) -> Iterable[Iterable[Any]]:
    if not columns:
        return rows
    changed = [list(row) for row in rows]
    for place, change in columns:
        for row in changed:
            row[place] = change(row[place])
    return changed


def _fetched(connection: Connection, spelled: _Spelled, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    return _asked(connection, spelled, values).fetchall()  # type: ignore[no-any-return]


def _asked(connection: Connection, spelled: _Spelled, values: Mapping[str, Any]) -> Any:
    """The cursor that has the answer; errors are those of SQLAlchemy, which never tell the values."""
    given = [
        value if way is None else way(value)
        for value, way in ((values.get(name, usual), way) for name, usual, way in spelled.values)
    ]
    raw: Any = connection.connection.dbapi_connection
    cursor: Any = psycopg.RawCursor(raw) if connection.dialect.name == "postgresql" else raw.cursor()
    for listener in connection.dispatch.before_cursor_execute:
        listener(connection, cursor, spelled.text, given, None, False)
    try:
        return cursor.execute(spelled.sent, given)
    except connection.dialect.loaded_dbapi.Error as problem:
        dialect = connection.dialect
        if lost := dialect.is_disconnect(problem, raw, cursor):
            connection.invalidate(problem)
        raise DBAPIError.instance(
            spelled.text, None, problem, dialect.loaded_dbapi.Error, True, lost, dialect
        ) from problem
