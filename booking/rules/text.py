"""Text as people type it, made fit to store: one form of Unicode; controls and half characters are refused."""

import re
import unicodedata

from booking.rules.refusals import Problem, Unacceptable

_LONGEST_ADDRESS = 254
# What turns the words after it around, or can't be seen at all: two names would look alike. Joiners within words stay.
_UNSEEN = frozenset("\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060")
_UNSEEN |= frozenset("\u2066\u2067\u2068\u2069\ufeff")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
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
    """The text on one line, trimmed, in NFC; runs of space, tabs and ends of lines become one space.

    Raises Unacceptable with `control_character`, or `text_too_long` when more than `longest` characters remain.
    """
    refuse_controls(value, field)
    spaced = _clean(" ".join(value.split()))
    return _not_longer(" ".join(spaced.split()), longest, field)


def many_lines(value: str, longest: int, field: str = "text") -> str:
    """The text trimmed, in NFC, with lines ended by a line feed; tabs stay.

    Raises Unacceptable with `control_character`, or `text_too_long` when more than `longest` characters remain.
    """
    refuse_controls(value, field)
    lines = value.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = ("\t".join(_clean(part) for part in line.split("\t")).rstrip() for line in lines)
    return _not_longer("\n".join(cleaned).strip(), longest, field)


def refuse_controls(value: str, field: str) -> None:
    """Raise Unacceptable with `control_character` where one stands in the text, or half of a character.

    Nobody types them and nobody sees them: text that holds one came in damaged, and would not be what was meant
    without it. Tabs and ends of lines may stay.
    """
    found = _CONTROL.search(value)
    if found:
        raise Unacceptable(Problem(field, "control_character", {"character": f"U+{ord(found[0]):04X}"}))


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
    kept = "".join(char for char in value if char not in _UNSEEN)
    return unicodedata.normalize("NFC", kept)


def _not_longer(value: str, longest: int, field: str) -> str:
    if len(value) > longest:
        raise Unacceptable(Problem(field, "text_too_long", {"longest": longest, "length": len(value)}))
    return value
