"""What all writes share: one transaction, at most once for each key, and the ways out of a refusal."""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256

from flask import g, request

from booking import edge
from booking.actions import bookings as actions
from booking.actions import idempotency
from booking.actions.call import Call
from booking.api import problems
from booking.api.calls import Answer
from booking.api.shapes import Json
from booking.models import tools
from booking.rules.availability import Alternative
from booking.rules.facts import Ask
from booking.rules.refusals import Refusal, Refused

KEY = "Idempotency-Key"
Work = Callable[[Call], tuple[int, Json]]
# Refusals about the booking itself: another time would not help.
_OF_THE_BOOKING = frozenset({"wrong_state", "changed_meanwhile"})


def write(work: Work, about: Callable[[], Ask] | None = None) -> Answer:
    """Do the work in one write transaction, once for each key of a POST; a repeat is answered as the first time.

    `about` gives the ask, for the ways out when the rules say no; without one Refused goes on.
    """
    try:
        if request.method == "POST" and KEY in request.headers:
            return edge.perform(idempotency.once, request.headers[KEY], _request_hash(), work)
        return edge.perform(work)
    except Refused as refused:
        if about is None:
            raise
        ask = about()
        return problems.of_rules(refused, zone_of(ask), alternatives(ask, refused.refusals))


def alternatives(ask: Ask, refusals: Sequence[Refusal]) -> tuple[Alternative, ...]:
    """The ways out of these refusals of an ask; none where the booking itself is what stands in the way."""
    if not refusals or any(refusal.code in _OF_THE_BOOKING for refusal in refusals):
        return ()
    return actions.alternatives(edge.read_call(), ask)


def zone_of(ask: Ask) -> str:
    """The IANA zone of the asked tool's space."""
    cards = tools.tool_cards(edge.session(), tool_ids=(ask.tool_id,), retired=True)
    return cards[0].time_zone if cards else "UTC"


def _request_hash() -> str:
    """What makes two requests the same: method, address and body, however its JSON is spaced."""
    spelled = json.dumps([request.method, request.path, g.sent], sort_keys=True)
    return sha256(spelled.encode()).hexdigest()


def with_secret(answer: Answer, secret: Mapping[str, str]) -> Answer:
    """The answer with a secret that was just made; it goes out and is kept nowhere."""
    return (answer[0], {**answer[1], **secret}) if isinstance(answer, tuple) else answer
