"""One booking, or several, as a calendar file, to be put into a calendar by hand."""

from collections.abc import Sequence

from booking.actions.bookings import visible
from booking.actions.call import Call
from booking.ical import write
from booking.ical.write import CalendarHead
from booking.models import bookings
from booking.models.bookings import BookingCard
from booking.rules.events import Audience
from booking.rules.refusals import Absent
from booking.wording.calendars import event_words


def as_calendar(call: Call, booking_id: int) -> bytes:
    """The booking as its maker's or a manager's calendar shows it; raises Absent for everybody else."""
    card = visible(call.actor, bookings.card(call.session, booking_id))
    return several(call, (card,), card.tool_name, card.time_zone, f"/bookings/{card.id}/calendar")


def several(call: Call, cards: Sequence[BookingCard], name: str, zone: str, path: str) -> bytes:
    """These bookings, each an event of its own, as their makers' or managers' calendars show them."""
    if call.actor is None:
        raise Absent
    base_url, words = call.settings.base_url, event_words(call.actor.language)
    bodies = []
    for card in cards:
        audience = Audience.OWN if call.actor.account_id == card.account_id else Audience.SHARED
        bodies.append(write.event_bytes(card.event, audience, words, base_url))
    return b"".join((write.head_bytes(CalendarHead(name, "", zone, f"{base_url}{path}")), *bodies, write.TAIL))
