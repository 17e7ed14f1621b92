"""Changing what people are to a space; the last manager always stays one."""

from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import invitations, members, spaces
from booking.models.spaces import SpaceCard
from booking.rules.access import Role
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable

ROLES = (Role.MEMBER, Role.TRAINER, Role.MANAGER)


def change_role(call: Call, slug: str, account_id: int, role: Role) -> None:
    """Give a member another role at the space, as its manager; it counts from her next request on.

    Raises Absent for people who don't belong there, Refused `last_manager`.
    """
    space = managed(call, slug)
    if role not in ROLES:
        raise Unacceptable(Problem("role", "not_a_choice"))
    present = _present_role(call, space, account_id)
    if present is role:
        return
    _keep_a_manager(call, space, account_id, present)
    invitations.set_role(call.session, account_id, space.id, role, call.now)
    call.note("role_set", "account", account_id, space.id, role=role.value, before=present.value)


def remove(call: Call, slug: str, account_id: int) -> None:
    """Let a member belong to the space no more, as its manager; bookings that are made stay.

    Raises Absent for people who don't belong there, Refused `last_manager`.
    """
    space = managed(call, slug)
    present = _present_role(call, space, account_id)
    _keep_a_manager(call, space, account_id, present)
    members.remove(call.session, account_id, space.id)
    call.note("member_removed", "account", account_id, space.id, before=present.value)


def leave(call: Call, slug: str) -> None:
    """Belong to a space no more; raises Absent for who doesn't anyway, Refused `last_manager`."""
    space, account_id = spaces.space_card(call.session, slug), call.person.account_id
    present = _present_role(call, space, account_id)
    _keep_a_manager(call, space, account_id, present)
    members.remove(call.session, account_id, space.id)
    call.note("left", "account", account_id, space.id, before=present.value)


def _present_role(call: Call, space: SpaceCard, account_id: int) -> Role:
    members.lock(call.session, space.id)
    present = members.role_of(call.session, account_id, space.id)
    if present is None:
        raise Absent
    return present


def _keep_a_manager(call: Call, space: SpaceCard, account_id: int, present: Role) -> None:
    if present is Role.MANAGER and not members.is_managed_without(call.session, space.id, account_id):
        raise Refused((Refusal("last_manager"),))
