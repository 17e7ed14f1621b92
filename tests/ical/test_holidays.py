"""Calendars of public holidays as they are found in the world, and what is none."""

from datetime import date

import pytest

from booking.ical.holidays import Holiday, heard, holidays, written
from booking.ical.whole import Unreadable

UNTIL = date(2029, 1, 1)


def calendar(*events: str, head: str = "") -> bytes:
    lines = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{lines}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def only(event: str) -> Holiday:
    [day] = holidays(calendar(event), UNTIL).days
    return day


@pytest.mark.parametrize(
    ("event", "first", "last"),
    [
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227", date(2026, 12, 25), date(2026, 12, 26)),
        ("DTSTART;VALUE=DATE:20261225", date(2026, 12, 25), date(2026, 12, 25)),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225", date(2026, 12, 25), date(2026, 12, 25)),
        ("DTSTART;VALUE=DATE:20261001\nDURATION:P7D", date(2026, 10, 1), date(2026, 10, 7)),
        ("DTSTART:20261225T000000\nDTEND:20261226T000000", date(2026, 12, 25), date(2026, 12, 25)),
        ("DTSTART;VALUE=DATE:20261225\nTRANSP:TRANSPARENT", date(2026, 12, 25), date(2026, 12, 25)),
    ],
    ids=["two days", "no end", "end as start", "duration", "midnights", "transparent, as most are"],
)
def test_whole_days_are_found(event: str, first: date, last: date) -> None:
    assert only(f"{event}\nSUMMARY:Holiday") == Holiday(first, last, "Holiday")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("DTSTART:20261225T090000Z\nDTEND:20261225T100000Z", "not_whole_days"),
        ("DTSTART:20261225T000000\nDTEND:20261225T120000", "not_whole_days"),
        ("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261220", "unreadable"),
        ("DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED", "cancelled"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=WEEKLY", "repeats"),
        ("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=SECONDLY;INTERVAL=0", "repeats"),
        ("DTSTART;VALUE=DATE:20261126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "repeats"),
        ("DTSTART;VALUE=DATE:20261225\nRDATE;VALUE=DATE:20270101", "repeats"),
        ("DTSTART;VALUE=DATE:20261010\nSUMMARY:国庆节（班）", "work_day"),
        ("DTSTART;VALUE=DATE:20261010\nSUMMARY:国庆节补班", "work_day"),
    ],
)
def test_what_is_none_to_close_for_says_why(event: str, why: str) -> None:
    days = holidays(calendar(event), UNTIL).days
    assert [day.why for day in days] in ([why], [])
    assert days or why == "repeats"


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + calendar("DTSTART;VALUE=DATE:20261225\nSUMMARY:Holiday"),
        calendar("DTSTART;VALUE=DATE:20261225\nSUMMARY:Holiday").replace(b"VEVENT\r", b"VEVENT \r"),
        calendar("dtstart;value=DATE:20261225\nsummary:Holiday")
        .replace(b"BEGIN:V", b"begin:v")
        .replace(b"END:V", b"end:v"),
    ],
    ids=["byte order mark", "space behind", "lower case"],
)
def test_small_untidiness_loses_no_day(data: bytes) -> None:
    assert holidays(data, UNTIL).days == (Holiday(date(2026, 12, 25), date(2026, 12, 25), "Holiday"),)


def test_a_day_of_every_year_is_there_for_each_up_to_the_last() -> None:
    yearly = calendar("DTSTART;VALUE=DATE:20241225\nRRULE:FREQ=YEARLY\nSUMMARY:Christmas")
    assert [day.first.year for day in holidays(yearly, UNTIL).days] == [2024, 2025, 2026, 2027, 2028]
    leap = calendar("DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY;UNTIL=20280301")
    assert [day.first for day in holidays(leap, UNTIL).days] == [date(2024, 2, 29), date(2028, 2, 29)]
    counted = calendar("DTSTART;VALUE=DATE:20241225\nRRULE:FREQ=YEARLY;COUNT=2")
    assert [day.first.year for day in holidays(counted, UNTIL).days] == [2024, 2025]


def test_an_event_that_cannot_be_read_is_left_out_alone() -> None:
    found = holidays(calendar("DTSTART;VALUE=DATE:20269999", "SUMMARY:No date", "DTSTART;VALUE=DATE:20261225"), UNTIL)
    assert [day.first for day in found.days] == [date(2026, 12, 25)]


def test_a_calendar_has_its_name_and_passes_through_json() -> None:
    found = holidays(calendar("DTSTART;VALUE=DATE:20261225", head="X-WR-CALNAME:Feiertage\\, Sach\n sen\n"), UNTIL)
    assert found.name == "Feiertage, Sachsen"
    assert heard(written(found)) == found


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"\xff\xfe\x00", b"END:VCALENDAR"],
    ids=["nothing", "words", "truncated", "bytes", "end"],
)
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        holidays(data, UNTIL)
