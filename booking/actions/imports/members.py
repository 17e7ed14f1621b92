"""Lines of a table of members: who is there gets the role, everybody else an invitation by mail.

Managers never learn whether an address has an account: they invite it. Admins add accounts that are there.
"""

from collections.abc import Callable
from dataclasses import dataclass

from booking.actions import invitations as inviting
from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.actions.imports.report import Judged, Outcome, Verdict
from booking.actions.imports.scope import Scope, space_named, spaces_by_slug
from booking.models import invitations, members
from booking.models.invitations import Person
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.access import Role
from booking.rules.csv_rows import Line, Table
from booking.rules.refusals import Problem, Unacceptable

ROLES = (Role.MEMBER.value, Role.TRAINER.value, Role.MANAGER.value)


def columns(_call: Call) -> tuple[str, ...]:
    """The columns that such a table may have; a name is for those who read it."""
    return ("space", "email", "name", "role")


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a line asks for; `names_role` is whether it says which role, `everywhere` whether an admin asks."""

    line: int
    space: SpaceCard
    email: str
    role: Role
    names_role: bool
    everywhere: bool


def judge(call: Call, scope: Scope, _table: Table) -> Callable[[Line], Judged]:
    """What judges one line after another."""
    present = spaces_by_slug(call, scope)
    seen: dict[tuple[int, str], int] = {}

    def take(line: Line) -> Judged:
        cells = Cells(line)
        space = space_named(cells, present)
        email = _email(cells)
        role = Role(cells.choice("role", ROLES, Role.MEMBER.value))
        if (space.id, email) in seen:
            cells.problem("email", "same_as_line", line=seen[space.id, email])
        seen.setdefault((space.id, email), line.number)
        cells.finish()
        wish = _Wish(line.number, space, email, role, bool(cells.given("role")), scope.everywhere)
        verdict = _verdict(call, wish)
        writes = verdict.outcome in (Outcome.CREATED, Outcome.UPDATED)
        return Judged(verdict, (lambda writing: _write(writing, wish)) if writes else None)

    return take


def _email(cells: Cells) -> str:
    try:
        return text.email_address(cells.given("email"))
    except Unacceptable as refused:
        cells.problems.extend(refused.problems)
        return ""


def _verdict(call: Call, wish: _Wish) -> Verdict:
    """What becomes of the line as things are; reads only."""
    person = _belonging(call, wish)
    if person is not None:
        return _verdict_on_role(call, wish, person)
    if invitations.open_role(call.session, wish.email, wish.space.id, call.now) is wish.role:
        return _told(wish, Outcome.UNCHANGED, "invited_before")
    if _inviter(call) is None:
        raise Unacceptable(Problem("email", "nobody_invites"))
    return _told(wish, Outcome.CREATED, "invited")


def _verdict_on_role(call: Call, wish: _Wish, person: Person) -> Verdict:
    # A role is changed where the table names one: an empty cell says member only of somebody new.
    if person.role is wish.role or (person.role is not None and not wish.names_role):
        return _told(wish, Outcome.UNCHANGED)
    is_manager = person.role is Role.MANAGER
    if is_manager and not members.is_managed_without(call.session, wish.space.id, person.account_id):
        raise Unacceptable(Problem("role", "last_manager"))
    return _told(wish, Outcome.UPDATED if person.role else Outcome.CREATED)


def _write(call: Call, wish: _Wish) -> Verdict:
    members.lock(call.session, wish.space.id)
    verdict = _verdict(call, wish)
    if verdict.outcome not in (Outcome.CREATED, Outcome.UPDATED):
        return verdict
    person, inviter_id = _belonging(call, wish), _inviter(call)
    if person is not None:
        invitations.set_role(call.session, person.account_id, wish.space.id, wish.role, call.now)
        call.note("role_set", "account", person.account_id, wish.space.id, role=wish.role.value)
    elif inviter_id is not None:
        inviting.invite(call, wish.space, wish.email, wish.role, inviter_id)
    return verdict


def _belonging(call: Call, wish: _Wish) -> Person | None:
    """Whose role is given at once; everybody else is invited."""
    person = invitations.person(call.session, wish.email, wish.space.id)
    return person if person is not None and (person.role is not None or wish.everywhere) else None


def _inviter(call: Call) -> int | None:
    # At the command line nobody is signed in: the invitation then comes from the network's first admin.
    return call.actor.account_id if call.actor else invitations.first_admin(call.session)


def _told(wish: _Wish, outcome: Outcome, *remarks: str) -> Verdict:
    return Verdict(wish.line, wish.email, outcome, remarks=tuple(Problem("email", code) for code in remarks))
