"""Questions about invitations to a space, and writing them and memberships."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Invitation, Membership
from booking.rules.access import Role


@dataclass(frozen=True, slots=True)
class Person:
    """An account with its role at one space, or none."""

    account_id: int
    name: str
    language: str
    role: Role | None


def person(session: Session, email: str, space_id: int) -> Person | None:
    """Whose mail address this is, with the role at the space; None when there is no account."""
    question = (
        select(Account.id, Account.name, Account.language, Membership.role)
        .outerjoin(Membership, (Membership.account_id == Account.id) & (Membership.space_id == space_id))
        .where(Account.email == email)
    )
    row = session.execute(question).one_or_none()
    return Person(row[0], row[1], row[2], Role(row[3]) if row[3] else None) if row else None


def open_role(session: Session, email: str, space_id: int, now: datetime) -> Role | None:
    """The role of the open invitation of this address to a space, or None."""
    question = select(Invitation.role).where(
        Invitation.email == email,
        Invitation.space_id == space_id,
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    role = session.scalars(question.order_by(Invitation.id.desc()).limit(1)).first()
    return Role(role) if role else None


def add(
    session: Session,
    space_id: int,
    email: str,
    role: Role,
    token_hash: str,
    invited_by: int,
    created_at: datetime,
    expires_at: datetime,
) -> int:
    """Add an invitation; its id."""
    row = Invitation(
        space_id=space_id,
        email=email,
        role=role.value,
        token_hash=token_hash,
        invited_by=invited_by,
        created_at=created_at,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row.id


def set_role(session: Session, account_id: int, space_id: int, role: Role, now: datetime) -> None:
    """Give a person this role at a space, as a new or a changed membership."""
    row = session.get(Membership, (account_id, space_id))
    if row is None:
        session.add(Membership(account_id=account_id, space_id=space_id, role=role.value, since=now))
    else:
        row.role = role.value
    session.flush()


def managers(session: Session, space_id: int) -> int:
    """How many managers a space has."""
    question = select(func.count()).where(Membership.space_id == space_id, Membership.role == Role.MANAGER.value)
    return session.scalar(question) or 0


def first_admin(session: Session) -> int | None:
    """The account of the network's first admin who is not disabled, or None."""
    question = select(func.min(Account.id)).where(Account.is_admin, Account.disabled_at.is_(None))
    return session.scalar(question)
