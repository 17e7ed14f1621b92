"""Importing spaces, tools and members from tables: a verdict for every line, and the same again changes nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from booking.actions import kinds
from booking.actions.call import Call
from booking.actions.imports import members, spaces, tools
from booking.actions.imports.report import Outcome as Outcome
from booking.actions.imports.report import Report as Report
from booking.actions.imports.report import Verdict as Verdict
from booking.actions.imports.scope import Scope
from booking.rules.access import Role
from booking.rules.csv_rows import Line, Table, read
from booking.rules.refusals import Denied, Problem, Unacceptable

# Everybody waits for the writer meanwhile, and each line of members may mail somebody; an operator knows when to.
MOST_LINES_SENT = 2_000


@dataclass(frozen=True, slots=True)
class _Import:
    """How one kind of table is read: what it needs, what it knows, and what takes its lines."""

    required: frozenset[str]
    known: Callable[[Call], Collection[str]]
    taker: Callable[[Call, Scope, Table], Callable[[Line], Verdict]]


_IMPORTS = {
    "spaces": _Import(frozenset({"name", "time_zone"}), spaces.columns, spaces.taker),
    "tools": _Import(frozenset({"space", "kind", "name"}), tools.columns, tools.taker),
    "members": _Import(frozenset({"space", "email"}), members.columns, members.taker),
}
KINDS = tuple(_IMPORTS)


def run(call: Call, kind: str, data: bytes, dry_run: bool, *, operator: bool = False) -> Report:
    """Import a table of spaces, tools or members; each line is taken as a whole or refused with its reasons.

    A dry run gives the same report and leaves nothing. Admins import everything, managers tools and members of
    their spaces; `operator` is for the command line, where nobody is signed in. Raises Unacceptable about the
    field `file` when it can't be read, Denied for everybody else.
    """
    if kind not in _IMPORTS:
        raise Unacceptable(Problem("kind", "not_a_choice", {"choices": KINDS}))
    scope = _scope(call, kind, operator)
    table, chosen = read(data), _IMPORTS[kind]
    if not operator and len(table.lines) > MOST_LINES_SENT:
        raise Unacceptable(Problem("file", "too_many_lines", {"most": MOST_LINES_SENT}))
    missing = sorted(chosen.required - set(table.columns))
    if missing:
        raise Unacceptable(Problem("file", "columns_missing", {"columns": ", ".join(missing)}))
    trial = call.session.begin_nested()
    kinds.ensure_builtin(call)
    known = set(chosen.known(call))
    take = chosen.taker(call, scope, table)
    verdicts = tuple(_verdict(take, line) for line in table.lines)
    report = Report(kind, dry_run, verdicts, tuple(name for name in table.columns if name not in known))
    if dry_run:
        trial.rollback()
    else:
        trial.commit()
        call.note("imported", kind, None, lines=len(verdicts), changes=report.changes)
    return report


def _scope(call: Call, kind: str, operator: bool) -> Scope:
    if operator and call.actor is None:
        return Scope(everywhere=True)
    person = call.person
    own = person.spaces_with(Role.MANAGER)
    if not person.is_admin and (kind == "spaces" or not own):
        raise Denied
    return Scope(everywhere=person.is_admin, space_ids=own)


def _verdict(take: Callable[[Line], Verdict], line: Line) -> Verdict:
    if line.surplus:
        return Verdict(line.number, "", Outcome.REFUSED, (Problem("line", "too_many_cells", {"number": line.surplus}),))
    try:
        return take(line)
    except Unacceptable as refused:
        subject = line.text("name") or line.text("email")
        return Verdict(line.number, subject, Outcome.REFUSED, refused.problems)
