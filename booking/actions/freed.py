"""Letting the waitlist know that time of a tool is free again. Every act that frees time says so here."""

from datetime import datetime, timedelta

from booking.actions.call import Call
from booking.models import waitlist
from booking.models.bookings import BookingCard
from booking.models.waitlist import EntryCard
from booking.rules.spans import Span

# So long a decision can be taken back.
UNDONE_WITHIN = timedelta(seconds=10)
# No entry's window reaches further.
_FAR = timedelta(days=400)


def freed(call: Call, tool_id: int, span: Span) -> None:
    """In the transaction that frees time: leave a job that offers it to those who wait."""
    _leave(call, tool_id, span, None, {})


def freed_of(call: Call, card: BookingCard, *, undoable: bool = False) -> None:
    """The same for the time of a booking; whom quotas counted it for may now have what they wait for elsewhere.

    What may be undone is offered when it can't be any more.
    """
    counted: dict[str, object] = {"holder_id": card.account_id, "holder_team_id": card.team_id}
    _leave(call, card.tool_id, card.span, call.now + UNDONE_WITHIN if undoable else None, counted)


def freed_until(call: Call, tool_id: int, ends_at: datetime | None) -> None:
    """The same for all time from now to that end; None: without an end."""
    end = ends_at or call.now + _FAR
    if end > call.now:
        freed(call, tool_id, Span(call.now, end))


def freed_at(call: Call, space_id: int) -> None:
    """The same for all tools of a space: its hours have changed."""
    for tool_id in waitlist.of_space(call.session, space_id):
        freed_until(call, tool_id, None)


def look_for(call: Call, account_id: int | None, team_id: int | None = None) -> None:
    """Somebody, or her team, may book what she might not before: look again at all that waits for that."""
    for entry in waitlist.waiting(call.session, account_id, team_id):
        look_again(call, entry)


def look_again(call: Call, entry: EntryCard) -> None:
    """Look at all tools that could serve an entry: somebody in its line may have time that is free already."""
    for tool_id in waitlist.tools_of(call.session, entry):
        freed(call, tool_id, entry.window)


def _leave(call: Call, tool_id: int, span: Span, run_at: datetime | None, counted: dict[str, object]) -> None:
    start, end = max(span.start, call.now), min(span.end, call.now + _FAR)
    if start < end:
        payload: dict[str, object] = {"tool_id": tool_id, "from": start.isoformat(), "until": end.isoformat()}
        call.later("freed", payload | counted, run_at)
