"""Random secrets, and the hashes that are kept in their place."""

import hashlib
import secrets

_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret() -> str:
    """A secret of 256 bits that is safe in an address."""
    return secrets.token_urlsafe(32)


def short_code() -> str:
    """A code of 50 bits for things that are printed, without letters that look alike."""
    number, letters = secrets.randbelow(len(_LETTERS) ** 10), ""
    for _ in range(10):
        number, place = divmod(number, len(_LETTERS))
        letters += _LETTERS[place]
    return letters


def digest(secret: str) -> str:
    """What is stored of a secret: its SHA-256. Enough for random secrets, not for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()
