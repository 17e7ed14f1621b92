"""Many tools over a day or a week: those of a space, or of a kind over spaces; to look at, to print, to share."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions.find import known_bookings, reader_at
from booking.models import find, kinds, spaces, weeks
from booking.models.facts import World, worlds
from booking.models.tool_rows import unit_names
from booking.rules import hours
from booking.rules.facts import Visibility
from booking.rules.privacy import sees_times
from booking.rules.spans import Span
from booking.web import questions, timetable_days, timetable_weeks
from booking.web.forms import EARLIEST_YEAR, LATEST_YEAR, Fields
from booking.web.timetable_rows import Table
from booking.wording.display import f_date, f_week, f_zone, local
from booking.wording.kinds import kind_name

blueprint = Blueprint("timetables", __name__)

PER_PAGE = 40
MOST_PAGES = 1_000
WEEK, DAY = "week", "day"
KM_AROUND = 50
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which days of which page: `own` is what the address names besides."""

    page_of: Callable[..., str]
    view: str
    day: date
    page: int
    own: dict[str, Any]

    @property
    def days(self) -> tuple[date, ...]:
        """The days that are drawn."""
        if self.view == DAY:
            return (self.day,)
        monday = self.day - _ONE_DAY * self.day.weekday()
        return tuple(monday + _ONE_DAY * number for number in range(7))

    @property
    def span(self) -> Span:
        """All of these days, wherever a space is."""
        return hours.days_anywhere(self.days[0], self.days[-1])

    @property
    def title(self) -> str:
        """The days in words."""
        return f_date(self.day) if self.view == DAY else f_week(self.days[0], self.days[-1])

    @property
    def before(self) -> str:
        """The day or week before; empty where none can be asked for."""
        return self._at(self.days[0] - _ONE_DAY * len(self.days))

    @property
    def after(self) -> str:
        """The day or week that follows; empty where none can be asked for."""
        return self._at(self.days[-1] + _ONE_DAY)

    def _at(self, day: date) -> str:
        return self.address(day=day) if EARLIEST_YEAR <= day.year <= LATEST_YEAR else ""

    def address(self, **changes: Any) -> str:
        """The address of this page with some of it changed; it begins at the first page."""
        return self.page_of(**{**self.own, "view": self.view, "day": self.day, **changes})


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a timetable: its name, the way here, whose clock, where to subscribe, places to choose."""

    name: str
    crumbs: list[tuple[str, str]]
    zone: str = ""
    public_feed: str = ""
    own_feed: str = ""
    shows_times: bool = True
    places: questions.Choices = field(default_factory=list)
    place: str = ""
    near: str = ""


@blueprint.get("/spaces/<space>/timetable")
@edge.access(edge.Access.PUBLIC)
def of_space(space: str) -> ResponseReturnValue:
    """All tools of a space over a day or a week, by kind."""
    session, call = edge.session(), edge.read_call()
    card = spaces.space_card(session, space)
    asked = _read("timetables.of_space", local(call.now, card.time_zone).date(), {"space": space})
    viewer = reader_at(call, card.id)
    shows_times = sees_times(viewer, card.visibility, card.publishes)
    counts = find.kinds_at(session, [card.id]).get(card.id, ())
    order = sorted(counts, key=lambda kind: kind_name(kind.slug, kind.name).casefold())
    place = {kind.kind_id: number for number, kind in enumerate(order)}
    tools = sorted(find.candidates(session, space_ids=[card.id]), key=lambda each: place.get(each.kind_id, len(place)))
    found = _worlds([each.tool_id for each in tools], asked) if shows_times else []
    is_public = card.publishes and card.visibility is not Visibility.CLOSED
    feed = edge.settings().base_url.rstrip("/") + url_for("calendars.public_space", space=card.slug)
    frame = Frame(
        card.name,
        [(gettext("Spaces"), url_for("spaces.directory")), (card.name, url_for("spaces.show", space=card.slug))],
        zone=f_zone(card.time_zone, call.now, card.city),
        public_feed=feed if is_public else "",
        own_feed=url_for("feeds.mine", view="space", id=card.id) if shows_times and call.actor else "",
        shows_times=shows_times,
    )
    return _page(asked, found, len(tools), frame, lambda world: kind_name(world.tool.kind_slug, world.tool.kind_name))


@blueprint.get("/kinds/<kind>/timetable")
@edge.access(edge.Access.PUBLIC)
def of_kind(kind: str) -> ResponseReturnValue:
    """All tools of a kind over a day or a week, wherever they are or around a place; the nearest first."""
    session, call = edge.session(), edge.read_call()
    card = kinds.kind_card(session, kind)
    places = find.places(session)
    key, near = questions.asked_place(Fields(request.args), places, "")
    own = {"kind": kind} | ({"place": key} if key else {}) | ({"near": questions.spelled(near)} if near else {})
    zone = call.actor.time_zone if call.actor else None
    asked = _read("timetables.of_kind", questions.today_at(None, places, zone, call.now), own)
    middle = questions.middle_of(key, near, places)
    tools = questions.around(find.candidates(session, kind_ids=[card.id]), middle, KM_AROUND if middle else None)
    found = [world for world in _worlds(tools, asked) if _shows_times(world)]
    frame = Frame(
        kind_name(card.slug, card.name),
        [(gettext("Find a tool"), url_for("find.search", kind=kind, day=asked.day, place=key))],
        own_feed=url_for("feeds.mine", view="kind", id=card.id) if call.actor else "",
        places=questions.place_choices(near, places),
        place=key,
        near=questions.spelled(near),
    )
    return _page(asked, found, len(tools), frame, lambda world: world.tool.space_name)


def _read(endpoint: str, today: date, own: dict[str, Any]) -> Asked:
    """What the address asks for; raises Unacceptable for what can't be asked."""
    fields = Fields(request.args)
    asked = Asked(
        page_of=lambda **values: url_for(endpoint, **values),
        view=fields.choice("view", {WEEK, DAY}) if fields.given("view") else WEEK,
        day=fields.optional_day("day") or today,
        page=fields.optional_whole("page", 1, MOST_PAGES) or 1,
        own=own,
    )
    fields.finish()
    return asked


def _worlds(tool_ids: Sequence[int], asked: Asked) -> list[World]:
    """The tools of the page, in this order."""
    ids = tool_ids[(asked.page - 1) * PER_PAGE : asked.page * PER_PAGE]
    who = edge.actor()
    found = worlds(edge.session(), tool_ids=ids, span=asked.span, account_id=who.account_id if who else None)
    by_id = {world.tool.id: world for world in found}
    return [by_id[tool_id] for tool_id in ids if tool_id in by_id]


def _shows_times(world: World) -> bool:
    viewer = reader_at(edge.read_call(), world.tool.space_id)
    return sees_times(viewer, world.tool.visibility, world.tool.publishes)


def _page(asked: Asked, found: Sequence[World], number: int, frame: Frame, head: Callable[[World], str]) -> str:
    """The page of these tools; so many are there in all, under heads that each of them names."""
    call, session = edge.read_call(), edge.session()
    ids = [world.tool.id for world in found]
    table, draw = Table(asked.days, call.now, known_bookings(call, ids, asked.span)), timetable_weeks.week
    if asked.view == DAY:
        table.entries, table.units = weeks.entries_of_tools(session, ids, asked.span), unit_names(session, ids)
        draw = timetable_days.day
    return render_template(
        "timetables/show.html",
        asked=asked,
        frame=frame,
        drawn=draw(table, [(head(world), world, reader_at(call, world.tool.space_id)) for world in found]),
        present=asked.address(day=None),
        today=local(call.now, found[0].tool.time_zone).date() if found else None,
        next_href=asked.address(page=asked.page + 1) if asked.page * PER_PAGE < number else "",
        first_href=asked.address() if asked.page > 1 else "",
    )
