"""A whole calendar read by the libraries inside of Thunderbird (ical.js) and GNOME (libical): every value arrives."""

import json
import subprocess
from datetime import datetime, timedelta
from typing import Any

import pytest

from booking.ical import write
from booking.ical.write import CalendarHead
from booking.rules.events import Audience, BookingEvent
from booking.rules.states import State
from booking.wording.calendars import event_words
from config import LANGUAGES
from tests import parts
from tests.clients import libical
from tests.ical.events import make_event

HARD_TEXTS = (
    "",
    "Cutting; parts, many: \"quoted\" 'and' \\ D:\\Neu \\n \\\\N",
    "two\nlines and a tab\tin it",
    "激光切割机" * 15,
    "Ünïcödé 🧵 " * 18,
    "BEGIN:VEVENT\nEND:VCALENDAR",
    "x" * 200,
)
STATES = tuple(State)


def hard_events() -> list[BookingEvent]:
    """Events with every hard text, in every state, over a year with both changes of clocks."""
    return [
        make_event(
            booking_id=number,
            uid=f"hard-{number}@bookings.example.org",
            purpose=text,
            tool=f"Lumi {text.splitlines()[0][:40] if text else ''}".strip(),
            state=STATES[number % len(STATES)],
            starts_at=make_event().starts_at + timedelta(days=number * 53),
            ends_at=make_event().ends_at + timedelta(days=number * 53),
            sequence=number,
        )
        for number, text in enumerate(HARD_TEXTS)
    ]


def calendar(events: list[BookingEvent], language: str) -> bytes:
    head = CalendarHead("Werkhof · Lumi 激光", "Everything.", "Europe/Berlin", "http://localhost/feeds/x.ics")
    words = event_words(language)
    bodies = (write.event_bytes(event, Audience.SHARED, words, "http://localhost") for event in events)
    return write.head_bytes(head) + b"".join(bodies) + write.TAIL


def ical_js(body: bytes) -> dict[str, Any]:
    """The calendar as ical.js reads it."""
    program, script = parts.find("node"), parts.NODE_MODULES.parent / "read.mjs"
    done = subprocess.run([str(program), script], input=body, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.needs("ical.js")
@pytest.mark.parametrize("language", LANGUAGES)
def test_ical_js_reads_every_value(language: str) -> None:
    events = hard_events()
    found = ical_js(calendar(events, language))
    assert found["name"] == "Werkhof · Lumi 激光"
    assert len(found["events"]) == len(events)
    for event, seen in zip(events, found["events"], strict=True):
        assert (seen["uid"], seen["sequence"]) == (event.uid, event.sequence)
        assert datetime.fromisoformat(seen["start"]) == event.starts_at
        assert datetime.fromisoformat(seen["end"]) == event.ends_at
        assert event.tool in seen["summary"]
        assert event.purpose in seen["description"]
        assert seen["description"].endswith(f"\nhttp://localhost/bookings/{event.booking_id}")
        assert seen["position"] == [52.5, 13.4]


@pytest.mark.needs("libical")
@pytest.mark.parametrize("language", LANGUAGES)
def test_libical_reads_every_value_and_finds_no_fault(language: str) -> None:
    events = hard_events()
    found = libical.read(calendar(events, language))
    assert len(found) == len(events)
    for event, seen in zip(events, found, strict=True):
        assert (seen["uid"], seen["sequence"]) == (event.uid, event.sequence)
        assert (seen["start"], seen["end"]) == (event.starts_at, event.ends_at)
        assert event.tool in seen["summary"]
        assert event.purpose in seen["description"]
