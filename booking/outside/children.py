"""Processes of our own: some run side by side until we are told to stop, some do one thing within limits."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

LONGEST_GOODBYE = 20
# What one that reads something hostile may take at most: seconds of a processor, bytes of memory, seconds in all.
SECONDS, MEMORY, PATIENCE = 10, 512 * 2**20, 20
_HOME = Path(__file__).parents[1]
# The child limits itself before it reads a byte, so that nothing has to run between fork and exec. It sees our rooms
# without what makes the application of them, which would take longer than the reading.
_LIMITED = """
import resource, runpy, sys, types
seconds, memory, home, module = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
sys.argv = sys.argv[4:]
package = sys.modules["booking"] = types.ModuleType("booking")
package.__path__ = [home]
runpy.run_module(module, run_name="__main__", alter_sys=True)
"""


class Failed(Exception):
    """The child gave no answer: what it read is not what it should be, or asks for more than its limits."""


def limited(module: str, data: bytes, *arguments: str) -> bytes:
    """What a module of ours writes when it is run on these bytes, in a child with little time and memory.

    Raises Failed when it ends otherwise than well or in time.
    """
    line = [sys.executable, "-c", _LIMITED, str(SECONDS), str(MEMORY), str(_HOME), module, *arguments]
    try:
        done = subprocess.run(line, input=data, capture_output=True, timeout=PATIENCE, check=True)  # noqa: S603
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as problem:
        raise Failed from problem
    return done.stdout


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
