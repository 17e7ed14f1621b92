"""Spaces: the directory, and one of them."""

from dataclasses import dataclass
from functools import partial

from flask import abort

from booking import edge
from booking.api import pages
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind
from booking.api.shapes import FLAG, ID, NUMBER, TEXT, Part, Shape, nullable, one_of
from booking.models import spaces
from booking.models.spaces import SpaceCard
from booking.rules.facts import BookableBy, Visibility
from booking.rules.geography import Position, kilometres, position
from booking.rules.refusals import Problem, Unacceptable

# Half of the way around the ground.
FURTHEST_KM = 20_100
NEAR = (
    Field("near", Kind.POSITION, "Latitude and longitude, as in `52.5,13.4`: answers with distances, nearest first."),
    Field("within_km", Kind.NUMBER, "No further than this from `near`.", high=FURTHEST_KM),
)
WORDS = Field("q", Kind.TEXT, "Words that all stand in the name or the place.", longest=80)


@dataclass(frozen=True, slots=True)
class Near:
    """A space and how far it is from the place in question, where one was given."""

    card: SpaceCard
    kilometres: float | None = None


SPACE: Shape[Near] = Shape(
    "Space",
    "A makerspace.",
    (
        Part("id", ID, lambda near: str(near.card.id)),
        Part("slug", TEXT, lambda near: near.card.slug, "Its name in addresses."),
        Part("name", TEXT, lambda near: near.card.name),
        Part("description", TEXT, lambda near: near.card.description, "Markdown."),
        Part("address", TEXT, lambda near: near.card.address),
        Part("city", TEXT, lambda near: near.card.city),
        Part("country", TEXT, lambda near: near.card.country, "Two letters (ISO 3166)."),
        Part("latitude", nullable(NUMBER), lambda near: near.card.latitude),
        Part("longitude", nullable(NUMBER), lambda near: near.card.longitude),
        Part("time_zone", TEXT, lambda near: near.card.time_zone, "IANA name, as in Europe/Berlin."),
        Part("language", TEXT, lambda near: near.card.language),
        Part("contact", TEXT, lambda near: near.card.contact),
        Part("visibility", one_of(*Visibility), lambda near: near.card.visibility, "What others see of its bookings."),
        Part("publishes", FLAG, lambda near: near.card.publishes, "Whether it answers without a token."),
        Part("joining", one_of("open", "request", "invitation"), lambda near: near.card.joining),
        Part("bookable_by", one_of(*BookableBy), lambda near: near.card.bookable_by),
        Part("url", TEXT, lambda near: f"{edge.settings().base_url}/spaces/{near.card.slug}/"),
        Part("distance_km", NUMBER, lambda near: near.kilometres, "Only where `near` was given.", may_lack=True),
    ),
)


@call(
    "GET",
    "/spaces",
    "The spaces, by name or by distance. Without a token: those that publish.",
    access=edge.Access.PUBLIC,
    query=(WORDS, *NEAR, *pages.FIELDS),
    answer=SPACE,
    listed=True,
)
def listing(given: Given) -> Answer:
    """The spaces that match; one question, because a network has hundreds of them and not more."""
    refuse_distance_from_nowhere(given)
    by_distance = "near" in given
    page = pages.asked(given, *((int, int) if by_distance else (str, int)))
    words = given.get("q", "").casefold().split()
    found = [_near(card, given) for card in spaces.space_cards(edge.session()) if _is_shown(card)]
    kept = [near for near in found if spaces.has_words(near.card, words) and is_within(near.kilometres, given)]
    key = partial(_key, by_distance=by_distance)
    return pages.part(sorted(kept, key=key), page, key).document(SPACE)


@call("GET", "/spaces/{space}", "One space by its slug.", access=edge.Access.PUBLIC, answer=SPACE)
def show(given: Given, space: str) -> Answer:
    """One space; 401 without a token where it doesn't publish."""
    card = spaces.space_card(edge.session(), space)
    refuse_unpublished(card.publishes)
    return SPACE.document(Near(card))


def refuse_unpublished(publishes: bool) -> None:
    """401 for callers without a token about a space that doesn't publish."""
    if not publishes and edge.actor() is None:
        abort(401)


def refuse_distance_from_nowhere(given: Given) -> None:
    """A distance needs the place that it is counted from."""
    if "within_km" in given and "near" not in given:
        raise Unacceptable(Problem("near", "required"))


def distance(there: Position | None, given: Given) -> float | None:
    """Kilometres from the place in question; None where either isn't known."""
    here = given.get("near")
    return round(kilometres(here, there), 3) if here and there else None


def is_within(away: float | None, given: Given) -> bool:
    """Whether something that far away is wanted; what has no position is not, once there is a place in question."""
    return "near" not in given or (away is not None and away <= given.get("within_km", FURTHEST_KM))


def _is_shown(card: SpaceCard) -> bool:
    return card.publishes or edge.actor() is not None


def _near(card: SpaceCard, given: Given) -> Near:
    return Near(card, distance(position(card.latitude, card.longitude), given))


def _key(near: Near, *, by_distance: bool) -> pages.Key:
    return (int((near.kilometres or 0) * 1000) if by_distance else near.card.name.casefold(), near.card.id)
