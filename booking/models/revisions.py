"""How often the bookings of an account, a tool, a space or a team have changed, counted by the database itself.

A calendar of ten thousand bookings is known to be unchanged from one row. The count is raised by triggers in the
transaction that changes a booking, so no way of writing can forget it; and as its row is locked until the commit, a
reader never sees a later count without the earlier change.
"""

from sqlalchemy import Connection, text

_RAISED = """
    ON CONFLICT (subject, subject_id) DO UPDATE SET number = revision.number + 1,
        changed_at = {later}(revision.changed_at, excluded.changed_at)
"""

_NAMES = ("booking_revision_insert", "booking_revision_update", "booking_revision_delete")
_SUBJECTS = ("account", "space", "team", "tool")


def _rows(row: str, changed_at: str = "NEW.changed_at", moved: bool = False) -> str:
    """The subjects of one row, of which the team may be none; with `moved` only those that the new row has left."""
    return " UNION ALL ".join(
        f"SELECT '{subject}', {row}.{subject}_id, 1, {changed_at} WHERE {row}.{subject}_id IS NOT NULL"
        f" {f'AND OLD.{subject}_id IS NOT NEW.{subject}_id' if moved else ''}"
        for subject in _SUBJECTS
    )


def _sqlite(event: str, rows: str) -> str:
    return f"""CREATE TRIGGER booking_revision_{event} AFTER {event.upper()} ON booking BEGIN
        INSERT INTO revision (subject, subject_id, number, changed_at)
            SELECT * FROM ({rows}) WHERE true {_RAISED.format(later="max")};
    END"""  # noqa: S608


_SQLITE = (
    _sqlite("insert", _rows("NEW")),
    _sqlite("update", f"{_rows('NEW')} UNION ALL {_rows('OLD', moved=True)}"),
    _sqlite("delete", _rows("OLD", "OLD.changed_at")),
)


def _touched(relation: str, source: str, changed_at: str) -> str:
    subjects = ", ".join(f"('{subject}', {relation}.{subject}_id)" for subject in _SUBJECTS)
    # Each changed row is looked at once: most bookings are written one at a time, and wait for this.
    return (
        f"SELECT each.subject, each.subject_id, {changed_at} AS changed_at"  # noqa: S608
        f" FROM {source} CROSS JOIN LATERAL (VALUES {subjects}) AS each (subject, subject_id)"
    )


def _counted(*touched: str) -> str:
    # In one order, so that two writers never wait for one another.
    return f"""INSERT INTO revision (subject, subject_id, number, changed_at)
        SELECT subject, subject_id, 1, max(changed_at) FROM ({" UNION ALL ".join(touched)}) AS touched
        WHERE subject_id IS NOT NULL
        GROUP BY subject, subject_id ORDER BY subject, subject_id {_RAISED.format(later="greatest")};"""  # noqa: S608


_FRESH = _touched("fresh", "fresh", "fresh.changed_at")
_LEFT = _touched("gone", "gone JOIN fresh ON fresh.id = gone.id", "fresh.changed_at")
_GONE = _touched("gone", "gone", "gone.changed_at")
_POSTGRESQL_FUNCTION = f"""
CREATE OR REPLACE FUNCTION booking_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {_counted(_FRESH)}
    ELSIF TG_OP = 'UPDATE' THEN
        {_counted(_FRESH, _LEFT)}
    ELSE
        {_counted(_GONE)}
    END IF;
    RETURN NULL;
END $$
"""
_POSTGRESQL = tuple(
    f"CREATE TRIGGER booking_revision_{event} AFTER {event.upper()} ON booking REFERENCING {tables}"
    " FOR EACH STATEMENT EXECUTE FUNCTION booking_revision()"
    for event, tables in (
        ("insert", "NEW TABLE AS fresh"),
        ("update", "OLD TABLE AS gone NEW TABLE AS fresh"),
        ("delete", "OLD TABLE AS gone"),
    )
)


def apply(connection: Connection) -> None:
    """Set the triggers up anew; safe to repeat."""
    lift(connection)
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
        return
    connection.execute(text(_POSTGRESQL_FUNCTION))
    for statement in _POSTGRESQL:
        connection.execute(text(statement))


def lift(connection: Connection) -> None:
    """Take the triggers away; only for loading a whole network into an empty database that nobody reads yet."""
    table = "" if connection.dialect.name == "sqlite" else " ON booking"
    for name in _NAMES:
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{table}")
