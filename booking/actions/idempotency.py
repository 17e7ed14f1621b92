"""One key, at most one write: a repeated request is answered as the first time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from booking.actions.call import Call
from booking.models import idempotency
from booking.rules.refusals import Problem, Unacceptable

KEPT_FOR = timedelta(days=7)
LONGEST_KEY = 200
Answer = tuple[int, dict[str, Any]]


def once(call: Call, key: str, request_hash: str, work: Callable[[Call], Answer]) -> Answer:
    """Do the work and keep its answer (status and JSON) with it, or give the kept answer of the same request.

    Keys live for seven days per account. Raises Unacceptable with `idempotency_mismatch` when another request
    came with this key; what the work raises is not kept.
    """
    account_id = call.person.account_id
    if not key:
        raise Unacceptable(Problem("idempotency_key", "required"))
    if len(key) > LONGEST_KEY:
        raise Unacceptable(Problem("idempotency_key", "text_too_long", {"longest": LONGEST_KEY, "length": len(key)}))
    if idempotency.reserve(call.session, account_id, key, request_hash, call.now, call.now - KEPT_FOR):
        status, answer = work(call)
        idempotency.keep(call.session, account_id, key, status, answer)
        return status, answer
    kept = idempotency.kept(call.session, account_id, key)
    if kept.request_hash != request_hash:
        raise Unacceptable(Problem("idempotency_key", "idempotency_mismatch"))
    return kept.status, kept.answer
