"""Handing a booking over to somebody else: the states of it, and what stands against who would take it."""

from datetime import datetime
from enum import StrEnum

from booking.rules import policy
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Refusal


class HandoverState(StrEnum):
    """How a handover stands; only an open one can be answered."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


def against(ask: Ask, facts: Facts, now: datetime) -> tuple[Refusal, ...]:
    """Why the maker whom the facts are about can't take over time that is booked already.

    The time has passed the rules about time, so only those about persons are asked.
    """
    return policy.personal(ask, facts, now)
