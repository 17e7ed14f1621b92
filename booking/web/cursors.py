"""Pages of lists that go on by name and id: where the next one begins is in its address."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Protocol

from flask import abort, request

LONGEST = 600


class Named(Protocol):
    """What such a list holds."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


def next_cursor(cards: Sequence[Named], page: int) -> str:
    """Where the next page begins, when there are more cards than one page; else empty."""
    if len(cards) <= page:
        return ""
    last = cards[page - 1]
    return base64.urlsafe_b64encode(json.dumps([last.name, last.id]).encode()).decode()


def read_cursor() -> tuple[str, int] | None:
    """The name and id after which the asked page begins; None for the first one, 400 for anything odd."""
    cursor = request.args.get("after", "")
    if not cursor:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor[:LONGEST].encode("ascii")))
        name, id_ = found
        if isinstance(name, str) and type(id_) is int and 0 < id_ < 2**63 and "\0" not in name:
            return name, id_
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    abort(400)
