"""Managers offer another time to who asked for one: what ought to be of it, and the acts."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.actions import bookings, proposals
from booking.models import proposals as questions
from booking.rules.spans import Span
from tests.story.model import Bench, Ledger, Proposed, Stretch
from tests.story.opening import ANY, BENCHES, LENGTHS, STARTS, Opening

HELD = timedelta(hours=48)
ANSWERS = ("takes it", "waits", "doesn't", "gives it up")


def is_open(ledger: Ledger, it: Proposed) -> bool:
    """Whether it can be answered."""
    return it.state == "open" and ledger.kept[it.booking].state == "pending" and it.until > ledger.now


def takes(ledger: Ledger, it: Proposed) -> set[str]:
    """The codes against taking it."""
    request = ledger.kept[it.booking]
    if it.state == "accepted" and request.state == "confirmed":
        return set()
    if not is_open(ledger, it):
        return {"proposal_over"}
    return ledger.against(it.bench, request.maker, it.time, it.booking)


def take(ledger: Ledger, it: Proposed, manager_said: datetime) -> None:
    """The request is where it was offered to be, with a yes."""
    request = ledger.kept[it.booking]
    if it.state == "accepted":
        return
    it.state, request.state, request.bench = "accepted", "confirmed", it.bench
    request.start, request.end = it.time
    request.decisions.append((manager_said, True))
    ledger.changed(it.booking, "booking_confirmed")
    ledger.letters["proposal_answered"] += 1


class OtherTimes(Opening):
    """A manager offers another time, which its maker takes, leaves, or lets pass."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.checks.append(self._proposals_are_the_same)

    @rule(number=ANY, which=BENCHES, start=STARTS, length=LENGTHS, then=st.sampled_from(ANSWERS))
    def proposes(self, number: int, which: str, start: timedelta, length: timedelta, then: str) -> None:
        """The manager offers another time to one who waits, and perhaps hears from her at once."""
        bench, time = self.benches[which], self.today(start, length)
        if not self.ledger.waiting():
            self.placed("Beam", "ada", self.today(start, length))
        if waiting := self.ledger.waiting()[::-1]:
            self.offers_instead(waiting[number % len(waiting)], bench, time)
            self.answers_at_once(waiting[number % len(waiting)], then)

    def answers_at_once(self, booking: int, then: str) -> None:
        """Whoever asked takes what she was offered, leaves it, or asks for nothing any more."""
        if then == "gives it up":
            if self.agree(self.ledger.kept[booking].maker, self.ledger.cancels(booking), bookings.cancel, booking):
                self.ledger.cancel(booking)
        elif then != "waits" and self.ledger.proposed:
            self.answers_proposal(0, then == "takes it")

    def offers_instead(self, booking: int, bench: Bench, time: Stretch) -> None:
        """The manager offers this time for that request."""
        it = self.ledger.kept[booking]
        codes = self.ledger.against(bench, it.maker, time, booking)
        told, card = self.stage.act("bo", proposals.propose, booking, self.stage.tools[bench.name], Span(*time))
        assert told == codes
        if codes:
            return
        self.ledger.retract(booking)
        until = min(self.ledger.now + HELD, time[0], it.start)
        self.ledger.proposed[card.id] = Proposed(
            booking, bench, *time, until, held=_beside(it.bench, it.held, bench, time)
        )
        self.ledger.noted("time_proposed")

    @precondition(lambda self: self.ledger.proposed)
    @rule(number=ANY, yes=st.booleans())
    def answers_proposal(self, number: int, yes: bool) -> None:
        """Whoever asked takes the other time, or leaves it."""
        id_ = sorted(self.ledger.proposed, reverse=True)[number % len(self.ledger.proposed)]
        it = self.ledger.proposed[id_]
        if yes:
            if self.agree("", takes(self.ledger, it), self.stage.about(proposals.accept, questions.card, id_)):
                take(self.ledger, it, self.ledger.now)
            return
        self.agree("", set(), self.stage.about(proposals.decline, questions.card, id_))
        if is_open(self.ledger, it):
            it.state = "declined"
            self.ledger.noted("proposal_answered")

    def lapse_proposals(self) -> None:
        """The worker looked at what nobody has answered."""
        for id_, it in self.ledger.proposed.items():
            if it.state == "open":
                self.agree("", set(), proposals.lapse, id_)
                it.state = "over" if it.until <= self.ledger.now else "open"

    def _proposals_are_the_same(self) -> None:
        answers: dict[str, bool | None] = {"accepted": True, "declined": False}
        kept = self.ledger.proposed
        stands = {id_: (it.booking, it.time, it.state != "open", answers.get(it.state)) for id_, it in kept.items()}
        held = {id_: sorted(it.held) if it.state == "open" else [] for id_, it in kept.items()}
        assert self.stage.proposals() == (stands, held), "another time is offered, or is not held"


def _beside(own: Bench, has: Stretch, bench: Bench, time: Stretch) -> list[Stretch]:
    """What is held for an offer beside that which the request holds already."""
    start, end = bench.around(time)
    if own is not bench or has[1] <= start or end <= has[0]:
        return [(start, end)]
    parts = [(start, min(end, has[0])), (max(start, has[1]), end)]
    return [part for part in parts if part[0] < part[1]]
