"""Choosing the very unit of a tool that has several."""

from flask_babel import gettext

from booking import edge
from booking.models import tool_rows
from booking.models.tools import ToolCard
from booking.outside import clock


def choices(card: ToolCard) -> list[tuple[str, str]]:
    """Any unit, and each by its id; none to choose from where a tool has only one."""
    if card.units < 2:
        return []
    units = tool_rows.units_of(edge.session(), card.id, clock.now())
    named = [(str(unit.id), gettext("Unit %(name)s", name=unit.name)) for unit in units if not unit.retired_at]
    return [("", gettext("Any unit")), *named]
