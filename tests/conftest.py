"""What every test may ask for: a migrated database on either engine, settings, the app, an obedient clock.

A test runs on SQLite. Marked `both_engines` it runs on PostgreSQL as well; marked `engine("postgresql")`
there only. A test that needs a program beside Python says so with `needs("chromium")`: see tests/parts.py.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from hypothesis import settings as hypothesis_settings
from jinja2 import BytecodeCache, FileSystemBytecodeCache

from config import Settings, load_settings
from tests import catalogues, parts, pure_rooms
from tests.factories import NOW
from tests.postgres import Server, shared_server, stop_shared_server

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Engine

    from tests.acting import Scene

pytest_plugins = ["tests.calendars"]

IN_CI = os.environ.get("CI") == "true"
RUN_FOLDER = pytest.StashKey[Path]()

hypothesis_settings.register_profile("benchtime", deadline=None, print_blob=True)
hypothesis_settings.load_profile("benchtime")


# The run: one folder shared by its processes, made and removed by the process that outlives the others.


def pytest_configure(config: pytest.Config) -> None:
    worker_input = getattr(config, "workerinput", None)
    if worker_input is None:
        config.stash[RUN_FOLDER] = Path(tempfile.mkdtemp(prefix="benchtime-tests-"))
        catalogues.compile_all()
    else:
        config.stash[RUN_FOLDER] = Path(worker_input["run_folder"])


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN_FOLDER])


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN_FOLDER in config.stash:
        stop_shared_server(config.stash[RUN_FOLDER])
        shutil.rmtree(config.stash[RUN_FOLDER], ignore_errors=True)


# What could not run is said aloud, and fails where machines watch.


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for part in marker.args:
            if parts.find(part) is None:
                pytest.skip(f"{part} is missing ({parts.advice(part)})")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and _not_run(reporter) and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reasons = _not_run(terminalreporter)
    if reasons:
        terminalreporter.section("what did not run" + (" (a failure, because CI=true)" if IN_CI else ""))
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{number} not run: {reason}")


def _not_run(reporter: Any) -> dict[str, int]:
    """How many tests were skipped, by reason."""
    reasons: dict[str, int] = {}
    for report in reporter.stats.get("skipped", []):
        location = report.longrepr
        reason = location[2].removeprefix("Skipped: ") if isinstance(location, tuple) else str(location)
        reasons[reason] = reasons.get(reason, 0) + 1
    return reasons


# The engines.


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "engine_name" not in metafunc.fixturenames:
        return
    postgresql = pytest.param("postgresql", marks=pytest.mark.needs("postgresql"))
    if metafunc.definition.get_closest_marker("both_engines"):
        metafunc.parametrize("engine_name", ["sqlite", postgresql], indirect=True)
    elif marker := metafunc.definition.get_closest_marker("engine"):
        only = {"sqlite": "sqlite", "postgresql": postgresql}[marker.args[0]]
        metafunc.parametrize("engine_name", [only], indirect=True)


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine this test runs on: "sqlite" or "postgresql"."""
    return str(getattr(request, "param", "sqlite"))


def _migrate(database_url: str) -> None:
    from booking.models.migrate import upgrade

    upgrade(database_url)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, made once per process; tests work on copies."""
    path = tmp_path_factory.mktemp("template") / "benchtime.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Server:
    """The run's PostgreSQL with a migrated, empty template database."""
    return shared_server(request.config.stash[RUN_FOLDER], _migrate)


@pytest.fixture
def database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database with no rows, for this test alone."""
    if engine_name == "sqlite":
        path = shutil.copyfile(request.getfixturevalue("sqlite_template"), tmp_path / "benchtime.db")
        yield f"sqlite:///{path}"
    else:
        with request.getfixturevalue("postgresql_server").database() as address:
            yield address


@pytest.fixture
def empty_database_url(engine_name: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table, for tests of the migrations."""
    if engine_name == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        with request.getfixturevalue("postgresql_server").database(empty=True) as address:
            yield address


@pytest.fixture
def engine(database_url: str) -> Iterator["Engine"]:
    """An engine of our manners on this test's database."""
    from tests.acting import engine_on

    with engine_on(database_url) as made:
        yield made


# The service.


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """The settings of a service on this test's database, with mail in a folder."""
    return load_settings(
        {
            "BOOKING_INSTANCE": str(tmp_path / "instance"),
            "BOOKING_DATABASE_URL": database_url,
            "BOOKING_SECRET_KEY": "0123456789abcdef" * 4,
            "BOOKING_BASE_URL": "http://localhost",
            "BOOKING_MAIL_URL": f"file://{tmp_path / 'mail'}",
            "BOOKING_LOG_LEVEL": "warning",
        }
    )


@pytest.fixture
def scene(engine: "Engine", settings: Settings) -> "Scene":
    """A workshop with people, and their actions run as the faces run them."""
    from tests.acting import Scene

    return Scene(engine, settings)


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Templates as they were compiled once: compiling is the dearest part of the first page of an application."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings: Settings, compiled_templates: BytecodeCache) -> Iterator["Flask"]:
    """The whole application on this test's database."""
    from booking import create_app
    from booking.models.database import db
    from tests.acting import put_away

    application = create_app(settings)
    application.testing = True
    application.jinja_env.bytecode_cache = compiled_templates
    yield application
    with application.app_context():
        for engine in db.engines.values():
            put_away(engine)


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    """A browser that nobody has signed in with."""
    return app.test_client()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Time stands still at NOW and moves when told: `clock.shift(minutes)`, `clock.move_to(instant)`."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def _pure_rooms_stay_pure(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests of rules and ical reach neither a database nor the network."""
    with pure_rooms.sealed() if pure_rooms.holds(request.path) else contextlib.nullcontext():
        yield
