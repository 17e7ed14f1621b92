"""Outages as people declare them, and what they mean for whoever had booked."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from booking.rules.facts import Approval, ToolFacts, ToolState

# When an outage until further notice is over, as far as comparing goes.
OPEN_END = datetime.max.replace(tzinfo=UTC)

# What is booked of such a tool can't be used, whatever its outages.
OUT_OF_USE = frozenset({ToolState.DOWN, ToolState.RETIRED})


class Running(StrEnum):
    """What happens to bookings that run when an outage begins: they end then, or it begins after them."""

    END = "end"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class OutageWish:
    """What a manager declares; no end means until further notice, `unit_id` None the whole tool.

    `report_id` is the report that gave rise to it. `running` must be said when a booking runs.
    """

    starts_at: datetime
    ends_at: datetime | None = None
    reason: str = ""
    unit_id: int | None = None
    running: Running | None = None
    report_id: int | None = None


# What was in time when it was booked must not be late because a machine broke; other spaces need their notice.
SETTLED_AT_HOME = frozenset({"too_soon"})


def settled(old: ToolFacts, new: ToolFacts, overridden: tuple[str, ...]) -> frozenset[str]:
    """The rules that are not asked again when a booking flees from a broken tool to another.

    Within its space, those are the notice and what a manager there has set aside for it; elsewhere none.
    """
    return SETTLED_AT_HOME.union(overridden) if old.space_id == new.space_id else frozenset()


def keeps_approval(old: ToolFacts, new: ToolFacts) -> bool:
    """Whether a yes to a booking of the old tool also counts for the new one, when the old one is out of order.

    It does where the same managers answer for both and asked at least as often for the old one: they have said yes to
    this maker, for this time, and the maker did not ask for the change. Managers of another space have said nothing.
    """
    as_strict = old.limits.approval in (Approval.ALWAYS, new.limits.approval)
    return old.space_id == new.space_id and as_strict
