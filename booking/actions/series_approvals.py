"""A manager's yes to all waiting dates of a series at once, and thinking again for ten seconds."""

from booking.actions import approvals, several
from booking.actions.call import Call
from booking.actions.series import visible
from booking.models import approvals as decisions
from booking.models import bookings, jobs, series
from booking.models.bookings import BookingCard
from booking.models.facts import lock_tools
from booking.models.series import SeriesCard
from booking.rules import states
from booking.rules.access import Role
from booking.rules.refusals import Denied, Refused
from booking.rules.states import Act, State


def approve(call: Call, series_id: int) -> tuple[tuple[BookingCard, ...], int]:
    """Say yes to every waiting date at spaces that one manages: what was approved, and how many the rules refuse.

    Each date stands or falls alone; one mail tells of them, once it can't be undone. Raises Absent for strangers,
    Denied for who manages none.
    """
    card, mine = _managed(call, series_id)
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
        subject, run_at = {"series_id": card.id}, call.now + approvals.UNDONE_WITHIN
        several.tell(call, "approved", subject, approved, _name(card.id, approved[0]), run_at=run_at)
    return tuple(approved), len(waiting) - len(approved)


def undo(call: Call, series_id: int) -> int:
    """Put all dates of a series back to waiting to which one said yes in the last ten seconds; how many.

    Nobody hears of the yes. Raises like `approve`, and Refused with `wrong_state` when it is too late.
    """
    card, mine = _managed(call, series_id)
    approved = [each for each in mine if each.state is State.CONFIRMED and _is_undoable(call, each)]
    if not approved:
        raise states.wrong_state(State.CONFIRMED.value, Act.UNDO)
    lock_tools(call.session, sorted({each.tool_id for each in approved}), account_id=card.account_id)
    jobs.withdraw(call.session, several.mail_name("approved", _name(card.id, approved[0])))
    for each in approved:
        approvals.undo(call, each.id)
    call.note("undo", "series", card.id, card.space_id, dates=len(approved))
    return len(approved)


def _managed(call: Call, series_id: int) -> tuple[SeriesCard, list[BookingCard]]:
    """A series, and its dates at spaces that whoever acts manages, by day."""
    card = visible(call.person, series.card(call.session, series_id))
    found = bookings.of_series(call.session, card.id)
    mine = [each for each in found if call.person.has(Role.MANAGER, each.space_id)]
    if not mine:
        raise Denied
    return card, mine


def _is_undoable(call: Call, card: BookingCard) -> bool:
    decided = decisions.last_decision(call.session, card.id, True)
    is_recent = decided is not None and call.now - decided.at <= approvals.UNDONE_WITHIN
    return is_recent and decided is not None and decided.by == call.person.account_id


def _name(series_id: int, first: BookingCard) -> str:
    """What names the mail about the dates that were approved together, of which this is the first."""
    return f"series:{series_id}:{first.id}:{first.sequence}"
