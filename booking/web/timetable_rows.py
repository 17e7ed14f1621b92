"""The rows of a timetable: what is drawn for whom, of tools or their units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from booking.models.facts import World
from booking.models.weeks import Entry
from booking.rules.privacy import Known, Viewer
from booking.web.timeline import Segment

Head = tuple[str, World, Viewer]


@dataclass(slots=True)
class Table:
    """What is drawn: the days, what the reader may know, and of a single day also whose bookings and which units."""

    days: tuple[date, ...]
    now: datetime
    known: Known
    entries: Mapping[int, Sequence[Entry]] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of a day that is not free, in hours from the first that is drawn."""

    kind: str
    at: float
    width: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A tool's day in a week: where it leads, what it says, and its marks."""

    href: str
    words: str
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Row:
    """A tool, or one of its units, with its days as cells, or its one day as a bar."""

    name: str
    href: str
    unit: str = ""
    cells: tuple[Cell, ...] = ()
    segments: tuple[Segment, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The rows under their headings, and the hours that all of them show."""

    groups: list[tuple[str, list[Row]]]
    first_hour: int
    last_hour: int


def grouped(rows: Iterable[tuple[str, Row]]) -> list[tuple[str, list[Row]]]:
    """The rows under the heads that they come with, in their order."""
    return [(head, [row for _, row in pairs]) for head, pairs in groupby(rows, key=lambda pair: pair[0])]
