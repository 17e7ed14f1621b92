"""Where a page of a list begins, as text that is handed out and taken back unread."""

import base64
import binascii
import json

LONGEST = 600
_LARGEST_NUMBER = 2**63 - 1


def encoded(*values: str | int) -> str:
    """The cursor that stands for the sort key of the last row seen."""
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decoded(cursor: str, *types: type[str] | type[int]) -> tuple[str | int, ...]:
    """The sort key in a cursor, its parts of these types; raises ValueError for anything that we never handed out."""
    if len(cursor) > LONGEST:
        raise ValueError("a cursor is shorter")
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, RecursionError) as problem:
        raise ValueError("a cursor is text in base64") from problem
    if not isinstance(found, list) or [type(part) for part in found] != list(types):
        raise ValueError("a cursor holds the key of its list")
    if not all(map(_can_be_stored, found)):
        raise ValueError("a cursor holds what both databases can store")
    return tuple(found)


def _can_be_stored(part: str | int) -> bool:
    if isinstance(part, int):
        return abs(part) <= _LARGEST_NUMBER
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in part)
