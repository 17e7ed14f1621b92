"""One booking as a calendar file, to be put into a calendar by hand."""

from booking.actions.bookings import visible
from booking.actions.call import Call
from booking.ical import write
from booking.ical.write import CalendarHead
from booking.models import bookings
from booking.rules.events import Audience
from booking.rules.refusals import Absent
from booking.wording.calendars import event_words


def as_calendar(call: Call, booking_id: int) -> bytes:
    """The booking as its maker's or a manager's calendar shows it; raises Absent for everybody else."""
    card = visible(call.actor, bookings.card(call.session, booking_id))
    if call.actor is None:
        raise Absent
    base_url = call.settings.base_url
    audience = Audience.OWN if call.actor.account_id == card.account_id else Audience.SHARED
    head = CalendarHead(card.tool_name, "", card.time_zone, f"{base_url}/bookings/{card.id}/calendar")
    body = write.event_bytes(card.event, audience, event_words(call.actor.language), base_url)
    return b"".join((write.head_bytes(head), body, write.TAIL))
