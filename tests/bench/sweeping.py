"""What the search's one question that grows with the bookings costs, against its rows in a table of their own."""

import statistics
import time as stopwatch
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, event, select, text

from booking.actions import find
from booking.actions.call import Call
from booking.actions.wishes import Wish
from booking.models.database import Session, reading
from booking.models.tables.tools import Kind
from booking.outside import clock
from config import load_settings

TURNS = 60
_BARE = "SELECT unit_id, blocks_from, blocks_until FROM bench_held"


@dataclass(frozen=True)
class Held:
    """How many times dearer the question is, and both in milliseconds."""

    ratio: float
    detail: str


def search(engine: Engine, saturday: date) -> None:
    """Look for a laser cutter for two hours on a weekend, as a stranger."""
    days = (saturday, saturday + timedelta(days=1))
    with reading(engine) as session:
        kind_id = session.scalars(select(Kind.id).where(Kind.slug == "laser_cutter")).one()
        wish = Wish(days, 120, kind_ids=frozenset({kind_id}))
        find.search(Call(session, None, clock.now(), load_settings({})), wish, days)


def measured(engine: Engine, saturday: date) -> Held:
    """Both asked in turns, over the bare connection, all rows fetched."""
    statement, values = _question(engine, saturday)
    with Session(bind=engine) as session:
        rows = _fetched(session, statement, values)
        _keep_apart(session, rows)
        session.commit()
        own, bare = [], []
        for turn in range(TURNS):
            pair = ((own, statement, values), (bare, _BARE, ()))
            for taken, asked, given in pair if turn % 2 else pair[::-1]:
                began = stopwatch.perf_counter()
                _fetched(session, asked, given)
                taken.append(stopwatch.perf_counter() - began)
        session.execute(text("DROP TABLE bench_held"))
        session.commit()
    ratio = statistics.median(one / two for one, two in zip(own, bare, strict=True))
    detail = f"{statistics.median(own) * 1e3:.2f} ms, {statistics.median(bare) * 1e3:.2f} ms, {len(rows):,} rows"
    return Held(ratio, detail)


def _question(engine: Engine, saturday: date) -> tuple[str, Any]:
    """The statement of the search that reads when units are held, as the driver gets it."""
    heard: list[tuple[str, Any]] = []

    def keep(*given: Any) -> None:
        heard.append((given[2], given[3]))

    event.listen(engine, "before_cursor_execute", keep)
    search(engine, saturday)
    event.remove(engine, "before_cursor_execute", keep)
    return next(pair for pair in heard if pair[0].startswith("SELECT claim.unit_id"))


def _fetched(session: Session, statement: str, values: Any) -> list[Any]:
    connection: Any = session.connection().connection.dbapi_connection
    if session.get_bind().dialect.name == "postgresql":
        import psycopg

        return psycopg.RawCursor(connection).execute(statement.encode(), values).fetchall()
    return connection.execute(statement, tuple(values)).fetchall()  # type: ignore[no-any-return]


def _keep_apart(session: Session, rows: list[Any]) -> None:
    kind = "timestamptz" if session.get_bind().dialect.name == "postgresql" else "integer"
    session.execute(text(f"CREATE TABLE bench_held (unit_id bigint, blocks_from {kind}, blocks_until {kind})"))
    values = [{"unit": row[0], "start": row[1], "end": row[2]} for row in rows]
    session.execute(text("INSERT INTO bench_held VALUES (:unit, :start, :end)"), values)
