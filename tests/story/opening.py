"""Where every story begins: the workshop, its benches, and how the service and the model are asked the same."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple
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
# Close together in time, so that stories collide.
STARTS = st.integers(0, 11).map(lambda number: TEN + number * QUARTER)
LENGTHS = st.integers(1, 6).map(lambda number: number * QUARTER)
MAKERS = st.sampled_from(["ada", "cy"])
BENCHES = st.sampled_from(["Lumi", "Beam"])
# One of what there is, told by a number.
ANY = st.integers(0, 20)
BOOKED = Bundle("booked")


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
        self.stage = Stage(engine, settings, list(self.benches.values()), self.ledger)

    def wish(self, which: str, time: Stretch) -> Ask:
        """The model's wish as the service is asked."""
        return Ask(self.stage.tools[which], Span(*time))

    def placed(self, which: str, maker: str, start: datetime, length: timedelta) -> Any:
        """Somebody books: her booking, if it is one."""
        bench, time = self.benches[which], (start, start + length)
        codes, card = self.stage.act(maker, bookings.place, self.wish(which, time))
        assert codes == self.ledger.against(bench, maker, time)
        if codes:
            return multiple()
        self.ledger.place(card.id, bench, maker, time)
        return card.id

    def agree(self, who: str, codes: set[str], action: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Let the service do it; whether it did, which has to be what the model says."""
        told, _ = self.stage.act(who, action, *args, **kwargs)
        assert told == codes
        return not told
