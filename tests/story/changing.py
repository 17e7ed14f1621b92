"""A series becomes earlier or later, longer or shorter, or goes to another bench: what ought to be, and the act."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.actions import series_changes
from booking.actions.series_changes import Change
from tests.story.chapters import TEN_OCLOCK, Together
from tests.story.model import MINUTE, OPEN, Bench, Stretch
from tests.story.opening import ANY, BENCHES, LENGTHS

BERLIN = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Repeated:
    """When a series begins each day, in minutes of the wall day, how long it lasts, and on which bench."""

    starts: int
    length: timedelta
    bench: Bench

    def on(self, day: date) -> Stretch:
        """Its time on one of its days."""
        start = datetime.combine(day, time(), BERLIN) + self.starts * MINUTE
        return start.astimezone(UTC), start.astimezone(UTC) + self.length


class Changing(Together):
    """Whoever repeats a booking changes all of it that is to come."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.repeated: dict[int, Repeated] = {}
        self.days: dict[int, date] = {}

    def repeats_so(self, number: int, which: str, starts: int, length: timedelta) -> None:
        """A series was made."""
        self.repeated[number] = Repeated(starts, length, self.benches[which])
        self.days |= {id_: it.start.date() for id_, it in self.ledger.kept.items() if it.series == number}

    @precondition(lambda self: self.repeated)
    @rule(number=ANY, quarter=st.integers(0, 11), length=LENGTHS, which=BENCHES, stays=st.booleans())
    def changes_series(self, number: int, quarter: int, length: timedelta, which: str, stays: bool) -> None:
        """What repeats gets another time of day, and perhaps another bench."""
        (_, series), ids, maker = self._one(self._of("series")[::-1], number)
        known = self.repeated[series]
        wished = Repeated(TEN_OCLOCK + 15 * quarter, length, known.bench if stays else self.benches[which])
        going = [id_ for id_ in ids if self._goes(id_, known, wished)]
        wishes = [(self._bench(id_, known, wished), wished.on(self.days[id_])) for id_ in going]
        codes = self.ledger.against_all(wishes, maker, going)
        tool_id = None if stays else self.stage.tools[which]
        change = Change(wished.starts, length // MINUTE, "", tool_id=tool_id)
        if self.agree(maker, codes, series_changes.apply, series, change):
            for id_, (bench, when) in zip(going, wishes, strict=True):
                self.ledger.move(id_, when, bench, tells=False)
            self.repeated[series] = wished
            self._letters(going)

    def _goes(self, id_: int, known: Repeated, wished: Repeated) -> bool:
        """Whether one of its bookings is to move: it is to come, and isn't there already."""
        it = self.ledger.kept[id_]
        is_to_come = it.state in OPEN and it.start > self.ledger.now
        there = (self._bench(id_, known, wished), wished.on(self.days[id_]))
        return wished != known and is_to_come and there != (it.bench, it.time)

    def _bench(self, id_: int, known: Repeated, wished: Repeated) -> Bench:
        return self.ledger.kept[id_].bench if wished.bench is known.bench else wished.bench
