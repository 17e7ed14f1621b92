"""Whose turn it is to write: SQLite's busy handler has no queue, so writers wait here in order."""

import fcntl
import os
import threading
from types import TracebackType
from typing import ClassVar

from sqlalchemy import Engine


class Turn:
    """A context in which at most one writer per SQLite file is active, over threads and processes.

    Does nothing on PostgreSQL and for databases in memory.
    """

    _turns: ClassVar[dict[str, "Turn"]] = {}
    _registry = threading.Lock()

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._file: int | None = None
        self._pid = os.getpid()

    @classmethod
    def of(cls, engine: Engine) -> "Turn":
        """The turn that belongs to the engine's database file."""
        path = engine.url.database if engine.dialect.name == "sqlite" else None
        if path in (None, "", ":memory:"):
            return cls(None)
        with cls._registry:
            turn = cls._turns.get(path or "")
            # After a fork the lock and the open file belong to the parent.
            if turn is None or turn._pid != os.getpid():
                turn = cls._turns[path or ""] = cls(path)
            return turn

    def __enter__(self) -> None:
        if self._path is None:
            return
        self._lock.acquire()
        try:
            if self._file is None:
                self._file = os.open(f"{self._path}.turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
        except BaseException:
            self._lock.release()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._path is None or self._file is None:
            return
        fcntl.flock(self._file, fcntl.LOCK_UN)
        self._lock.release()
