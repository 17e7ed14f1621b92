"""Who somebody is to a space, and what that allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """A person's role at one space, or the network's own."""

    MEMBER = "member"
    TRAINER = "trainer"
    MANAGER = "manager"
    ADMIN = "admin"


_RANK = {Role.MEMBER: 1, Role.TRAINER: 2, Role.MANAGER: 3, Role.ADMIN: 4}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with its roles per space id and its teams, as read once at the start of a request."""

    account_id: int
    name: str
    is_admin: bool = False
    is_confirmed: bool = True
    language: str = "en"
    time_zone: str = "UTC"
    roles: Mapping[int, Role] = field(default_factory=dict)
    scope: str = "write"
    email: str = ""
    team_ids: frozenset[int] = frozenset()

    @property
    def manages(self) -> bool:
        """Whether this person manages any space, or the network."""
        return self.is_admin or bool(self.spaces_with(Role.MANAGER))

    @property
    def trains(self) -> bool:
        """Whether this person may grant certificates anywhere."""
        return self.is_admin or bool(self.spaces_with(Role.TRAINER))

    def role_at(self, space_id: int) -> Role | None:
        """The role at this space; a network admin counts as one everywhere."""
        return Role.ADMIN if self.is_admin else self.roles.get(space_id)

    def has(self, role: Role, space_id: int) -> bool:
        """Whether the role at this space is at least the given one."""
        own = self.role_at(space_id)
        return own is not None and _RANK[own] >= _RANK[role]

    def spaces_with(self, role: Role) -> frozenset[int]:
        """The ids of the spaces at which this person has at least the role (an admin's is not listed: ask `has`)."""
        return frozenset(space for space, own in self.roles.items() if _RANK[own] >= _RANK[role])


def at_least(own: Role | None, needed: Role) -> bool:
    """Whether a role reaches the needed one."""
    return own is not None and _RANK[own] >= _RANK[needed]
