"""The links in mails with which managers and deputies answer a request."""

from booking.actions.call import Call
from booking.models import bookings, deadlines, links
from booking.outside.secrets import digest, new_secret

PURPOSE = "answer"


def link(call: Call, booking_id: int, account_id: int) -> str:
    """The full address of a fresh link with which this person answers the request as it is now."""
    card = bookings.card(call.session, booking_id)
    token = f"{card.id}-{card.sequence}-{new_secret()}"
    ends = deadlines.until(call.session, booking_id) or card.starts_at
    links.add_one_more(call.session, account_id, PURPOSE, digest(token), call.now, ends)
    return f"{call.settings.base_url}/answers/{token}"
