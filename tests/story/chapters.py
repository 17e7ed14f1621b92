"""What may happen beside single bookings: several at once, coming and leaving, and machines that break."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import multiple, precondition, rule

from booking.actions import arrivals, outages, plans, series
from booking.rules.outages import OutageWish, Running
from booking.rules.recurrence import Frequency, Pattern
from tests.acting import TEN
from tests.story import coming
from tests.story.line import QUARTER
from tests.story.model import HOLDING, OPEN, Stretch
from tests.story.opening import ANY, BENCHES, BOOKED, DAY, LENGTHS, MAKERS, STARTS, Opening

SHIFTS = st.sampled_from([-QUARTER, QUARTER, 2 * QUARTER, DAY])
TIMES = st.integers(2, 3)
TEN_OCLOCK = 600
# A workshop in which nothing works tells no story.
MOST_OUTAGES = 2


class Together(Opening):
    """Plans and series: all of it or nothing."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.plans: dict[int, list[int]] = {}
        self.series: dict[int, list[int]] = {}

    @rule(target=BOOKED, maker=MAKERS, first=BENCHES, then=BENCHES, start=STARTS, length=LENGTHS)
    def plans_ahead(self, maker: str, first: str, then: str, start: datetime, length: timedelta) -> Any:
        """Somebody books one thing after the other."""
        times = [(first, (start, start + length)), (then, (start + length, start + 2 * length))]
        return self._booked_together(maker, plans.place, [self.wish(*each) for each in times], times, "plan_id")

    @rule(target=BOOKED, maker=MAKERS, which=BENCHES, number=st.integers(0, 11), length=LENGTHS, times=TIMES)
    def repeats(self, maker: str, which: str, number: int, length: timedelta, times: int) -> Any:
        """Somebody books the same time on several days."""
        minutes, starts = length // timedelta(minutes=1), TEN_OCLOCK + 15 * number
        pattern = Pattern(Frequency.DAILY, date(2026, 11, 26), starts, minutes, times=times)
        wanted = series.Wanted(self.stage.tools[which], pattern)
        first = TEN + number * QUARTER
        dates = [(which, (first + day * DAY, first + day * DAY + length)) for day in range(times)]
        return self._booked_together(maker, series.place, wanted, dates, "series_id")

    @precondition(lambda self: self.plans)
    @rule(which=ANY, by=SHIFTS)
    def moves_together(self, which: int, by: timedelta) -> None:
        """A whole plan becomes earlier or later."""
        plan, ids = self._one(self.plans, which)
        going = [id_ for id_ in ids if self.ledger.kept[id_].state in HOLDING]
        maker, kept = self.ledger.kept[ids[0]].maker, self.ledger.kept
        codes = {"wrong_state"}
        if all(kept[id_].state in OPEN and kept[id_].start > self.ledger.now for id_ in going):
            wishes = [(kept[id_].bench, (kept[id_].start + by, kept[id_].end + by)) for id_ in going]
            codes = self.ledger.against_all(wishes, maker, going)
        if self.agree(maker, codes, plans.move, plan, by):
            for id_ in going:
                self.ledger.move(id_, (kept[id_].start + by, kept[id_].end + by), tells=False)
            self._letters(going)

    @precondition(lambda self: self.plans or self.series)
    @rule(which=ANY)
    def calls_off_together(self, which: int) -> None:
        """A whole plan, or all of a series that is still to come, is given up."""
        number, ids = self._one(self.plans | {-id_: ids for id_, ids in self.series.items()}, which)
        kept, now = self.ledger.kept, self.ledger.now
        going = [
            id_ for id_ in ids if kept[id_].state in OPEN and now < (kept[id_].end if number > 0 else kept[id_].start)
        ]
        action: Callable[..., Any] = plans.cancel if number > 0 else series.cancel
        self.agree(kept[ids[0]].maker, set(), action, abs(number))
        for id_ in going:
            self.ledger.cancel(id_, tells=False)
        self.ledger.letters["several"] += bool(going)

    def _booked_together(
        self, maker: str, action: Callable[..., int], wanted: Any, times: list[tuple[str, Stretch]], column: str
    ) -> Any:
        wishes = [(self.benches[which], time) for which, time in times]
        codes, number = self.stage.act(maker, action, wanted)
        assert codes == self.ledger.against_all(wishes, maker)
        if codes:
            return multiple()
        ids = self.stage.parts(**{column: number})
        for id_, (bench, time) in zip(ids, wishes, strict=True):
            plan = number if column == "plan_id" else None
            self.ledger.place(id_, bench, maker, time, plan=plan, tells=False)
        (self.plans if column == "plan_id" else self.series)[number] = ids
        self._letters(ids)
        return multiple(*ids)

    def _letters(self, ids: list[int]) -> None:
        """One mail to the maker, and one to the managers where anything waits."""
        self.ledger.letters["several"] += bool(ids)
        self.ledger.letters["several_wanted"] += any(self.ledger.kept[id_].state == "pending" for id_ in ids)

    @staticmethod
    def _one(known: dict[int, list[int]], which: int) -> tuple[int, list[int]]:
        return list(known.items())[which % len(known)]


class Coming(Opening):
    """People come to their time, stay longer, and leave early."""

    @rule(booking=BOOKED)
    def comes(self, booking: int) -> None:
        """Somebody says that she is there."""
        if self.agree(self._maker(booking), coming.check_ins(self.ledger, booking), arrivals.check_in, booking):
            coming.check_in(self.ledger, booking)

    @rule(booking=BOOKED)
    def leaves_early(self, booking: int) -> None:
        """Somebody gives the rest of her time back."""
        if self.agree(self._maker(booking), coming.gives_back(self.ledger, booking), arrivals.give_back, booking):
            coming.give_back(self.ledger, booking)

    @rule(booking=BOOKED, longer=LENGTHS)
    def stays(self, booking: int, longer: timedelta) -> None:
        """Somebody wants to stay longer."""
        end = self.ledger.kept[booking].end + longer
        codes = coming.extends(self.ledger, booking, end)
        if self.agree(self._maker(booking), codes, arrivals.extend, booking, end):
            coming.extend(self.ledger, booking, end)

    def _maker(self, booking: int) -> str:
        return self.ledger.kept[booking].maker


class Breaking(Opening):
    """Benches go out of order, alone or both at once, and work again."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.no_air: dict[int, Stretch] = {}

    @precondition(lambda self: not any(bench.broken for bench in self.benches.values()))
    @rule(booking=BOOKED)
    def breaks(self, booking: int) -> None:
        """The tool goes out of order for the time of a booking."""
        it = self.ledger.kept[booking]
        it.bench.broken.append(it.time)
        self.stage.breaks(it.bench, it.time)

    @precondition(lambda self: len(self.no_air) < MOST_OUTAGES)
    @rule(start=STARTS, length=LENGTHS)
    def air_fails(self, start: datetime, length: timedelta) -> None:
        """Nothing works that hangs on the compressor; what runs ends then."""
        time = (start, start + length)
        if time[1] <= self.ledger.now:
            codes = {"ends_before_start"}
        else:
            codes = {"already_there"} if any(each[0] == start for each in self.no_air.values()) else set()
        told, outage_id = self.stage.act("bo", outages.declare, self.stage.air, OutageWish(*time, running=Running.END))
        assert told == codes
        if not codes:
            self.no_air[outage_id] = time
            coming.cut_short(self.ledger, set(self.benches), time)
            for bench in self.benches.values():
                bench.broken.append(time)

    @precondition(lambda self: self.no_air)
    @rule(which=ANY)
    def air_is_back(self, which: int) -> None:
        """The compressor works again; an outage that had not begun is taken back."""
        outage_id, time = list(self.no_air.items())[which % len(self.no_air)]
        self.agree("bo", set(), outages.end, self.stage.space, self.stage.slugs["Lumi"], outage_id)
        self.no_air.pop(outage_id)
        begun = time[0] < self.ledger.now
        rest = (time[0], min(time[1], self.ledger.now)) if begun else None
        if rest:
            self.no_air[outage_id] = rest
        for bench in self.benches.values():
            bench.broken.remove(time)
            bench.broken.extend([rest] if rest else [])
