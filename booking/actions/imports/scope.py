"""Which spaces an import may touch."""

from dataclasses import dataclass, field

from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.models import spaces
from booking.models.spaces import SpaceCard
from booking.rules.refusals import Unacceptable


@dataclass(frozen=True, slots=True)
class Scope:
    """All spaces, or those of these ids."""

    everywhere: bool = False
    space_ids: frozenset[int] = field(default=frozenset())


def spaces_by_slug(call: Call, scope: Scope) -> dict[str, SpaceCard]:
    """The spaces that an import may touch, by slug."""
    cards = spaces.space_cards(call.session, space_ids=None if scope.everywhere else scope.space_ids)
    return {card.slug: card for card in cards}


def space_named(cells: Cells, by_slug: dict[str, SpaceCard]) -> SpaceCard:
    """The space that a line names by slug, or by name in any case.

    Raises Unacceptable with `unknown_space` for one that is not there or not theirs.
    """
    said = cells.given("space")
    found = by_slug.get(said)
    if found is None and said:
        found = next((card for card in by_slug.values() if card.name.casefold() == said.casefold()), None)
    if found is None:
        cells.problem("space", "unknown_space" if said else "required", space=said[:80])
        raise Unacceptable(*cells.problems)
    return found
