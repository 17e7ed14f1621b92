"""Missed times are counted, and whoever misses too many may not book for a day: what ought to be, and the acts."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from booking.actions import strikes
from tests.story.model import Ledger, Missed, Suspended
from tests.story.opening import ANY, BENCHES, LENGTHS, STARTS, Opening

ALLOWED, COUNTED, SUSPENDED = 2, timedelta(days=5), timedelta(days=1)


def count(ledger: Ledger, booking_id: int) -> None:
    """A missed time counts, with those of some days since its maker was last suspended."""
    maker = ledger.kept[booking_id].maker
    ledger.missed.append(Missed(maker, booking_id, ledger.now))
    before = [each.since for each in ledger.suspended if each.maker == maker]
    hers = [each for each in ledger.missed if each.maker == maker and not each.forgiven]
    standing = [each for each in hers if each.at >= ledger.now - COUNTED and all(each.at > since for since in before)]
    if len(standing) >= ALLOWED:
        suspend(ledger, maker)


def suspend(ledger: Ledger, maker: str) -> None:
    """Somebody may not book for a day, and hears of it."""
    ledger.suspended.append(Suspended(maker, ledger.now, ledger.now + SUSPENDED))
    ledger.letters["suspended"] += 1


class Reckoning(Opening):
    """The manager suspends somebody, thinks again, and forgives what was missed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        policy = strikes.Policy(ALLOWED, COUNTED // timedelta(days=1), SUSPENDED // timedelta(days=1))
        self.agree("bo", set(), strikes.set_policy, self.stage.space, policy)
        self.checks.append(self._strikes_are_the_same)

    @precondition(lambda self: not self.ledger.is_suspended("ada"))
    @rule(which=BENCHES, start=STARTS, length=LENGTHS, lifted=st.booleans())
    def suspends(self, which: str, start: timedelta, length: timedelta, lifted: bool) -> None:
        """Ada may not book for a day, and tries; perhaps the manager thinks again."""
        account_id = next(id_ for id_, name in self.stage.people.items() if name == "ada")
        self.agree("bo", set(), strikes.suspend, self.stage.space, account_id, 1, "Too loud.")
        suspend(self.ledger, "ada")
        self.placed(which, "ada", self.today(start, length))
        if lifted:
            self.lifts(0)

    @precondition(lambda self: self.ledger.suspended)
    @rule(number=ANY)
    def lifts(self, number: int) -> None:
        """The manager lets somebody book again, and tells her, once."""
        id_, it = list(zip(self.stage.suspensions(), self.ledger.suspended, strict=True))[::-1][
            number % len(self.ledger.suspended)
        ]
        self.agree("bo", set(), strikes.lift, self.stage.space, id_)
        self.ledger.letters["suspension_lifted"] += not it.lifted
        it.lifted = True

    @precondition(lambda self: self.ledger.missed)
    @rule(number=ANY)
    def forgives(self, number: int) -> None:
        """A missed time counts no more."""
        id_, it = list(zip(self.stage.strikes(), self.ledger.missed, strict=True))[::-1][
            number % len(self.ledger.missed)
        ]
        self.agree("bo", set(), strikes.forgive, self.stage.space, id_)
        it.forgiven = True

    def _strikes_are_the_same(self) -> None:
        missed = [(it.maker, it.booking, it.forgiven) for it in self.ledger.missed]
        assert list(self.stage.strikes().values()) == missed, "another time was missed than counts"
        suspended = [(it.maker, it.since, it.until, it.lifted) for it in self.ledger.suspended]
        assert list(self.stage.suspensions().values()) == suspended, "another may not book than ought to"
