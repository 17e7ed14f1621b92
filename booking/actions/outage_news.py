"""What a mail about an outage or a report tells, as things stand when it is written."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from booking.actions import rescues
from booking.actions.call import Call
from booking.actions.rescues import Way
from booking.models import actors, bookings, outages, reports
from booking.models.bookings import BookingCard
from booking.models.outages import Touch
from booking.models.reports import ReportCard
from booking.rules.refusals import Absent
from booking.rules.states import HOLDING

EVENTS = frozenset({"outage_declared", "outage_ended"})
REPORT_EVENTS = frozenset({"fault_reported", "report_answered"})


@dataclass(frozen=True, slots=True)
class Told:
    """One booking of the reader's; `trouble` is what is out of order, `ways` where it can go; empty when solved.

    `link` leads to what can be done about it.
    """

    card: BookingCard
    trouble: Touch | None
    ways: tuple[Way, ...]
    link: str


@dataclass(frozen=True, slots=True)
class OutageNews:
    """The bookings that an outage touches or has freed again, and those that it has cut short."""

    touched: tuple[Told, ...]
    cut: tuple[BookingCard, ...] = ()


def news(call: Call, payload: Mapping[str, Any]) -> OutageNews | None:
    """What there is still to tell the account in the payload; None when that is nothing any more."""
    reader = actors.reading(call.session, payload["account_id"])
    call = Call(call.session, reader, call.now, call.settings)
    cards = _cards(call, payload.get("booking_ids", ()))
    standing = [card for card in cards if card.state in HOLDING and card.ends_at > call.now]
    trouble = outages.touching(call.session, [card.id for card in standing], call.now)
    is_solved = payload["event"] == "outage_ended"
    touched = tuple(_told(call, card, trouble.get(card.id)) for card in standing if (card.id in trouble) != is_solved)
    cut = _cards(call, payload.get("cut_ids", ()))
    return OutageNews(touched, cut) if touched or cut else None


def report(call: Call, payload: Mapping[str, Any]) -> ReportCard | None:
    """The report that a mail is about, or None."""
    try:
        return reports.one(call.session, payload.get("report_id") or 0)
    except Absent:
        return None


def _cards(call: Call, ids: Collection[int]) -> tuple[BookingCard, ...]:
    return tuple(sorted((bookings.card(call.session, each) for each in ids), key=lambda card: card.starts_at))


def _told(call: Call, card: BookingCard, trouble: Touch | None) -> Told:
    page = f"{call.settings.base_url}/bookings/{card.id}"
    if trouble is None:
        return Told(card, None, (), page)
    return Told(card, trouble, rescues.ways(call, card), f"{page}/rescue")
