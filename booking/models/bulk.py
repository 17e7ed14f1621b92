"""Millions of bookings into an empty database: load first, constrain last, then verify.

Only for an invented network. Every other import goes through the guards row by row.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, Table, UniqueConstraint, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from booking.models import guards
from booking.models.loading import number_on
from booking.models.tables import METADATA

# id, unit, account, state, starts, ends, made, purpose: instants as epoch seconds, ids counting up from 1.
Line = tuple[int, int, int, str, int, int, int, str]
_LINES_AT_ONCE = 20_000
_LOADED = tuple(METADATA.tables[name] for name in ("booking", "claim"))
_STAGE = """CREATE TEMPORARY TABLE stage (id bigint, unit_id bigint, account_id bigint, state text,
    starts_at bigint, ends_at bigint, made_at bigint, purpose text)"""
_BOOKINGS = """
    INSERT INTO booking (id, uid, space_id, tool_id, account_id, state, starts_at, ends_at, purpose, reason,
        overridden, version, sequence, created_at, changed_at, ended_at)
    SELECT stage.id, {uid}, tool.space_id, tool.id, stage.account_id, stage.state, {starts_at}, {ends_at},
        stage.purpose, '', '[]', 1, 0, {made_at}, {made_at},
        CASE WHEN stage.state IN ('pending', 'confirmed') THEN NULL ELSE {made_at} END
    FROM stage JOIN unit ON unit.id = stage.unit_id JOIN tool ON tool.id = unit.tool_id
"""
_CLAIMS = """
    INSERT INTO claim (id, booking_id, unit_id, space_id, kind_id, blocks_from, blocks_until, blocking)
    SELECT stage.id, stage.id, stage.unit_id, tool.space_id, tool.kind_id, {blocks_from}, {blocks_until},
        stage.state IN ('pending', 'confirmed')
    FROM stage JOIN unit ON unit.id = stage.unit_id JOIN tool ON tool.id = unit.tool_id
"""


class OverlapError(Exception):
    """The loaded claims overlap; nothing of the load is kept."""


def load_bookings(
    connection: Connection, lines: Iterable[Line], uid_prefix: str, uid_domain: str, progress: Callable[[int], None]
) -> None:
    """Write the bookings and their claims without any constraint in force; `progress` hears how many are staged."""
    _prepare(connection)
    for table in _LOADED:
        _loosen(connection, table)
    guards.lift(connection)
    connection.execute(text(_STAGE))
    _stage(connection, lines, progress)
    expressions = _expressions(connection.dialect.name)
    names = {"prefix": uid_prefix, "domain": uid_domain}
    connection.execute(text(_BOOKINGS.format(**expressions)), names)
    connection.execute(text(_CLAIMS.format(**expressions)))
    connection.execute(text("DROP TABLE stage"))


def constrain(connection: Connection, progress: Callable[[int, int], None]) -> None:
    """Put every index, reference and guard in force again; the database checks the loaded rows by them.

    `progress` hears how many of how many steps are done; the guard is the last and on PostgreSQL the longest.
    """
    steps: list[Callable[[], object]] = []
    for table in _LOADED:
        indexes = sorted(table.indexes, key=lambda each: str(each.name))
        steps += [partial(index.create, connection) for index in indexes]
        steps += [partial(connection.execute, AddConstraint(each)) for each in _constraints(connection, table)]
        steps.append(partial(connection.execute, text(f"ANALYZE {table.name}")))
    steps.append(partial(guards.apply, connection))
    for done, step in enumerate(steps):
        progress(done, len(steps))
        step()
    number_on(connection, [table.name for table in _LOADED])


def verify(connection: Connection) -> None:
    """Look at every claim beside its neighbour; raises OverlapError when any two of a unit share time."""
    overlaps = guards.overlaps(connection)
    if overlaps:
        raise OverlapError(f"{overlaps} of the loaded claims overlap; nothing was kept.")


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for setting in ("statement_timeout = 0", "maintenance_work_mem = '1GB'", "work_mem = '256MB'"):
            connection.execute(text(f"SET LOCAL {setting}"))


def _loosen(connection: Connection, table: Table) -> None:
    for index in table.indexes:
        index.drop(connection)
    for constraint in _constraints(connection, table):
        connection.execute(DropConstraint(constraint))


def _constraints(connection: Connection, table: Table) -> list[ForeignKeyConstraint | UniqueConstraint]:
    """What can be taken from a table and given back; SQLite can't, and checks each row as it comes."""
    if connection.dialect.name == "sqlite":
        return []
    kept = (each for each in table.constraints if isinstance(each, ForeignKeyConstraint | UniqueConstraint))
    return sorted(kept, key=lambda each: str(each.name))


def _stage(connection: Connection, lines: Iterable[Line], progress: Callable[[int], None]) -> None:
    driver: Any = connection.connection.driver_connection
    done = 0
    for batch in _batches(lines):
        if connection.dialect.name == "sqlite":
            driver.executemany("INSERT INTO stage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", batch)
        else:
            with driver.cursor().copy("COPY stage FROM STDIN") as copy:
                copy.write("".join("\t".join(map(str, line)) + "\n" for line in batch))
        done += len(batch)
        progress(done)


def _batches(lines: Iterable[Line]) -> Iterator[list[Line]]:
    source = iter(lines)
    while batch := list(islice(source, _LINES_AT_ONCE)):
        yield batch


def _expressions(dialect: str) -> dict[str, str]:
    """How each engine spells instants and zero-padded numbers; padded, the unique index grows at its end only."""
    times = {
        "starts_at": "stage.starts_at",
        "ends_at": "stage.ends_at",
        "made_at": "stage.made_at",
        "blocks_from": "stage.starts_at - 60 * tool.setup_minutes",
        "blocks_until": "stage.ends_at + 60 * tool.cleanup_minutes",
    }
    if dialect == "postgresql":
        spelled = {name: f"to_timestamp({expression})" for name, expression in times.items()}
        return spelled | {"uid": ":prefix || lpad(stage.id::text, 9, '0') || '@' || :domain"}
    return times | {"uid": ":prefix || printf('%09d', stage.id) || '@' || :domain"}
