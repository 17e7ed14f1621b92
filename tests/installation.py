"""An installation in a folder of its own: its commands, its server and its mail, in processes as operators run them."""

import contextlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import httpx

from config import ROOT

LONGEST_COMMAND = 600
LONGEST_START = 30
LONGEST_STOP = 20


class Installation:
    """A service with its own data folder; `database_url` is an SQLite file in it unless told."""

    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.database_url = database_url or f"sqlite:///{folder / 'benchtime.db'}"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("BOOKING_")}
        self.variables = inherited | {
            "BOOKING_INSTANCE": str(folder / "instance"),
            "BOOKING_DATABASE_URL": self.database_url.replace("postgresql+psycopg:", "postgresql:"),
            "BOOKING_SECRET_KEY": secrets.token_hex(32),
            "BOOKING_BASE_URL": self.address,
            "BOOKING_MAIL_URL": f"file://{folder / 'mail'}",
            "BOOKING_LOG_LEVEL": "warning",
        }

    def command(self, *words: str, longest: int = LONGEST_COMMAND) -> str:
        """What a command of `booking` says on standard output; RuntimeError with its complaint when it fails.

        It may take `longest` seconds.
        """
        line = [sys.executable, "-m", "booking.cli", *words]
        done = subprocess.run(line, env=self.variables, cwd=ROOT, capture_output=True, text=True, timeout=longest)
        if done.returncode != 0:
            raise RuntimeError(f"booking {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def mails(self) -> list[EmailMessage]:
        """What went out so far, oldest first, after the worker did what is due."""
        self.command("worker", "--once")
        files = sorted((self.folder / "mail").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        parser = BytesParser(EmailMessage, policy=policy.default)
        return [parser.parsebytes(file.read_bytes()) for file in files]

    @contextlib.contextmanager
    def served(self, *line: str) -> Iterator["subprocess.Popen[bytes]"]:
        """The service answering at `address`: by `booking serve`, or by the Python module and words given."""
        words = line or ("booking.cli", "serve", "--port", str(self.port))
        with running([sys.executable, "-m", *words], self.variables, self.folder / "server.log") as server:
            wait_for(f"{self.address}/healthz", server)
            yield server


@contextlib.contextmanager
def running(line: Sequence[str], environment: dict[str, str], log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A program of ours running beside, what it says in a log; told to stop at the end, and waited for."""
    with (
        open(log, "ab") as said,
        subprocess.Popen(line, env=environment, cwd=ROOT, start_new_session=True, stderr=said) as program,
    ):
        try:
            yield program
        finally:
            program.terminate()
            try:
                program.wait(LONGEST_STOP)
            except subprocess.TimeoutExpired:
                program.kill()


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    """Return as soon as the address answers; RuntimeError when its server ends or stays silent."""
    deadline = time.monotonic() + LONGEST_START
    while server.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(address, timeout=5)
            return
        time.sleep(0.05)
    raise RuntimeError(f"{address} does not answer")


def free_port() -> int:
    """A port on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
