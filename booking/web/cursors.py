"""Pages of lists that go on by name and id: where the next one begins is in its address."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from flask import abort, request

from booking.rules import cursors


class Named(Protocol):
    """What such a list holds."""

    @property
    def id(self) -> int: ...

    @property
    def name(self) -> str: ...


def next_cursor(cards: Sequence[Named], page: int) -> str:
    """Where the next page begins, when there are more cards than one page; else empty."""
    return cursors.encoded(cards[page - 1].name, cards[page - 1].id) if len(cards) > page else ""


def read_cursor(query: Mapping[str, str] | None = None) -> tuple[str, int] | None:
    """The name and id after which the page asked for begins; None for the first one, 400 for anything odd.

    `query` is given where it isn't that of the request.
    """
    cursor = (request.args if query is None else query).get("after", "")
    if not cursor:
        return None
    try:
        name, id_ = cursors.decoded(cursor, str, int)
    except ValueError:
        abort(400)
    return str(name), int(id_)
