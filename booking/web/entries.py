"""What somebody entered in the booking form, read: strings to an ask, or to sentences about what is missing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from werkzeug.datastructures import MultiDict

from booking.models.bookings import BookingCard
from booking.models.tools import ToolSheet
from booking.rules import availability, hours, personal
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Refusal, Refused, Unacceptable
from booking.rules.spans import Span
from booking.web import behalf, showing, wall_times
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.web.wall_times import Typed
from booking.wording.problems import problem_sentences

LONGEST_PURPOSE = 200
LONGEST_KEY = 100
USUAL_MINUTES = 60
_TAKEN = re.compile(r"([1-9][0-9]{0,18})/([0-9T:.+-]{19,32})/([0-9T:.+-]{19,32})(/any)?")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the form is about: time on a tool, for a new booking or for one that moves."""

    sheet: ToolSheet
    booking: BookingCard | None = None

    @property
    def zone(self) -> str:
        """The IANA zone on whose clock the form is filled in."""
        return self.sheet.card.time_zone


@dataclass(frozen=True, slots=True)
class Entry:
    """The form as it was sent. `ask` is None when no time can be read from it; `errors` say why, by field."""

    typed: Typed
    purpose: str = ""
    key: str = ""
    override: bool = False
    team: str = ""
    unit: str = ""
    maker: str = ""
    level: str = ""
    ask: Ask | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()


def read(subject: Subject, source: MultiDict[str, str]) -> Entry:
    """What was entered: the fields, or one of the offered alternatives, which may be on another tool."""
    fields = Fields(source)
    purpose = fields.line("purpose", LONGEST_PURPOSE, required=False)
    key = fields.line("key", LONGEST_KEY, required=False)
    typed = Typed(*(source.get(name, "").strip() for name in ("date", "start", "end", "end_date")))
    raw = source.get("purpose", "")
    team = source.get("team", "").strip()[:LONGEST_KEY]
    unit = source.get("unit", "").strip()[:LONGEST_KEY]
    maker = source.get("maker", "").strip()[: behalf.LONGEST_WORDS]
    entry = Entry(typed, purpose or raw[: 2 * LONGEST_PURPOSE], key, fields.flag("override"), team, unit, maker)
    entry = replace(entry, level=source.get("visibility", "")[:LONGEST_KEY])
    try:
        team_id = fields.optional_whole("team", 1, LARGEST_ID)
        tool_id, span = _asked(subject, fields)
        own_level = showing.read(fields)
        maker_id = None if subject.booking else behalf.maker_id(subject.sheet.card, fields)
        unit_id = None if _takes_any(subject, tool_id, fields) else fields.optional_whole("unit", 1, LARGEST_ID)
        fields.finish()
    except Unacceptable as unacceptable:
        return replace(entry, errors=problem_sentences(unacceptable))
    except Refused as refused:
        return replace(entry, refusals=refused.refusals)
    if span is None:
        return entry
    booking_id = subject.booking.id if subject.booking else None
    ask = Ask(tool_id, span, purpose, booking_id, team_id, unit_id=unit_id, maker_id=maker_id, own_level=own_level)
    shown = unit if unit_id else ""
    return replace(entry, ask=ask, typed=wall_times.typed_of(subject.zone, span), unit=shown)


def prefilled(subject: Subject, source: MultiDict[str, str], facts: Facts, now: datetime) -> Entry:
    """The form as it opens: with the time in the address, that of the moving booking, or the next that fits."""
    booking = subject.booking
    filled = MultiDict(source)
    if booking is not None:
        filled.setdefault("purpose", booking.purpose)
        filled.setdefault("unit", str(booking.wanted_unit or ""))
    if not (source.get("date") and source.get("start") and source.get("end")):
        usual = wall_times.typed_of(subject.zone, booking.span) if booking else _suggested(subject, source, facts, now)
        for name, value in (("date", usual.date), ("start", usual.start), ("end", usual.end)):
            filled[name] = value
        filled["end_date"] = usual.end_date
    return read(subject, filled)


def taken_value(tool_id: int, span: Span, *, any_unit: bool = False) -> str:
    """An alternative as the value of the button that takes it."""
    return f"{tool_id}/{span.start.isoformat()}/{span.end.isoformat()}{'/any' if any_unit else ''}"


def taken_of(value: str) -> tuple[int, Span] | None:
    """The tool and the time of such a value; None for anything else."""
    match = _TAKEN.fullmatch(value)
    if match is None or int(match[1]) > LARGEST_ID:
        return None
    try:
        return int(match[1]), Span(_utc(match[2]), _utc(match[3]))
    except (ValueError, OverflowError):
        return None


def leaves_unit_open(value: str) -> bool:
    """Whether the alternative of such a value may be had on any unit."""
    return value.endswith("/any")


def _asked(subject: Subject, fields: Fields) -> tuple[int, Span | None]:
    value = fields.line("take", LONGEST_KEY, required=False)
    if not value:
        return subject.sheet.card.id, wall_times.read(fields, subject.zone)
    found = taken_of(value)
    if found is not None:
        return found
    fields.problem("take", "not_a_choice")
    return subject.sheet.card.id, None


def _takes_any(subject: Subject, tool_id: int, fields: Fields) -> bool:
    """Whether the alternative that is taken leaves the unit open, as one on another tool does."""
    return tool_id != subject.sheet.card.id or leaves_unit_open(fields.line("take", LONGEST_KEY, required=False))


def _utc(text: str) -> datetime:
    """An instant with its offset; one without raises ValueError when a span is made of it."""
    instant = datetime.fromisoformat(text)
    return instant.astimezone(UTC) if instant.tzinfo else instant


def _suggested(subject: Subject, source: MultiDict[str, str], facts: Facts, now: datetime) -> Typed:
    """The next time of the usual length that fits, on the day or from the start in the address if there is one."""
    minutes = _usual_minutes(facts)
    fields = Fields(source)
    day, start = fields.optional_day("date"), fields.optional_clock("start")
    if source.get("start") and day is not None and start is not None:
        end = min(start + minutes, 2 * wall_times.DAY_MINUTES)
        return Typed(day.isoformat(), source["start"].strip(), f"{end // 60:02d}:{end % 60:02d}")
    if source.get("date") and (day is None or day.isoformat() != source["date"].strip()):
        return Typed(source["date"].strip(), source.get("start", ""), source.get("end", ""))
    reach = hours.day_span(subject.zone, day) if day else Span(now, now + timedelta(days=14))
    fits = availability.free_spans(facts, reach, now, minutes)
    free = personal.first(fits, facts, now, minutes) or next(iter(fits), None)
    if free is not None:
        first = availability.next_on_grain(facts, free.start)
        return wall_times.typed_of(subject.zone, Span(first, first + timedelta(minutes=minutes)))
    return _first_offered(facts, day or hours.to_wall(subject.zone, now).date(), minutes)


def _first_offered(facts: Facts, day: date, minutes: int) -> Typed:
    """Where nothing is free the form still opens, so that it can say why."""
    starts, _ = wall_times.offered(facts, day, Typed())
    first = starts[0][0] if starts else "10:00"
    end = int(first[:2]) * 60 + int(first[3:5]) + minutes
    return Typed(day.isoformat(), first, f"{end // 60:02d}:{end % 60:02d}")


def _usual_minutes(facts: Facts) -> int:
    """An hour, as far as the limits of the tool allow it."""
    limits = facts.tool.limits
    wished = min(max(limits.shortest_minutes, USUAL_MINUTES), limits.longest_minutes)
    steps = wished // limits.grain_minutes
    if steps * limits.grain_minutes < limits.shortest_minutes:
        steps += 1
    return max(steps, 1) * limits.grain_minutes
