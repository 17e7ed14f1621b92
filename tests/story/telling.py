"""The state machine: anything that people and the clock may do, in any order, told to the service and to the model."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, multiple, precondition, rule
from sqlalchemy import Engine

from booking.actions import approvals, arrivals, bookings, offers, plans, waitlist
from booking.actions.waitlist import Wanted
from booking.models import offers as questions
from booking.rules.spans import Span
from config import Settings
from tests.acting import HOUR, TEN
from tests.story import coming
from tests.story.chapters import Breaking, Coming, Together
from tests.story.line import QUARTER, Entry
from tests.story.opening import ANY, BENCHES, BOOKED, LENGTHS, MAKERS, STARTS, Opening

LEAPS = st.sampled_from([timedelta(seconds=4), timedelta(seconds=11), 2 * QUARTER, 25 * HOUR, 26 * HOUR])
WAITS = st.sampled_from([2 * QUARTER, HOUR])


def telling(engine: Engine, settings: Settings) -> type["Story"]:
    """The machine on this database."""

    class Telling(Story):
        def __init__(self) -> None:
            super().__init__(engine, settings)

    return Telling


class Waiting(Opening):
    """People stand in line, and the worker offers them what becomes free."""

    @rule(maker=MAKERS, which=BENCHES, start=STARTS, more=LENGTHS, length=WAITS)
    def stands_in_line(self, maker: str, which: str, start: datetime, more: timedelta, length: timedelta) -> None:
        """Somebody waits for time on a tool."""
        bench, window = self.benches[which], (start, start + length + more)
        codes = self.line.joins(maker, window)
        wanted = Wanted(Span(*window), length // timedelta(minutes=1), tool_id=self.stage.tools[which])
        told, card = self.stage.act(maker, waitlist.join, wanted)
        assert told == codes
        if not codes:
            self.line.entries[card.id] = Entry(maker, bench, window, length)

    @rule()
    def serves(self) -> None:
        """The worker looks at all time that was freed: first come, first offered, and nobody is forgotten."""
        for bench, freed, made in self.stage.freed():
            assert [each[1:] for each in made] == self.line.look(bench, freed), "the line isn't kept"
            for offer in made:
                self.line.offer(*offer)
        if not self.stage.hears_later():
            assert not [each for bench in self.benches.values() for each in self.line.forgotten(bench)]

    @precondition(lambda self: self.ledger.promises)
    @rule(target=BOOKED, which=ANY)
    def takes(self, which: int) -> Any:
        """Somebody takes what she is offered."""
        offer_id = self._offer(which)
        codes = self.line.accepts(offer_id)
        told, card = self.stage.act("", lambda call: offers.accept(call, questions.card(call.session, offer_id)))
        assert told == codes
        if codes:
            return multiple()
        known = card.id in self.ledger.kept
        self.line.accept(offer_id, card.id)
        return multiple() if known else card.id

    @precondition(lambda self: self.ledger.promises)
    @rule(which=ANY)
    def passes(self, which: int) -> None:
        """Somebody lets the next in line have it."""
        offer_id = self._offer(which)
        self.agree("", set(), lambda call: offers.pass_on(call, questions.card(call.session, offer_id)))
        self.line.give_up(offer_id, "passed")

    @precondition(lambda self: self.line.entries)
    @rule(which=ANY)
    def leaves_the_line(self, which: int) -> None:
        """Somebody waits no more."""
        entry_id = list(self.line.entries)[which % len(self.line.entries)]
        self.agree(self.line.entries[entry_id].maker, set(), waitlist.leave, entry_id)
        self.line.leave(entry_id)

    def _offer(self, which: int) -> int:
        """An offer: open ones first, the latest first of all."""
        order = sorted(self.ledger.promises, key=lambda id_: (self.ledger.promises[id_].state != "open", -id_))
        return order[which % len(order)]


class Story(Together, Coming, Breaking, Waiting):
    """One story, from the first request on. `compared` counts the steps of all stories of a kind."""

    compared = 0

    @initialize(target=BOOKED, which=BENCHES)
    def begin(self, which: str) -> Any:
        """Every story begins with a booking, and with somebody who would like that time as well."""
        placed = self.placed(which, "ada", TEN, 4 * QUARTER)
        self.stands_in_line("cy", which, TEN - QUARTER, QUARTER, HOUR)
        return placed

    @rule(target=BOOKED, which=BENCHES, maker=MAKERS, start=STARTS, length=LENGTHS)
    def place(self, which: str, maker: str, start: datetime, length: timedelta) -> Any:
        """Somebody books."""
        return self.placed(which, maker, start, length)

    @rule(booking=BOOKED, start=STARTS, length=LENGTHS)
    def move(self, booking: int, start: datetime, length: timedelta) -> None:
        """Its maker moves a booking."""
        time, maker = (start, start + length), self.ledger.kept[booking].maker
        if self.agree(maker, self.ledger.moves(booking, time), bookings.move, booking, start=time[0], end=time[1]):
            self.ledger.move(booking, time)

    @rule(booking=BOOKED)
    def cancel(self, booking: int) -> None:
        """Its maker gives a booking up."""
        if self.agree(self.ledger.kept[booking].maker, self.ledger.cancels(booking), bookings.cancel, booking):
            self.ledger.cancel(booking)

    @rule(booking=BOOKED, yes=st.booleans())
    def decide(self, booking: int, yes: bool) -> None:
        """The manager says yes or no."""
        action: Callable[..., Any] = approvals.approve if yes else approvals.decline
        more = {} if yes else {"reason": "The lens is being cleaned."}
        if self.agree("bo", self.ledger.decides(booking, yes=yes), action, booking, **more):
            self.ledger.decide(booking, yes=yes)

    @rule(booking=BOOKED)
    def undo(self, booking: int) -> None:
        """The manager thinks again."""
        if self.agree("bo", self.ledger.undoes(booking), approvals.undo, booking):
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

    @rule(booking=BOOKED)
    def time_comes(self, booking: int) -> None:
        """It is time for a booking."""
        self.wait(max(self.ledger.kept[booking].start - self.ledger.now, timedelta()))

    @rule(booking=BOOKED, early=st.booleans(), longer=LENGTHS, then=st.sampled_from(["stays", "leaves", "is missed"]))
    def day_comes(self, booking: int, early: bool, longer: timedelta, then: str) -> None:
        """It is time for a booking: somebody comes and stays longer or leaves early, or nobody comes."""
        lead = coming.EARLY if early else timedelta()
        self.wait(max(self.ledger.kept[booking].start - lead - self.ledger.now, timedelta()))
        if then != "is missed":
            self.comes(booking)
        self.wait(2 * QUARTER)
        if then == "stays":
            self.stays(booking, longer)
        elif then == "leaves":
            self.leaves_early(booking)

    @rule(leap=LEAPS)
    def wait(self, leap: timedelta) -> None:
        """Time passes, and the worker looks at every request, at who has come, and at offers and the line."""
        self.ledger.now += leap
        self.stage.scene.now = self.ledger.now
        for booking in self.ledger.kept:
            self.agree("", set(), plans.expire, booking)
            self.ledger.expire(booking)
            self.agree("", set(), arrivals.miss, booking)
            coming.miss(self.ledger, booking)
        for offer in self.ledger.promises:
            self.agree("", set(), offers.lapse, offer)
        for entry in self.line.entries:
            self.agree("", set(), waitlist.end, entry)
        self.line.pass_time()
        self.serves()

    @invariant()
    def the_service_remembers_the_same(self) -> None:
        """After every step."""
        type(self).compared += 1
        self.stage.compare(self.ledger, self.line)
        self.stage.provoke()
