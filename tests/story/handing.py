"""Bookings go from hand to hand: what ought to be of them, and the acts by which they do."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.actions import handovers
from booking.models import handovers as questions
from tests.story.model import OPEN, Ledger
from tests.story.opening import ANY, BOOKED, LIVE, Opening


@dataclass
class Handing:
    """A booking that its maker wants somebody else to have."""

    booking: int
    giver: str
    receiver: str
    state: str = "open"


def is_open(ledger: Ledger, handing: Handing) -> bool:
    """Whether it can be answered: its giver has the booking still, and its time is to come."""
    it = ledger.kept[handing.booking]
    is_hers = handing.state == "open" and it.maker == handing.giver
    return is_hers and it.state in OPEN and it.start > ledger.now


def takes(ledger: Ledger, handing: Handing) -> set[str]:
    """The codes against taking it: those about persons only, since the time is booked already."""
    it = ledger.kept[handing.booking]
    if handing.state == "accepted" and it.maker == handing.receiver:
        return set()
    return ledger.against_person(it.bench, handing.receiver, it.time) if is_open(ledger, handing) else {"handover_over"}


def take(ledger: Ledger, handing: Handing) -> None:
    """Somebody has it now, alone, and waits for a yes as if she had asked for it."""
    it = ledger.kept[handing.booking]
    if handing.state == "accepted":
        return
    handing.state, it.maker, it.plan, it.series = "accepted", handing.receiver, None, None
    it.state = "pending" if it.bench.needs_yes else "confirmed"
    ledger.changed(handing.booking, "booking_asked" if it.bench.needs_yes else "booking_confirmed")
    ledger.ask_managers(handing.booking)
    ledger.letters["handover_taken"] += 1


class HandToHand(Opening):
    """Somebody offers her booking to another, who takes it or doesn't."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.handed: dict[int, Handing] = {}
        self.checks.append(self._handovers_are_the_same)

    @LIVE
    @rule(booking=BOOKED, then=st.sampled_from(["takes it", "waits", "doesn't"]))
    def hands_over(self, booking: int, then: str) -> None:
        """Its maker asks the other one to take a booking; whoever was asked before is asked no more."""
        it = self.ledger.kept[booking]
        receiver = "cy" if it.maker == "ada" else "ada"
        codes = set() if it.state in OPEN and it.start > self.ledger.now else {"wrong_state"}
        told, card = self.stage.act(it.maker, handovers.offer, booking, self.stage.addresses[receiver])
        assert told == codes
        if not codes:
            self._over(booking, "taken_back")
            self.handed[card.id] = Handing(booking, it.maker, receiver)
            self.ledger.noted("handover_asked")
        if self.handed and then != "waits":
            self.answers_handover(0, then == "takes it")

    @precondition(lambda self: self.handed)
    @rule(which=ANY, yes=st.booleans())
    def answers_handover(self, which: int, yes: bool) -> None:
        """Whoever was asked last, or somebody before her, takes the booking or doesn't."""
        id_ = sorted(self.handed, reverse=True)[which % len(self.handed)]
        handing = self.handed[id_]
        if yes:
            answer = self.stage.about(handovers.accept, questions.card, id_)
            if self.agree("", takes(self.ledger, handing), answer):
                take(self.ledger, handing)
            return
        self.agree("", set(), self.stage.about(handovers.decline, questions.card, id_))
        if is_open(self.ledger, handing):
            handing.state = "declined"
            self.ledger.noted("handover_declined")

    @precondition(lambda self: any(each.state == "open" for each in self.handed.values()))
    @rule(which=ANY)
    def keeps_it(self, which: int) -> None:
        """Somebody would rather keep her booking."""
        booking = list(self.handed.values())[which % len(self.handed)].booking
        self.agree(self.ledger.kept[booking].maker, set(), handovers.take_back, booking)
        self._over(booking, "taken_back")
        self.ledger.noted()

    def _over(self, booking: int, state: str) -> None:
        for each in self.handed.values():
            if each.booking == booking and each.state == "open":
                each.state = state

    def _handovers_are_the_same(self) -> None:
        stands = {id_: (it.booking, it.state) for id_, it in self.handed.items()}
        assert self.stage.handovers() == stands, "a booking is offered to somebody else, or to nobody"
