"""The state machine: anything that people and the clock may do, in any order, told to the service and to the model."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule
from sqlalchemy import Engine

from booking.actions import approvals, arrivals, bookings, offers, plans, waitlist
from booking.actions.waitlist import Wanted
from booking.models import offers as questions
from booking.rules.spans import Span
from config import Settings
from tests.acting import HOUR
from tests.story import coming, reckoning
from tests.story.changing import Changing
from tests.story.chapters import Breaking, Coming
from tests.story.handing import HandToHand
from tests.story.line import QUARTER, Entry
from tests.story.model import Bench, Stretch
from tests.story.offering import OtherTimes
from tests.story.opening import ANY, BENCHES, BOOKED, DAY, LENGTHS, LIVE, MAKERS, STARTS, Opening
from tests.story.reckoning import Reckoning

LEAPS = st.sampled_from([timedelta(seconds=4), timedelta(seconds=11), 2 * QUARTER, HOUR, 25 * HOUR])
FATES = ("stays", "leaves", "is missed", "is cut short")
SOON = st.sampled_from([timedelta(), timedelta(seconds=10), timedelta(seconds=11)])
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
    def stands_in_line(self, maker: str, which: str, start: timedelta, more: timedelta, length: timedelta) -> None:
        """Somebody waits for time on a tool."""
        self.wants(maker, self.benches[which], self.today(start, length + more), length)

    @LIVE
    @rule(maker=MAKERS, booking=BOOKED, served=st.booleans())
    def wants_it_too(self, maker: str, booking: int, served: bool) -> None:
        """Somebody waits for the time of a booking."""
        it = self.ledger.kept[booking]
        self.wants(maker, it.bench, it.time, it.end - it.start)
        if served:
            self.serves()

    def wants(self, maker: str, bench: Bench, window: Stretch, length: timedelta) -> None:
        """Somebody stands in line, if she can."""
        codes = self.line.joins(maker, window, length)
        wanted = Wanted(Span(*window), length // timedelta(minutes=1), tool_id=self.stage.tools[bench.name])
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
    @rule(which=ANY)
    def takes(self, which: int) -> None:
        """Somebody takes what she is offered."""
        offer_id = self._offer(which)
        codes = self.line.accepts(offer_id)
        told, card = self.stage.act("", self.stage.about(offers.accept, questions.card, offer_id))
        assert told == codes
        if not codes:
            self.line.accept(offer_id, card.id)

    @precondition(lambda self: self.ledger.promises)
    @rule(which=ANY)
    def passes(self, which: int) -> None:
        """Somebody lets the next in line have it."""
        offer_id = self._offer(which)
        self.agree("", set(), self.stage.about(offers.pass_on, questions.card, offer_id))
        self.line.give_up(offer_id, "passed")

    @precondition(lambda self: len(self.line.waiting()) > 1)
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


class Story(Changing, Coming, Breaking, HandToHand, OtherTimes, Reckoning, Waiting):
    """One story, from the first request on. `compared` counts the steps of all stories of a kind."""

    compared = 0

    @initialize(which=BENCHES)
    def begin(self, which: str) -> None:
        """Every story begins with a booking, and with somebody who would like that time as well."""
        self.placed(which, "ada", self.today(timedelta(), HOUR))
        self.stands_in_line("cy", which, -QUARTER, QUARTER, HOUR)
        self.serves()

    @rule(which=BENCHES, maker=MAKERS, start=STARTS, length=LENGTHS)
    def place(self, which: str, maker: str, start: timedelta, length: timedelta) -> None:
        """Somebody books."""
        self.placed(which, maker, self.today(start, length))

    @LIVE
    @rule(booking=BOOKED, start=STARTS, length=LENGTHS)
    def move(self, booking: int, start: timedelta, length: timedelta) -> None:
        """Its maker moves a booking."""
        time, maker = self.today(start, length), self.ledger.kept[booking].maker
        if self.agree(maker, self.ledger.moves(booking, time), bookings.move, booking, start=time[0], end=time[1]):
            self.ledger.move(booking, time)

    @LIVE
    @rule(booking=BOOKED)
    def cancel(self, booking: int) -> None:
        """Its maker gives a booking up."""
        if self.agree(self.ledger.kept[booking].maker, self.ledger.cancels(booking), bookings.cancel, booking):
            self.ledger.cancel(booking)

    @LIVE
    @rule(booking=BOOKED, yes=st.booleans())
    def decide(self, booking: int, yes: bool) -> None:
        """The manager says yes or no."""
        action: Callable[..., Any] = approvals.approve if yes else approvals.decline
        more = {} if yes else {"reason": "The lens is being cleaned."}
        if self.agree("bo", self.ledger.decides(booking, yes=yes), action, booking, **more):
            self.ledger.decide(booking, yes=yes)

    @precondition(lambda self: self.ledger.decided())
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
    @rule(after=SOON)
    def regret(self, after: timedelta) -> None:
        """The manager thinks again about what she said last, soon or too late."""
        self.wait(after)
        self.undo(self.ledger.decided()[-1])

    @LIVE
    @rule(booking=BOOKED)
    def time_comes(self, booking: int) -> None:
        """It is time for a booking."""
        self.wait(max(self.ledger.kept[booking].start - self.ledger.now, timedelta()))

    @LIVE
    @rule(booking=BOOKED, early=st.booleans(), longer=LENGTHS, then=st.sampled_from(FATES))
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
        elif then == "is cut short" and self.may_fail():
            self.no_air_for((self.ledger.now, self.ledger.kept[booking].end + longer))

    @precondition(lambda self: self.may_break() and self.ledger.waiting())
    @rule(which=ANY)
    def breaks_before_the_yes(self, which: int) -> None:
        """A bench breaks, and the manager says yes to somebody who wants it all the same."""
        booking = self.ledger.waiting()[which % len(self.ledger.waiting())]
        self.breaks(booking)
        self.decide(booking, True)

    @precondition(lambda self: self.may_break() and self.ledger.promises)
    @rule(which=ANY)
    def breaks_before_it_is_taken(self, which: int) -> None:
        """A bench breaks after its time was offered, and somebody takes it all the same."""
        it = self.ledger.promises[self._offer(which)]
        self.goes(it.bench, it.time)
        self.takes(which)

    @precondition(lambda self: self.no_air)
    @rule(which=ANY, name=BENCHES, maker=MAKERS)
    def waits_for_air(self, which: int, name: str, maker: str) -> None:
        """Somebody waits for time in which a bench has no air, and the air is back before."""
        start, end = list(self.no_air.values())[which % len(self.no_air)]
        self.wants(maker, self.benches[name], (start, end), min(end - start, HOUR))
        self.serves()
        self.air_is_back(which)
        self.serves()

    @rule(leap=LEAPS)
    def wait(self, leap: timedelta) -> None:
        """Time passes, and the worker looks at every request, at who has come, and at offers and the line."""
        self.ledger.now += leap
        self.stage.scene.now = self.ledger.now
        for booking in [id_ for id_ in self.ledger.live() if self.ledger.kept[id_].start < self.ledger.now + DAY]:
            self.agree("", set(), plans.expire, booking)
            self.ledger.expire(booking)
            self.agree("", set(), arrivals.miss, booking)
            if coming.miss(self.ledger, booking):
                reckoning.count(self.ledger, booking)
        self.lapse_proposals()
        for offer in [id_ for id_, it in self.ledger.promises.items() if it.state == "open"]:
            self.agree("", set(), offers.lapse, offer)
        for entry in self.line.waiting():
            self.agree("", set(), waitlist.end, entry)
        self.line.pass_time()
        self.serves()

    @invariant()
    def the_service_remembers_the_same(self) -> None:
        """After every step."""
        type(self).compared += 1
        self.stage.compare(self.ledger, self.line)
        for check in self.checks:
            check()
        self.stage.provoke()
