"""The directory of spaces: what can be asked of it, and its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel import Locale
from flask import url_for
from flask_babel import get_locale

from booking.models.find import KindCount, Place
from booking.models.photos import PhotoCard
from booking.models.spaces import SpaceCard, has_words
from booking.rules.facts import Hours
from booking.rules.geography import Position, kilometres, position
from booking.web import maps, opening_words, questions
from booking.web.forms import Fields
from booking.web.maps import Map, Spot
from booking.web.opening_words import Doors
from booking.web.pictures import Picture, pictures
from booking.wording.display import f_distance, f_number
from booking.wording.kinds import kind_name

LONGEST_WORDS = 80
MOST_PAGES = 1_000
MOST_KINDS = 4
Away = tuple[SpaceCard, float | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: words in a name or an address, a country, near a place, open now."""

    words: str
    country: str
    place: str
    near: Position | None
    open: bool
    page: int

    @property
    def near_text(self) -> str:
        """The position as the address spells it, or an empty string."""
        return questions.spelled(self.near)

    def address(self, **changes: Any) -> str:
        """The address of this question with some of it changed."""
        known = {"q": self.words, "country": self.country, "place": self.place, "near": self.near_text}
        flags = {"open": "yes"} if self.open else {}
        said = {name: value for name, value in known.items() if value}
        return url_for("spaces.directory", **{**said, **flags, **changes})


@dataclass(frozen=True, slots=True)
class Row:
    """A space as the directory shows it."""

    name: str
    href: str
    where: str
    doors: Doors
    tools: int
    kinds: list[tuple[str, str]]
    more_kinds: int
    picture: Picture | None


def read(fields: Fields, places: Sequence[Place]) -> Asked:
    """The question of this address; raises Unacceptable for what can't be asked."""
    key, near = questions.asked_place(fields, places, "")
    countries = {place.country for place in places} | {""}
    asked = Asked(
        words=fields.line("q", LONGEST_WORDS, required=False),
        country=fields.choice("country", countries) if fields.given("country") else "",
        place=key,
        near=near,
        open=fields.flag("open"),
        page=fields.optional_whole("page", 1, MOST_PAGES) or 1,
    )
    fields.finish()
    return asked


def matching(cards: Sequence[SpaceCard], asked: Asked, places: Sequence[Place]) -> list[Away]:
    """The spaces that answer the question, by distance where a place is named, else by name."""
    words = asked.words.casefold().split()
    cards = [card for card in cards if asked.country in ("", card.country) and has_words(card, words)]
    middle = questions.middle_of(asked.place, asked.near, places)
    if middle is None:
        return [(card, None) for card in cards]
    away = [(card, position(card.latitude, card.longitude)) for card in cards]
    known: list[tuple[float, SpaceCard]] = [(kilometres(middle, place), card) for card, place in away if place]
    return [(card, distance) for distance, card in sorted(known, key=lambda pair: pair[0])]


def map_of(cards: Iterable[SpaceCard], asked: Asked) -> Map | None:
    """The map of these spaces, as far as they say where they are."""
    spots = [
        Spot(card.name, place, url_for("spaces.show", space=card.slug), 1)
        for card in cards
        if (place := position(card.latitude, card.longitude))
    ]
    return maps.drawn(spots, lambda near, _: asked.address(place=questions.HERE, near=questions.spelled(near)))


def rows(
    page: Sequence[Away],
    opening: Mapping[int, Hours],
    kinds: Mapping[int, Sequence[KindCount]],
    photos: Mapping[int, PhotoCard],
    now: datetime,
) -> list[Row]:
    """The rows of one page."""
    return [_row(each, opening[each[0].id], kinds.get(each[0].id, ()), photos.get(each[0].id), now) for each in page]


def _row(found: Away, opening: Hours, kinds: Sequence[KindCount], photo: PhotoCard | None, now: datetime) -> Row:
    card, away = found
    place = ", ".join(part for part in (card.city, country_name(card.country)) if part)
    return Row(
        name=card.name,
        href=url_for("spaces.show", space=card.slug),
        where=place if away is None else f"{place} · {f_distance(away)}",
        doors=opening_words.doors(opening, now),
        tools=sum(kind.tools for kind in kinds),
        kinds=[(kind_name(kind.slug, kind.name), f_number(kind.tools)) for kind in kinds[:MOST_KINDS]],
        more_kinds=max(0, len(kinds) - MOST_KINDS),
        picture=pictures([photo], card.name)[0] if photo else None,
    )


def country_name(code: str) -> str:
    """What a country is called in the reader's language; an unknown code stays as it is."""
    locale = get_locale() or Locale("en")
    return str(locale.territories.get(code, code))


def country_choices(places: Sequence[Place]) -> questions.Choices:
    """The countries of the network's spaces, by name."""
    codes = {place.country for place in places if place.country}
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])
