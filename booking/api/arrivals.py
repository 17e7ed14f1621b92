"""Who calls: the bearer token of a request, looked up once, before the access guard asks."""

from flask import Response, abort, g, request
from werkzeug.exceptions import MethodNotAllowed, NotFound

from booking import edge
from booking.api import problems
from booking.models import sign_ins
from booking.outside import clock
from booking.outside.secrets import digest
from booking.rules.access import Actor

LONGEST_TOKEN = 200


def arrive() -> Response | None:
    """Find out who calls. An address that we don't have is answered here, since no room of ours is asked for it."""
    if not edge.is_for_programs():
        return None
    if isinstance(request.routing_exception, NotFound | MethodNotAllowed):
        return problems.of_http(request.routing_exception)
    if request.blueprint == "api":
        g.actor = _actor()
    return None


def _actor() -> Actor | None:
    """Whose token it is; None without one, 401 for a token that doesn't work, also where none is needed."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not 0 < len(token) <= LONGEST_TOKEN:
        abort(401)
    caller = sign_ins.actor_for_token(edge.session(), digest(token), clock.now())
    if caller is None:
        abort(401)
    edge.mark_seen("token", caller.subject_id, caller.seen_at)
    return caller.actor
