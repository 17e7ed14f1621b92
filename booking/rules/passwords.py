"""Which passwords are good enough: long, not among the first that a stranger tries, not made of own words."""

import re
from collections.abc import Collection

from booking.rules.refusals import Problem

SHORTEST = 8
LONGEST = 1_024


def weakness(password: str, own_words: Collection[str], common: Collection[str], field: str) -> Problem | None:
    """Why the password is not good enough, or None.

    `own_words` are what others know of the person; `common` holds lower-case passwords that many people use.
    """
    if len(password) < SHORTEST:
        return Problem(field, "password_too_short", {"shortest": SHORTEST})
    if len(password) > LONGEST:
        return Problem(field, "text_too_long", {"longest": LONGEST, "length": len(password)})
    lowered = password.casefold()
    if lowered in common or len(set(lowered)) < 3:
        return Problem(field, "password_common")
    if len(_without(lowered, own_words)) < SHORTEST:
        return Problem(field, "password_own_words")
    return None


def own_words(*texts: str) -> tuple[str, ...]:
    """The words of a name or an address that are long enough to matter, the longest first."""
    words = {text.casefold() for text in texts}
    for text in texts:
        words.update(re.split(r"[\W_]+", text.casefold()))
    return tuple(sorted((word for word in words if _matters(word)), key=lambda word: (-len(word), word)))


def _matters(word: str) -> bool:
    # Two Chinese characters are a whole name; two Latin letters are in half of all passwords.
    return len(word) > 2 or (len(word) == 2 and not word.isascii())


def _without(lowered: str, words: Collection[str]) -> str:
    for word in words:
        if word in lowered:
            lowered = lowered.replace(word, "")
            # What is left beside an own word is mostly a year and a sign; these add little.
            lowered = re.sub(r"[\d\W_]+$|^[\d\W_]+", "", lowered)
    return lowered
