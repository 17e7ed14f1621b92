"""A manager's yes to all waiting dates of a series at once."""

from booking.actions import approvals, several
from booking.actions.call import Call
from booking.actions.series import visible
from booking.models import bookings, series
from booking.models.bookings import BookingCard
from booking.models.facts import lock_tools
from booking.rules.access import Role
from booking.rules.refusals import Denied, Refused
from booking.rules.states import State


def approve(call: Call, series_id: int) -> tuple[tuple[BookingCard, ...], int]:
    """Say yes to every waiting date at spaces that one manages: what was approved, and how many the rules refuse.

    Each date stands or falls alone; one mail tells of them. Raises Absent for strangers, Denied for who manages none.
    """
    card = visible(call.person, series.card(call.session, series_id))
    found = bookings.of_series(call.session, card.id)
    mine = [each for each in found if call.person.has(Role.MANAGER, each.space_id)]
    if not mine:
        raise Denied
    waiting = [each for each in mine if each.state is State.PENDING]
    tool_ids = sorted({each.tool_id for each in waiting})
    lock_tools(call.session, tool_ids, account_id=card.account_id, team_id=card.team_id)
    approved = []
    for each in waiting:
        try:
            approved.append(approvals.approve(call, each.id, tells=False))
        except Refused:
            continue
    if approved:
        call.note("approve", "series", card.id, card.space_id, dates=len(approved))
        once = f"series:{card.id}:{approved[0].id}:{approved[0].sequence}"
        several.tell(call, "approved", {"series_id": card.id}, approved, once)
    return tuple(approved), len(waiting) - len(approved)
