"""The question of a search as its address spells it, and what can be chosen in each of its fields."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import inf, nan
from typing import Any

from flask import url_for
from flask_babel import gettext

from booking.actions.wishes import Order, Part
from booking.models.find import Candidate, Place
from booking.models.kinds import KindCard
from booking.rules.capabilities import Condition
from booking.rules.geography import Position, kilometres
from booking.web import asked_days, conditions
from booking.web.asked_days import AskedDays
from booking.web.forms import Fields
from booking.wording.display import f_distance, f_duration, local

LENGTHS = (30, 60, 90, 120, 180, 240, 360, 480)
LONGEST = 10_080
DISTANCES = (5, 10, 30, 100, 300)
HERE = "here"
MOST_PAGES = 100
LONGEST_WORDS = 100
Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks for; `place` is a city or HERE with `near`, `km` 0 means at any distance.

    `kinds` and `spaces` are slugs, none of them for all; `conditions` are asked of the only kind.
    """

    kinds: tuple[str, ...]
    days: AskedDays
    minutes: int
    place: str
    near: Position | None
    km: int
    trained: bool
    instant: bool
    step_free: bool
    now: bool = False
    spaces: tuple[str, ...] = ()
    words: str = ""
    conditions: tuple[Condition, ...] = ()
    part: Part = Part.ANY
    order: Order = Order.START
    map: bool = False
    page: int = 1

    @property
    def day(self) -> date:
        """The first day that will do."""
        return self.days.first

    @property
    def kind(self) -> str:
        """The only kind, or an empty string."""
        return self.kinds[0] if len(self.kinds) == 1 else ""

    @property
    def first_kind(self) -> str:
        """The kind that was chosen first, or an empty string for all."""
        return self.kinds[0] if self.kinds else ""

    @property
    def narrowed(self) -> int:
        """How many measures and further kinds are asked for."""
        return len(self.conditions) + len(self.kinds[1:])

    @property
    def near_text(self) -> str:
        """The position as the address spells it, or an empty string."""
        return spelled(self.near)

    def address(self, **changes: Any) -> str:
        """The address of this question with some of it changed; it begins at the first page."""
        near = self.near_text if self.place == HERE else None
        flags = {name: "yes" for name in ("trained", "instant", "step_free", "now", "map") if getattr(self, name)}
        known = {
            "kind": self.kinds,
            "day": self.days.spelled,
            "minutes": self.minutes,
            "place": self.place,
            "near": near,
        }
        sort = None if self.order is Order.START else self.order.value
        what = {
            "part": self.part.value or None,
            "sort": sort,
            "q": self.words or None,
            "space": self.spaces,
            **conditions.spelled(self.conditions),
        }
        return url_for("find.search", **{**known, "km": self.km, **what, **flags, **changes})

    def plain(self) -> "Question":
        """This question without words and conditions."""
        return replace(self, words="", conditions=())

    def without_space(self, slug: str) -> str:
        """The address of this question without one of its spaces."""
        return self.address(space=[each for each in self.spaces if each != slug])


def spelled(near: Position | None) -> str:
    """A position as addresses spell it, or an empty string."""
    return f"{near.latitude:g},{near.longitude:g}" if near else ""


def place_key(city: str, country: str) -> str:
    """What a city is called in addresses: "Berlin, DE"."""
    return f"{city}, {country}" if country else city


def asked_place(fields: Fields, places: Sequence[Place], home: str | None) -> tuple[str, Position | None]:
    """Where somebody looks: the key of a city or HERE, and her position if the address has one.

    `home` is where she looks when the address doesn't say; None when it does, and an empty place is anywhere.
    """
    near = _near(fields)
    if not fields.given("place"):
        return ("" if home is None else HERE if near else home), near
    cities = {place_key(place.city, place.country) for place in places} | ({HERE} if near else set())
    return fields.choice("place", cities), near


def read(
    fields: Fields,
    kinds: Sequence[KindCard],
    spaces: Collection[str],
    where: tuple[str, Position | None],
    today: date,
) -> Question:
    """The question of this address; what isn't said has a default. Raises Unacceptable for what can't be asked."""
    days = asked_days.read(fields, today)
    chosen = fields.choices("kind", {"", *(kind.slug for kind in kinds)})
    only = [kind for kind in kinds if kind.slug in chosen]
    question = Question(
        kinds=tuple(slug for slug in chosen if slug),
        days=days,
        minutes=fields.optional_whole("minutes", 1, LONGEST) or 60,
        place=where[0],
        near=where[1],
        km=fields.whole("km", 0, 20_100) if fields.given("km") else 30,
        trained=fields.flag("trained"),
        instant=fields.flag("instant"),
        step_free=fields.flag("step_free"),
        now=fields.flag("now") and days.is_one and days.first == today,
        spaces=fields.choices("space", spaces),
        words=fields.line("q", LONGEST_WORDS, required=False),
        conditions=conditions.read(fields, only[0]) if len(only) == 1 else (),
        part=Part(fields.choice("part", list(Part))) if fields.given("part") else Part.ANY,
        order=Order(fields.choice("sort", list(Order))) if fields.given("sort") else Order.START,
        map=fields.flag("map"),
        page=fields.optional_whole("page", 1, MOST_PAGES) or 1,
    )
    fields.finish()
    return question


def _near(fields: Fields) -> Position | None:
    """A position from "52.51,13.4", as browsers tell it."""
    text = fields.line("near", 60, required=False)
    try:
        latitude, longitude = (float(part) for part in text.split(",")) if text else (inf, inf)
    except ValueError:
        latitude = longitude = nan
    if -90 <= latitude <= 90 and -180 <= longitude <= 180:
        return Position(latitude, longitude)
    if text:
        fields.problem("near", "not_a_number")
    return None


def today_at(place: Place | None, places: Sequence[Place], reader_zone: str | None, now: datetime) -> date:
    """The present day at the place, else where the reader lives, else where most spaces are."""
    zones: Counter[str] = Counter()
    for each in places:
        zones[each.time_zone] += each.spaces
    usual = zones.most_common(1)[0][0] if zones else "UTC"
    return local(now, place.time_zone if place else reader_zone or usual).date()


def middle_of(key: str, near: Position | None, places: Sequence[Place]) -> Position | None:
    """The point that a place in an address stands for, or None for anywhere."""
    if key == HERE:
        return near
    return next((place.middle for place in places if place_key(place.city, place.country) == key), None)


def around(candidates: Sequence[Candidate], middle: Position | None, kilometres_around: float | None) -> list[int]:
    """The ids of the tools around a point, the nearest first; without a point all, as they are."""
    if middle is None:
        return [each.tool_id for each in candidates]
    away = sorted((kilometres(middle, each.place), each.tool_id) for each in candidates if each.place)
    return [tool_id for distance, tool_id in away if kilometres_around is None or distance <= kilometres_around]


def nearest(near: Position | None, places: Sequence[Place]) -> Place | None:
    """The city nearest to a position."""
    known = [place for place in places if place.middle is not None]
    if near is None or not known:
        return None
    return min(known, key=lambda place: kilometres(near, place.middle) if place.middle else float("inf"))


def part_choices() -> Choices:
    """The parts of a day."""
    return [
        (Part.ANY.value, gettext("Any time")),
        (Part.MORNING.value, gettext("Morning, 6–12")),
        (Part.AFTERNOON.value, gettext("Afternoon, 12–18")),
        (Part.EVENING.value, gettext("Evening, 17–24")),
    ]


def length_choices(question: Question) -> Choices:
    """The usual lengths, and the asked one."""
    return [(str(minutes), f_duration(minutes)) for minutes in sorted({*LENGTHS, question.minutes})]


def place_choices(near: Position | None, places: Sequence[Place]) -> Choices:
    """Anywhere, the reader's position if it is known, and every city."""
    here = [(HERE, gettext("Around me"))] if near else []
    cities = [(place_key(place.city, place.country), place_key(place.city, place.country)) for place in places]
    return [("", gettext("Anywhere")), *here, *cities]


def order_choices() -> Choices:
    """What may come first."""
    return [
        (Order.START.value, gettext("Soonest first")),
        (Order.NEAR.value, gettext("Nearest first")),
        (Order.BOTH.value, gettext("Soon and near first")),
    ]


def distance_choices(question: Question) -> Choices:
    """How far around the place."""
    near = [(str(km), f"+ {f_distance(km)}") for km in sorted({*DISTANCES, question.km} - {0})]
    return [*near, ("0", gettext("any distance"))]
