"""Keeps the tests of the pure floors pure: no database, no network."""

import contextlib
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import psycopg

ROOMS = tuple(Path(__file__).parent / name for name in ("rules", "ical"))


def holds(path: Path) -> bool:
    """Whether the test file lies in a room that must stay pure."""
    return any(path.is_relative_to(room) for room in ROOMS)


def _refuse(*_: Any, **__: Any) -> None:
    raise AssertionError("rules and ical use neither a database nor the network")


@contextlib.contextmanager
def sealed() -> Iterator[None]:
    """Nothing inside this block connects to anything."""
    with (
        patch.object(socket.socket, "connect", _refuse),
        patch.object(sqlite3, "connect", _refuse),
        patch.object(psycopg.Connection, "connect", _refuse),
    ):
        yield
