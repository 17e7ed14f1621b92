"""What of a person is taken out of what stays."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

# Nobody can have an address there: the name is reserved for what does not exist.
NOWHERE = "erased.invalid"
# Under these names mails that wait and kept answers say who somebody is, and what she wrote. Whatever stands under
# others is ours, a tool's or a space's, or somebody else's, even where it is spelled the same.
_WHO = frozenset({"maker", "name", "inviter", "giver"})
_WRITTEN = frozenset({"purpose", "reason", "note", "description", "fee_note", "training"})


@dataclass(frozen=True, slots=True)
class Traces:
    """By what somebody is known: her name, her mail address, and everything that she wrote."""

    name: str
    email: str
    words: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """All of them, without what is empty."""
        return frozenset(each for each in (self.name, self.email, *self.words) if each)


def without(value: Any, traces: Traces) -> Any:
    """Plain JSON with each trace blanked where it is a whole value; everything else stays as it is.

    Her mail address goes wherever it stands; her name and her words only where people's names and words do.
    """
    return _without(value, traces, "")


def _without(value: Any, traces: Traces, name: str) -> Any:
    if isinstance(value, dict):
        return {key: _without(each, traces, key) for key, each in value.items()}
    if isinstance(value, list):
        return [_without(each, traces, name) for each in value]
    return "" if isinstance(value, str) and value in _hers(traces, name) else value


def _hers(traces: Traces, name: str) -> Collection[str]:
    """What would be hers under this name."""
    if name in _WHO:
        return (traces.email, traces.name)
    return {traces.email} | (traces.words if name in _WRITTEN else frozenset())
