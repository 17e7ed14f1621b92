"""Events as bytes: the properties that clients need, what each audience is told, and text that can't break out."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from icalendar import Calendar, Event
from icalendar.parser import Contentline

from booking.ical import write
from booking.ical.write import CalendarHead
from booking.rules.events import Audience, BookingEvent, EventWords
from booking.rules.states import ENDED, State
from tests.ical.events import make_event

WORDS = EventWords(
    busy="Busy",
    busy_tool="Busy: %(tool)s",
    waiting="Waiting: %(title)s",
    cancelled="Cancelled: %(title)s",
    ended={State.DECLINED: "Declined: %(title)s"},
)
BASE = "https://bookings.example.org"

EXPECTED = """\
BEGIN:VEVENT
UID:7@bookings.example.org
DTSTAMP:20261125T090000Z
DTSTART:20261126T090000Z
DTEND:20261126T110000Z
SUMMARY:Lumi\\, Werkhof
LOCATION:Room 2\\, Werkhof\\, Hauptstr. 5\\, Berlin
DESCRIPTION:Cutting parts\\n2026-11-26 10:00 – 12:00\\, Berlin\\, GMT+1\\nht
 tps://bookings.example.org/bookings/7
URL:https://bookings.example.org/bookings/7
STATUS:CONFIRMED
TRANSP:OPAQUE
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
CATEGORIES:Lumi
GEO:52.500000;13.400000
X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=100;X-TITLE="Werkhof"
 :geo:52.500000,13.400000
SEQUENCE:2
CREATED:20261123T090000Z
LAST-MODIFIED:20261125T090000Z
END:VEVENT
"""


def written(event: BookingEvent, audience: Audience = Audience.OWN) -> bytes:
    return write.event_bytes(event, audience, WORDS, BASE)


def read(event: BookingEvent, audience: Audience = Audience.OWN) -> Event:
    """The event as the library reads it back."""
    head = write.head_bytes(CalendarHead("Name", "Description", "Europe/Berlin", "https://x.example/feeds/t.ics"))
    [found] = Calendar.from_ical(head + written(event, audience) + write.TAIL).events
    assert found.errors == []
    return found


def test_an_event_has_these_bytes() -> None:
    assert written(make_event()) == EXPECTED.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("audience", "summary"),
    [
        (Audience.OWN, "Lumi, Werkhof"),
        (Audience.SHARED, "Lumi: Ada"),
        (Audience.OPEN, "Lumi: Ada"),
        (Audience.NAME, "Lumi: Ada"),
        (Audience.BUSY, "Busy: Lumi"),
        (Audience.BLANK, "Busy"),
    ],
)
def test_each_audience_is_told_what_it_may_know(audience: Audience, summary: str) -> None:
    event = read(make_event(reason="Come earlier"), audience)
    text = written(make_event(reason="Come earlier"), audience)
    assert str(event["SUMMARY"]) == summary
    assert (b"Cutting parts" in text) == (audience in (Audience.OWN, Audience.SHARED, Audience.OPEN))
    assert (b"Come earlier" in text) == (audience in (Audience.OWN, Audience.SHARED))
    assert (b"/bookings/7" in text) == (audience in (Audience.OWN, Audience.SHARED))
    assert (b"Werkhof" in text) == (audience is not Audience.BLANK)


@pytest.mark.parametrize(
    ("state", "audience", "status", "takes_time", "busy"),
    [
        (State.CONFIRMED, Audience.OWN, "CONFIRMED", "OPAQUE", "BUSY"),
        (State.IN_USE, Audience.BUSY, "CONFIRMED", "OPAQUE", "BUSY"),
        (State.PENDING, Audience.OWN, "TENTATIVE", "OPAQUE", "TENTATIVE"),
        (State.CONFIRMED, Audience.SHARED, "CONFIRMED", "TRANSPARENT", "FREE"),
        (State.PENDING, Audience.NAME, "TENTATIVE", "TRANSPARENT", "FREE"),
        (State.CANCELLED, Audience.OWN, "CANCELLED", "TRANSPARENT", "FREE"),
        (State.DECLINED, Audience.BLANK, "CANCELLED", "TRANSPARENT", "FREE"),
    ],
)
def test_state_and_audience_decide_whether_time_is_taken(
    state: State, audience: Audience, status: str, takes_time: str, busy: str
) -> None:
    event = read(make_event(state=state), audience)
    found = tuple(str(event[name]) for name in ("STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"))
    assert found == (status, takes_time, busy)


@pytest.mark.parametrize("state", [State.CONFIRMED, State.PENDING])
def test_freed_events_take_no_time_and_say_the_same(state: State) -> None:
    freed = write.freed(written(make_event(state=state), Audience.BUSY))
    assert b"TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n" in freed
    assert b"OPAQUE" not in freed


def test_declined_never_reads_as_cancelled_to_those_it_concerns() -> None:
    declined = make_event(state=State.DECLINED)
    assert str(read(declined)["SUMMARY"]) == "Declined: Lumi, Werkhof"
    assert str(read(declined, Audience.SHARED)["SUMMARY"]) == "Declined: Lumi: Ada"
    assert str(read(declined, Audience.NAME)["SUMMARY"]) == "Cancelled: Lumi: Ada"
    assert str(read(declined, Audience.BUSY)["SUMMARY"]) == "Cancelled: Lumi"


def test_the_stamps_are_the_rows_own_and_never_the_clocks() -> None:
    event = make_event()
    found = read(event)
    assert found["DTSTAMP"].dt == found["LAST-MODIFIED"].dt == event.changed_at
    assert found["SEQUENCE"] == 2
    assert written(event) == written(event)


@pytest.mark.parametrize(
    ("zone", "start", "said"),
    [
        ("Europe/Berlin", "2026-10-25T00:30", "2026-10-25 02:30 – 03:30, Berlin, GMT+2"),
        ("Asia/Kathmandu", "2026-11-26T09:00", "2026-11-26 14:45 – 16:45, Berlin, GMT+5:45"),
        ("America/St_Johns", "2026-11-26T09:00", "2026-11-26 05:30 – 07:30, Berlin, GMT-3:30"),
        ("Europe/Berlin", "2026-11-26T22:00", "2026-11-26 23:00 – 2026-11-27 01:00, Berlin, GMT+1"),
    ],
)
def test_the_time_at_the_space_is_said_with_its_offset(zone: str, start: str, said: str) -> None:
    starts_at = make_event().starts_at.fromisoformat(start + "+00:00")
    event = make_event(zone=zone, starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    assert said in str(read(event)["DESCRIPTION"])


def test_without_a_position_there_is_none() -> None:
    text = written(make_event(latitude=None))
    assert b"GEO" not in text
    assert b"STRUCTURED-LOCATION" not in text


def test_a_long_description_ends_with_the_address_within_two_kilobytes() -> None:
    event = read(make_event(purpose="ü" * 200, reason="激" * 900))
    text = str(event["DESCRIPTION"])
    assert len(text.encode()) <= 2048
    assert text.endswith(f"\n{BASE}/bookings/7")


TEXTS = some.text(alphabet=some.characters(codec=None), max_size=120)


@given(TEXTS, TEXTS, TEXTS, some.sampled_from(list(State)), some.sampled_from(list(Audience)))
def test_no_text_breaks_out_of_its_property(
    purpose: str, name: str, place: str, state: State, audience: Audience
) -> None:
    event = make_event(purpose=purpose, maker=name, tool=f"T{name}", place=place, space=f"S{place}", state=state)
    text = written(event, audience)
    lines = text.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert all(line.decode() == line.decode().replace("\n", "").replace("\r", "") for line in lines)
    assert [line for line in lines if line.startswith((b"BEGIN:", b"END:"))] == [b"BEGIN:VEVENT", b"END:VEVENT"]
    expected = set(written(make_event(state=state), audience).replace(b"\r\n ", b"").split(b"\r\n"))
    names = {line.split(b":")[0].split(b";")[0] for line in text.replace(b"\r\n ", b"").split(b"\r\n")}
    assert names == {line.split(b":")[0].split(b";")[0] for line in expected}
    assert str(read(event, audience)["STATUS"]) == ("CANCELLED" if state in ENDED else str(read(event)["STATUS"]))


@given(TEXTS)
def test_text_comes_back_as_it_was(purpose: str) -> None:
    cleaned = purpose.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = "".join(each for each in cleaned if (each >= " " or each in "\n\t") and each != "\x7f")
    cleaned = "".join(each for each in cleaned if not "\ud800" <= each <= "\udfff")
    assert str(read(make_event(purpose="begin" + purpose))["DESCRIPTION"]).startswith("begin" + cleaned)


@given(some.text(some.sampled_from("ab\\^äß工🔧 "), min_size=60, max_size=400))
def test_lines_are_folded_as_the_library_folds_them(line: str) -> None:
    assert write.folded(line.encode()) == Contentline(line).to_ical()
