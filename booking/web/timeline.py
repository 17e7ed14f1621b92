"""From spans of time to places on the drawn 15-minute grid, for bars and for the week."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from booking.wording.display import local

Kind = Literal["free", "gap", "busy", "pending", "closed", "mine", "outage", "external", "past"]
QUARTER = timedelta(minutes=15)


# Not frozen: a full week has dozens, and freezing one takes three times as long as making it.
@dataclass(slots=True)
class Segment:
    """One stretch on a drawn day; column 1 is the axis's first quarter-hour, start and end are wall times.

    `times` are start and end in words, where many are drawn and whoever draws them knows a quick way. `why` is a
    sentence about why it can't be booked.
    """

    kind: Kind
    column: int
    width: int
    start: datetime
    end: datetime
    href: str = ""
    label: str = ""
    past: bool = False
    here: bool = False
    times: str = ""
    why: str = ""


@dataclass(frozen=True)
class Axis:
    """The hours of a day that are drawn, in the zone of the space; the last hour may be 24."""

    day: date
    zone: str
    first_hour: int
    last_hour: int

    def quarter(self, instant: datetime) -> int:
        """Quarter-hours from the start of the axis by the wall clock, within the axis."""
        wall = local(instant, self.zone)
        midnight = datetime.combine(self.day, time(0))
        since = wall.replace(tzinfo=None) - midnight - timedelta(hours=self.first_hour)
        return max(0, min(self.quarters, since // QUARTER))

    @property
    def quarters(self) -> int:
        """How many quarter-hours are drawn."""
        return (self.last_hour - self.first_hour) * 4


def segment(axis: Axis, kind: Kind, start: datetime, end: datetime, href: str = "", label: str = "") -> Segment | None:
    """A span as it is drawn on an axis, or None when nothing of it is in sight; instants are aware."""
    shown_from, shown_to = local(start, axis.zone), local(end, axis.zone)
    first, last = axis.quarter(start), axis.quarter(end)
    if shown_to.minute % 15:
        last = min(axis.quarters, last + 1)
    if shown_to.replace(tzinfo=None) <= shown_from.replace(tzinfo=None):  # the clock was set back meanwhile
        last = min(axis.quarters, first + (end - start) // QUARTER)
    if last <= first:
        return None
    return Segment(kind, first + 1, last - first, shown_from, shown_to, href=href, label=label)


def without_overlap(segments: Iterable[Segment]) -> list[Segment]:
    """Segments in order of time; of two in the same quarter-hour (a clock set back) the later yields."""
    drawn: list[Segment] = []
    free_from = 1
    for each in sorted(segments, key=lambda one: (one.column, one.start)):
        column = max(each.column, free_from)
        width = each.column + each.width - column
        if width > 0:
            moved = column != each.column
            drawn.append(replace(each, column=column, width=width) if moved else each)
            free_from = column + width
    return drawn
