"""A booking's event for the tests of calendars."""

from datetime import UTC, datetime, timedelta
from typing import Any

from booking.rules.events import BookingEvent
from booking.rules.facts import Visibility
from booking.rules.states import State

START = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


def make_event(**changes: Any) -> BookingEvent:
    """Ada's confirmed booking of the laser cutter, two hours from 10:00 in Berlin."""
    values: dict[str, Any] = {
        "booking_id": 7,
        "uid": "7@bookings.example.org",
        "state": State.CONFIRMED,
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "created_at": START - timedelta(days=3),
        "changed_at": START - timedelta(days=1),
        "sequence": 2,
        "version": 3,
        "maker": "Ada",
        "purpose": "Cutting parts",
        "reason": "",
        "tool": "Lumi",
        "tool_slug": "lumi",
        "place": "Room 2",
        "space": "Werkhof",
        "space_slug": "werkhof",
        "address": "Hauptstr. 5",
        "city": "Berlin",
        "zone": "Europe/Berlin",
        "latitude": 52.5,
        "longitude": 13.4,
        "language": "en",
        "visibility": Visibility.BUSY,
    }
    return BookingEvent(**values | changes)
