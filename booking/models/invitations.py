"""Questions about invitations to a space, and writing them and memberships."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, select, update

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


@dataclass(frozen=True, slots=True)
class InvitationCard:
    """An invitation that nobody has accepted or revoked; it may have ended. `inviter` is a shown name.

    `inviter_role` is what the inviter is to the space by now; None for who is nothing there or disabled.
    """

    id: int
    space_id: int
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime
    inviter: str
    inviter_role: Role | None


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


def first_admin(session: Session) -> int | None:
    """The account of the network's first admin who is not disabled, or None."""
    question = select(func.min(Account.id)).where(Account.is_admin, Account.disabled_at.is_(None))
    return session.scalar(question)


def waiting(session: Session, space_id: int, limit: int) -> tuple[InvitationCard, ...]:
    """Invitations to a space that wait for their answer, the newest first, those that have ended too: one query."""
    question = _waiting().where(Invitation.space_id == space_id).order_by(Invitation.id.desc()).limit(limit)
    return tuple(_card(row) for row in session.execute(question))


def one_waiting(session: Session, space_id: int, invitation_id: int) -> InvitationCard | None:
    """The invitation of this id to this space while it waits for its answer, or None."""
    question = _waiting().where(Invitation.space_id == space_id, Invitation.id == invitation_id)
    row = session.execute(question).first()
    return _card(row) if row else None


def find(session: Session, token_hash: str, now: datetime) -> InvitationCard | None:
    """The invitation whose link holds this secret; None when it is unknown, accepted, revoked or has ended."""
    question = _waiting().where(Invitation.token_hash == token_hash, Invitation.expires_at > now)
    row = session.execute(question).first()
    return _card(row) if row else None


def accept(session: Session, invitation_id: int, now: datetime) -> bool:
    """Use an invitation up; False when somebody was faster or it has been revoked."""
    fresh = update(Invitation).where(Invitation.id == invitation_id, *_UNANSWERED).values(accepted_at=now)
    return session.execute(fresh.returning(Invitation.id)).first() is not None


def revoke(session: Session, space_id: int, email: str, now: datetime) -> tuple[int, ...]:
    """Let no waiting invitation of this address to a space work any more; their ids."""
    open_ones = update(Invitation).where(Invitation.space_id == space_id, Invitation.email == email, *_UNANSWERED)
    return tuple(session.scalars(open_ones.values(revoked_at=now).returning(Invitation.id)))


_UNANSWERED = (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))


def _waiting() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Invitation.id,
            Invitation.space_id,
            Invitation.email,
            Invitation.role,
            Invitation.created_at,
            Invitation.expires_at,
            Account.name,
            case((Account.disabled_at.is_not(None), None), (Account.is_admin, Role.ADMIN.value), else_=Membership.role),
        )
        .join(Account, Account.id == Invitation.invited_by)
        .outerjoin(Membership, and_(Membership.account_id == Account.id, Membership.space_id == Invitation.space_id))
        .where(*_UNANSWERED)
    )


def _card(row: Any) -> InvitationCard:
    role = Role(row[7]) if row[7] else None
    return InvitationCard(row[0], row[1], row[2], Role(row[3]), row[4], row[5], row[6], role)
