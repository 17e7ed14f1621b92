"""Letting bookings of a pool change their unit, so that another finds room: rows, calendars, audit and mails."""

from collections.abc import Sequence

from booking.actions import renderings
from booking.actions.call import Call
from booking.models import audit, bookings, claims, jobs
from booking.models import renderings as stored
from booking.models.bookings import BookingCard
from booking.rules.pools import Move


def make_room(call: Call, moves: Sequence[Move]) -> None:
    """Give these bookings their other unit and tell their makers; the same number of statements however many.

    Their tools must be locked. Their time stays, so a calendar shows nothing new; what a page shows does. Nobody is
    told for whom it was done.
    """
    if not moves:
        return
    ids = [move.booking_id for move in moves]
    before = {card.id: card for card in bookings.cards(call.session, ids)}
    claims.change_units(call.session, {move.booking_id: move.unit_id for move in moves})
    bookings.raise_version(call.session, ids)
    after = bookings.cards(call.session, ids)
    rendered = [each for card in after for each in renderings.rendered(card.event, call.settings.base_url)]
    stored.keep(call.session, rendered, replaced=ids)
    changed = [(before[card.id], card) for card in after if before[card.id].unit_id != card.unit_id]
    noted = [(card.id, card.space_id, _details(old, card)) for old, card in changed]
    audit.add_all(call.session, call.now, None, "change_unit", "booking", noted)
    mails = [(_mail(old, card), f"booking_unit:{card.id}:{card.version}") for old, card in changed]
    jobs.add_all(call.session, "mail", mails, call.now)


def _details(old: BookingCard, card: BookingCard) -> dict[str, object]:
    return {"state": card.state.value, "tool_id": card.tool_id, "unit": card.unit_name, "old_unit": old.unit_name}


def _mail(old: BookingCard, card: BookingCard) -> dict[str, object]:
    return {
        "event": "booking_unit",
        "account_id": card.account_id,
        "booking_id": card.id,
        "unit": card.unit_name,
        "old_unit": old.unit_name,
    }
