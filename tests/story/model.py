"""What ought to be: bookings as a child would keep them, one unit to a tool. Shares nothing with the service."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

# What can still be moved or called off, and what holds its time.
OPEN = {"pending", "confirmed"}
HOLDING = OPEN | {"in_use"}
UNDO = timedelta(seconds=10)
MINUTE = timedelta(minutes=1)
SHORTEST, LONGEST, GRAIN = 15 * MINUTE, 480 * MINUTE, 15
# In UTC: the workshop lies in Berlin, and the story in winter.
OPENS, CLOSES = 7, 21
Stretch = tuple[datetime, datetime]


def meets(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches share time; that one ends when the other starts is no matter."""
    return one[0] < other[1] and other[0] < one[1]


@dataclass
class Bench:
    """A tool: who has to agree, how much time it needs before and after, and how long it waits for its maker."""

    name: str
    needs_yes: bool
    buffer: timedelta
    grace: timedelta | None = None
    broken: list[Stretch] = field(default_factory=list)

    def around(self, stretch: Stretch) -> Stretch:
        """The stretch with the bench's minutes before and after."""
        return stretch[0] - self.buffer, stretch[1] + self.buffer


@dataclass
class Kept:
    """A booking as it ought to be. `plan` and `series` number what was booked together with it."""

    bench: Bench
    maker: str
    state: str
    start: datetime
    end: datetime
    sequence: int = 0
    decisions: list[tuple[datetime, bool]] = field(default_factory=list)
    plan: int | None = None
    series: int | None = None

    @property
    def time(self) -> Stretch:
        """The booked time."""
        return self.start, self.end

    @property
    def held(self) -> Stretch:
        """The booked time with the bench's minutes around it."""
        return self.bench.around(self.time)


@dataclass
class Missed:
    """A time to which nobody came; it counts unless it is forgiven."""

    maker: str
    booking: int
    at: datetime
    forgiven: bool = False


@dataclass
class Suspended:
    """Time in which somebody may not book, unless the manager thinks again."""

    maker: str
    since: datetime
    until: datetime
    lifted: bool = False


@dataclass
class Proposed:
    """Another time for a request; `held` is what it holds beside the request's own."""

    booking: int
    bench: Bench
    start: datetime
    end: datetime
    until: datetime
    held: list[Stretch]
    state: str = "open"

    @property
    def time(self) -> Stretch:
        """The offered time."""
        return self.start, self.end


@dataclass
class Promise:
    """Time that is held for somebody who waits, until she answers."""

    entry: int
    bench: Bench
    start: datetime
    end: datetime
    until: datetime
    state: str = "open"
    booking: int | None = None

    @property
    def time(self) -> Stretch:
        """The offered time."""
        return self.start, self.end


@dataclass
class Ledger:
    """All bookings and offers by their ids, the mails that were promised, and what time it is.

    `letters` counts the mails about several bookings, `daily` is how long one person may book a day.
    """

    now: datetime
    daily: timedelta
    kept: dict[int, Kept] = field(default_factory=dict)
    promises: dict[int, Promise] = field(default_factory=dict)
    proposed: dict[int, Proposed] = field(default_factory=dict)
    missed: list[Missed] = field(default_factory=list)
    suspended: list[Suspended] = field(default_factory=list)
    mails: list[tuple[str, int, int]] = field(default_factory=list)
    letters: Counter[str] = field(default_factory=Counter)
    changes: int = 0

    def waiting(self) -> list[int]:
        """The requests that nobody has decided."""
        return [id_ for id_, it in self.kept.items() if it.state == "pending"]

    def live(self) -> list[int]:
        """The bookings that hold their time."""
        return [id_ for id_, it in self.kept.items() if it.state in HOLDING]

    def running(self) -> list[int]:
        """Those whose time it is, or soon."""
        return [id_ for id_ in self.live() if self.kept[id_].start - 15 * MINUTE <= self.now < self.kept[id_].end]

    def decided(self) -> list[int]:
        """The bookings about which a manager has spoken, the latest word last."""
        return sorted(
            (id_ for id_, it in self.kept.items() if it.decisions), key=lambda id_: self.kept[id_].decisions[-1][0]
        )

    def against(
        self,
        bench: Bench,
        maker: str,
        time: Stretch,
        but: int | None = None,
        offer: int | None = None,
    ) -> set[str]:
        """The codes of what stands against this time; neither the booking nor the offer is in its own way."""
        codes = self._of_the_clock(time) | self.against_person(bench, maker, time, but)
        if any(meets(each, time) for each in bench.broken):
            codes.add("outage")
        elif self.is_held(bench, bench.around(time), but, offer):
            codes.add("slot_taken")
        return codes

    def against_person(self, bench: Bench, maker: str, time: Stretch, but: int | None = None) -> set[str]:
        """The codes of what stands against this maker, whoever has the time."""
        codes = {"suspended"} if self.is_suspended(maker) else set()
        if self.used(maker, time[0], but) + (time[1] - time[0]) > self.daily:
            codes.add("quota_used")
        return codes

    def is_suspended(self, maker: str) -> bool:
        """Whether somebody may not book now."""
        return any(it.maker == maker and self.now < it.until and not it.lifted for it in self.suspended)

    def against_all(
        self, wishes: Sequence[tuple[Bench, Stretch]], maker: str, leaving: Collection[int] = ()
    ) -> set[str]:
        """The codes against several times at once, each looked at as if those before it were booked already."""
        trial = replace(self, kept={id_: it for id_, it in self.kept.items() if id_ not in leaving})
        codes: set[str] = set()
        for number, (bench, time) in enumerate(wishes, 1):
            found = trial.against(bench, maker, time)
            codes |= found
            if not found:
                trial.kept[-number] = Kept(bench, maker, "confirmed", *time)
        return codes

    def used(self, maker: str, day: datetime, but: int | None = None) -> timedelta:
        """How much somebody has booked that day."""
        hers = (it for id_, it in self.kept.items() if it.maker == maker and it.state in HOLDING and id_ != but)
        return sum((it.end - it.start for it in hers if it.start.date() == day.date()), timedelta())

    def is_held(self, bench: Bench, wished: Stretch, but: int | None = None, offer: int | None = None) -> bool:
        """Whether any of this time is booked or offered to somebody."""
        booked = (it.held for id_, it in self.kept.items() if it.bench is bench and it.state in HOLDING and id_ != but)
        offered = (
            bench.around(it.time)
            for id_, it in self.promises.items()
            if it.bench is bench and it.state == "open" and id_ != offer
        )
        proposed = (
            stretch
            for it in self.proposed.values()
            if it.bench is bench and it.state == "open" and it.booking != but
            for stretch in it.held
        )
        return any(meets(each, wished) for each in (*booked, *offered, *proposed))

    def retract(self, booking_id: int) -> None:
        """A request was decided, ended or changed: what was offered instead is over."""
        for it in self.proposed.values():
            if it.booking == booking_id and it.state == "open":
                it.state = "over"

    def place(
        self, booking_id: int, bench: Bench, maker: str, time: Stretch, *, tells: bool = True, **together: int
    ) -> None:
        """A booking was made; one of several is told with the others."""
        self.kept[booking_id] = Kept(bench, maker, "pending" if bench.needs_yes else "confirmed", *time, **together)
        self.changes += 1
        if tells:
            self.promise("booking_asked" if bench.needs_yes else "booking_confirmed", booking_id)
            self.ask_managers(booking_id)

    def moves(self, booking_id: int, time: Stretch) -> set[str]:
        """The codes against a move."""
        it = self.kept[booking_id]
        if it.state not in OPEN or it.start <= self.now:
            return {"wrong_state"}
        return set() if it.time == time else self.against(it.bench, it.maker, time, booking_id)

    def move(self, booking_id: int, time: Stretch, bench: Bench | None = None, *, tells: bool = True) -> None:
        """A booking was moved, perhaps to another bench; one that only shrinks keeps its yes."""
        it = self.kept[booking_id]
        bench = bench or it.bench
        if (it.time, it.bench) == (time, bench):
            return
        shrinks = it.bench is bench and it.start <= time[0] and time[1] <= it.end
        it.bench, it.start, it.end = bench, *time
        it.state = it.state if shrinks else "pending" if it.bench.needs_yes else "confirmed"
        self.changed(booking_id, "booking_moved" if tells else None)
        if tells:
            self.ask_managers(booking_id)

    def cancels(self, booking_id: int) -> set[str]:
        """The codes against giving a booking up."""
        it = self.kept[booking_id]
        if it.state in {"cancelled", "withdrawn"}:
            return set()
        return set() if it.state in OPEN and self.now < it.end else {"wrong_state"}

    def cancel(self, booking_id: int, *, tells: bool = True) -> None:
        """A booking was given up."""
        it = self.kept[booking_id]
        if it.state in OPEN:
            it.state = "withdrawn" if it.state == "pending" else "cancelled"
            self.changed(booking_id, "booking_cancelled" if tells else None)

    def decides(self, booking_id: int, *, yes: bool) -> set[str]:
        """The codes against a manager's word."""
        it = self.kept[booking_id]
        if it.state == ("confirmed" if yes else "declined"):
            return set()
        if it.state != "pending":
            return {"wrong_state"}
        return self.against(it.bench, it.maker, it.time, booking_id) if yes else set()

    def decide(self, booking_id: int, *, yes: bool) -> None:
        """A manager spoke; whose plan is torn is asked about the rest of it instead."""
        it = self.kept[booking_id]
        if it.state != "pending":
            return
        it.state = "confirmed" if yes else "declined"
        it.decisions.append((self.now, yes))
        torn = not yes and self._ask_about_rest(booking_id)
        self.changed(booking_id, None if torn else "booking_approved" if yes else "booking_declined")

    def undoes(self, booking_id: int) -> set[str]:
        """The codes against taking a decision back."""
        it = self.kept[booking_id]
        if it.state == "pending":
            return set()
        yes = it.state == "confirmed"
        decided = [at for at, said in it.decisions if said is yes]
        if it.state not in {"confirmed", "declined"} or not decided or self.now - decided[-1] > UNDO:
            return {"wrong_state"}
        found = set() if yes else self.against(it.bench, it.maker, it.time, booking_id)
        return found & {"quota_used"} or ({"slot_taken"} if not yes and self.is_held(it.bench, it.held) else set())

    def undo(self, booking_id: int) -> None:
        """A decision was taken back, and its mail with it, unless the booking has changed since."""
        it = self.kept[booking_id]
        if it.state == "pending":
            return
        yes = it.state == "confirmed"
        decided = max(at for at, said in it.decisions if said is yes)
        it.decisions = [each for each in it.decisions if each != (decided, yes)]
        promised = ("booking_approved" if yes else "booking_declined", booking_id, it.sequence)
        if promised in self.mails:
            self.mails.remove(promised)
        it.state = "pending"
        self.changed(booking_id, None)

    def expire(self, booking_id: int) -> None:
        """The clock looked at a booking."""
        it = self.kept[booking_id]
        if it.state == "pending" and it.start <= self.now:
            it.state = "expired"
            self.changed(booking_id, "booking_expired")
            self._ask_about_rest(booking_id)

    def changed(self, booking_id: int, event: str | None) -> None:
        """A booking is another than before, and its maker hears of it."""
        self.retract(booking_id)
        self.kept[booking_id].sequence += 1
        self.changes += 1
        if event is not None:
            self.promise(event, booking_id)

    def promise(self, event: str, booking_id: int) -> None:
        """There is to be a mail about a booking as it is now."""
        self.mails.append((event, booking_id, self.kept[booking_id].sequence))

    def ask_managers(self, booking_id: int) -> None:
        """The managers hear of a booking that needs their yes."""
        if self.kept[booking_id].state == "pending":
            self.promise("approval_wanted", booking_id)

    def noted(self, letter: str | None = None) -> None:
        """Something happened that leaves a booking as it is, and there is to be this letter about it."""
        self.changes += 1
        self.letters.update([letter] if letter else [])

    def _of_the_clock(self, time: Stretch) -> set[str]:
        start, end = time
        day = start.replace(hour=0, minute=0, second=0)
        codes = {
            "in_the_past": start < self.now,
            "too_short": end - start < SHORTEST,
            "too_long": end - start > LONGEST,
            "off_grain": any(at.minute % GRAIN or at.second for at in time),
            "outside_opening_hours": start < day + OPENS * 60 * MINUTE or end > day + CLOSES * 60 * MINUTE,
        }
        return {code for code, is_so in codes.items() if is_so}

    def _ask_about_rest(self, booking_id: int) -> bool:
        plan = self.kept[booking_id].plan
        torn = plan is not None and any(it.plan == plan and it.state in HOLDING for it in self.kept.values())
        self.letters["several"] += torn
        return torn
