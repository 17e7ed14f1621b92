"""Calendars as programs read them: private feeds by their token, and the busy times of spaces that publish.

No cookie is read or set here, and no token is ever logged.
"""

import gzip
import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from booking import edge
from booking.actions import calendars
from booking.actions.call import Call
from booking.actions.feeds import address
from booking.models.calendars import CalendarState
from booking.rules.refusals import Absent

COMPRESSION = 5
# A program that asks every minute stays far below; one that runs wild would keep a whole process busy.
BODIES_AT_ONCE = 600
BODIES_A_MINUTE = 60
REMEMBERED = 10_000
BUDGETS = "calendar_budgets"

logger = logging.getLogger(__name__)
blueprint = Blueprint("calendars", __name__)


class Budgets:
    """How many bodies each calendar may still be given by this process; they come back with time."""

    def __init__(self) -> None:
        self._left: OrderedDict[object, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def spend(self, calendar: object, now: datetime) -> bool:
        """Take one; False when none is left."""
        with self._lock:
            left, since = self._left.pop(calendar, (float(BODIES_AT_ONCE), now))
            left = min(BODIES_AT_ONCE, left + (now - since) / timedelta(minutes=1) * BODIES_A_MINUTE)
            self._left[calendar] = (max(left - 1, 0), now)
            if len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
            return left >= 1


@blueprint.record_once
def _prepare(state: BlueprintSetupState) -> None:
    state.app.extensions[BUDGETS] = Budgets()


@blueprint.get("/feeds/<token>.ics")
@edge.access(edge.Access.PUBLIC)
def private(token: str) -> Response:
    """A private feed: the token in its address says whose and of what."""
    call = edge.read_call()
    found = calendars.private(call, token)
    if found.revoked_at is not None:
        return _refusal(410, gettext("This calendar address was revoked."))
    response = _answer(call, found, lambda: address(call.settings.base_url, token), "calendar.ics", "private")
    if found.feed_id is not None and response.status_code in (200, 304):
        edge.mark_seen("feed", found.feed_id, found.seen_at, request.user_agent.string)
    return response


@blueprint.get("/spaces/<space>/calendar.ics")
@edge.access(edge.Access.PUBLIC)
def public_space(space: str) -> Response:
    """When the tools of a space are taken, for everybody."""
    return _public(space, None)


@blueprint.get("/spaces/<space>/tools/<tool>/calendar.ics")
@edge.access(edge.Access.PUBLIC)
def public_tool(space: str, tool: str) -> Response:
    """When a tool is taken, for everybody."""
    return _public(space, tool)


@blueprint.errorhandler(Absent)
def _unknown(_problem: Absent) -> Response:
    # Never an empty calendar: programs would delete what they hold.
    return _refusal(404, gettext("There is no such calendar."))


@blueprint.errorhandler(Exception)
def _trouble(problem: Exception) -> Response:
    """Programs keep what they hold and come back, whatever went wrong. The log gets no address: it is a secret."""
    if isinstance(problem, HTTPException) and problem.code is not None and problem.code < 500:
        return _refusal(problem.code, gettext("This calendar can't be read like that."))
    logger.error("a calendar could not be read", exc_info=problem)
    response = _refusal(503, gettext("This calendar can't be read right now. Try again in a few minutes."))
    response.headers["Retry-After"] = "300"
    return response


def _public(space: str, tool: str | None) -> Response:
    call = edge.read_call()
    found = calendars.public(call, space, tool)
    name = f"{found.tool_slug or found.space_slug}.ics"
    return _answer(call, found, lambda: call.settings.base_url + request.path, name, "public")


def _answer(call: Call, found: CalendarState, source: Callable[[], str], file_name: str, scope: str) -> Response:
    """304 from the marks alone, else the body."""
    compressed = request.accept_encodings.quality("gzip") > 0
    tag = calendars.entity_tag(call, found)
    changed = calendars.changed_at(call, found)
    own_tag = f"{tag}-gzip" if compressed else tag
    if _is_current(tag, changed):
        response = Response(status=304)
    elif not current_app.extensions[BUDGETS].spend(found.feed_id or (found.space_id, found.tool_id), call.now):
        return _too_often()
    else:
        body = calendars.body(call, found, source())
        response = Response(
            gzip.compress(body, COMPRESSION, mtime=0) if compressed else body,
            content_type="text/calendar; charset=utf-8",
        )
        response.headers["Content-Disposition"] = f'inline; filename="{file_name}"'
        if compressed:
            response.headers["Content-Encoding"] = "gzip"
    response.set_etag(own_tag)
    response.last_modified = changed
    response.headers["Cache-Control"] = f"{scope}, max-age=300"
    response.headers["Vary"] = "Accept-Encoding"
    return _unlisted(response)


def _is_current(tag: str, changed: datetime) -> bool:
    """Whether the reader holds this state. A proxy may have made its tag weak, or have unpacked the body."""
    held = request.if_none_match
    if held:
        return held.star_tag or any(held.contains_weak(each) for each in (tag, f"{tag}-gzip"))
    # Exactly ours or nothing: a booking that left a tool's calendar can make the latest change an earlier one.
    return request.if_modified_since == changed


def _too_often() -> Response:
    response = _refusal(429, gettext("This calendar is read too often. Try again in a minute."))
    response.headers["Retry-After"] = "60"
    return response


def _refusal(status: int, sentence: str) -> Response:
    """A refusal for a program, and for whoever looks at its log or opens the address: plain text."""
    response = Response(f"{sentence}\n", status, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return _unlisted(response)


def _unlisted(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
