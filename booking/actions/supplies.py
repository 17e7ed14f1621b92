"""What several tools of a space depend on: naming it, and saying which tools those are."""

from collections.abc import Collection

from booking.actions import outages
from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import supplies, tools
from booking.rules import text
from booking.rules.refusals import Problem, Unacceptable

LONGEST_NAME = 120
MOST_SUPPLIES = 50


def add(call: Call, space_slug: str, name: str, tool_ids: Collection[int]) -> int:
    """Name a thing on which these tools of the space depend; its id."""
    space = managed(call, space_slug)
    name = _checked(call, space.id, name, tool_ids, None)
    supply_id = supplies.add(call.session, space.id, name, tool_ids)
    call.note("supply_added", "space", space.id, space.id, supply=supply_id, name=name, tools=sorted(tool_ids))
    return supply_id


def change(call: Call, space_slug: str, supply_id: int, name: str, tool_ids: Collection[int]) -> None:
    """Give it another name, and let exactly these tools depend on it.

    While it is out of order a new tool is so too; one that does not depend on it any more keeps the outage it has.
    """
    space = managed(call, space_slug)
    before = supplies.one(call.session, space.id, supply_id)
    name = _checked(call, space.id, name, tool_ids, supply_id)
    supplies.change(call.session, supply_id, name, tool_ids)
    call.note("supply_changed", "space", space.id, space.id, supply=supply_id, name=name, tools=sorted(tool_ids))
    new = set(tool_ids).difference(before.tool_ids)
    if new:
        outages.join(call, space, supply_id, new)


def remove(call: Call, space_slug: str, supply_id: int) -> None:
    """Forget it; outages because of it stay, each with its own tool."""
    space = managed(call, space_slug)
    card = supplies.one(call.session, space.id, supply_id)
    supplies.remove(call.session, card.id)
    call.note("supply_removed", "space", space.id, space.id, supply=card.id, name=card.name)


def _checked(call: Call, space_id: int, name: str, tool_ids: Collection[int], own_id: int | None) -> str:
    """The name as it is kept; raises Unacceptable for one that is taken, and for tools that are not the space's."""
    name = text.one_line(name, LONGEST_NAME, "name")
    if not name:
        raise Unacceptable(Problem("name", "required"))
    others = [card for card in supplies.of_space(call.session, space_id) if card.id != own_id]
    if any(card.name.casefold() == name.casefold() for card in others):
        raise Unacceptable(Problem("name", "already_there"))
    if len(others) >= MOST_SUPPLIES:
        raise Unacceptable(Problem("name", "too_many_values", {"most": MOST_SUPPLIES}))
    if not set(tool_ids) <= {card.id for card in tools.tool_cards(call.session, space_id=space_id)}:
        raise Unacceptable(Problem("tools", "not_a_choice"))
    return name
