"""Lists that go on: the parameters of every list, and where its next page begins."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from booking.api.fields import Field, Given, Kind
from booking.api.shapes import Json, Shape
from booking.rules import cursors
from booking.rules.refusals import Problem, Unacceptable

Row = TypeVar("Row")
Key = tuple[str | int, ...]
USUAL, MOST = 50, 200
FIELDS = (
    Field("limit", Kind.WHOLE, f"How many at most; {USUAL} unless said.", low=1, high=MOST),
    Field("cursor", Kind.TEXT, "Where the page begins: `next` of the one before.", longest=cursors.LONGEST),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page of a list is asked for: this many rows after the key (None: from the first)."""

    limit: int
    after: Key | None

    @property
    def one_more(self) -> int:
        """How many rows to look for, so that it shows whether there are more."""
        return self.limit + 1


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and the cursor of the next or None."""

    rows: Sequence[Row]
    next: str | None

    def document(self, shape: Shape[Any]) -> Json:
        """The page as every list answers, where its rows are the shape's values."""
        return {"items": [shape.document(row) for row in self.rows], "next": self.next}


def asked(given: Given, *types: type[str] | type[int]) -> Asked:
    """The page that the parameters ask for; `types` are those of the list's key. Raises Unacceptable."""
    try:
        after = cursors.decoded(given["cursor"], *types) if "cursor" in given else None
    except ValueError as problem:
        raise Unacceptable(Problem("cursor", "unknown_cursor")) from problem
    return Asked(given.get("limit", USUAL), after)


def cut(rows: Sequence[Row], page: Asked, key: Callable[[Row], Key]) -> Page[Row]:
    """The page out of rows that begin with it and may hold more."""
    shown = rows[: page.limit]
    return Page(shown, cursors.encoded(*key(shown[-1])) if len(rows) > page.limit else None)


def part(rows: Sequence[Row], page: Asked, key: Callable[[Row], Key]) -> Page[Row]:
    """The page out of all rows of the list, in the order of their keys."""
    after = page.after
    return cut([row for row in rows if after is None or key(row) > after], page, key)
