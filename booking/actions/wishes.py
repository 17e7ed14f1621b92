"""What somebody looks for when she searches."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from booking.rules.capabilities import Condition
from booking.rules.geography import Position


class Order(StrEnum):
    """What comes first: what begins first, what is nearest, or what is little of both."""

    START = "start"
    NEAR = "near"
    BOTH = "both"


class Part(StrEnum):
    """The part of each day in which a booking shall lie, by the space's clock."""

    ANY = ""
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


# In wall minutes of the day.
PARTS = {Part.MORNING: (360, 720), Part.AFTERNOON: (720, 1080), Part.EVENING: (1020, 1440)}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody looks for: a length on one of some days by each space's own clock, near a place, under conditions.

    The days follow one another. Of all kinds and spaces where none are named; `words` stand in a tool's name, model,
    description or kind.
    """

    days: tuple[date, ...]
    minutes: int
    kind_ids: frozenset[int] = frozenset()
    space_ids: frozenset[int] = frozenset()
    words: str = ""
    conditions: tuple[Condition, ...] = ()
    middle: Position | None = None
    within_km: float | None = None
    trained: bool = False
    instant: bool = False
    step_free: bool = False
    at_once: bool = False
    part: Part = Part.ANY
    order: Order = Order.START
