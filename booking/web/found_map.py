"""Where the tools of a search are, on the map: each space with how many of its tools are free."""

from collections import Counter
from math import ceil

from booking import edge
from booking.actions.find import Found
from booking.models import spaces
from booking.rules.geography import Position, position
from booking.web import maps
from booking.web.maps import Map, Spot
from booking.web.questions import HERE, Question, spelled


def found_map(found: Found, question: Question) -> Map | None:
    """The map of what can be booked, where the address asks for it; one query."""
    if not question.map:
        return None
    free = Counter(hit.outline.facts.tool.space_id for hit in found.hits)
    spots = [
        Spot(card.name, place, question.address(space=[card.slug]), free[card.id])
        for card in spaces.space_cards(edge.session(), space_ids=list(free))
        if (place := position(card.latitude, card.longitude))
    ]

    def around(middle: Position, kilometres: float) -> str:
        return question.address(place=HERE, near=spelled(middle), km=max(1, ceil(kilometres)))

    return maps.drawn(spots, around)
