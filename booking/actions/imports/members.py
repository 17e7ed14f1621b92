"""Lines of a table of members: who is there gets the role, everybody else an invitation by mail.

Managers never learn whether an address has an account: they invite it. Admins add accounts that are there.
"""

from collections.abc import Callable

from booking.actions import invitations as inviting
from booking.actions.call import Call
from booking.actions.imports.cells import Cells
from booking.actions.imports.report import Outcome, Verdict
from booking.actions.imports.scope import Scope, space_named, spaces_by_slug
from booking.models import invitations, members
from booking.models.invitations import Person
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.access import Role
from booking.rules.csv_rows import Line, Table
from booking.rules.refusals import Unacceptable

ROLES = (Role.MEMBER.value, Role.TRAINER.value, Role.MANAGER.value)


def columns(_call: Call) -> tuple[str, ...]:
    """The columns that such a table may have; a name is for those who read it."""
    return ("space", "email", "name", "role")


def taker(call: Call, scope: Scope, _table: Table) -> Callable[[Line], Verdict]:
    """What takes one line after another."""
    present = spaces_by_slug(call, scope)
    seen: dict[tuple[int, str], int] = {}

    def take(line: Line) -> Verdict:
        cells = Cells(line)
        space = space_named(cells, present)
        email = _email(cells)
        role = Role(cells.choice("role", ROLES, Role.MEMBER.value))
        if (space.id, email) in seen:
            cells.problem("email", "same_as_line", line=seen[space.id, email])
        seen.setdefault((space.id, email), line.number)
        cells.finish()
        outcome = _write(call, scope, cells, space, email, role)
        cells.finish()
        return Verdict(line.number, email, outcome, remarks=tuple(cells.remarks))

    return take


def _email(cells: Cells) -> str:
    try:
        return text.email_address(cells.given("email"))
    except Unacceptable as refused:
        cells.problems.extend(refused.problems)
        return ""


def _write(call: Call, scope: Scope, cells: Cells, space: SpaceCard, email: str, role: Role) -> Outcome:
    person = invitations.person(call.session, email, space.id)
    if person is not None and (person.role is not None or scope.everywhere):
        return _give_role(call, cells, space, person, role)
    if invitations.open_role(call.session, email, space.id, call.now) is role:
        cells.remark("email", "invited_before")
        return Outcome.UNCHANGED
    # At the command line nobody is signed in: the invitation then comes from the network's first admin.
    inviter_id = call.actor.account_id if call.actor else invitations.first_admin(call.session)
    if inviter_id is None:
        cells.problem("email", "nobody_invites")
        return Outcome.REFUSED
    inviting.invite(call, space, email, role, inviter_id)
    cells.remark("email", "invited")
    return Outcome.CREATED


def _give_role(call: Call, cells: Cells, space: SpaceCard, person: Person, role: Role) -> Outcome:
    # A role is changed where the table names one: an empty cell says member only of somebody new.
    if person.role is role or (person.role is not None and not cells.given("role")):
        return Outcome.UNCHANGED
    members.lock(call.session, space.id)
    if person.role is Role.MANAGER and not members.is_managed_without(call.session, space.id, person.account_id):
        cells.problem("role", "last_manager")
        return Outcome.REFUSED
    invitations.set_role(call.session, person.account_id, space.id, role, call.now)
    call.note("role_set", "account", person.account_id, space.id, role=role.value)
    return Outcome.UPDATED if person.role else Outcome.CREATED
