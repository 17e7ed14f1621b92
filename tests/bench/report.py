"""The figures as a table with bars, for the terminal and for docs/bench.md."""

from collections.abc import Iterable
from dataclasses import dataclass

BAR = 24


@dataclass(frozen=True)
class Figure:
    """One ratio and its target: at most, or at least where `least` is set. Without a target it is only told."""

    engine: str
    what: str
    ratio: float
    target: float | None
    detail: str
    least: bool = False

    @property
    def missed(self) -> bool:
        """Whether the target is not reached."""
        if self.target is None:
            return False
        return self.ratio < self.target if self.least else self.ratio > self.target

    @property
    def bar(self) -> str:
        """How much of the target is used up; of a target to be exceeded, how much of the result it is."""
        if self.target is None:
            return ""
        share = self.target / self.ratio if self.least else self.ratio / self.target
        full = min(BAR, round(share * BAR))
        return "█" * full + "░" * (BAR - full)

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table."""
        sign = "≥" if self.least else "≤"
        target = f"{sign} {self.target:g}" if self.target is not None else ""
        verdict = "missed" if self.missed else "" if self.target is None else "reached"
        return self.engine, self.what, shown(self.ratio), target, self.bar, verdict, self.detail


HEADINGS = ("engine", "what, as a ratio", "ratio", "target", "share of the target", "", "measured")


def shown(ratio: float) -> str:
    """A ratio with three figures that matter."""
    return f"{ratio:.0f}" if ratio >= 100 else f"{ratio:.1f}" if ratio >= 10 else f"{ratio:.2f}"


def table(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table as Markdown writes it."""
    headings = tuple(headings)
    lines = [headings, tuple("---" for _ in headings), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
