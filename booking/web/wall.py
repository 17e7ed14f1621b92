"""What hangs on a wall of a space and what other sites show of it: each tool now and next, read from afar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, Response, make_response, render_template
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions.find import known_bookings, reader_at
from booking.models import spaces
from booking.models.facts import World, worlds
from booking.models.spaces import SpaceCard
from booking.rules import hours
from booking.rules.facts import ToolState
from booking.rules.privacy import Viewer, sees_times
from booking.rules.spans import Span
from booking.web import bars
from booking.web.bars import Stretch
from booking.wording.display import f_time, local
from booking.wording.kinds import kind_name
from booking.wording.reader import gettext

blueprint = Blueprint("wall", __name__)

_SAME = {"gap": "free", "mine": "busy", "external": "busy", "past": "closed"}
# What may be shown anywhere: nothing of a widget depends on who looks, and it takes no form.
WIDGET_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A tool on the wall; `look` is "free", "busy", "pending", "closed" or "outage"."""

    name: str
    kind: str
    place: str
    href: str
    look: str
    now: str
    then: str


@blueprint.get("/spaces/<space>/wall")
@edge.access(edge.Access.PUBLIC)
def show(space: str) -> ResponseReturnValue:
    """All tools of a space, now and next; the page asks for itself anew each minute."""
    card = spaces.space_card(edge.session(), space)
    return _page(card, reader_at(edge.read_call(), card.id), timedelta(minutes=1))


@blueprint.get("/embed/<space>")
@edge.access(edge.Access.PUBLIC)
def widget(space: str) -> ResponseReturnValue:
    """The same for a frame in any other site, as strangers see it."""
    response = _page(spaces.space_card(edge.session(), space), Viewer(), timedelta(minutes=5), is_frame=True)
    response.headers["Content-Security-Policy"] = WIDGET_POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _page(card: SpaceCard, viewer: Viewer, again: timedelta, *, is_frame: bool = False) -> Response:
    """The page, which asks for itself again after a while: by a header, which the oldest browsers know."""
    now = edge.read_call().now
    shows_times = sees_times(viewer, card.visibility, card.publishes)
    said = {"space": card, "lines": _lines(card, now) if shows_times else [], "shows_times": shows_times}
    page = render_template("wall/show.html", **said, now=now, is_frame=is_frame)
    response = make_response(page)
    response.headers["Refresh"] = str(again // timedelta(seconds=1))
    return response


def _lines(card: SpaceCard, now: datetime) -> list[Line]:
    """The tools by kind and name; nobody's booking is told apart from another's."""
    today = local(now, card.time_zone).date()
    day = hours.day_span(card.time_zone, today)
    reach = Span(day.start, day.end + timedelta(days=1))
    found = worlds(edge.session(), space_id=card.id, span=reach, account_id=None)
    known = known_bookings(edge.read_call(), [world.tool.id for world in found], reach)
    lines = []
    for world in found:
        shortest = world.facts.tool.limits.shortest_minutes
        stretches = bars.day_stretches(world.facts, world.tool, today, shortest, now, known)
        lines.append(_line(world, [each for each in stretches if each.span.end > now], day.end))
    return sorted(lines, key=lambda line: (line.kind.casefold(), line.name.casefold()))


def _line(world: World, coming: Sequence[Stretch], midnight: datetime) -> Line:
    tool = world.tool
    parts = _joined(coming)
    if tool.state is ToolState.DOWN or not parts:
        look, now, then = "outage", str(gettext("Out of order")), ""
    else:
        look, now = parts[0][0], _now(*parts[0], tool.time_zone, midnight)
        then = _then(*parts[1], tool.time_zone) if len(parts) > 1 else ""
    kind = kind_name(tool.kind_slug, tool.kind_name)
    return Line(tool.name, kind, tool.place, bars.booking_page(tool), look, now, then)


def _joined(stretches: Sequence[Stretch]) -> list[tuple[str, Span]]:
    """The stretches as they look from afar: what follows one another and looks the same is one."""
    found: list[tuple[str, Span]] = []
    for each in stretches:
        look = _SAME.get(each.kind, each.kind)
        if found and found[-1][0] == look and found[-1][1].end == each.span.start:
            found[-1] = (look, Span(found[-1][1].start, each.span.end))
        else:
            found.append((look, each.span))
    return found


def _now(look: str, span: Span, zone: str, midnight: datetime) -> str:
    if look == "closed" and span.end >= midnight:
        return str(gettext("Closed for today"))
    return str(_NOW[look](f_time(span.end, zone) if span.end < midnight else "24:00"))


def _then(look: str, span: Span, zone: str) -> str:
    return str(_THEN[look](f_time(span.start, zone)))


_NOW = {
    "free": lambda time: gettext("Free until %(time)s", time=time),
    "busy": lambda time: gettext("Booked until %(time)s", time=time),
    "pending": lambda time: gettext("Asked for until %(time)s", time=time),
    "closed": lambda time: gettext("Closed until %(time)s", time=time),
    "outage": lambda time: gettext("Out of order until %(time)s", time=time),
}
_THEN = {
    "free": lambda time: gettext("free from %(time)s", time=time),
    "busy": lambda time: gettext("booked from %(time)s", time=time),
    "pending": lambda time: gettext("asked for from %(time)s", time=time),
    "closed": lambda time: gettext("closed from %(time)s", time=time),
    "outage": lambda time: gettext("out of order from %(time)s", time=time),
}
