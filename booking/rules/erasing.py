"""What of a person is taken out of what stays."""

from collections.abc import Collection
from typing import Any

# Nobody can have an address there: the name is reserved for what does not exist.
NOWHERE = "erased.invalid"
# What stands there is ours, even where a person is called the same.
_OUR_WORDS = frozenset({"event", "state", "language", "code", "type"})


def without(value: Any, said: Collection[str]) -> Any:
    """Plain JSON with each of these words blanked where it is a whole value; everything else stays as it is."""
    if isinstance(value, dict):
        return {key: each if key in _OUR_WORDS else without(each, said) for key, each in value.items()}
    if isinstance(value, list):
        return [without(each, said) for each in value]
    return "" if isinstance(value, str) and value in said else value
