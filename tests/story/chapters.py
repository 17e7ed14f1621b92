"""What may happen beside single bookings: several at once, coming and leaving, and machines that break."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.actions import arrivals, outages, plans, series
from booking.rules.outages import OutageWish, Running
from booking.rules.recurrence import Frequency, Pattern
from tests.story import coming
from tests.story.line import QUARTER
from tests.story.model import HOLDING, OPEN, Bench, Stretch
from tests.story.opening import ANY, AT_WORK, BENCHES, BOOKED, DAY, LENGTHS, LIVE, MAKERS, STARTS, Opening

SHIFTS = st.sampled_from([-QUARTER, QUARTER, 2 * QUARTER, DAY])
TIMES = st.integers(2, 3)
TEN_OCLOCK = 600
# Of which kind several bookings together are, and their number.
Group = tuple[str, int]
# A workshop in which nothing works tells no story.
MOST_OUTAGES = 2


class Together(Opening):
    """Plans and series: all of it or nothing."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.groups: dict[Group, str] = {}

    @rule(maker=MAKERS, first=BENCHES, then=BENCHES, start=STARTS, length=LENGTHS)
    def plans_ahead(self, maker: str, first: str, then: str, start: timedelta, length: timedelta) -> None:
        """Somebody books one thing after the other."""
        times = [(first, self.today(start, length)), (then, self.today(start + length, length))]
        self._booked_together(maker, plans.place, [self.wish(*each) for each in times], times, "plan")

    @rule(maker=MAKERS, which=BENCHES, number=st.integers(0, 11), length=LENGTHS, times=TIMES)
    def repeats(self, maker: str, which: str, number: int, length: timedelta, times: int) -> None:
        """Somebody books the same time on several days."""
        minutes, starts = length // timedelta(minutes=1), TEN_OCLOCK + 15 * number
        pattern = Pattern(Frequency.DAILY, self.ten.date(), starts, minutes, times=times)
        wanted = series.Wanted(self.stage.tools[which], pattern)
        dates = [(which, self.today(number * QUARTER + day * DAY, length)) for day in range(times)]
        number_of = self._booked_together(maker, series.place, wanted, dates, "series")
        if number_of is not None:
            self.repeats_so(number_of, which, starts, length)

    def repeats_so(self, number: int, which: str, starts: int, length: timedelta) -> None:
        """A series was made: what else is to be known of it."""

    @precondition(lambda self: self._of("plan"))
    @rule(which=ANY, by=SHIFTS)
    def moves_together(self, which: int, by: timedelta) -> None:
        """A whole plan becomes earlier or later."""
        (_, plan), ids, maker = self._one(self._of("plan"), which)
        kept = self.ledger.kept
        going = [id_ for id_ in ids if kept[id_].state in HOLDING]
        codes = {"wrong_state"}
        if all(kept[id_].state in OPEN and kept[id_].start > self.ledger.now for id_ in going):
            wishes = [(kept[id_].bench, (kept[id_].start + by, kept[id_].end + by)) for id_ in going]
            codes = self.ledger.against_all(wishes, maker, going)
        if self.agree(maker, codes, plans.move, plan, by):
            for id_ in going:
                self.ledger.move(id_, (kept[id_].start + by, kept[id_].end + by), tells=False)
            self._letters(going)

    @precondition(lambda self: self.groups)
    @rule(which=ANY)
    def calls_off_together(self, which: int) -> None:
        """A whole plan, or all of a series that is still to come, is given up."""
        (kind, number), ids, maker = self._one(list(self.groups), which)
        kept, now = self.ledger.kept, self.ledger.now
        until = {id_: kept[id_].end if kind == "plan" else kept[id_].start for id_ in ids}
        going = [id_ for id_ in ids if kept[id_].state in OPEN and now < until[id_]]
        action: Callable[..., Any] = plans.cancel if kind == "plan" else series.cancel
        self.agree(maker, set(), action, number)
        for id_ in going:
            self.ledger.cancel(id_, tells=False)
        self.ledger.letters["several"] += bool(going)

    def _booked_together(
        self, maker: str, action: Callable[..., int], wanted: Any, times: list[tuple[str, Stretch]], kind: str
    ) -> int | None:
        wishes = [(self.benches[which], time) for which, time in times]
        codes, number = self.stage.act(maker, action, wanted)
        assert codes == self.ledger.against_all(wishes, maker)
        if codes:
            return None
        ids = self.stage.parts(**{f"{kind}_id": number})
        for id_, (bench, time) in zip(ids, wishes, strict=True):
            self.ledger.place(id_, bench, maker, time, tells=False, **{kind: number})
        self.groups[kind, number] = maker
        self._letters(ids)
        return int(number)

    def _letters(self, ids: list[int]) -> None:
        """One mail to the maker, and one to the managers where anything waits."""
        self.ledger.letters["several"] += bool(ids)
        self.ledger.letters["several_wanted"] += any(self.ledger.kept[id_].state == "pending" for id_ in ids)

    def _of(self, kind: str) -> list[Group]:
        return [group for group in self.groups if group[0] == kind]

    def _one(self, known: list[Group], which: int) -> tuple[Group, list[int], str]:
        """One of them, the bookings that belong to it still, and whose it is."""
        group = known[which % len(known)]
        ids = [id_ for id_, it in self.ledger.kept.items() if getattr(it, group[0]) == group[1]]
        return group, ids, self.groups[group]


class Coming(Opening):
    """People come to their time, stay longer, and leave early."""

    @precondition(lambda self: self.ledger.running())
    @rule(booking=AT_WORK)
    def comes(self, booking: int) -> None:
        """Somebody says that she is there."""
        if self.agree(self._maker(booking), coming.check_ins(self.ledger, booking), arrivals.check_in, booking):
            coming.check_in(self.ledger, booking)

    @precondition(lambda self: self.ledger.running())
    @rule(booking=AT_WORK)
    def leaves_early(self, booking: int) -> None:
        """Somebody gives the rest of her time back."""
        if self.agree(self._maker(booking), coming.gives_back(self.ledger, booking), arrivals.give_back, booking):
            coming.give_back(self.ledger, booking)

    @precondition(lambda self: self.ledger.running())
    @rule(booking=AT_WORK, longer=LENGTHS)
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

    @precondition(lambda self: self.may_break())
    @LIVE
    @rule(booking=BOOKED)
    def breaks(self, booking: int) -> None:
        """The tool goes out of order for the time of a booking."""
        it = self.ledger.kept[booking]
        self.goes(it.bench, it.time)

    def may_break(self) -> bool:
        """Whether every bench works from now on."""
        coming = (each for bench in self.benches.values() for each in bench.broken if each[1] > self.ledger.now)
        return not any(coming)

    def goes(self, bench: Bench, time: Stretch) -> None:
        """A bench goes out of order."""
        bench.broken.append(time)
        self.stage.breaks(bench, time)

    def may_fail(self) -> bool:
        """Whether there is air enough for another time without it."""
        return sum(each[1] > self.ledger.now for each in self.no_air.values()) < MOST_OUTAGES

    @precondition(lambda self: self.may_fail())
    @rule(start=STARTS, length=LENGTHS)
    def air_fails(self, start: timedelta, length: timedelta) -> None:
        """Nothing works that hangs on the compressor; what runs ends then."""
        self.no_air_for(self.today(start, length))

    def no_air_for(self, time: Stretch) -> None:
        """A manager says when there is no air."""
        if time[1] <= self.ledger.now:
            codes = {"ends_before_start"}
        else:
            codes = {"already_there"} if any(each[0] == time[0] for each in self.no_air.values()) else set()
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
