"""Up, down and up again, with rows: what stays stays, and so do the guards."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.exc import IntegrityError

from booking.actions import bookings
from booking.models import guards, migrate
from booking.models.database import writing
from booking.models.migrate import BrokenReferencesError, downgrade, is_current, upgrade
from booking.models.tables import METADATA
from tests.acting import HOUR, TEN, Scene, engine_on

pytestmark = pytest.mark.both_engines


def rows(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    return {table.name: [tuple(row) for row in connection.execute(select(table))] for table in METADATA.sorted_tables}


def test_the_tables_are_those_that_the_code_knows(database_url: str) -> None:
    with engine_on(database_url) as engine:
        there = inspect(engine)
        assert is_current(engine)
        for table in METADATA.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in there.get_columns(table.name)}
            assert columns == {column.name: column.nullable for column in table.columns}, table.name
            assert {index["name"] for index in there.get_indexes(table.name)} >= {
                index.name for index in table.indexes if not index.unique
            }, table.name


def test_rows_and_guards_of_what_is_not_touched_survive_a_way_down_and_up(scene: Scene, database_url: str) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask())
    with scene.engine.connect() as connection:
        before = rows(connection)
    scene.engine.dispose()
    downgrade(database_url, "0002")
    gone = set(before) - set(inspect(scene.engine).get_table_names())
    scene.engine.dispose()
    upgrade(database_url)
    with scene.engine.connect() as connection:
        after = rows(connection)
    gone = {"booking", "claim", "audit", "job", "rendering", "revision"}
    assert {name: after[name] for name in after if name not in gone} == {
        name: before[name] for name in before if name not in gone
    }
    assert before["unit"] and before["membership"]
    assert not any(after[name] for name in gone)
    scene.perform(scene.ada, bookings.place, scene.ask())
    _claim_again_is_refused(scene)


def test_units_that_share_a_name_are_numbered_and_kept_apart(scene: Scene, database_url: str) -> None:
    tools = scene.tool_id, scene.tool()
    scene.engine.dispose()
    downgrade(database_url, "0004")
    long = "x" * 80
    with scene.engine.begin() as connection:
        add = text("INSERT INTO unit (tool_id, name) VALUES (:tool, :name)")
        for name in ("1", "1 2", "1", long, long):
            connection.execute(add, {"tool": tools[0], "name": name})
    scene.engine.dispose()
    upgrade(database_url)
    with scene.engine.connect() as connection:
        found = connection.execute(text("SELECT name FROM unit WHERE tool_id = :tool ORDER BY id"), {"tool": tools[0]})
        assert list(found.scalars()) == ["1", "1 3", "1 2", "1 4", long, f"{'x' * 78} 2"]
        other = connection.execute(text("SELECT name FROM unit WHERE tool_id = :tool"), {"tool": tools[1]})
        assert list(other.scalars()) == ["1"]
    with pytest.raises(IntegrityError), scene.engine.begin() as connection:
        connection.execute(add, {"tool": tools[0], "name": long})


def test_all_the_way_down_leaves_nothing_and_up_again_everything(empty_database_url: str) -> None:
    upgrade(empty_database_url)
    downgrade(empty_database_url, "base")
    with engine_on(empty_database_url) as engine:
        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
        assert not is_current(engine)
    upgrade(empty_database_url)
    with engine_on(empty_database_url) as engine:
        assert is_current(engine)


def test_upgrading_again_changes_no_row_and_renews_the_guards(scene: Scene, database_url: str) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask())
    with writing(scene.engine) as session:
        guards.lift(session.connection())
    with scene.engine.connect() as connection:
        before = rows(connection)
    scene.engine.dispose()
    upgrade(database_url)
    with scene.engine.connect() as connection:
        assert rows(connection) == before
    _claim_again_is_refused(scene)


def _claim_again_is_refused(scene: Scene) -> None:
    copy = (
        "INSERT INTO claim (unit_id, space_id, kind_id, blocks_from, blocks_until, blocking)"
        " SELECT unit_id, space_id, kind_id, blocks_from, blocks_until, blocking FROM claim"
    )
    with pytest.raises(IntegrityError, match="no_double_booking"), writing(scene.engine) as session:
        session.execute(text(copy))


REBUILD = '''
"""A revision that rebuilds two parents and looks at their children."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
# What SQLite can only do by building the table anew, PostgreSQL just does.
REBUILDS = "always" if op.get_context().dialect.name == "sqlite" else "never"


def upgrade() -> None:
    with op.batch_alter_table("tool", recreate=REBUILDS) as batch:
        batch.add_column(sa.Column("motto", sa.String(10), nullable=True))
    with op.batch_alter_table("claim", recreate=REBUILDS) as batch:
        batch.add_column(sa.Column("motto", sa.String(10), nullable=True))
    {more}


def downgrade() -> None:
    with op.batch_alter_table("claim", recreate=REBUILDS) as batch:
        batch.drop_column("motto")
    with op.batch_alter_table("tool", recreate=REBUILDS) as batch:
        batch.drop_column("motto")
'''


@pytest.fixture
def with_revision(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """Adds a revision behind the newest one, in a copy of the scripts."""

    def add(more: str) -> None:
        scripts = shutil.copytree(migrate.SCRIPTS, tmp_path / "scripts")
        head = sorted(path.stem for path in (scripts / "versions").glob("*.py"))[-1].split("_")[0]
        (scripts / "versions" / "9999_rebuild.py").write_text(REBUILD.format(head=head, more=more))
        monkeypatch.setattr(migrate, "SCRIPTS", scripts)

    return add


def test_children_and_guards_survive_the_rebuilding_of_their_parents(  # type: ignore[no-untyped-def]
    scene: Scene,
    database_url: str,
    with_revision,  # noqa: ANN001
) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask())
    with scene.engine.connect() as connection:
        before = rows(connection)
    scene.engine.dispose()
    with_revision("pass")
    for act, target in ((upgrade, "head"), (downgrade, "-1")):
        act(database_url, target)
        with scene.engine.connect() as connection:
            after = rows(connection)
        assert after == before
        _claim_again_is_refused(scene)
        scene.engine.dispose()


def test_a_revision_that_fails_leaves_everything_as_it_was(  # type: ignore[no-untyped-def]
    scene: Scene,
    database_url: str,
    with_revision,  # noqa: ANN001
) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask())
    scene.engine.dispose()
    with_revision("raise LookupError")
    with pytest.raises(LookupError):
        upgrade(database_url)
    assert "motto" not in {column["name"] for column in inspect(scene.engine).get_columns("tool")}
    assert scene.perform(scene.ada, bookings.place, scene.ask(TEN + HOUR)).id == 2
    _claim_again_is_refused(scene)


def test_a_revision_that_breaks_references_is_rolled_back(  # type: ignore[no-untyped-def]
    scene: Scene,
    database_url: str,
    with_revision,  # noqa: ANN001
) -> None:
    scene.engine.dispose()
    with_revision("op.execute('DELETE FROM kind')")
    with pytest.raises((BrokenReferencesError, IntegrityError)):
        upgrade(database_url)
    with scene.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM kind")).scalar_one() == 1
