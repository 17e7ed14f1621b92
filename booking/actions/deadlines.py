"""Requests that nobody answers: brought to mind again, handed to the deputy, and expired in time."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime

from booking.actions.answer_links import link
from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import accounts, bookings, deadlines
from booking.models.bookings import BookingCard
from booking.rules.deadlines import LONGEST_HOURS, OFFER_MINUTES, Patience
from booking.rules.refusals import Problem, Unacceptable
from booking.rules.states import State


def leave(call: Call, cards: Iterable[BookingCard]) -> None:
    """Say until when each request among these is decided, and leave what happens until then.

    Of several that are asked for at once, only the first at each space is brought to mind again.
    """
    waiting = sorted((card for card in cards if card.state is State.PENDING), key=lambda card: card.starts_at)
    if not waiting:
        return
    known = deadlines.patience(call.session, {card.space_id for card in waiting})
    due = {card.id: known[card.space_id].decide_by(call.now, card.starts_at) for card in waiting}
    deadlines.set_until(call.session, due)
    for card in waiting:
        call.later("expire", {"booking_id": card.id}, due[card.id], once=f"expire:{card.id}:{card.sequence}")
    for card in {card.space_id: card for card in reversed(waiting)}.values():
        space, until = known[card.space_id], due[card.id]
        _later(call, "remind", card, until, space.reminder_at(call.now, card.starts_at))
        _later(call, "escalate", card, until, space.escalates_at(call.now, card.starts_at))


def remind(call: Call, booking_id: int, until: datetime) -> None:
    """Bring a request to its managers' minds again, unless it is decided or moved."""
    card = _waiting(call, booking_id, until)
    if card is not None:
        payload: dict[str, object] = {"event": "approval_reminder", "booking_id": card.id}
        call.later("mail", payload, once=f"approval_reminder:{card.id}:{until.isoformat()}")
        call.note("remind", "booking", card.id, card.space_id)


def escalate(call: Call, booking_id: int, until: datetime) -> None:
    """Hand a request to the deputy, unless it is decided or moved, or is the deputy's own."""
    card = _waiting(call, booking_id, until)
    deputy = deadlines.deputy_of(call.session, card.space_id) if card else None
    if card is not None and deputy is not None and deputy[0] != card.account_id:
        whom: dict[str, object] = {"account_id": deputy[0], "link": link(call, card.id, deputy[0])}
        payload = {"event": "approval_escalated", "booking_id": card.id, **whom}
        call.later("mail", payload, once=f"approval_escalated:{card.id}:{until.isoformat()}")
        call.note("escalate", "booking", card.id, card.space_id)


def settings(call: Call, space_slug: str) -> tuple[Patience, str]:
    """How long requests wait at a space that one manages, and the deputy's address; raises Absent for others."""
    space = managed(call, space_slug)
    deputy = deadlines.deputy_of(call.session, space.id)
    return deadlines.patience(call.session, (space.id,))[space.id], deputy[1] if deputy else ""


def change(call: Call, space_slug: str, wanted: Patience, email: str) -> None:
    """Say after how many hours each happens, how long offers are held, and whose address the deputy's is, if any's.

    Raises Unacceptable for hours and minutes out of bounds, and for an address without a confirmed account.
    """
    space = managed(call, space_slug)
    for name in ("reminder_hours", "deputy_hours", "approval_hours"):
        _check(name, getattr(wanted, name), 1, LONGEST_HOURS)
    _check("offer_minutes", wanted.offer_minutes, *OFFER_MINUTES)
    chosen = replace(wanted, deputy_id=_deputy(call, email, wanted.deputy_hours))
    deadlines.set_patience(call.session, space.id, chosen)
    call.note("deadlines_changed", "space", space.id, space.id, **asdict(chosen))


def _check(name: str, value: int | None, low: int, high: int) -> None:
    if value is not None and not low <= value <= high:
        raise Unacceptable(Problem(name, "out_of_range", {"low": low, "high": high}))


def _deputy(call: Call, email: str, hours: int | None) -> int | None:
    if not email:
        if hours is not None:
            raise Unacceptable(Problem("deputy", "required"))
        return None
    found = accounts.card_by_email(call.session, email)
    if found is None or not found.is_confirmed or found.is_disabled:
        raise Unacceptable(Problem("deputy", "no_such_account"))
    return found.id


def _later(call: Call, kind: str, card: BookingCard, until: datetime, run_at: datetime | None) -> None:
    if run_at is not None:
        payload: dict[str, object] = {"booking_id": card.id, "until": until.isoformat()}
        call.later(kind, payload, run_at, once=f"{kind}:{card.id}:{until.isoformat()}")


def _waiting(call: Call, booking_id: int, until: datetime) -> BookingCard | None:
    """The request, if it still waits as it did when this was left."""
    card = bookings.card(call.session, booking_id)
    is_same = card.state is State.PENDING and deadlines.until(call.session, booking_id) == until
    return card if is_same and until > call.now else None
