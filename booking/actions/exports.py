"""Exporting everything: each table as JSON, each space's bookings as a calendar."""

import json
from collections.abc import Iterator
from pathlib import Path

from booking.actions.call import Call
from booking.ical import write
from booking.ical.write import CalendarHead
from booking.models import exports, renderings
from booking.rules.events import Audience
from booking.wording.calendars import event_words


def export(call: Call, folder: Path) -> Iterator[tuple[str, int]]:
    """Write the files one after another; yields each file's name and how many rows or events it has.

    Raises OSError when the folder can't be written. Existing files of the same names are replaced.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for table in exports.tables():
        yield f"{table}.json", _write_table(call, table, folder / f"{table}.json")
    calendars = folder / "calendars"
    calendars.mkdir(exist_ok=True)
    for space_id, slug, name, language, zone in exports.spaces(call.session):
        head = CalendarHead(name, "", zone, f"{call.settings.base_url}/spaces/{slug}/")
        count = _write_calendar(call, space_id, language, head, calendars / f"{slug}.ics")
        yield f"calendars/{slug}.ics", count


def _write_table(call: Call, table: str, path: Path) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for count, row in enumerate(exports.rows(call.session, table), start=1):
            file.write("\n" if count == 1 else ",\n")
            file.write(json.dumps(row, ensure_ascii=False))
        file.write("\n]\n")
    return count


def _write_calendar(call: Call, space_id: int, language: str, head: CalendarHead, path: Path) -> int:
    words, count, after = event_words(language), 0, 0
    with path.open("wb") as file:
        file.write(write.head_bytes(head))
        while ids := exports.booking_ids(call.session, space_id, after):
            for event in renderings.events(call.session, ids).values():
                file.write(write.event_bytes(event, Audience.SHARED, words, call.settings.base_url))
                count += 1
            after = ids[-1]
        file.write(write.TAIL)
    return count
