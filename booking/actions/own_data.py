"""A person's own data as one file: what each table holds about her, and her bookings as a calendar."""

import json
from io import TextIOWrapper
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from booking.actions.call import Call
from booking.ical import write
from booking.ical.write import CalendarHead
from booking.models import exports, personal, renderings, reports
from booking.rules.events import Audience
from booking.wording.calendars import event_words

CALENDAR = "bookings.ics"


def pack(call: Call, file: IO[bytes]) -> None:
    """Write a zip with a table of JSON rows for each table that knows whoever acts, her calendar and her photos."""
    person = call.person
    with ZipFile(file, "w", ZIP_DEFLATED) as packed:
        for table in personal.own_tables():
            with packed.open(f"{table}.json", "w") as entry, TextIOWrapper(entry, "utf-8") as text:
                _write_rows(call, table, text)
        with packed.open(CALENDAR, "w") as entry:
            _write_calendar(call, entry, person.account_id)
        for name in reports.photos_of(call.session, person.account_id):
            picture = call.settings.instance / reports.FOLDER / name
            if picture.is_file():
                packed.write(picture, f"photos/{name}")


def _write_rows(call: Call, table: str, text: TextIOWrapper) -> None:
    person, separator = call.person, "\n"
    text.write("[")
    for row in personal.own_rows(call.session, table, person.account_id, person.email):
        text.write(separator + json.dumps(row, ensure_ascii=False))
        separator = ",\n"
    text.write("\n]\n")


def _write_calendar(call: Call, file: IO[bytes], account_id: int) -> None:
    person, words, after = call.person, event_words(call.person.language), 0
    base = call.settings.base_url
    file.write(write.head_bytes(CalendarHead(call.settings.network_name, "", person.time_zone, f"{base}/bookings/")))
    while ids := exports.booking_ids_of_person(call.session, account_id, after):
        for event in renderings.events(call.session, ids).values():
            file.write(write.event_bytes(event, Audience.OWN, words, base))
        after = ids[-1]
    file.write(write.TAIL)
