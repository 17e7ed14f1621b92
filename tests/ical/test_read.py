"""Foreign calendars: which events take time, and which calendars are no calendars."""

from datetime import UTC, datetime

import pytest

from booking.ical.read import ForeignEvent, Unreadable, busy
from booking.rules.spans import Span


def calendar(*lines: str) -> bytes:
    """One event with these lines in a calendar."""
    body = ["BEGIN:VEVENT", "UID:1@example.org", "DTSTAMP:20261101T000000Z", "SUMMARY:Open evening", *lines]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//EN", *body, "END:VEVENT", "END:VCALENDAR", ""]
    return "\r\n".join(whole).encode()


EVENING = Span(datetime(2026, 11, 26, 17, tzinfo=UTC), datetime(2026, 11, 26, 20, tzinfo=UTC))
IN_UTC = ("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z")
IN_BERLIN = ("DTSTART;TZID=Europe/Berlin:20261126T180000", "DTEND;TZID=Europe/Berlin:20261126T210000")


@pytest.mark.parametrize("times", [IN_UTC, IN_BERLIN])
def test_an_event_takes_its_time(times: tuple[str, str]) -> None:
    assert busy(calendar(*times)) == (ForeignEvent(EVENING, "Open evening"),)


@pytest.mark.parametrize(
    "lines",
    [
        (*IN_UTC, "STATUS:CANCELLED"),
        (*IN_UTC, "TRANSP:TRANSPARENT"),
        (*IN_UTC, "RRULE:FREQ=WEEKLY"),
        IN_UTC[:1],
        ("DTSTART:20261126T170000", "DTEND:20261126T200000"),
        ("DTSTART;VALUE=DATE:20261126", "DTEND;VALUE=DATE:20261127"),
        ("DTSTART:20261126T200000Z", "DTEND:20261126T170000Z"),
    ],
)
def test_other_events_take_none(lines: tuple[str, ...]) -> None:
    assert busy(calendar(*lines)) == ()


@pytest.mark.parametrize("data", [b"", b"hello", calendar(*IN_UTC)[:-20], b"BEGIN:VEVENT\r\nEND:VCALENDAR\r\n"])
def test_half_a_calendar_is_none(data: bytes) -> None:
    with pytest.raises(Unreadable):
        busy(data)
