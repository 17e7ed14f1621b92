"""Processes of our own that run side by side until one of them ends or we are told to stop."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

LONGEST_GOODBYE = 20


def run_together(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> str | None:
    """Run commands of `booking` side by side until SIGTERM or Ctrl-C, or until one of them ends by itself.

    All others are stopped then. Answers the name of the command that ended by itself, or None when told to stop.
    """
    told = threading.Event()
    children: list[subprocess.Popen[bytes]] = []
    with _signals(told):
        try:
            for command in commands:
                line = [sys.executable, "-m", "booking.cli", *command]
                # A session of its own: Ctrl-C reaches us alone, and we stop them in order.
                children.append(subprocess.Popen(line, env=dict(environment), start_new_session=True))  # noqa: S603
            while not told.wait(0.5):
                for command, child in zip(commands, children, strict=True):
                    if child.poll() is not None:
                        return command[0]
            return None
        finally:
            _stop(children)


def _stop(children: Sequence["subprocess.Popen[bytes]"]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(LONGEST_GOODBYE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


@contextmanager
def _signals(told: threading.Event) -> Iterator[None]:
    """Note SIGTERM and Ctrl-C instead of dying of them."""

    def note(_number: int, _frame: FrameType | None) -> None:
        told.set()

    before: dict[int, Any] = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
