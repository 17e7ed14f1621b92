"""The machine and the moment of a long run, as its report names them."""

import os
import platform
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version

import psycopg

from config import ROOT


def described(database_url: str) -> str:
    """When, at which commit and on what a report was made: one sentence; the address is a PostgreSQL's."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        server = connection.info.server_version // 10_000
    python = ".".join(map(str, sys.version_info[:3]))
    parts = (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()})",
        f"Python {python}",
        f"SQLAlchemy {version('sqlalchemy')}",
        f"SQLite {sqlite3.sqlite_version}",
        f"PostgreSQL {server}",
    )
    return f"Made {datetime.now(UTC):%Y-%m-%d %H:%M} UTC at commit {commit()} on {', '.join(parts)}."


def commit() -> str:
    """The short name of the commit that is checked out, with a plus where its code was changed; else "unknown"."""
    try:
        name = _git("rev-parse", "--short=10", "HEAD")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", "booking", "migrations", "config.py")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name + ("+" if changed else "")


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()
