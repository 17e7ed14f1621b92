"""What an import says about every line of its file."""

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

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
    def remarked(self) -> int:
        """How many lines were taken with a remark."""
        return sum(bool(verdict.remarks) for verdict in self.verdicts)

    @property
    def changes(self) -> int:
        """How many lines change something."""
        return self.count(Outcome.CREATED) + self.count(Outcome.UPDATED)


def packed(report: Report) -> bytes:
    """A report as it is kept for whoever confirmed the import."""
    return json.dumps(asdict(report)).encode()


def unpacked(kept: bytes) -> Report:
    """A report that was kept."""
    said = json.loads(kept)
    return Report(said["kind"], said["dry_run"], tuple(map(_verdict, said["verdicts"])), tuple(said["ignored"]))


def _verdict(said: dict[str, Any]) -> Verdict:
    problems, remarks = _problems(said["problems"]), _problems(said["remarks"])
    return Verdict(said["line"], said["subject"], Outcome(said["outcome"]), problems, remarks)


def _problems(said: Iterable[dict[str, Any]]) -> tuple[Problem, ...]:
    return tuple(Problem(each["field"], each["code"], _tupled(each["data"])) for each in said)


def _tupled(data: dict[str, object]) -> dict[str, object]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
