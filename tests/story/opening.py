"""Where every story begins: the workshop, its benches, and how the service and the model are asked the same."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition
from sqlalchemy import Engine

from booking.actions import bookings
from booking.rules.facts import Ask
from booking.rules.spans import Span
from config import Settings
from tests.acting import TEN
from tests.factories import NOW
from tests.story.line import QUARTER, Line
from tests.story.model import Bench, Ledger, Stretch
from tests.story.stage import Stage

DAY = timedelta(days=1)
DAILY = timedelta(hours=3)
# Close together in time, so that stories collide: how long after ten in the morning.
STARTS = st.integers(0, 11).map(lambda number: number * QUARTER)
LENGTHS = st.integers(1, 7).map(lambda number: number * QUARTER)
MAKERS = st.sampled_from(["ada", "cy"])
BENCHES = st.sampled_from(["Lumi", "Beam"])
# One of what there is, told by a number.
ANY = st.integers(0, 20)
# One of the bookings, mostly one that something can become of.
BOOKED = st.runner().flatmap(lambda story: st.sampled_from(story.at_hand()))
AT_WORK = st.runner().flatmap(lambda story: st.sampled_from(story.at_work()))
# A story in which nothing is booked waits for somebody to book.
LIVE = precondition(lambda story: story.ledger.live())
# Until then people book the same day, afterwards the next one.
AFTERNOON = timedelta(hours=2)


class Opening(RuleBasedStateMachine):
    """Lumi is free for all and waits half an hour for its maker; Beam needs a yes and time around each booking.

    Both hang on one compressor, and nobody may book more than three hours a day. Each act is asked of the service and
    of the model; they must agree on every refusal, and then on every row.
    """

    def __init__(self, engine: Engine, settings: Settings) -> None:
        super().__init__()
        lumi, beam = Bench("Lumi", False, timedelta(), 2 * QUARTER), Bench("Beam", True, QUARTER)
        self.benches = {bench.name: bench for bench in (lumi, beam)}
        self.ledger = Ledger(NOW, DAILY)
        self.line = Line(self.ledger)
        # What else has to be the same after each step: chapters add to it.
        self.checks: list[Callable[[], None]] = []
        self.stage = Stage(engine, settings, list(self.benches.values()), self.ledger)

    @property
    def ten(self) -> datetime:
        """Ten in the morning of the day that people book now."""
        return TEN + max(0, math.ceil((self.ledger.now - TEN - AFTERNOON) / DAY)) * DAY

    def at_hand(self) -> list[int]:
        """Bookings, mostly those that are to come, and few of those that are over."""
        kept, live = self.ledger.kept, self.ledger.live()
        to_come = [id_ for id_ in live if kept[id_].start > self.ledger.now]
        return to_come[::-1] * 4 + live[::-1] + [id_ for id_ in kept if id_ not in live][:-3:-1]

    def at_work(self) -> list[int]:
        """The same, but mostly those whose time it is."""
        return self.ledger.running() * 6 + self.at_hand()

    def wish(self, which: str, time: Stretch) -> Ask:
        """The model's wish as the service is asked."""
        return Ask(self.stage.tools[which], Span(*time))

    def today(self, start: timedelta, length: timedelta) -> Stretch:
        """Time of the day that people book now."""
        return self.ten + start, self.ten + start + length

    def placed(self, which: str, maker: str, time: Stretch) -> None:
        """Somebody books."""
        bench = self.benches[which]
        codes, card = self.stage.act(maker, bookings.place, self.wish(which, time))
        assert codes == self.ledger.against(bench, maker, time)
        if not codes:
            self.ledger.place(card.id, bench, maker, time)

    def agree(self, who: str, codes: set[str], action: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Let the service do it; whether it did, which has to be what the model says."""
        told, _ = self.stage.act(who, action, *args, **kwargs)
        assert told == codes
        return not told
