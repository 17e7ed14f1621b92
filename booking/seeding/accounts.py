"""The rows of invented people: accounts, what they are at which space, and the trainings they hold."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from booking.rules.access import Role
from booking.rules.facts import MakerFacts
from booking.seeding import log_ins
from booking.seeding.people import Crowd, Person
from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

_NAMED = {
    log_ins.ADMIN: Person("Dana Okafor", log_ins.ADMIN, "en", "en"),
    log_ins.MANAGER: Person("Lin Qiao", log_ins.MANAGER, "en", "en"),
    log_ins.TRAINER: Person("Theo Brandt", log_ins.TRAINER, "en", "en"),
    log_ins.MAKER: Person("Mika Sandoval", log_ins.MAKER, "en", "en"),
}
# How many of a hundred members hold a training, and how many of a hundred held ones are over.
_TRAINED, _OVER = 55, 6


@dataclass(slots=True)
class Maker:
    """A person with an account: roles and held trainings (their ends, or None) by id."""

    id: int
    culture: str
    roles: dict[int, Role] = field(default_factory=dict)
    certificates: dict[int, datetime | None] = field(default_factory=dict)

    def at(self, space_id: int) -> MakerFacts:
        """Her as the rules see her at a space."""
        return MakerFacts(self.id, role=self.roles.get(space_id), certificates=self.certificates)


class Town:
    """Everybody there is, by address and by the space where they are at home."""

    def __init__(self, rows: Rows, crowd: Crowd, password_hash: str, now: datetime, chance: Random) -> None:
        self.by_email: dict[str, Maker] = {}
        self.members: dict[int, list[Maker]] = {}
        # What these do is told by name, not by chance.
        self.reserved = frozenset(log_ins.NAMED)
        self._rows, self._crowd, self._hash, self._now, self._chance = rows, crowd, password_hash, now, chance

    def add_named(self, home: PlacedSpace) -> None:
        """The fixed log-ins; all but the admin belong to the largest space."""
        for email, person in _NAMED.items():
            self._move_in(person, home.plan.zone, is_admin=email == log_ins.ADMIN)
        for email in log_ins.NUMBERED:
            invented = self._crowd.somebody(home.plan.country)
            person = Person(invented.name, email, invented.language, invented.culture)
            self._join(self._move_in(person, home.plan.zone), home)
        self._join(self.by_email[log_ins.MANAGER], home, Role.MANAGER)
        self._join(self.by_email[log_ins.TRAINER], home, Role.TRAINER)
        self._join(self.by_email[log_ins.MAKER], home)

    def add_members(self, space: PlacedSpace) -> None:
        """A manager and a trainer; where nobody lives yet, the members too."""
        wanted = [Role.MANAGER, Role.TRAINER]
        wanted += [Role.MEMBER] * (space.plan.members - 2) if space.id not in self.members else []
        for role in wanted:
            person = self._crowd.somebody(space.plan.country)
            self._join(self._move_in(person, space.plan.zone), space, role)

    def add_stranger(self, country: str, zone: str, *, confirmed: bool = True) -> Maker:
        """Somebody who belongs to no space."""
        return self._move_in(self._crowd.somebody(country), zone, confirmed=confirmed)

    def train(self, space: PlacedSpace) -> None:
        """Let staff and about half of a space's members hold each of its trainings, a few of them until lately.

        The fixed log-in of a maker holds what is granted to it by name, and nothing by chance.
        """
        for certificate_id in space.certificates.values():
            for maker in self.members[space.id]:
                if maker.roles[space.id] is not Role.MEMBER:
                    self.grant(space, certificate_id, maker)
                elif maker is not self.by_email.get(log_ins.MAKER) and self._chance.randrange(100) < _TRAINED:
                    self.grant(space, certificate_id, maker, over=self._chance.randrange(100) < _OVER)

    def grant(self, space: PlacedSpace, certificate_id: int, maker: Maker, *, over: bool = False) -> None:
        """Let somebody hold a training, granted by a trainer of the space."""
        granted_at = self._now - timedelta(days=self._chance.randrange(20, 300), hours=self._chance.randrange(12))
        days = space.valid_days[certificate_id]
        expires_at = granted_at + timedelta(days=days) if days else None
        if over:
            expires_at = self._now - timedelta(days=self._chance.randrange(1, 19))
        self._rows.add(
            "certificate_grant",
            certificate_id=certificate_id,
            account_id=maker.id,
            granted_by=self.staff(space, Role.TRAINER).id,
            granted_at=granted_at,
            expires_at=expires_at,
        )
        maker.certificates[certificate_id] = expires_at

    def staff(self, space: PlacedSpace, role: Role) -> Maker:
        """The first person with this role at a space."""
        return next(maker for maker in self.members[space.id] if maker.roles[space.id] is role)

    def _move_in(self, person: Person, zone: str, *, is_admin: bool = False, confirmed: bool = True) -> Maker:
        came_at = self._now - timedelta(days=self._chance.randrange(320, 690) if confirmed else 2)
        account_id = self._rows.add(
            "account",
            email=person.email,
            name=person.name,
            password_hash=self._hash,
            language=person.language,
            time_zone=zone,
            is_admin=is_admin,
            created_at=came_at,
            confirmed_at=came_at if confirmed else None,
        )
        self.by_email[person.email] = Maker(account_id, person.culture)
        return self.by_email[person.email]

    def _join(self, maker: Maker, space: PlacedSpace, role: Role = Role.MEMBER) -> None:
        since = self._now - timedelta(days=self._chance.randrange(30, 310))
        self._rows.link("membership", account_id=maker.id, space_id=space.id, role=role.value, since=since)
        maker.roles[space.id] = role
        self.members.setdefault(space.id, []).append(maker)
