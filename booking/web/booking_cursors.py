"""Pages of bookings: where the next one begins is in its address."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from flask import abort, request

from booking.models.bookings import BookingCard, Cursor
from booking.web.converters import LARGEST_ID

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"([0-9]{1,18})-([1-9][0-9]{0,18})")


def next_cursor(cards: Sequence[BookingCard], page: int) -> str:
    """Where the next page begins, when there are more cards than one page; else empty."""
    if len(cards) <= page:
        return ""
    last = cards[page - 1]
    return f"{(last.starts_at - _BEGINNING) // _MICROSECOND}-{last.id}"


def read_cursor() -> Cursor | None:
    """The booking after which the asked page begins; None for the first one, 400 for anything odd."""
    text = request.args.get("after", "")
    match = _CURSOR.fullmatch(text)
    if not text:
        return None
    if match is None or int(match[2]) > LARGEST_ID:
        abort(400)
    try:
        return Cursor(_BEGINNING + int(match[1]) * _MICROSECOND, int(match[2]))
    except OverflowError:
        abort(400)
