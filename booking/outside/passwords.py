"""Hashing of passwords (argon2id), and the list of those that everybody tries first.

Hashing is slow on purpose: call it before or after a write transaction, never inside one.
"""

import threading
import unicodedata
from collections.abc import Collection
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from booking.rules import passwords
from booking.rules.refusals import Problem

_COMMON = Path(__file__).with_name("common_passwords.txt")
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# Each hash takes 19 MiB and a whole core: a burst of sign-ins waits here instead of taking the machine.
_places = threading.BoundedSemaphore(2)
# What is verified where there is no account or no password, so that both take the same time.
STAND_IN = "$argon2id$v=19$m=19456,t=2,p=1$FhXsxM5dHmAzscSRXJgxWQ$HCOrji0HE1LQJB8zsYmgx0LlnINkpUcEpbHOPsqmAqI"


def hashed(password: str) -> str:
    """The argon2id hash that is stored of a password."""
    with _places:
        return _hasher.hash(_normal(password))


def weakness(password: str, own_words: Collection[str], field: str) -> Problem | None:
    """Why a new password is not good enough, or None; quick, unlike hashing."""
    return passwords.weakness(_normal(password), own_words, common(), field)


def verified(stored: str | None, password: str) -> bool:
    """Whether this is the password; takes the same time when nothing is stored."""
    with _places:
        try:
            _hasher.verify(stored or STAND_IN, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """The ten thousand most used passwords that are long enough to be accepted otherwise."""
    return frozenset(_COMMON.read_text(encoding="utf-8").splitlines())


def _normal(password: str) -> str:
    # One person types the same password as other code points on another keyboard.
    return unicodedata.normalize("NFKC", password)
