"""What ought to be: bookings as a child would keep them, one unit to a tool. Shares nothing with the service."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOLDING = {"pending", "confirmed"}
UNDO = timedelta(seconds=10)
Stretch = tuple[datetime, datetime]


def meets(one: Stretch, other: Stretch) -> bool:
    """Whether two stretches share time; that one ends when the other starts is no matter."""
    return one[0] < other[1] and other[0] < one[1]


@dataclass
class Bench:
    """A tool: who has to agree, and how many minutes it needs before and after."""

    name: str
    needs_yes: bool
    buffer: timedelta
    broken: list[Stretch] = field(default_factory=list)


@dataclass
class Kept:
    """A booking as it ought to be."""

    bench: Bench
    maker: str
    state: str
    start: datetime
    end: datetime
    sequence: int = 0
    decisions: list[tuple[datetime, bool]] = field(default_factory=list)

    @property
    def time(self) -> Stretch:
        """The booked time."""
        return self.start, self.end

    @property
    def held(self) -> Stretch:
        """The booked time with the bench's minutes around it."""
        return self.start - self.bench.buffer, self.end + self.bench.buffer


@dataclass
class Ledger:
    """All bookings by their id, the mails that were promised, and what time it is."""

    now: datetime
    kept: dict[int, Kept] = field(default_factory=dict)
    mails: list[tuple[str, int, int]] = field(default_factory=list)
    changes: int = 0

    def waiting(self) -> list[int]:
        """The requests that nobody has decided."""
        return [id_ for id_, it in self.kept.items() if it.state == "pending"]

    def decided(self) -> list[int]:
        """The bookings about which a manager has spoken, the latest word last."""
        return sorted(
            (id_ for id_, it in self.kept.items() if it.decisions), key=lambda id_: self.kept[id_].decisions[-1][0]
        )

    def against(self, bench: Bench, start: datetime, end: datetime, but: int | None = None) -> set[str]:
        """The codes of what stands against this time."""
        codes = {"in_the_past"} if start < self.now else set()
        wished = (start - bench.buffer, end + bench.buffer)
        if any(meets(each, (start, end)) for each in bench.broken):
            return codes | {"outage"}
        return codes | ({"slot_taken"} if self._holders(bench, wished, but) else set())

    def place(self, booking_id: int, bench: Bench, maker: str, start: datetime, end: datetime) -> None:
        """A booking was made."""
        self.kept[booking_id] = Kept(bench, maker, "pending" if bench.needs_yes else "confirmed", start, end)
        self.changes += 1
        self._promise("booking_asked" if bench.needs_yes else "booking_confirmed", booking_id)
        self._ask_managers(booking_id)

    def moves(self, booking_id: int, start: datetime, end: datetime) -> set[str]:
        """The codes against a move."""
        it = self.kept[booking_id]
        if it.state not in HOLDING or it.start <= self.now:
            return {"wrong_state"}
        return set() if it.time == (start, end) else self.against(it.bench, start, end, booking_id)

    def move(self, booking_id: int, start: datetime, end: datetime) -> None:
        """A booking was moved; one that only shrinks keeps its yes."""
        it = self.kept[booking_id]
        if it.time == (start, end):
            return
        shrinks = it.start <= start and end <= it.end
        it.start, it.end = start, end
        it.state = it.state if shrinks else "pending" if it.bench.needs_yes else "confirmed"
        self._changed(booking_id, "booking_moved")
        self._ask_managers(booking_id)

    def cancels(self, booking_id: int) -> set[str]:
        """The codes against giving a booking up."""
        it = self.kept[booking_id]
        if it.state in {"cancelled", "withdrawn"}:
            return set()
        return set() if it.state in HOLDING and self.now < it.end else {"wrong_state"}

    def cancel(self, booking_id: int) -> None:
        """A booking was given up."""
        it = self.kept[booking_id]
        if it.state in HOLDING:
            it.state = "withdrawn" if it.state == "pending" else "cancelled"
            self._changed(booking_id, "booking_cancelled")

    def decides(self, booking_id: int, *, yes: bool) -> set[str]:
        """The codes against a manager's word."""
        it = self.kept[booking_id]
        if it.state == ("confirmed" if yes else "declined"):
            return set()
        if it.state != "pending":
            return {"wrong_state"}
        return self.against(it.bench, it.start, it.end, booking_id) if yes else set()

    def decide(self, booking_id: int, *, yes: bool) -> None:
        """A manager spoke."""
        it = self.kept[booking_id]
        if it.state != "pending":
            return
        it.state = "confirmed" if yes else "declined"
        it.decisions.append((self.now, yes))
        self._changed(booking_id, "booking_approved" if yes else "booking_declined")

    def undoes(self, booking_id: int) -> set[str]:
        """The codes against taking a decision back."""
        it = self.kept[booking_id]
        if it.state == "pending":
            return set()
        yes = it.state == "confirmed"
        decided = [at for at, said in it.decisions if said is yes]
        if it.state not in {"confirmed", "declined"} or not decided or self.now - decided[-1] > UNDO:
            return {"wrong_state"}
        return {"slot_taken"} if not yes and self._holders(it.bench, it.held, booking_id) else set()

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
        self._changed(booking_id, None)

    def expire(self, booking_id: int) -> None:
        """The clock looked at a booking."""
        it = self.kept[booking_id]
        if it.state == "pending" and it.start <= self.now:
            it.state = "expired"
            self._changed(booking_id, "booking_expired")

    def _holders(self, bench: Bench, wished: Stretch, but: int | None) -> list[int]:
        return [
            id_
            for id_, it in self.kept.items()
            if it.bench is bench and it.state in HOLDING and id_ != but and meets(it.held, wished)
        ]

    def _changed(self, booking_id: int, event: str | None) -> None:
        self.kept[booking_id].sequence += 1
        self.changes += 1
        if event is not None:
            self._promise(event, booking_id)

    def _ask_managers(self, booking_id: int) -> None:
        if self.kept[booking_id].state == "pending":
            self._promise("approval_wanted", booking_id)

    def _promise(self, event: str, booking_id: int) -> None:
        self.mails.append((event, booking_id, self.kept[booking_id].sequence))
