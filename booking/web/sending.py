"""Writing once, however often the same form is sent."""

from collections.abc import Callable
from typing import Any

from flask import request

from booking import edge
from booking.actions import idempotency
from booking.actions.call import Call
from booking.outside.secrets import digest


def once(key: str, told: object, work: Callable[[Call], int]) -> int:
    """Do the work in one write transaction, at most once for a form's key; the id of what it made.

    `told` is what the form said: the same key with other words raises Unacceptable (`idempotency_mismatch`).
    """
    if not key:
        return edge.perform(work)

    def kept(call: Call) -> tuple[int, dict[str, Any]]:
        return 201, {"id": work(call)}

    said = digest(repr((request.path, told)))
    _status, answer = edge.perform(idempotency.once, f"form:{key}", said, kept)
    return int(answer["id"])
