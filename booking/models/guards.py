"""What the database itself forbids: two claims on one unit at once, and changing the past of the audit.

Kept as SQL and applied again after every upgrade, because table rebuilds on SQLite drop triggers silently.
"""

from sqlalchemy import Connection, text

from booking.models import revisions

# Rows of one unit never overlap, so only the nearest predecessor of the new end can reach into the new span.
_REACHES_IN = """
    SELECT RAISE(ABORT, 'no_double_booking') WHERE (
        SELECT blocks_until FROM claim
        WHERE unit_id = NEW.unit_id AND blocking AND blocks_from < NEW.blocks_until {others}
        ORDER BY blocks_from DESC LIMIT 1
    ) > NEW.blocks_from;
"""

_SQLITE = (
    "DROP TRIGGER IF EXISTS claim_no_double_booking_insert",
    "DROP TRIGGER IF EXISTS claim_no_double_booking_update",
    "DROP TRIGGER IF EXISTS audit_no_delete",
    "DROP TRIGGER IF EXISTS audit_no_update",
    f"""CREATE TRIGGER claim_no_double_booking_insert BEFORE INSERT ON claim WHEN NEW.blocking BEGIN
        {_REACHES_IN.format(others="")}
    END""",
    f"""CREATE TRIGGER claim_no_double_booking_update
    BEFORE UPDATE OF unit_id, blocks_from, blocks_until, blocking ON claim WHEN NEW.blocking BEGIN
        {_REACHES_IN.format(others="AND id <> OLD.id")}
    END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN
        SELECT RAISE(ABORT, 'audit_is_append_only');
    END""",
    # Sealing fills the two empty seal columns once; nothing else may ever change.
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    WHEN OLD.seal IS NOT NULL OR NEW.seal IS NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at
        OR NEW.account_id IS NOT OLD.account_id OR NEW.act <> OLD.act OR NEW.subject <> OLD.subject
        OR NEW.subject_id IS NOT OLD.subject_id OR NEW.space_id IS NOT OLD.space_id
        OR NEW.details IS NOT OLD.details BEGIN
        SELECT RAISE(ABORT, 'audit_is_append_only');
    END""",
)

_AUDIT_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.seal IS NULL AND NEW.seal IS NOT NULL
        AND (NEW.id, NEW.at, NEW.account_id, NEW.act, NEW.subject, NEW.subject_id, NEW.space_id, NEW.details::text)
            IS NOT DISTINCT FROM
            (OLD.id, OLD.at, OLD.account_id, OLD.act, OLD.subject, OLD.subject_id, OLD.space_id, OLD.details::text)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit_is_append_only';
END $$
"""

_POSTGRESQL = (
    "ALTER TABLE claim DROP CONSTRAINT IF EXISTS no_double_booking",
    """ALTER TABLE claim ADD CONSTRAINT no_double_booking EXCLUDE USING gist
        ({unit} WITH {same}, tstzrange(blocks_from, blocks_until) WITH &&) WHERE (blocking)""",
    _AUDIT_FUNCTION,
    "DROP TRIGGER IF EXISTS audit_append_only ON audit",
    """CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()""",
    "DROP TRIGGER IF EXISTS audit_not_emptied ON audit",
    """CREATE TRIGGER audit_not_emptied BEFORE TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()""",
)

_OVERLAPS = text(
    """
    SELECT count(*) FROM (
        SELECT blocks_from, lag(blocks_until) OVER (PARTITION BY unit_id ORDER BY blocks_from) AS before
        FROM claim WHERE blocking
    ) AS neighbours WHERE before > blocks_from
    """
)


def apply(connection: Connection) -> None:
    """Set up every guard anew; safe to repeat. On PostgreSQL an existing exclusion constraint is kept."""
    revisions.apply(connection)
    if connection.dialect.name == "sqlite":
        for statement in _SQLITE:
            connection.exec_driver_sql(statement)
        return
    statements = _POSTGRESQL[2:] if _has_constraint(connection) else _POSTGRESQL
    unit, same = ("unit_id", "=") if _has_btree_gist(connection) else ("int8range(unit_id, unit_id, '[]')", "&&")
    for statement in statements:
        if "EXCLUDE" in statement:
            statement = statement.format(unit=unit, same=same)
        connection.execute(text(statement))


def lift(connection: Connection) -> None:
    """Take the no-overlap guard away; only for loading a whole network into an empty database."""
    revisions.lift(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_SQLITE[0])
        connection.exec_driver_sql(_SQLITE[1])
    else:
        connection.exec_driver_sql(_POSTGRESQL[0])


def overlaps(connection: Connection) -> int:
    """How many blocking claims begin before the one before them on the same unit has ended; 0 is the truth."""
    return int(connection.execute(_OVERLAPS).scalar_one())


def _has_constraint(connection: Connection) -> bool:
    found = connection.execute(text("SELECT 1 FROM pg_constraint WHERE conname = 'no_double_booking'"))
    return found.first() is not None


def _has_btree_gist(connection: Connection) -> bool:
    present = "SELECT 1 FROM pg_extension WHERE extname = 'btree_gist'"
    if connection.execute(text(present)).first():
        return True
    available = connection.execute(
        text(
            "SELECT trusted OR superuser FROM pg_available_extension_versions, LATERAL"
            " (SELECT rolsuper AS is_super FROM pg_roles WHERE rolname = current_user) AS me"
            " WHERE name = 'btree_gist' AND (trusted OR is_super) LIMIT 1"
        )
    ).first()
    if not available:
        return False
    connection.execute(text("CREATE EXTENSION IF NOT EXISTS btree_gist"))
    return True
