"""The command line: each command works, and what can't work is one clear line and a non-zero status."""

import csv
import io
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from booking.models.migrate import downgrade
from config import ROOT, Settings
from tests.test_worker import environment


@dataclass
class Desk:
    """Where commands are typed: each runs in a process of its own, as an operator's would."""

    variables: dict[str, str]

    def run(self, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """What a command says and how it ends."""
        command = [sys.executable, "-m", "booking.cli", *words]
        given = self.variables | variables
        return subprocess.run(command, env=given, cwd=ROOT, capture_output=True, text=True, timeout=100)

    def refuse(self, *words: str, **variables: str) -> str:
        """The one line with which a command refuses."""
        done = self.run(*words, **variables)
        assert done.returncode != 0
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert done.stdout == ""
        return done.stderr.strip()


@pytest.fixture
def desk(settings: Settings) -> Desk:
    """A desk with a migrated, empty database."""
    return Desk(environment(settings))


@pytest.fixture
def bare_desk(settings: Settings, empty_database_url: str) -> Desk:
    """A desk with a database without any table."""
    url = empty_database_url.replace("postgresql+psycopg:", "postgresql:")
    return Desk(environment(settings) | {"BOOKING_DATABASE_URL": url})


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("dance",), "No such command 'dance'."),
        (("serve", "--port", "70000"), "'--port': 70000 is not in the range 1<=x<=65535."),
        (("serve", "--speed", "9"), "No such option '--speed'."),
        (("admin", "a@example.org,b@example.org"), "'a@example.org,b@example.org' is not one plain mail address."),
        (("token", "nobody@example.org"), "There is no account with the address nobody@example.org."),
        (("import", "planets", "x.csv"), "'KIND': 'planets' is not one of"),
        (("import", "spaces", "missing.csv"), "'FILE': File 'missing.csv' does not exist."),
        (("import", "spaces"), "Missing argument 'FILE'."),
        (("seed", "--size", "demo", "--tools", "3"), "--spaces, --tools and --bookings belong to --size network."),
        (("export", "pyproject.toml"), "'DIR': Directory 'pyproject.toml' is a file."),
    ],
)
def test_what_cannot_work_is_one_clear_line(desk: Desk, words: tuple[str, ...], sentence: str) -> None:
    assert desk.refuse(*words).startswith(sentence)


def test_wrong_settings_are_said_one_a_line(desk: Desk) -> None:
    done = desk.run("worker", "--once", BOOKING_BASE_URL="ftp://x", BOOKING_LOG_LEVEL="loud")
    assert done.returncode != 0
    assert [line.split()[0] for line in done.stderr.splitlines()] == ["BOOKING_BASE_URL", "BOOKING_LOG_LEVEL"]


def test_a_database_out_of_reach_is_one_clear_line(desk: Desk) -> None:
    refused = desk.refuse("worker", "--once", BOOKING_DATABASE_URL="postgresql://nobody:nothing@127.0.0.1:9/nowhere")
    assert refused.startswith("The database cannot be reached:")
    assert "nothing" not in refused


@pytest.mark.both_engines
def test_an_old_database_must_be_upgraded_first(bare_desk: Desk) -> None:
    sentence = "The database is not at this release's revision: run booking upgrade first."
    assert bare_desk.refuse("worker", "--once") == sentence
    assert bare_desk.refuse("serve", "--port", "1") == sentence
    assert bare_desk.run("upgrade").returncode == 0
    assert bare_desk.run("upgrade").stdout == "The database was up to date already.\n"
    assert bare_desk.run("worker", "--once").returncode == 0


def test_an_upgrade_keeps_a_copy_of_the_data(desk: Desk, settings: Settings) -> None:
    downgrade(settings.database_url, "0002")
    done = desk.run("upgrade")
    [copy] = (settings.instance / "backups").iterdir()
    assert str(copy) in done.stdout
    assert copy.read_bytes().startswith(b"SQLite format 3")


def test_an_admin_is_made_and_gets_a_token(desk: Desk) -> None:
    made = desk.run("admin", "Dee@Example.org")
    assert made.stdout.startswith("http://localhost/reset/")
    token = desk.run("token", "dee@example.org", "--scope", "read", "--name", "Wall")
    assert token.returncode == 0
    assert len(token.stdout.strip()) >= 40


def test_an_import_has_a_verdict_for_every_line(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "spaces.csv"
    file.write_text("name,time_zone\nWerkhof,Europe/Berlin\nNowhere,Europe/Atlantis\n", encoding="utf-8")
    tried = desk.run("import", "spaces", str(file), "--dry-run")
    assert [row[1] for row in rows(tried.stdout)] == ["created", "refused"]
    assert rows(tried.stdout)[0][3] == "No opening hours yet: set them, so that its tools can be booked."
    assert "Nothing was changed" in tried.stderr
    done = desk.run("import", "spaces", str(file))
    assert done.returncode == 0
    assert "1 created, 0 updated, 0 unchanged, 1 refused." in done.stderr
    again = desk.run("import", "spaces", str(file))
    assert [row[1] for row in rows(again.stdout)] == ["unchanged", "refused"]


def rows(text: str) -> list[list[str]]:
    """The lines of a report, split at their tabs."""
    return list(csv.reader(io.StringIO(text), delimiter="\t"))


def test_a_file_that_is_no_table_is_one_clear_line(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "picture.csv"
    file.write_bytes(b"\x89PNG\x00\x00")
    assert desk.refuse("import", "tools", str(file)).startswith(f"{file}: The file is not plain text in UTF-8.")


@pytest.mark.both_engines
def test_an_export_holds_all_data_and_no_secret(desk: Desk, tmp_path: Path) -> None:
    desk.run("admin", "dee@example.org")
    folder = tmp_path / "out"
    assert desk.run("export", str(folder)).returncode == 0
    [account] = json.loads((folder / "account.json").read_text(encoding="utf-8"))
    assert account["email"] == "dee@example.org"
    assert "password_hash" not in account
    [link] = json.loads((folder / "link.json").read_text(encoding="utf-8"))
    assert "token_hash" not in link


@pytest.mark.both_engines
def test_the_service_answers_and_ends_when_told(desk: Desk) -> None:
    port = free_port()
    with running(desk, "serve", "--port", str(port), "--workers", "2") as server:
        assert answer(f"http://127.0.0.1:{port}/healthz") == "alive\n"
        assert "Cannot listen on 127.0.0.1 port" in desk.refuse("serve", "--port", str(port))
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
        assert server.stderr is not None
        log = server.stderr.read()
    assert b"GET /healthz 200" in log


def test_a_worker_ends_when_told(desk: Desk) -> None:
    with running(desk, "worker") as worker:
        assert worker.stderr is not None
        assert any(b"the worker waits for jobs" in line for line in iter(worker.stderr.readline, b""))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0


@contextmanager
def running(desk: Desk, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command that goes on until it is told to end."""
    command = [sys.executable, "-m", "booking.cli", *words]
    variables = desk.variables | {"BOOKING_LOG_LEVEL": "info"}
    with subprocess.Popen(command, env=variables, cwd=ROOT, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(address: str, patience: float = 30) -> str:
    """What the service answers once it is up."""
    until = time.perf_counter() + patience
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return str(response.read().decode())
        except OSError:
            if time.perf_counter() > until:
                raise
            time.sleep(0.2)
