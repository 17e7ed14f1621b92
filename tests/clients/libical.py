"""Debian's C library for calendars, by which GNOME reads them."""

import ctypes
from datetime import UTC, datetime
from typing import Any

from tests import parts


class _Time(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


def read(body: bytes) -> list[dict[str, Any]]:
    """The events of a calendar; fails when the library finds an error or a property that must not be there."""
    library = ctypes.CDLL(parts.find("libical"))
    for name, result, arguments in _FUNCTIONS:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    calendar = library.icalparser_parse_string(body)
    assert calendar
    try:
        assert library.icalrestriction_check(calendar) == 1, library.icalcomponent_as_ical_string(calendar).decode()
        assert library.icalcomponent_count_errors(calendar) == 0
        return list(_events(library, calendar))
    finally:
        library.icalcomponent_free(calendar)


def _events(library: ctypes.CDLL, calendar: int) -> Any:
    kind = library.icalcomponent_string_to_kind(b"VEVENT")
    event = library.icalcomponent_get_first_component(calendar, kind)
    while event:
        yield {
            "uid": library.icalcomponent_get_uid(event).decode(),
            "summary": library.icalcomponent_get_summary(event).decode(),
            "location": library.icalcomponent_get_location(event).decode(),
            "description": library.icalcomponent_get_description(event).decode(),
            "start": _instant(library.icalcomponent_get_dtstart(event)),
            "end": _instant(library.icalcomponent_get_dtend(event)),
            "sequence": library.icalcomponent_get_sequence(event),
        }
        event = library.icalcomponent_get_next_component(calendar, kind)


def _instant(time: _Time) -> datetime:
    return datetime(time.year, time.month, time.day, time.hour, time.minute, time.second, tzinfo=UTC)


_OF_COMPONENT = [ctypes.c_void_p]
_FUNCTIONS: tuple[tuple[str, Any, list[Any]], ...] = (
    ("icalparser_parse_string", ctypes.c_void_p, [ctypes.c_char_p]),
    ("icalrestriction_check", ctypes.c_int, _OF_COMPONENT),
    ("icalcomponent_count_errors", ctypes.c_int, _OF_COMPONENT),
    ("icalcomponent_as_ical_string", ctypes.c_char_p, _OF_COMPONENT),
    ("icalcomponent_string_to_kind", ctypes.c_int, [ctypes.c_char_p]),
    ("icalcomponent_get_first_component", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    ("icalcomponent_get_next_component", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int]),
    ("icalcomponent_get_uid", ctypes.c_char_p, _OF_COMPONENT),
    ("icalcomponent_get_summary", ctypes.c_char_p, _OF_COMPONENT),
    ("icalcomponent_get_location", ctypes.c_char_p, _OF_COMPONENT),
    ("icalcomponent_get_description", ctypes.c_char_p, _OF_COMPONENT),
    ("icalcomponent_get_dtstart", _Time, _OF_COMPONENT),
    ("icalcomponent_get_dtend", _Time, _OF_COMPONENT),
    ("icalcomponent_get_sequence", ctypes.c_int, _OF_COMPONENT),
    ("icalcomponent_free", None, _OF_COMPONENT),
)
