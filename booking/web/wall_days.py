"""A day of the wall calendar as it is drawn: every instant has its place, also where clocks are set back."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.rules import hours
from booking.rules.spans import Span

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MINUTES = 1440


@dataclass(frozen=True, slots=True)
class WallDay:
    """One day in a zone, as a span of UTC.

    `turn` is how many minutes of it have gone by when clocks are set, `skipped` by how many minutes they are set
    forward (less than nothing: back); both are 0 on plain days.
    """

    day: date
    span: Span
    midnight: datetime
    turn: int
    skipped: int

    @property
    def zone(self) -> str:
        """The IANA name of the zone."""
        return str(self.midnight.tzinfo)

    def place(self, instant: datetime) -> int:
        """At which minute of the drawn day an instant of it lies: what the clock shows, but always forward.

        Where clocks are set back, the time that comes twice is drawn at half its size.
        """
        gone = (instant - self.span.start) // MINUTE
        if not self.skipped:
            return gone
        if self.skipped > 0:
            return gone if gone < self.turn else gone + self.skipped
        first, again = self.turn + self.skipped, self.turn - self.skipped
        if gone <= first:
            return gone
        return first + (gone - first) // 2 if gone < again else gone + self.skipped

    def shown(self, instant: datetime) -> int:
        """What the clock on the wall shows at an instant of the day, in minutes; its end is 1,440."""
        gone = (instant - self.span.start) // MINUTE
        if instant == self.span.end:
            return MINUTES
        return gone if gone < self.turn or not self.skipped else gone + self.skipped


def wall_day(zone: str, day: date) -> WallDay:
    """The day of that date; raises Refused with `no_such_time` for one that a zone left out."""
    span = hours.day_span(zone, day)
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    skipped = (DAY - span.length) // MINUTE
    return WallDay(day, span, midnight, _turn(zone, span) if skipped else 0, skipped)


def _turn(zone: str, span: Span) -> int:
    """After how many minutes of the day the offset changes."""
    place = ZoneInfo(zone)
    before = span.start.astimezone(place).utcoffset()
    low, high = 0, span.length // MINUTE
    while high - low > 1:
        middle = (low + high) // 2
        if (span.start + middle * MINUTE).astimezone(place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
