"""Whether bytes are one whole calendar, and the program that reads one in a child.

A truncated file would otherwise be read as one with fewer events.
"""

import re
import sys
from codecs import BOM_UTF8
from collections.abc import Callable

# Names are the same in any case (RFC 5545, 2).
_WHOLE = re.compile(rb"\s*BEGIN:VCALENDAR\b.*\bEND:VCALENDAR\s*", re.DOTALL | re.IGNORECASE)


class Unreadable(Exception):
    """The bytes are not one whole calendar, or hold more than may be."""


def whole(calendar: bytes) -> bytes:
    """The calendar without a mark of its encoding. Raises Unreadable for anything but one from its begin to its end."""
    text = calendar.removeprefix(BOM_UTF8)
    if not _WHOLE.fullmatch(text):
        raise Unreadable
    return text


def run(read: Callable[[bytes], bytes]) -> int:
    """The program of a child: what is read of standard input goes to standard output; 1 for what is no calendar."""
    try:
        found = read(sys.stdin.buffer.read())
    except Unreadable:
        return 1
    sys.stdout.buffer.write(found)
    return 0
