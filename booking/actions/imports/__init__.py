"""Importing spaces, tools, members and trainings from tables: a verdict for every line; again it changes nothing.

A table is read and judged without holding the writer. What it changes is then written a few lines at a time, so that
everybody else can write in between; each line is looked at once more in the transaction that writes it.
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from booking.actions.call import Call
from booking.actions.imports import certificates, members, spaces, tools
from booking.actions.imports.report import Judged
from booking.actions.imports.report import Outcome as Outcome
from booking.actions.imports.report import Report as Report
from booking.actions.imports.report import Verdict as Verdict
from booking.actions.imports.report import packed as packed
from booking.actions.imports.report import unpacked as unpacked
from booking.actions.imports.scope import Scope
from booking.rules.access import Actor, Role
from booking.rules.csv_rows import LONGEST_CELL, MOST_LINES, Line, Table, read
from booking.rules.refusals import Denied, Problem, Unacceptable
from booking.rules.text import refuse_controls

Result = TypeVar("Result")

# Each line of members may mail somebody, and a browser waits for the answer; an operator knows when to.
MOST_LINES_SENT = 2_000
_LONGEST_SHOWN = 80
# What is written at once, and how long the writer is then left to others.
LINES_AT_ONCE = 10
PAUSE_SECONDS = 0.02


class Perform(Protocol):
    """Runs an action in a write transaction of its own."""

    def __call__(self, action: Callable[[Call], Result], /) -> Result: ...


@dataclass(frozen=True, slots=True)
class _Import:
    """How one kind of table is read: what it needs, what it knows, what judges its lines, and whose import it is.

    `role` is what somebody has to be at a space whose lines she sends; None: an admin of the network.
    """

    required: frozenset[str]
    known: Callable[[Call], Collection[str]]
    judge: Callable[[Call, Scope, Table], Callable[[Line], Judged]]
    role: Role | None = Role.MANAGER


_IMPORTS = {
    "spaces": _Import(frozenset({"name", "time_zone"}), spaces.columns, spaces.judge, None),
    "tools": _Import(frozenset({"space", "kind", "name"}), tools.columns, tools.judge),
    "members": _Import(frozenset({"space", "email"}), members.columns, members.judge),
    "certificates": _Import(
        frozenset({"space", "certificate", "email"}), certificates.columns, certificates.judge, Role.TRAINER
    ),
}
KINDS = tuple(_IMPORTS)


@dataclass(frozen=True, slots=True)
class Plan:
    """A table that was judged: what would become of each line, and what writes it."""

    kind: str
    lines: tuple[Judged, ...]
    ignored: tuple[str, ...]

    @property
    def report(self) -> Report:
        """What carrying it out would come to as things are."""
        return Report(self.kind, True, tuple(each.verdict for each in self.lines), self.ignored)


def plan(call: Call, kind: str, data: bytes, *, operator: bool = False) -> Plan:
    """Judge a table of one of KINDS; each line will be taken as a whole or refused with its reasons. Reads only.

    Admins import everything, managers tools, members and trainings of their spaces, trainers the trainings; `operator`
    is for the command line, where nobody is signed in. Raises Unacceptable about the field `file` when it can't be
    read, Denied for everybody else.
    """
    if kind not in _IMPORTS:
        raise Unacceptable(Problem("kind", "not_a_choice", {"choices": KINDS}))
    scope = _scope(call, kind, operator)
    table, chosen = read(data, MOST_LINES if operator else MOST_LINES_SENT), _IMPORTS[kind]
    missing = sorted(chosen.required - set(table.columns))
    if missing:
        raise Unacceptable(Problem("file", "columns_missing", {"columns": ", ".join(missing)}))
    known = set(chosen.known(call))
    judge = chosen.judge(call, scope, table)
    lines = tuple(_judged(judge, line, known) for line in table.lines)
    return Plan(kind, lines, tuple(name for name in table.columns if name not in known))


def carry_out(plan: Plan, perform: Perform) -> Report:
    """Write what a plan changes, a few lines to a transaction; the report says what really became of each line.

    What is cut short has written whole lines, and the same table again writes the rest.
    """
    changing = [each for each in plan.lines if each.write is not None]
    told: dict[int, Verdict] = {}
    for first in range(0, len(changing), LINES_AT_ONCE):
        if first:
            # Who waits for the writer is only woken: without a pause the next lines would be there first.
            time.sleep(PAUSE_SECONDS)
        for verdict in perform(partial(_write, lines=changing[first : first + LINES_AT_ONCE])):
            told[verdict.line] = verdict
    verdicts = tuple(told.get(each.verdict.line, each.verdict) for each in plan.lines)
    report = Report(plan.kind, False, verdicts, plan.ignored)
    perform(lambda call: call.note("imported", plan.kind, None, lines=len(verdicts), changes=report.changes))
    return report


def may_import(who: Actor, kind: str) -> bool:
    """Whether this person may send tables of that kind at all."""
    role = _IMPORTS[kind].role
    return who.is_admin or (role is not None and bool(who.spaces_with(role)))


def _scope(call: Call, kind: str, operator: bool) -> Scope:
    if operator and call.actor is None:
        return Scope(everywhere=True)
    person, role = call.person, _IMPORTS[kind].role
    if not may_import(person, kind):
        raise Denied
    return Scope(everywhere=person.is_admin, space_ids=person.spaces_with(role or Role.ADMIN))


def _judged(judge: Callable[[Line], Judged], line: Line, known: Collection[str]) -> Judged:
    subject = line.text("name") or line.text("email")
    if line.surplus:
        problem = Problem("line", "too_many_cells", {"number": line.surplus})
        return Judged(Verdict(line.number, "", Outcome.REFUSED, (problem,)))
    if unfit := tuple(_unfit(line, known)):
        return Judged(Verdict(line.number, _shown(subject), Outcome.REFUSED, unfit))
    try:
        return judge(line)
    except Unacceptable as refused:
        return Judged(Verdict(line.number, subject, Outcome.REFUSED, refused.problems))


def _shown(subject: str) -> str:
    """What a line is about, as far as it can be shown."""
    return "".join(char for char in subject[:_LONGEST_SHOWN] if char.isprintable())


def _unfit(line: Line, known: Collection[str]) -> Iterator[Problem]:
    """A problem for each cell that holds more than any text that is kept, or what is no text, in columns that count."""
    for column, cell in line.cells.items():
        if column not in known:
            continue
        if len(cell) > LONGEST_CELL:
            yield Problem(column, "text_too_long", {"longest": LONGEST_CELL, "length": len(cell)})
            continue
        try:
            refuse_controls(cell, column)
        except Unacceptable as refused:
            yield from refused.problems


def _write(call: Call, lines: Sequence[Judged]) -> list[Verdict]:
    return [_written(call, each) for each in lines]


def _written(call: Call, line: Judged) -> Verdict:
    before = line.verdict
    if line.write is None:
        return before
    try:
        return line.write(call)
    except Unacceptable as refused:
        return Verdict(before.line, before.subject, Outcome.REFUSED, refused.problems)
