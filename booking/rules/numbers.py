"""Whole numbers as people and programs write them."""

import re

_WHOLE = re.compile(r"([+-]?)0*([0-9]+)")
# As many digits as every column holds; beyond, a number is only very large.
_MOST_DIGITS = 19


def whole(text: str) -> int | None:
    """The whole number that a text is, None for anything else.

    However long it is: one beyond any limit comes back as one that is beyond it too, to be told so.
    """
    match = _WHOLE.fullmatch(text)
    if match is None or not text.isascii():
        return None
    size = int(match[2]) if len(match[2]) <= _MOST_DIGITS else 10**_MOST_DIGITS
    return -size if match[1] == "-" else size
