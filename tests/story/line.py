"""What ought to be of those who wait: who stands in line, what she is offered, and what becomes of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.story.model import LONGEST, MINUTE, SHORTEST, Bench, Ledger, Promise, Stretch, meets

QUARTER = 15 * MINUTE
TO_ANSWER, HELD = 5 * MINUTE, 30 * MINUTE
MOST = 20


@dataclass
class Entry:
    """Somebody who waits; what she was offered and didn't take is not offered again."""

    maker: str
    bench: Bench
    window: Stretch
    length: timedelta
    state: str = "waiting"
    had: list[Stretch] = field(default_factory=list)


@dataclass
class Line:
    """All entries by their ids, in the order in which people came."""

    ledger: Ledger
    entries: dict[int, Entry] = field(default_factory=dict)

    def waiting(self) -> list[int]:
        """The entries of those who stand in line, those with an offer among them."""
        return [id_ for id_, it in self.entries.items() if it.state in {"waiting", "offered"}]

    def joins(self, maker: str, window: Stretch, length: timedelta) -> set[str]:
        """The codes against waiting."""
        codes = {"window_over"} if window[1] <= self.ledger.now else set()
        if not SHORTEST <= length <= LONGEST:
            codes.add("out_of_range")
        if codes:
            return codes
        standing = [it for it in self.entries.values() if it.maker == maker and it.state in {"waiting", "offered"}]
        return {"too_many_waits"} if len(standing) >= MOST else set()

    def fit(self, entry: Entry) -> Stretch | None:
        """The first time that somebody who waits could have."""
        return next(
            (time for time in self._room(entry) if not self.ledger.against(entry.bench, entry.maker, time)), None
        )

    def look(self, bench: Bench, freed: Stretch) -> list[tuple[int, Stretch]]:
        """Time of a bench was freed: who is offered what, whoever came first; each offer is held from then on."""
        made = []
        reach = (freed[0] - 2 * bench.buffer, freed[1] + 2 * bench.buffer)
        for id_, entry in self.entries.items():
            if entry.state == "waiting" and entry.bench is bench and meets(entry.window, reach):
                time = self.fit(entry)
                if time is not None:
                    made.append((id_, time))
                    # Its real id is known later.
                    self.ledger.promises[-id_] = Promise(id_, bench, *time, self.ledger.now)
        return made

    def offer(self, offer_id: int, entry_id: int, time: Stretch) -> None:
        """An offer was made."""
        entry = self.entries[entry_id]
        entry.state = "offered"
        del self.ledger.promises[-entry_id]
        until = min(self.ledger.now + HELD, time[0])
        self.ledger.promises[offer_id] = Promise(entry_id, entry.bench, *time, until)
        self.ledger.letters["offer_made"] += 1

    def accepts(self, offer_id: int) -> set[str]:
        """The codes against taking an offer."""
        it = self.ledger.promises[offer_id]
        if it.state == "accepted":
            return set()
        if it.state != "open" or it.until <= self.ledger.now:
            return {"offer_over"}
        return self.ledger.against(it.bench, self.entries[it.entry].maker, it.time, offer=offer_id)

    def accept(self, offer_id: int, booking_id: int) -> None:
        """An offer was taken; taking it again is the same booking."""
        it = self.ledger.promises[offer_id]
        if it.state == "accepted":
            assert booking_id == it.booking, "an offer was taken two times"
            return
        entry = self.entries[it.entry]
        it.state, it.booking, entry.state = "accepted", booking_id, "booked"
        self.ledger.place(booking_id, it.bench, entry.maker, it.time)

    def give_up(self, offer_id: int, state: str) -> None:
        """An offer was passed on, or nobody answered it."""
        it = self.ledger.promises[offer_id]
        if it.state != "open":
            return
        entry = self.entries[it.entry]
        it.state = state
        entry.had.append(it.time)
        entry.state = "waiting" if entry.window[1] > self.ledger.now else "lapsed"

    def leave(self, entry_id: int) -> None:
        """Somebody waits no more, and passes on what she is offered."""
        for id_, it in self.ledger.promises.items():
            if it.entry == entry_id:
                self.give_up(id_, "passed")
        if self.entries[entry_id].state == "waiting":
            self.entries[entry_id].state = "left"

    def pass_time(self) -> None:
        """The clock looked at everybody who waits."""
        for id_, it in self.ledger.promises.items():
            if it.until <= self.ledger.now:
                self.give_up(id_, "lapsed")
        for entry in self.entries.values():
            if entry.state == "waiting" and entry.window[1] <= self.ledger.now:
                entry.state = "lapsed"

    def forgotten(self, bench: Bench) -> list[int]:
        """Those who wait although there is time for them."""
        standing = ((id_, it) for id_, it in self.entries.items() if it.bench is bench and it.state == "waiting")
        return [id_ for id_, it in standing if self.fit(it)]

    def _room(self, entry: Entry) -> Iterator[Stretch]:
        """The times in her window that nobody has, and that she didn't turn down."""
        for start in _quarters(entry.window, self.ledger.now + TO_ANSWER):
            time = (start, start + entry.length)
            taken = self.ledger.is_held(entry.bench, entry.bench.around(time))
            if time[1] > entry.window[1] or taken or any(meets(each, time) for each in entry.had):
                continue
            if not any(meets(each, time) for each in entry.bench.broken):
                yield time


def _quarters(window: Stretch, earliest: datetime) -> Iterator[datetime]:
    start = window[0]
    while start < window[1]:
        if start >= earliest:
            yield start
        start += QUARTER
