"""The tools of a space, by kind, each with its present day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import url_for
from flask_babel import gettext

from booking.models.facts import World
from booking.models.photos import PhotoCard
from booking.rules.facts import ToolState
from booking.rules.privacy import Known
from booking.web import bars
from booking.web.pictures import Picture, pictures
from booking.web.timeline import Segment
from booking.web.weeks import offered_minutes
from booking.wording.kinds import kind_name


@dataclass(frozen=True, slots=True)
class Place:
    """A tool on its shelf; without times to show, `segments` is empty."""

    name: str
    href: str
    art: str
    make: str
    state: ToolState
    note: str
    segments: list[Segment]
    label: str
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class Shelves:
    """The tools by the names of their kinds, and the hours that their bars show."""

    kinds: list[tuple[str, list[Place]]]
    first_hour: int
    last_hour: int
    tools: int


def shelves(
    worlds: Sequence[World],
    photos: Mapping[int, PhotoCard],
    today: date,
    now: datetime,
    known: Known,
    shows_times: bool,
) -> Shelves:
    """The tools of a space, the kinds in the order of their names in the reader's language."""
    days = {
        world.tool.id: bars.day_stretches(
            world.facts, world.tool, today, offered_minutes(world.facts.tool.limits), now, known
        )
        for world in worlds
        if shows_times
    }
    zone = worlds[0].tool.time_zone if worlds else "UTC"
    first, last = bars.shown_hours((today, zone, stretches) for stretches in days.values())
    found = [(kind_name(world.tool.kind_slug, world.tool.kind_name), world) for world in worlds]
    found.sort(key=lambda pair: (pair[0].casefold(), pair[1].tool.name.casefold()))
    places = [
        (kind, _place(world, photos, bars.drawn_bar(days.get(world.tool.id, ()), today, zone, first, last)))
        for kind, world in found
    ]
    grouped = [(kind, [place for _, place in pairs]) for kind, pairs in groupby(places, key=lambda pair: pair[0])]
    return Shelves(grouped, first, last, len(worlds))


def _place(world: World, photos: Mapping[int, PhotoCard], segments: list[Segment]) -> Place:
    tool = world.tool
    photo = photos.get(tool.id)
    return Place(
        name=tool.name,
        href=url_for("tools.show", space=tool.space_slug, tool=tool.slug),
        art=tool.art,
        make=tool.make_and_model,
        state=tool.state,
        note=tool.state_note,
        segments=segments,
        label=gettext("%(tool)s today", tool=tool.name),
        picture=pictures([photo], tool.name)[0] if photo else None,
    )
