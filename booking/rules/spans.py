"""Half-open stretches of time in UTC, and what can be said of several of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of time `[start, end)` in UTC; raises ValueError for naive, foreign-zone or reversed instants."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            raise ValueError("a span needs instants in UTC")
        if self.end <= self.start:
            raise ValueError("a span must end after it starts")

    @property
    def length(self) -> timedelta:
        """Elapsed time, also over a change of clocks."""
        return self.end - self.start

    def overlaps(self, other: "Span") -> bool:
        """Whether both share an instant; touching ends don't."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Whether the other lies wholly within this one."""
        return self.start <= other.start and other.end <= self.end

    def grown(self, before: timedelta, after: timedelta) -> "Span":
        """The span with time added at both sides (set-up and clean-up)."""
        return Span(self.start - before, self.end + after)

    def within(self, outer: "Span") -> "Span | None":
        """The part that lies in the outer span, or None."""
        start = self.start if self.start > outer.start else outer.start
        end = self.end if self.end < outer.end else outer.end
        if start is self.start and end is self.end:
            return self
        return Span(start, end) if start < end else None


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same time as sorted spans that neither overlap nor touch."""
    result: list[Span] = []
    for span in sorted(spans, key=attrgetter("start")):
        if result and span.start <= result[-1].end:
            if span.end > result[-1].end:
                result[-1] = Span(result[-1].start, span.end)
        else:
            result.append(span)
    return tuple(result)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """The time of the first spans that none of the second covers."""
    result: list[Span] = []
    gone = merged(taken)
    at = 0
    for span in merged(spans):
        start = span.start
        while at < len(gone) and gone[at].start < span.end:
            hole = gone[at]
            if hole.start > start:
                result.append(Span(start, hole.start))
            start = max(start, hole.end)
            if hole.end > span.end:
                break  # This hole may reach into the next span.
            at += 1
        if start < span.end:
            result.append(Span(start, span.end))
    return tuple(result)


def common(left: Iterable[Span], right: Iterable[Span]) -> tuple[Span, ...]:
    """The time that both cover."""
    first, second = merged(left), merged(right)
    result: list[Span] = []
    i = j = 0
    while i < len(first) and j < len(second):
        shared = first[i].within(second[j])
        if shared:
            result.append(shared)
        if first[i].end <= second[j].end:
            i += 1
        else:
            j += 1
    return tuple(result)


def clipped(spans: Iterable[Span], outer: Span) -> tuple[Span, ...]:
    """The parts of the spans, in their order, that lie in the outer one."""
    first, last = outer.start, outer.end
    near = (span for span in spans if span.start < last and first < span.end)
    return tuple(part for span in near if (part := span.within(outer)) is not None)


def gaps(spans: Iterable[Span], taken: Iterable[tuple[datetime, datetime]], length: timedelta) -> Iterator[Span]:
    """What of spans in order none of the taken stretches covers, where it is at least so long.

    `without`, in one sweep and without making a span of all that is looked at.
    """
    ordered = sorted(taken)
    at, number = 0, len(ordered)
    for span in spans:
        start, end = span.start, span.end
        while at < number and ordered[at][1] <= start:
            at += 1
        for first, last in ordered[at:]:
            if first >= end:
                break
            if first - start >= length:
                yield Span(start, first)
            start = max(start, last)
        if end - start >= length:
            yield Span(start, end)
