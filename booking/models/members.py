"""Questions about who belongs to a space, and writing memberships."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Membership, Space
from booking.models.tables.visits import Visit
from booking.rules.access import Role, at_least
from booking.rules.facts import BookableBy


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A person at one space; `id` is the account's."""

    id: int
    name: str
    email: str
    role: Role
    since: datetime
    is_disabled: bool


def page(
    session: Session, space_id: int, *, words: str = "", after: tuple[str, int] | None = None, limit: int = 50
) -> tuple[MemberCard, ...]:
    """Members of a space by name and then id, all or those whose name or address holds the words: one query."""
    question = _members(space_id).order_by(Account.name, Account.id).limit(limit)
    if words:
        question = question.where(holds(words))
    if after is not None:
        name, account_id = after
        question = question.where(or_(Account.name > name, and_(Account.name == name, Account.id > account_id)))
    return _cards(session, question)


def chosen(
    session: Session, space_id: int, *, account_ids: Collection[int] = (), emails: Collection[str] = ()
) -> tuple[MemberCard, ...]:
    """The members of a space among these accounts and addresses, by name: one query."""
    question = _members(space_id).where(or_(Account.id.in_(account_ids), Account.email.in_(emails)))
    return _cards(session, question.order_by(Account.name, Account.id))


def trainees(
    session: Session, space_id: int, *, account_ids: Collection[int] = (), emails: Collection[str] = ()
) -> dict[int, str]:
    """The addresses of those among these accounts and addresses whom the space may train, by account id: one query.

    These are its members; and, by their addresses, its guests, and everybody where it lends to the whole network.
    """
    member = exists().where(Membership.space_id == space_id, Membership.account_id == Account.id)
    guest = exists().where(Visit.host_id == space_id, Visit.account_id == Account.id, Visit.state == "accepted")
    lends = exists().where(Space.id == space_id, Space.bookable_by == BookableBy.NETWORK.value)
    theirs = or_(and_(Account.id.in_(account_ids), member), and_(Account.email.in_(emails), or_(member, guest, lends)))
    question = select(Account.id, Account.email).where(theirs).order_by(Account.name, Account.id)
    return {account_id: email for account_id, email in session.execute(question)}


def named(session: Session, space_id: int, words: str) -> tuple[MemberCard, ...]:
    """The members whose address or whole name this is, else those whose name or address holds it; two at most."""
    exactly = or_(Account.email == words.lower(), func.lower(Account.name) == words.lower())
    for condition in (exactly, holds(words)):
        found = _cards(session, _members(space_id).where(condition, Account.disabled_at.is_(None)).limit(2))
        if found:
            return found
    return ()


def number(session: Session, space_id: int) -> int:
    """How many members of any role a space has."""
    return session.scalar(select(func.count()).where(Membership.space_id == space_id)) or 0


def role_of(session: Session, account_id: int, space_id: int) -> Role | None:
    """Somebody's role at a space, or None."""
    role = session.scalar(
        select(Membership.role).where(Membership.account_id == account_id, Membership.space_id == space_id)
    )
    return Role(role) if role else None


def is_managed_without(session: Session, space_id: int, account_id: int) -> bool:
    """Whether somebody else who can sign in manages the space too."""
    question = (
        select(Membership.account_id)
        .join(Account, Account.id == Membership.account_id)
        .where(
            Membership.space_id == space_id,
            Membership.role == Role.MANAGER.value,
            Membership.account_id != account_id,
            Account.disabled_at.is_(None),
        )
    )
    return session.execute(question.limit(1)).first() is not None


def lock(session: Session, space_id: int) -> None:
    """Hold the space until the transaction ends, so that two managers can't remove one another at once."""
    session.execute(select(Space.id).where(Space.id == space_id).with_for_update(key_share=True))


def join(session: Session, account_id: int, space_id: int, role: Role, now: datetime) -> None:
    """Let somebody belong to a space with at least this role; a higher one stays."""
    insert = sqlite_insert(Membership) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(Membership)
    values = {"account_id": account_id, "space_id": space_id, "role": role.value, "since": now}
    session.execute(insert.values(values).on_conflict_do_nothing())
    row = session.get_one(Membership, (account_id, space_id), with_for_update=True)
    if not at_least(Role(row.role), role):
        row.role = role.value
    session.flush()


def remove(session: Session, account_id: int, space_id: int) -> None:
    """Let somebody no longer belong to a space."""
    session.execute(delete(Membership).where(Membership.account_id == account_id, Membership.space_id == space_id))


def holds(words: str) -> ColumnElement[bool]:
    """The condition that an account's name or address holds these words."""
    return or_(Account.name.icontains(words, autoescape=True), Account.email.icontains(words, autoescape=True))


def _members(space_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Account.id, Account.name, Account.email, Membership.role, Membership.since, Account.disabled_at.is_not(None)
        )
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.space_id == space_id)
    )


def _cards(session: Session, question: Select[*tuple[Any, ...]]) -> tuple[MemberCard, ...]:
    rows = session.execute(question)
    return tuple(MemberCard(row[0], row[1], row[2], Role(row[3]), row[4], row[5]) for row in rows)
