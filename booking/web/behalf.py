"""Booking for a member of the space, which its managers may."""

from booking import edge
from booking.models import members
from booking.models.tools import ToolCard
from booking.rules.access import Role
from booking.web.forms import Fields

LONGEST_WORDS = 254


def is_possible(card: ToolCard) -> bool:
    """Whether the reader manages the tool's space."""
    return edge.asker().has(Role.MANAGER, card.space_id)


def maker_id(card: ToolCard, fields: Fields) -> int | None:
    """The account that is meant by the field, None for the reader's own; whom it leaves open becomes a problem."""
    words = fields.line("maker", LONGEST_WORDS, required=False)
    if not words or not is_possible(card):
        return None
    if any(fields.line(name, LONGEST_WORDS, required=False) for name in ("frequency", "plan", "team")):
        fields.problem("maker", "one_time_only")
        return None
    found = members.named(edge.session(), card.space_id, words)
    if len(found) == 1:
        return found[0].id
    fields.problem("maker", "several_members" if found else "no_member")
    return None
