"""Text as people type it, made fit to store: one form of Unicode, no controls, no half characters."""

import re
import unicodedata

from booking.rules.refusals import Problem, Unacceptable

_LONGEST_ADDRESS = 254
# What turns the words after it around, or can't be seen at all: two names would look alike. Joiners within words stay.
_UNSEEN = frozenset("\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060")
_UNSEEN |= frozenset("\u2066\u2067\u2068\u2069\ufeff")
_ADDRESS = re.compile(
    r"(?=.{1,64}@)[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})"
)
# Letters that do not fall apart into an ASCII letter and a mark, or are written otherwise without it.
_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "œ": "oe"}
    | {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
    | {"'": "", "\u2019": ""}
)


def one_line(value: str, longest: int, field: str = "text") -> str:
    """The text on one line, trimmed, in NFC, without controls or lone surrogates; runs of space become one.

    Raises Unacceptable with `text_too_long` when more than `longest` characters remain.
    """
    spaced = _clean(" ".join(value.split()))
    return _not_longer(" ".join(spaced.split()), longest, field)


def many_lines(value: str, longest: int, field: str = "text") -> str:
    """The text trimmed, in NFC, with lines ended by a line feed; tabs stay, other controls and lone surrogates go.

    Raises Unacceptable with `text_too_long` when more than `longest` characters remain.
    """
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = ("\t".join(_clean(part) for part in line.split("\t")).rstrip() for line in lines)
    return _not_longer("\n".join(cleaned).strip(), longest, field)


def email_address(value: str, field: str = "email") -> str:
    """Exactly one mail address in lower case, its domain in ASCII, so that equal ones compare equal.

    Raises Unacceptable with `not_an_address` for anything else (`a@x.org,b@y.org` is two).
    """
    typed = value.strip().lower()
    local, _, domain = typed.rpartition("@")
    try:
        # The length is looked at first: what is far too long is not worth translating.
        address = f"{local}@{domain.encode('idna').decode('ascii')}" if len(typed) <= _LONGEST_ADDRESS else ""
    except UnicodeError:
        address = ""
    if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise Unacceptable(Problem(field, "not_an_address"))
    return address


def slug(text: str, default: str, longest: int = 64) -> str:
    """The text as lower-case ASCII words joined by hyphens; the default where no letter or digit is left."""
    spelled = unicodedata.normalize("NFC", text).lower().translate(_SPELLED)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode("ascii")
    words = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    return words[:longest].rstrip("-") or default


def _clean(value: str) -> str:
    kept = "".join(char for char in value if char not in _UNSEEN and unicodedata.category(char) not in {"Cc", "Cs"})
    return unicodedata.normalize("NFC", kept)


def _not_longer(value: str, longest: int, field: str) -> str:
    if len(value) > longest:
        raise Unacceptable(Problem(field, "text_too_long", {"longest": longest, "length": len(value)}))
    return value
