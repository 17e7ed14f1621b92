"""The state machine: anything that people and the clock may do, in any order, told to the service and to the model."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule
from sqlalchemy import Engine

from booking.actions import approvals, bookings
from booking.rules.facts import Ask
from booking.rules.spans import Span
from config import Settings
from tests.acting import TEN
from tests.story.model import Bench, Ledger
from tests.story.stage import Stage

QUARTER = timedelta(minutes=15)
# Close together in time, so that stories collide.
STARTS = st.integers(0, 11).map(lambda number: TEN + number * QUARTER)
LENGTHS = st.integers(1, 6).map(lambda number: number * QUARTER)
LEAPS = st.sampled_from([timedelta(seconds=4), timedelta(seconds=11), timedelta(hours=26)])
MAKERS = st.sampled_from(["ada", "cy"])
BENCHES = st.sampled_from(["Lumi", "Beam"])


def telling(engine: Engine, settings: Settings) -> type[RuleBasedStateMachine]:
    """The machine on this database."""

    class Telling(Story):
        def __init__(self) -> None:
            super().__init__(engine, settings)

    return Telling


class Story(RuleBasedStateMachine):
    """One story: Lumi is free for all, Beam needs a yes and time around each booking.

    Each act is asked of the service and of the model; they must agree on every refusal, and then on every row.
    """

    booked = Bundle("booked")

    def __init__(self, engine: Engine, settings: Settings) -> None:
        super().__init__()
        self.benches = {"Lumi": Bench("Lumi", False, timedelta()), "Beam": Bench("Beam", True, QUARTER)}
        self.stage = Stage(engine, settings, list(self.benches.values()))
        self.ledger = Ledger(self.stage.scene.now)

    @initialize(target=booked)
    def begin(self) -> Any:
        """Every story begins with a request."""
        return self._place("Beam", "ada", TEN, 4 * QUARTER)

    @rule(target=booked, which=BENCHES, maker=MAKERS, start=STARTS, length=LENGTHS)
    def place(self, which: str, maker: str, start: datetime, length: timedelta) -> Any:
        """Somebody books."""
        return self._place(which, maker, start, length)

    @rule(booking=booked, start=STARTS, length=LENGTHS)
    def move(self, booking: int, start: datetime, length: timedelta) -> None:
        """Its maker moves a booking."""
        end, maker = start + length, self.ledger.kept[booking].maker
        if self._agree(maker, self.ledger.moves(booking, start, end), bookings.move, booking, start=start, end=end):
            self.ledger.move(booking, start, end)

    @rule(booking=booked)
    def cancel(self, booking: int) -> None:
        """Its maker gives a booking up."""
        if self._agree(self.ledger.kept[booking].maker, self.ledger.cancels(booking), bookings.cancel, booking):
            self.ledger.cancel(booking)

    @rule(booking=booked, yes=st.booleans())
    def decide(self, booking: int, yes: bool) -> None:
        """The manager says yes or no."""
        action: Callable[..., Any] = approvals.approve if yes else approvals.decline
        more = {} if yes else {"reason": "The lens is being cleaned."}
        if self._agree("bo", self.ledger.decides(booking, yes=yes), action, booking, **more):
            self.ledger.decide(booking, yes=yes)

    @rule(booking=booked)
    def undo(self, booking: int) -> None:
        """The manager thinks again."""
        if self._agree("bo", self.ledger.undoes(booking), approvals.undo, booking):
            self.ledger.undo(booking)

    @precondition(lambda self: self.ledger.waiting())
    @rule(yes=st.booleans())
    def answer(self, yes: bool) -> None:
        """The manager decides on the latest request that waits."""
        self.decide(self.ledger.waiting()[-1], yes)

    @precondition(lambda self: self.ledger.decided())
    @rule()
    def regret(self) -> None:
        """The manager thinks again about what she said last."""
        self.undo(self.ledger.decided()[-1])

    @rule(leap=LEAPS)
    def wait(self, leap: timedelta) -> None:
        """Time passes, and the worker looks at every request."""
        self.ledger.now += leap
        self.stage.scene.now = self.ledger.now
        for booking in self.ledger.kept:
            self._agree("", set(), bookings.expire, booking)
            self.ledger.expire(booking)

    @rule(booking=booked)
    def breaks(self, booking: int) -> None:
        """The tool goes out of order for the time of a booking."""
        it = self.ledger.kept[booking]
        it.bench.broken.append(it.time)
        self.stage.breaks(it.bench, it.time)

    @invariant()
    def the_service_remembers_the_same(self) -> None:
        """After every step."""
        self.stage.compare(self.ledger)
        self.stage.provoke()

    def _place(self, which: str, maker: str, start: datetime, length: timedelta) -> Any:
        bench, end = self.benches[which], start + length
        ask = Ask(self.stage.tools[which], Span(start, end))
        codes, card = self.stage.act(maker, bookings.place, ask)
        assert codes == self.ledger.against(bench, start, end)
        if codes:
            return multiple()
        self.ledger.place(card.id, bench, maker, start, end)
        return card.id

    def _agree(self, who: str, codes: set[str], action: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
        """Let the service do it; whether it did, which has to be what the model says."""
        told, _ = self.stage.act(who, action, *args, **kwargs)
        assert told == codes
        return not told
