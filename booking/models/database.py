"""The engine, its two dialects' manners, and the base of all tables."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

import psycopg
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, TypeDecorator, event
from sqlalchemy import Engine as Engine
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.orm import Session as Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from booking.models.turns import Turn
from booking.rules.refusals import Refusal, Refused

Result = TypeVar("Result")

# Alembic and the guards address constraints by name, so each has one.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An instant in UTC: `timestamptz` on PostgreSQL, whole epoch seconds on SQLite. Refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Integer())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return int(value.timestamp()) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromtimestamp(value, UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


# SQLite only numbers rows by itself in a column that is spelled INTEGER.
Id = BigInteger().with_variant(Integer(), "sqlite")


class Base(DeclarativeBase):
    """What every table shares."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Instant(), int: Id}


class RequestSession(FlaskSession):
    """The session for a request's questions. On PostgreSQL each question stands alone, without BEGIN and ROLLBACK.

    Read committed sees no less that way, and the driver keeps what it has prepared, which a ROLLBACK makes it forget.
    """

    _connection: Connection | None = None

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """The engine; on PostgreSQL a connection, which is taken when something is asked and kept until `close`."""
        if self._connection is None:
            bind = super().get_bind(*args, **kwargs)
            if not isinstance(bind, Engine) or bind.dialect.name != "postgresql":
                return bind
            self._connection = _alone(bind).connect()
        return self._connection

    def close(self) -> None:
        """Let go of everything; a session past which all was asked holds nothing but the connection."""
        if self.in_transaction() or self.identity_map:
            super().close()
        if self._connection is not None:
            self._connection.close()
            self._connection = None


@lru_cache(maxsize=8)
def _alone(engine: Engine) -> Engine:
    """The engine whose questions stand alone, made once: making one takes as long as a question."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")


# Flask-SQLAlchemy keeps the engine and the reading session of a request; tables derive from Base.
db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"class_": RequestSession, "expire_on_commit": False, "autoflush": False},
)

_SETTINGS = (
    "PRAGMA journal_mode=WAL",
    # NORMAL loses acknowledged commits at a power cut.
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=15000",
    "PRAGMA cache_size=-65536",
    "PRAGMA mmap_size=268435456",
    "PRAGMA trusted_schema=OFF",
)
WRITES = "benchtime_writes"
# PostgreSQL spells bytes in letters, twice as long, unless a question with this option asks it not to.
AS_BYTES = "benchtime_as_bytes"
_IDLE_SINCE, _TRUSTED_SECONDS = "idle_since", 5


def adopt(engine: Engine) -> None:
    """Teach an engine our manners: on SQLite its settings and explicit BEGINs, on PostgreSQL time-outs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkin", _note_idle)
        event.listen(engine, "checkout", _look_alive)
        event.listen(engine, "before_cursor_execute", _choose_format)


def engine_options(url: str) -> dict[str, Any]:
    """The engine's options for this database address; errors, which are logged, never tell what was to be written."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": 15, "check_same_thread": False}}
    # The events of a large calendar are sorted in memory; no question is long enough to be worth compiling.
    options = "-c lock_timeout=4s -c timezone=UTC -c statement_timeout=60s -c work_mem=32MB -c jit=off"
    connecting = {"options": options, "connect_timeout": 10}
    # The connection that was used last has prepared the most.
    pooling = {"pool_use_lifo": True, "pool_size": 8}
    return pooling | {"hide_parameters": True, "connect_args": connecting}


def _settle_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them deferred.
    connection.isolation_level = None
    cursor = connection.cursor()
    for statement in _SETTINGS:
        cursor.execute(statement)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    mode = "IMMEDIATE" if connection.get_execution_options().get(WRITES) else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")


def _note_idle(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_IDLE_SINCE] = time.monotonic()


def _look_alive(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has been idle for a while whether its server still knows it; the pool replaces it if not.

    One that was used a moment ago need not be asked: that would double the questions of a busy service.
    """
    if time.monotonic() - record.info.get(_IDLE_SINCE, time.monotonic()) < _TRUSTED_SECONDS:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as problem:
        raise DisconnectionError from problem


def _choose_format(
    _connection: Connection, cursor: Any, _statement: str, _values: object, context: Any, _many: bool
) -> None:
    if context is not None and context.execution_options.get(AS_BYTES):
        cursor.format = psycopg.pq.Format.BINARY


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A fresh session whose transaction may write and holds SQLite's write lock from its first moment.

    Commits at the end of the block, rolls back when it raises.
    """
    with Turn.of(engine), engine.connect().execution_options(**{WRITES: True}) as connection:
        with connection.begin(), Session(bind=connection, expire_on_commit=False, autoflush=False) as session:
            yield session
            session.flush()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A fresh session for questions only; whatever it changed is rolled back."""
    with Session(bind=engine, expire_on_commit=False, autoflush=False) as session:
        yield session


NO_DOUBLE_BOOKING = "no_double_booking"
# Serialization failure, deadlock, lock not available: another try may well succeed. So it may after a unique
# violation: somebody took a name between our look and our write, and the next look sees it.
_PASSING_STATES = frozenset({"40001", "40P01", "55P03", "23505"})
_TRIES = 5


def in_transaction(engine: Engine, work: Callable[[Session], Result]) -> Result:
    """Do the work in one write transaction, again from the start when the database only was busy.

    Raises Refused with `slot_taken` where the database's guard against double booking steps in.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            with writing(engine) as session:
                return work(session)
        except DBAPIError as problem:
            if isinstance(problem, IntegrityError) and NO_DOUBLE_BOOKING in str(problem.orig):
                raise Refused((Refusal("slot_taken"),)) from problem
            if attempt == _TRIES or not _is_passing(problem):
                raise
        time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311
    raise AssertionError("unreachable")


def _is_passing(problem: DBAPIError) -> bool:
    state = getattr(problem.orig, "sqlstate", None)
    return state in _PASSING_STATES or "database is locked" in str(problem.orig)
