"""Files that people sent and have yet to confirm: kept in the data folder for a day, under a random name."""

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

KEPT = timedelta(days=1)
_NAME = re.compile(r"[0-9]{1,19}-[0-9a-f]{32}")


def keep(folder: Path, owner_id: int, data: bytes, now: datetime) -> str:
    """Keep a file of somebody until it is taken; its name. Files older than a day go away."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.stat().st_mtime < (now - KEPT).timestamp():
            old.unlink(missing_ok=True)
    name = f"{owner_id}-{secrets.token_hex(16)}"
    (folder / name).write_bytes(data)
    return name


def read(folder: Path, owner_id: int, name: str) -> bytes | None:
    """A kept file of that owner; None when it is gone or somebody else's."""
    if not _NAME.fullmatch(name) or name.partition("-")[0] != str(owner_id):
        return None
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError:
        return None


def discard(folder: Path, name: str) -> None:
    """Remove a kept file; nothing happens when it is gone already."""
    if _NAME.fullmatch(name):
        (folder / name).unlink(missing_ok=True)
