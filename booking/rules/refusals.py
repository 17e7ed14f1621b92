"""Why something is not possible, as values: a code with its data, never a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from datetime import datetime

from booking.rules.access import Role

# What a role may set aside. Nobody overrides a safety certificate, a broken machine or somebody else's time.
OVERRIDABLE = {
    code: Role.MANAGER
    for code in (
        "not_a_member",
        "suspended",
        "quota_used",
        "visitors_share_used",
        "visit_over",
        "outside_visit_hours",
        "too_soon",
        "too_far_ahead",
        "too_short",
        "too_long",
        "outside_opening_hours",
        "closed_day",
        "event",
        "extension_needs_approval",
    )
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason against an ask: code, data for its sentence, when it lifts (UTC), who may override it."""

    code: str
    data: Mapping[str, object] = default(default_factory=dict)
    lifts_at: datetime | None = None
    overridable_by: Role | None = None


def because(code: str, lifts_at: datetime | None = None, **data: object) -> Refusal:
    """The refusal of that code, with who may override it."""
    return Refusal(code, data, lifts_at, OVERRIDABLE.get(code))


class Refused(Exception):
    """The rules or the database say no; carries every reason at once."""

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals

    @property
    def is_conflict(self) -> bool:
        """Whether the only reason is that somebody else came first or the state has moved on (409, not 422)."""
        return all(refusal.code in CONFLICTS for refusal in self.refusals)


CONFLICTS = frozenset(
    {"handover_over", "offer_over", "proposal_over", "slot_taken", "wrong_state", "changed_meanwhile"}
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One field of an input that can't be taken: the field's name, a code, data for its sentence."""

    field: str
    code: str
    data: Mapping[str, object] = default(default_factory=dict)


class Unacceptable(Exception):
    """Input that can't be taken; carries every problem at once (422 at the edge)."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = problems


class Absent(Exception):
    """There is no such thing within what the asker may see (404 at the edge)."""


class Denied(Exception):
    """The asker may see the thing but not do this to it (403 at the edge)."""
