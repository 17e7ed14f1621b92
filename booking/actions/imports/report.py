"""What an import says about every line of its file."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from booking.actions.call import Call
from booking.rules.refusals import Problem

# What a line is about was changed by somebody else after it was judged.
CHANGED_MEANWHILE = Problem("line", "line_changed_meanwhile")


class Outcome(StrEnum):
    """What became of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One line: its number in the file, what it is about, what became of it and why.

    `problems` say why it was refused, `remarks` what was assumed or needs a look; both are codes with data.
    """

    line: int
    subject: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """A line as judged by what was read: its verdict, and what writes it where it would change something.

    `write` looks again in the transaction that it is given; the verdict that it then gives is the one that counts.
    """

    verdict: Verdict
    write: Callable[[Call], Verdict] | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """An import's whole outcome; `ignored` are columns that mean nothing here."""

    kind: str
    dry_run: bool
    verdicts: tuple[Verdict, ...]
    ignored: tuple[str, ...] = ()

    def count(self, outcome: Outcome) -> int:
        """How many lines had this outcome."""
        return sum(verdict.outcome is outcome for verdict in self.verdicts)

    @property
    def changes(self) -> int:
        """How many lines change something."""
        return self.count(Outcome.CREATED) + self.count(Outcome.UPDATED)
