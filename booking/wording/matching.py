"""What somebody types against the names and words of things: in any order, by beginnings, mistakes forgiven."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from rapidfuzz.distance import OSA

Key = TypeVar("Key")

# Letters that Unicode doesn't take apart.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_WORD = re.compile(r"\w+")
# A shorter one is looked for at the beginnings of words only, else it would be found nearly everywhere.
_ANYWHERE = 3


def matching(asked: str, texts: Mapping[Key, Iterable[str]]) -> frozenset[Key]:
    """The keys whose texts have every word that is asked for.

    Mistakes are forgiven only in words that nothing has as they are typed: one from four letters on, two from eight.
    """
    wanted = words(asked)
    known = {key: " ".join(folded(text) for text in some) for key, some in texts.items()}
    found = frozenset(known)
    for word in wanted:
        having = {key for key, text in known.items() if _has(text, word)}
        if not having:
            having = _resembling(word, known)
        found &= having
    return found


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded, each once."""
    return tuple(dict.fromkeys(_WORD.findall(folded(text))))


@lru_cache(maxsize=16_384)
def folded(text: str) -> str:
    """A text without case, accents and forms of letters, so that "Drążek" and "drazek" are one."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_LETTERS)


def _has(text: str, word: str) -> bool:
    if len(word) >= _ANYWHERE or not word.isascii():
        return word in text
    return any(each.startswith(word) for each in _words_of(text))


def _resembling(word: str, known: Mapping[Key, str]) -> set[Key]:
    most = _forgiven(word)
    if not most:
        return set()
    alike: dict[str, bool] = {}
    found = set()
    for key, text in known.items():
        for each in _words_of(text):
            if each not in alike:
                alike[each] = _is_alike(word, each, most)
            if alike[each]:
                found.add(key)
                break
    return found


def _forgiven(word: str) -> int:
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def _is_alike(word: str, other: str, most: int) -> bool:
    """Whether the word is the other one, or its beginning, with no more mistakes."""
    starts = {other[: len(word) + more] for more in range(-most, most + 1)} | {other}
    return any(OSA.distance(word, start, score_cutoff=most) <= most for start in starts)


@lru_cache(maxsize=16_384)
def _words_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_WORD.findall(text)))
