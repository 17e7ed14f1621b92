"""Bring a database to a revision: the whole way in one transaction, guards applied again at its end."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from booking.models import guards, revisions
from booking.models.database import WRITES, adopt, engine_options
from booking.models.turns import Turn

SCRIPTS = Path(__file__).resolve().parents[2] / "migrations"


class BrokenReferencesError(Exception):
    """A migration left rows that point at nothing; it was rolled back."""


def upgrade(database_url: str, revision: str = "head") -> None:
    """Upgrade to a revision (the newest by default), or leave everything as it was and raise."""
    _run(database_url, revision, up=True)


def downgrade(database_url: str, revision: str) -> None:
    """Go back to an earlier revision ("base" is an empty database), or leave everything as it was and raise."""
    _run(database_url, revision, up=False)


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest revision."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    return present == ScriptDirectory.from_config(_config()).get_current_head()


def _run(database_url: str, revision: str, *, up: bool) -> None:
    engine = create_engine(database_url, **engine_options(database_url))
    adopt(engine)
    try:
        with Turn.of(engine), engine.connect() as plain:
            _forget_foreign_keys(plain)
            connection = plain.execution_options(**{WRITES: True})
            with connection.begin():
                config = _config()
                config.attributes["connection"] = connection
                if inspect(connection).has_table("claim"):
                    # SQLite can't rebuild a table to which triggers of others write.
                    revisions.lift(connection)
                (command.upgrade if up else command.downgrade)(config, revision)
                if inspect(connection).has_table("claim"):
                    guards.apply(connection)
                _check_references(connection)
    finally:
        engine.dispose()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    return config


def _forget_foreign_keys(connection: Connection) -> None:
    # With foreign keys on, rebuilding a parent table deletes its children by cascade, silently. The switch only
    # works outside a transaction, so it goes to the driver directly.
    if connection.dialect.name == "sqlite" and connection.connection.driver_connection is not None:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise BrokenReferencesError(f"{len(broken)} rows of table {broken[0][0]} point at nothing")
