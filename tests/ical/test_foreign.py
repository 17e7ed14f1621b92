"""Foreign calendars: when their events take time, and why some take none."""

from datetime import UTC, datetime, timedelta

import pytest

from booking.ical import expanding, foreign
from booking.ical.foreign import Busy, Reading, heard, read, written
from booking.ical.whole import Unreadable
from booking.outside import children

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


def event(*lines: str, uid: str = "1") -> list[str]:
    """An event with these lines."""
    return ["BEGIN:VEVENT", f"UID:{uid}@example.org", "SUMMARY:Open evening", *lines, "END:VEVENT"]


def calendar(*events: list[str], zones: tuple[str, ...] = ()) -> bytes:
    """These events in a calendar."""
    lines = [line for each in events for line in each]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *zones, *lines, "END:VCALENDAR", ""]).encode()


def reading(*events: list[str], zone: str = "Europe/Berlin") -> Reading:
    """What is read of a calendar of these events at a space of that zone."""
    return read(calendar(*events), zone, NOW)


def starts(found: Reading) -> list[str]:
    """When the events begin, in UTC."""
    return [f"{each.start:%m-%d %H:%M}" for each in found.busy]


def whys(found: Reading) -> list[str]:
    """What is said of events."""
    return [each.why for each in found.remarks]


EVENING = Busy(datetime(2026, 11, 26, 17, tzinfo=UTC), datetime(2026, 11, 26, 20, tzinfo=UTC), "Open evening")
WINDOWS = "TZID=W. Europe Standard Time"
WEEKLY = (f"DTSTART;{WINDOWS}:20261201T180000", f"DTEND;{WINDOWS}:20261201T200000", "RRULE:FREQ=WEEKLY;COUNT=4")


@pytest.mark.parametrize(
    "times",
    [
        ("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z"),
        ("DTSTART;TZID=Europe/Berlin:20261126T180000", "DTEND;TZID=Europe/Berlin:20261126T210000"),
        (f"DTSTART;{WINDOWS}:20261126T180000", f"DTEND;{WINDOWS}:20261126T210000"),
        ("DTSTART:20261126T180000", "DTEND:20261126T210000"),
        ("DTSTART:20261126T180000", "DURATION:PT3H"),
    ],
    ids=["utc", "zoned", "windows", "floating", "duration"],
)
def test_an_event_takes_its_time_on_the_clock_that_it_names(times: tuple[str, ...]) -> None:
    assert reading(event(*times)) == Reading(1, (EVENING,), ())


def test_whole_days_are_those_of_the_space() -> None:
    [found] = reading(event("DTSTART;VALUE=DATE:20261224"), zone="Asia/Shanghai").busy
    assert (found.start, found.end - found.start) == (datetime(2026, 12, 23, 16, tzinfo=UTC), timedelta(days=1))


def test_an_unknown_zone_is_that_of_the_space_and_is_named() -> None:
    found = reading(event("DTSTART;TZID=Mars/Olympus:20261126T180000", "DTEND;TZID=Mars/Olympus:20261126T210000"))
    assert found.busy == (EVENING,)
    assert [(each.why, each.used) for each in found.remarks] == [("unknown_zone", True)]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z", "STATUS:CANCELLED"), "cancelled"),
        (("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z", "TRANSP:TRANSPARENT"), "free"),
        (("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), "free"),
        (("DTSTART:20261126T170000Z",), "no_length"),
        (("DTSTART:20261126T200000Z", "DTEND:20261126T170000Z"), "ends_first"),
        (("DTSTART;VALUE=DATE:20261126", "DTEND:20261126T170000Z"), "mixed"),
        (("DTSTART:20261126T170000Z", "DTEND:20270526T170000Z"), "too_long"),
        (("DTSTART:20251126T170000Z", "DTEND:20251126T200000Z"), "over"),
        (("DTSTART:20281126T170000Z", "DTEND:20281126T200000Z"), "too_far"),
        (("DTSTART:20201126T170000Z", "DTEND:20201126T200000Z", "RRULE:FREQ=DAILY;COUNT=3"), "over"),
        (("DTSTART:20261126T170000Z", "DTEND:20261126T170001Z", "RRULE:FREQ=SECONDLY"), "too_often"),
        (("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z", "RRULE:FREQ=DAILY;INTERVAL=0"), "unreadable"),
        (("DTSTART:tomorrow",), "unreadable"),
        (("DTEND:20261126T200000Z",), "unreadable"),
        (("DTSTART:20261126T170000Z", "X-LONG:" + "x" * 70_000), "unreadable"),
    ],
)
def test_each_event_that_is_not_used_says_why(lines: tuple[str, ...], why: str) -> None:
    other = event("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z", uid="2")
    found = reading(event(*lines), other)
    assert (found.seen, found.busy, whys(found)) == (2, (EVENING,), [why])


def test_a_series_with_a_day_left_out_one_moved_one_cancelled_and_one_more() -> None:
    series = event(*WEEKLY, f"EXDATE;{WINDOWS}:20261208T180000", f"RDATE;{WINDOWS}:20261203T100000")
    moved = event(
        f"RECURRENCE-ID;{WINDOWS}:20261215T180000",
        f"DTSTART;{WINDOWS}:20261216T180000",
        f"DTEND;{WINDOWS}:20261216T200000",
    )
    gone = event(
        f"RECURRENCE-ID;{WINDOWS}:20261222T180000",
        f"DTSTART;{WINDOWS}:20261222T180000",
        f"DTEND;{WINDOWS}:20261222T200000",
        "STATUS:CANCELLED",
    )
    found = reading(series, moved, gone)
    assert starts(found) == ["12-01 17:00", "12-03 09:00", "12-16 17:00"]
    assert whys(found) == ["cancelled"]


def test_this_and_following_move_together() -> None:
    later = event(
        f"RECURRENCE-ID;RANGE=THISANDFUTURE;{WINDOWS}:20261215T180000",
        f"DTSTART;{WINDOWS}:20261215T190000",
        f"DTEND;{WINDOWS}:20261215T210000",
    )
    assert starts(reading(event(*WEEKLY), later)) == ["12-01 17:00", "12-08 17:00", "12-15 18:00", "12-22 18:00"]


def test_a_series_stays_on_the_wall_clock_when_clocks_change() -> None:
    times = ("DTSTART;TZID=Europe/Berlin:20270320T100000", "DTEND;TZID=Europe/Berlin:20270320T110000")
    found = reading(event(*times, "RRULE:FREQ=WEEKLY;COUNT=3"))
    assert starts(found) == ["03-20 09:00", "03-27 09:00", "04-03 08:00"]


def test_of_two_versions_the_later_counts_and_of_equal_ones_both() -> None:
    first = event("SEQUENCE:1", "DTSTART:20261126T170000Z", "DTEND:20261126T200000Z")
    later = event("SEQUENCE:2", "DTSTART:20261127T170000Z", "DTEND:20261127T200000Z")
    same = event("SEQUENCE:2", "DTSTART:20261128T170000Z", "DTEND:20261128T200000Z")
    found = reading(first, later, same)
    assert (starts(found), whys(found)) == (["11-27 17:00", "11-28 17:00"], ["replaced"])


def test_a_zone_that_the_calendar_describes_itself_is_known() -> None:
    zone = ("BEGIN:VTIMEZONE", "TZID:Own", "BEGIN:STANDARD", "DTSTART:19700101T000000")
    zone += ("TZOFFSETFROM:+0500", "TZOFFSETTO:+0500", "END:STANDARD", "END:VTIMEZONE")
    own = event("DTSTART;TZID=Own:20261126T220000", "DTEND;TZID=Own:20261127T010000")
    assert read(calendar(own, zones=zone), "Europe/Berlin", NOW) == Reading(1, (EVENING,), ())


def test_a_series_is_cut_off_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expanding, "MOST_OCCURRENCES", 3)
    daily = event("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z", "RRULE:FREQ=DAILY")
    found = reading(daily)
    assert (len(found.busy), whys(found)) == (3, ["cut_off"])


def test_a_calendar_of_too_many_events_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "MOST_EVENTS", 1)
    one = event("DTSTART:20261126T170000Z", "DTEND:20261126T200000Z")
    assert len(reading(one).busy) == 1
    with pytest.raises(Unreadable):
        reading(one, one)


@pytest.mark.parametrize("data", [b"", b"hello", calendar(event())[:-20], b"BEGIN:VEVENT\r\nEND:VCALENDAR\r\n"])
def test_half_a_calendar_is_none(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read(data, "Europe/Berlin", NOW)


def test_what_was_read_comes_back_from_a_child_as_it_was_and_what_never_ends_is_left_out() -> None:
    endless = event("DTSTART:20261226T100000Z", "DTEND:20261226T110000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30")
    others = event(*WEEKLY, uid="2")
    found = heard(children.limited(foreign.__name__, calendar(endless, others), "Europe/Berlin", NOW.isoformat()))
    assert found.busy == reading(others).busy
    assert whys(found) == ["too_costly"]
    assert heard(written(found)) == found
