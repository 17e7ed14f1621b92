"""Two foreign event calendars: written as another program would, read as any, and kept as blocks."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from booking.ical import foreign
from booking.rules import hours
from booking.rules.facts import Block
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from booking.seeding.catalogue import DATA, DAYS, minutes
from booking.seeding.diary import Diary
from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

_WEEKS, _WEEK = range(-2, 5), timedelta(weeks=1)


def subscribe(rows: Rows, spaces: Sequence[PlacedSpace], diary: Diary, now: datetime) -> None:
    """Subscribe spaces to their calendars; the events block the tools in the diary too."""
    by_slug = {space.plan.slug: space for space in spaces}
    for entry in tomllib.loads((DATA / "events.toml").read_text(encoding="utf-8"))["calendar"]:
        space = by_slug[entry["space"]]
        tools = [tool.facts.id for tool in space.tools if entry.get("tool") in {None, tool.slug}]
        tool_id = tools[0] if "tool" in entry else None
        subscription_id = rows.add(
            "subscription",
            space_id=space.id,
            tool_id=tool_id,
            name=entry["name"],
            read_at=now - timedelta(minutes=40),
        )
        for event in foreign.read(
            calendar(entry, space.plan.zone, now), space.plan.zone, now + min(_WEEKS) * _WEEK
        ).busy:
            rows.add(
                "block",
                subscription_id=subscription_id,
                space_id=space.id,
                tool_id=tool_id,
                starts_at=event.start,
                ends_at=event.end,
                title=event.title,
            )
            for blocked in tools:
                diary.blocks.setdefault(blocked, []).append(Block(Span(event.start, event.end), event.title))


def calendar(entry: Mapping[str, Any], zone: str, now: datetime) -> bytes:
    """An iCalendar file with a weekly event, some weeks back and ahead, as single events."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//example.org//Events//EN"]
    for span in _weekly(entry, zone, now):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{span.start:%Y%m%d}-{entry['space']}@events.example.org",
            f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
            _time("DTSTART", span.start, zone, zoned=entry["zoned"]),
            _time("DTEND", span.end, zone, zoned=entry["zoned"]),
            f"SUMMARY:{entry['title']}",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _weekly(entry: Mapping[str, Any], zone: str, now: datetime) -> Iterator[Span]:
    today = hours.to_wall(zone, now).date()
    first = today + timedelta(days=(DAYS.index(entry["weekday"]) - today.weekday()) % 7)
    begins, ends = minutes(entry["hours"])
    for week in _WEEKS:
        midnight = datetime.combine(first + timedelta(weeks=week), time.min)
        try:
            start, end = (hours.to_utc(zone, midnight + timedelta(minutes=part)) for part in (begins, ends))
        except Refused:  # The clocks jump over that time.
            continue
        yield Span(start, end)


def _time(name: str, instant: datetime, zone: str, *, zoned: bool) -> str:
    if zoned:
        return f"{name};TZID={zone}:{hours.to_wall(zone, instant):%Y%m%dT%H%M%S}"
    return f"{name}:{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"
