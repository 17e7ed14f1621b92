"""A foreign calendar read into the time that its events take, with each event that takes none and why.

Run as a program it reads a calendar and writes what it found as JSON, so that a hostile one can be read in a child.
Each event is read by itself: one that is broken takes no other with it.
"""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from time import process_time
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty

from booking.ical import expanding
from booking.ical.expanding import LeftOut, Occurrence, TooCostly
from booking.ical.whole import Unreadable, run, whole
from booking.rules.spans import Span

MOST_EVENTS = 20_000
MOST_BLOCKS = 20_000
LONGEST_LINE = 64 * 1024
LONGEST_TITLE = 200
LONGEST = timedelta(days=62)
AHEAD, BEHIND = timedelta(days=400), timedelta(days=1)
# Of the ten seconds that a child has, so many are spent on events; what comes after them is left out.
_BUDGET = 8.0
_DEEPEST = 4
_PART = rb"^BEGIN:%s[ \t]*\r?$(.*?)^END:%s[ \t]*\r?$"
_FLAGS = re.DOTALL | re.MULTILINE | re.IGNORECASE
_EVENT = re.compile(_PART % (b"VEVENT", b"VEVENT"), _FLAGS)
_ZONE = re.compile(_PART % (b"VTIMEZONE", b"VTIMEZONE"), _FLAGS)
_NESTED = re.compile(rb"^(BEGIN|END):", re.MULTILINE | re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")
_ALONE = b"BEGIN:VCALENDAR\r\nBEGIN:%s%sEND:%s\r\nEND:VCALENDAR\r\n"
_SUMMARY = re.compile(rb"^SUMMARY(?:;[^:\r\n]*)?:(.*)$", re.MULTILINE | re.IGNORECASE)
_BROKEN = (
    *(ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError),
    *(RecursionError, ArithmeticError, BrokenCalendarProperty),
)


@dataclass(frozen=True, slots=True)
class Busy:
    """Time in UTC that an event takes, and its title."""

    start: datetime
    end: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Remark:
    """What there is to say of an event: that it is not used, or (`used`) not as it stands; `why` is a code."""

    title: str
    when: str
    why: str
    used: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How many events a calendar has, the time that they take in order, and what there is to say of some."""

    seen: int
    busy: tuple[Busy, ...]
    remarks: tuple[Remark, ...]


Watch = Callable[[float], AbstractContextManager[None]]


@dataclass(slots=True)
class _Reader:
    """Reads the events of one calendar and keeps what it found."""

    zone: ZoneInfo
    window: Span
    watch: Watch
    busy: list[Busy] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def take(self, components: Sequence[Component]) -> None:
        """Keep when the events of one UID take place."""
        if expanding.is_without_zone(components[0]):
            self.remark(components[0], "unknown_zone", used=True)
        if not expanding.repeats(components):
            self._keep(expanding.once(components[0], self.zone), is_single=True)
            return
        number = 0
        for number, found in enumerate(expanding.occurrences(components, self.zone, self.window), 1):
            if number > expanding.MOST_OCCURRENCES:
                self.remark(components[0], "cut_off", used=True)
                break
            self._keep(found, is_single=False)
        if not number:
            self.remark(components[0], "over")

    def remark(self, component: Component, why: str, *, used: bool = False) -> None:
        start = component.get("DTSTART")
        when = getattr(start, "dt", None)
        self.remarks.append(Remark(_title(component), when.isoformat() if when else "", why, used))

    def _keep(self, found: Occurrence, *, is_single: bool) -> None:
        why = self._why(found)
        if not why and len(self.busy) < MOST_BLOCKS:
            self.busy.append(Busy(found.start, found.end, _title(found.component)))
        elif is_single or why not in {"over", "too_far"}:
            # That a series lasts beyond what is looked at needs no word for each of its days.
            self.remark(found.component, why or "cut_off")

    def _why(self, found: Occurrence) -> str:
        component = found.component
        if str(component.get("STATUS", "")).upper() == "CANCELLED":
            return "cancelled"
        marks = (component.get("TRANSP", ""), component.get("X-MICROSOFT-CDO-BUSYSTATUS", ""))
        if {str(mark).upper() for mark in marks} & {"TRANSPARENT", "FREE"}:
            return "free"
        if found.end < found.start:
            return "ends_first"
        if found.end == found.start:
            return "no_length"
        if found.end - found.start > LONGEST:
            return "too_long"
        if found.end <= self.window.start:
            return "over"
        return "too_far" if found.start >= self.window.end else ""


def read(calendar: bytes, zone: str, now: datetime, watch: Watch | None = None) -> Reading:
    """The time that events take from yesterday to 400 days ahead; floating and whole days on the clock of `zone`.

    Raises Unreadable for anything but one whole calendar of at most 20,000 events. `watch` ends what takes too long.
    """
    text = whole(calendar)
    begun = process_time()
    reader = _Reader(ZoneInfo(zone), Span(now - BEHIND, now + AHEAD), watch or (lambda _seconds: nullcontext()))
    _learn_zones(text, reader)
    alike: dict[object, list[Component]] = defaultdict(list)
    seen = 0
    for seen, match in enumerate(_EVENT.finditer(text), 1):
        if seen > MOST_EVENTS:
            raise Unreadable
        component = _parsed(match.group(1), reader)
        if component is not None:
            alike[str(component.get("UID", "")) or seen].append(component)
    for components in alike.values():
        is_late = watch is not None and process_time() - begun > _BUDGET
        for group in _versions(components, reader):
            _take(group, reader, is_late=is_late)
    return Reading(seen, tuple(sorted(reader.busy, key=_place)), tuple(reader.remarks))


def written(reading: Reading) -> bytes:
    """What was read, as JSON."""
    busy = [(each.start.isoformat(), each.end.isoformat(), each.title) for each in reading.busy]
    remarks = [(each.title, each.when, each.why, each.used) for each in reading.remarks]
    return json.dumps({"seen": reading.seen, "busy": busy, "remarks": remarks}).encode()


def heard(text: bytes) -> Reading:
    """What `written` wrote."""
    told = json.loads(text)
    busy = (Busy(_utc(start), _utc(end), title) for start, end, title in told["busy"])
    return Reading(told["seen"], tuple(busy), tuple(Remark(*each) for each in told["remarks"]))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _learn_zones(text: bytes, reader: _Reader) -> None:
    """The library remembers the zones that a calendar describes, once it has read them."""
    for match in _ZONE.finditer(text):
        try:
            with reader.watch(expanding.PATIENCE):
                Calendar.from_ical(_ALONE % (b"VTIMEZONE", match.group(1), b"VTIMEZONE"))
        except (*_BROKEN, TooCostly):
            # Its events are then on the clock of the space, and are named.
            continue


def _parsed(event: bytes, reader: _Reader) -> Component | None:
    """The event, or None with a remark."""
    try:
        if _is_excessive(event):
            raise LeftOut("unreadable")
        with reader.watch(expanding.PATIENCE):
            [component] = Calendar.from_ical(_ALONE % (b"VEVENT", event, b"VEVENT")).walk("VEVENT")
            if not isinstance(getattr(component["DTSTART"], "dt", None), date):
                raise LeftOut("unreadable")
            return component
    except (*_BROKEN, LeftOut, TooCostly):
        title = _SUMMARY.search(event)
        told = title.group(1).decode("utf-8", "replace").strip() if title else ""
        reader.remarks.append(Remark(told[:LONGEST_TITLE], "", "unreadable"))
        return None


def _is_excessive(event: bytes) -> bool:
    """Whether a line is too long, or parts lie too deep within one another."""
    depth = deepest = 1
    for match in _NESTED.finditer(event):
        depth += 1 if match.group(1).upper() == b"BEGIN" else -1
        deepest = max(deepest, depth)
    return deepest > _DEEPEST or any(len(line) > LONGEST_LINE for line in _FOLD.sub(b"", event).splitlines())


def _versions(components: list[Component], reader: _Reader) -> Iterator[list[Component]]:
    """The events of one UID: its latest version with the exceptions; other events of the same version by themselves."""
    exceptions = [each for each in components if "RECURRENCE-ID" in each]
    whole = [each for each in components if "RECURRENCE-ID" not in each]
    latest = max((_sequence(each) for each in whole), default=0)
    for each in whole:
        if _sequence(each) < latest:
            reader.remark(each, "replaced")
    current = [each for each in whole if _sequence(each) == latest]
    yield [*current[:1], *exceptions]
    for each in current[1:]:
        yield [each]


def _take(components: Sequence[Component], reader: _Reader, *, is_late: bool) -> None:
    kept = len(reader.busy), len(reader.remarks)
    try:
        if is_late:
            raise TooCostly
        if str(components[0].get("STATUS", "")).upper() == "CANCELLED" and "RECURRENCE-ID" not in components[0]:
            raise LeftOut("cancelled")
        with reader.watch(expanding.PATIENCE):
            reader.take(components)
    except (*_BROKEN, LeftOut, TooCostly) as problem:
        # All of it or nothing: half of a series would look like the whole.
        del reader.busy[kept[0] :], reader.remarks[kept[1] :]
        reader.remark(components[0], _code(problem))


def _code(problem: BaseException) -> str:
    if isinstance(problem, TooCostly):
        return "too_costly"
    return str(problem.args[0]) if isinstance(problem, LeftOut) else "unreadable"


def _sequence(component: Component) -> int:
    try:
        return int(component.get("SEQUENCE", 0))
    except _BROKEN:
        return 0


def _title(component: Component) -> str:
    words = str(component.get("SUMMARY", "")).split()
    return "".join(each for each in " ".join(words) if each.isprintable())[:LONGEST_TITLE]


def _place(busy: Busy) -> tuple[datetime, datetime, str]:
    return busy.start, busy.end, busy.title


def main() -> int:
    """Read a calendar from standard input, on the clock of a zone and as of an instant; 1 for what is no calendar."""
    zone, now = sys.argv[1], datetime.fromisoformat(sys.argv[2])
    return run(lambda calendar: written(read(calendar, zone, now, expanding.limited)))


if __name__ == "__main__":
    sys.exit(main())
