"""Bookings to the bytes of a calendar: what clients were measured to need, in a fixed order of properties.

One-off times in UTC and no VTIMEZONE: the only form on which every client agrees. No METHOD, and no UID on the
calendar itself, which some clients would take for the one event of the feed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from booking.rules.events import Audience, BookingEvent, EventWords
from booking.rules.states import ENDED, State

PRODUCT = "-//Benchtime//Benchtime//EN"
COLOUR = "seagreen"
REFRESH = "PT15M"
LONGEST_DESCRIPTION = 1_900
LONGEST_LINE = 75
TAIL = b"END:VCALENDAR\r\n"

_FULL = (Audience.OWN, Audience.SHARED)
_NAMED = (Audience.SHARED, Audience.OPEN, Audience.NAME)
_BLOCKING = (Audience.OWN, Audience.BUSY, Audience.BLANK)
_CONTROLS = {code: None for code in (*range(9), *range(11, 32), 127, *range(0xD800, 0xE000))}
_ESCAPING = b"\\^"
_OPAQUE = b"TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n"
_TENTATIVE = b"TRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\r\n"
_FREE = b"TRANSP:TRANSPARENT\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n"


@dataclass(frozen=True, slots=True)
class CalendarHead:
    """What the calendar says of itself; `zone` is an IANA name, `source` its own address."""

    name: str
    description: str
    zone: str
    source: str


def head_bytes(head: CalendarHead) -> bytes:
    """The opening of a calendar, up to its first event; TAIL closes it."""
    return _joined(
        (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:{PRODUCT}",
            "CALSCALE:GREGORIAN",
            f"NAME:{_one_line(head.name)}",
            f"X-WR-CALNAME:{_one_line(head.name)}",
            f"X-WR-CALDESC:{_one_line(head.description)}",
            f"X-WR-TIMEZONE:{_one_line(head.zone)}",
            f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
            f"X-PUBLISHED-TTL:{REFRESH}",
            f"COLOR:{COLOUR}",
            f"SOURCE;VALUE=URI:{_address(head.source)}",
        )
    )


def event_bytes(event: BookingEvent, audience: Audience, words: EventWords, base_url: str) -> bytes:
    """One VEVENT for one audience. Its stamps are the booking's own, so the same booking gives the same bytes."""
    changed = _instant(event.changed_at)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_one_line(event.uid)}",
        f"DTSTAMP:{changed}",
        f"DTSTART:{_instant(event.starts_at)}",
        f"DTEND:{_instant(event.ends_at)}",
        f"SUMMARY:{_one_line(_summary(event, audience, words))}",
        *_whereabouts(event, audience, base_url),
        f"STATUS:{_status(event.state)}",
        *_transparency(event.state, audience),
        *_tool_and_position(event, audience),
        f"SEQUENCE:{event.sequence}",
        f"CREATED:{_instant(event.created_at)}",
        f"LAST-MODIFIED:{changed}",
        "END:VEVENT",
    ]
    return _joined(lines)


def freed(events: bytes) -> bytes:
    """The same events, taking no time in the reader's calendar: for feeds in which others' bookings are looked at."""
    return events.replace(_OPAQUE, _FREE).replace(_TENTATIVE, _FREE)


def _summary(event: BookingEvent, audience: Audience, words: EventWords) -> str:
    title = _title(event, audience, words)
    if event.state in ENDED:
        sentence = words.ended.get(event.state, words.cancelled) if audience in _FULL else words.cancelled
    elif event.state is State.PENDING and audience in _FULL:
        sentence = words.waiting
    else:
        return title
    return sentence % {"title": title}


def _title(event: BookingEvent, audience: Audience, words: EventWords) -> str:
    if audience is Audience.BLANK:
        return words.busy
    if audience is Audience.BUSY:
        return event.tool if event.state in ENDED else words.busy_tool % {"tool": event.tool}
    return f"{event.tool}: {event.maker}" if audience in _NAMED else f"{event.tool}, {event.space}"


def _whereabouts(event: BookingEvent, audience: Audience, base_url: str) -> Iterator[str]:
    """LOCATION, DESCRIPTION and URL. The address comes last in the text, where clients make it a link."""
    if audience is Audience.BLANK:
        return
    location = ", ".join(part for part in (event.place, event.space, event.address, event.city) if part)
    address = f"{base_url}/spaces/{event.space_slug}/tools/{event.tool_slug}/"
    if audience in _FULL:
        address = f"{base_url}/bookings/{event.booking_id}"
    told = [_wall_time(event)]
    if audience in (*_FULL, Audience.OPEN):
        told.insert(0, event.purpose)
    if audience in _FULL:
        told.insert(1, event.reason)
    text = _shortened("\n".join(part for part in told if part), LONGEST_DESCRIPTION)
    yield f"LOCATION:{_one_line(location)}"
    yield f"DESCRIPTION:{_escaped(f'{text}{chr(10)}{address}')}"
    yield f"URL:{_address(address)}"


def _wall_time(event: BookingEvent) -> str:
    """The time at the space, in figures that every language reads: calendars only show the reader's own clock."""
    zone = ZoneInfo(event.zone)
    start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    until = f"{end:%H:%M}" if end.date() == start.date() else f"{end:%Y-%m-%d %H:%M}"
    offset = f"{start:%z}"
    minutes = "" if offset.endswith("00") else f":{offset[3:]}"
    return f"{start:%Y-%m-%d %H:%M} – {until}, {event.city or event.zone}, GMT{offset[0]}{int(offset[1:3])}{minutes}"


def _status(state: State) -> str:
    if state in ENDED:
        return "CANCELLED"
    return "TENTATIVE" if state is State.PENDING else "CONFIRMED"


def _transparency(state: State, audience: Audience) -> tuple[str, str]:
    if state in ENDED or audience not in _BLOCKING:
        return "TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"
    status = "TENTATIVE" if state is State.PENDING else "BUSY"
    return "TRANSP:OPAQUE", f"X-MICROSOFT-CDO-BUSYSTATUS:{status}"


def _tool_and_position(event: BookingEvent, audience: Audience) -> Iterator[str]:
    if audience is Audience.BLANK:
        return
    yield f"CATEGORIES:{_one_line(event.tool)}"
    if event.latitude is None or event.longitude is None:
        return
    title = _clean(event.space).replace('"', "'").replace("\n", " ")
    yield f"GEO:{event.latitude:.6f};{event.longitude:.6f}"
    yield (
        f'X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-APPLE-RADIUS=100;X-TITLE="{title}":'
        f"geo:{event.latitude:.6f},{event.longitude:.6f}"
    )


def _instant(moment: datetime) -> str:
    # Five times as fast as strftime, and a booking has five instants.
    return moment.astimezone(UTC).isoformat()[:19].replace("-", "").replace(":", "") + "Z"


def _clean(text: str) -> str:
    """The text without the characters that no calendar may hold; lines end with a line feed."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)


def _one_line(text: str) -> str:
    return _escaped(" ".join(_clean(text).split()))


def _escaped(text: str) -> str:
    # The library's own escaping takes "\N" in "D:\Neu" for a line break.
    cleaned = _clean(text).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return cleaned.replace("\n", "\\n")


def _address(text: str) -> str:
    return "".join(_clean(text).split())


def _shortened(text: str, octets: int) -> str:
    encoded = _clean(text).encode()
    return text if len(encoded) <= octets else encoded[:octets].decode(errors="ignore") + "…"


def _joined(lines: Iterable[str]) -> bytes:
    """The lines, folded where they are longer than 74 octets; most are shorter anyway."""
    encoded = (line.encode() for line in lines)
    return b"".join((line if len(line) < LONGEST_LINE else folded(line)) + b"\r\n" for line in encoded)


def folded(line: bytes) -> bytes:
    """A line in pieces of at most 74 octets, cut neither inside a character nor behind the sign that escapes the next.

    The same as the library's folding, which looks at every character: that was a twentieth of a whole booking.
    """
    pieces, start = [], 0
    while len(line) - start >= LONGEST_LINE:
        end = start + LONGEST_LINE - 1
        while line[end] & 0xC0 == 0x80:
            end -= 1
        if line[end - 1] in _ESCAPING:
            end -= 1
        pieces.append(line[start:end])
        start = end
    return b"\r\n ".join((*pieces, line[start:]))
