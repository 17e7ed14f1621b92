"""What a mail tells of several bookings at once: the dates of a series, or the parts of a plan."""

from collections.abc import Mapping
from typing import Any

from booking.actions.call import Call
from booking.models import bookings
from booking.rules.plans import LOST
from booking.rules.states import State

EVENTS = frozenset({"several", "several_wanted"})
# More than this many are not listed in a mail, only counted.
_MOST_LISTED = 30


def news(call: Call, payload: Mapping[str, Any]) -> dict[str, Any] | None:
    """The bookings that a job names, as they are now; None when nothing is left to tell of.

    `link` is the page of the series or the plan, for managers that of the requests.
    """
    ids = [each for each in payload.get("booking_ids", ()) if isinstance(each, int)]
    cards = bookings.cards(call.session, ids)
    if payload["event"] == "several_wanted":
        cards = tuple(card for card in cards if card.state is State.PENDING)
    if not cards or (payload.get("act") == "declined" and not any(card.state in LOST for card in cards)):
        return None
    return {
        "cards": cards[:_MOST_LISTED],
        "more": max(0, len(cards) - _MOST_LISTED),
        "number": len(cards),
        "waits": any(card.state is State.PENDING for card in cards),
        "maker": cards[0].account_name,
        "tool": cards[0].tool_name,
        "link": call.settings.base_url + _path(payload),
    }


def _path(payload: Mapping[str, Any]) -> str:
    if payload["event"] == "several_wanted":
        return "/approvals/"
    if "plan_id" in payload:
        return f"/plans/{payload['plan_id']}"
    return f"/series/{payload.get('series_id', 0)}"
