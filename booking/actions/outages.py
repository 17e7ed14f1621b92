"""Declaring that a tool or one of its units is out of order for a time, and ending that."""

from datetime import datetime

from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import outages, tools
from booking.rules import text
from booking.rules.refusals import Problem, Unacceptable

LONGEST_REASON = 200


def declare(
    call: Call,
    space_slug: str,
    tool_slug: str,
    starts_at: datetime,
    ends_at: datetime | None,
    reason: str = "",
    unit_id: int | None = None,
) -> int:
    """Declare a tool, or one unit of it, out of order; no end means until further notice. The outage's id."""
    space = managed(call, space_slug)
    card = tools.tool_card(call.session, space_slug, tool_slug)
    if ends_at is not None and ends_at <= starts_at:
        raise Unacceptable(Problem("ends", "ends_before_start"))
    reason = text.one_line(reason, LONGEST_REASON, "reason")
    outage_id = outages.add(call.session, card.id, unit_id, starts_at, ends_at, reason, call.person.account_id)
    call.note("outage_declared", "tool", card.id, space.id, outage=outage_id, reason=reason)
    return outage_id


def end(call: Call, space_slug: str, tool_slug: str, outage_id: int) -> None:
    """End an outage now; one that has not begun is taken back."""
    space = managed(call, space_slug)
    card = tools.tool_card(call.session, space_slug, tool_slug)
    outages.end(call.session, card.id, outage_id, call.now)
    call.note("outage_ended", "tool", card.id, space.id, outage=outage_id)
