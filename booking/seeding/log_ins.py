"""The fixed log-ins of an invented network and their password."""

import os
import secrets
from pathlib import Path

from booking.models import accounts
from booking.models.database import Session
from booking.outside import passwords
from config import Settings

ADMIN, MANAGER, TRAINER, MAKER = (f"{name}@example.org" for name in ("admin", "manager", "trainer", "maker"))
NUMBERED = tuple(f"maker{number}@example.org" for number in range(1, 101))
NAMED = (ADMIN, MANAGER, TRAINER, MAKER)
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def demo_password(settings: Settings) -> str:
    """The password of the fixed log-ins: as set, else the one kept in the data folder, made the first time."""
    if settings.demo_password:
        return settings.demo_password
    path = settings.instance / "demo_password"
    if not path.exists():
        _keep(path, "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(3)))
    return path.read_text(encoding="ascii").strip()


def open_with(session: Session, password: str) -> bool:
    """Whether the fixed log-ins are there and have this password: the network may have been made with another."""
    found = accounts.credentials(session, MAKER)
    return found is not None and passwords.verified(found[1], password)


def _keep(path: Path, password: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(password + "\n")
