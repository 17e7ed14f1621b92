"""Who holds which certificate, until when, and granting and revoking it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_, update
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.members import holds
from booking.models.tables.accounts import Account
from booking.models.tables.certificates import Certificate, Grant
from booking.models.tables.spaces import Space


@dataclass(frozen=True, slots=True)
class HolderCard:
    """Somebody with a certificate; `id` is the account's. `granted_by` is a shown name, empty where not known."""

    id: int
    name: str
    email: str
    granted_at: datetime
    expires_at: datetime | None
    granted_by: str


@dataclass(frozen=True, slots=True)
class OwnCard:
    """A certificate as its holder sees it, ended and revoked ones too."""

    certificate_id: int
    name: str
    description: str
    granted_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    space_slug: str
    space_name: str
    time_zone: str


def holders(
    session: Session, certificate_id: int, *, words: str = "", after: tuple[str, int] | None = None, limit: int = 50
) -> tuple[HolderCard, ...]:
    """Who holds a certificate or held it until it ended, by name and id, without revoked ones: one query."""
    trainer = aliased(Account)
    question = (
        select(
            Account.id,
            Account.name,
            Account.email,
            Grant.granted_at,
            Grant.expires_at,
            func.coalesce(trainer.name, ""),
        )
        .join(Account, Account.id == Grant.account_id)
        .outerjoin(trainer, trainer.id == Grant.granted_by)
        .where(Grant.certificate_id == certificate_id, *_counting())
    )
    if words:
        question = question.where(holds(words))
    if after is not None:
        name, account_id = after
        question = question.where(or_(Account.name > name, and_(Account.name == name, Account.id > account_id)))
    rows = session.execute(question.order_by(Account.name, Account.id).limit(limit))
    return tuple(HolderCard(*row) for row in rows)


def ends(session: Session, certificate_id: int, account_ids: Collection[int]) -> dict[int, datetime | None]:
    """Until when each of these people holds a certificate (None: for ever); without those who don't: one query."""
    question = select(Grant.account_id, Grant.expires_at).where(
        Grant.certificate_id == certificate_id, Grant.account_id.in_(account_ids), *_counting()
    )
    return {account_id: expires_at for account_id, expires_at in session.execute(question)}


def mine(session: Session, account_id: int) -> tuple[OwnCard, ...]:
    """All that somebody holds or held, each certificate once as it stands now, by space and name: one query."""
    question = (
        select(
            Certificate.id,
            Certificate.name,
            Certificate.description,
            Grant.granted_at,
            Grant.expires_at,
            Grant.revoked_at,
            Space.slug,
            Space.name,
            Space.time_zone,
        )
        .join(Certificate, Certificate.id == Grant.certificate_id)
        .join(Space, Space.id == Certificate.space_id)
        .where(Grant.account_id == account_id)
        # A revoked grant counts only where no other is left.
        .order_by(Space.name, Certificate.name, Grant.revoked_at.is_(None), Grant.granted_at, Grant.id)
    )
    return tuple({row[0]: OwnCard(*row) for row in session.execute(question)}.values())


def add(
    session: Session, certificate_id: int, account_id: int, by: int, now: datetime, expires_at: datetime | None
) -> int:
    """Let somebody hold a certificate; the id of the grant."""
    row = Grant(
        certificate_id=certificate_id, account_id=account_id, granted_by=by, granted_at=now, expires_at=expires_at
    )
    session.add(row)
    session.flush()
    return row.id


def revoke(session: Session, certificate_id: int, account_id: int, now: datetime) -> bool:
    """Let somebody hold a certificate no more, older grants included; False when there was nothing to revoke."""
    hers = update(Grant).where(
        Grant.certificate_id == certificate_id, Grant.account_id == account_id, Grant.revoked_at.is_(None)
    )
    return bool(session.execute(hers.values(revoked_at=now).returning(Grant.id)).all())


def _counting() -> tuple[ColumnElement[bool], ...]:
    """The conditions for the one grant of a person that counts: the latest that is not revoked, as the rules say."""
    later: Any = aliased(Grant)
    newer = exists().where(
        later.certificate_id == Grant.certificate_id,
        later.account_id == Grant.account_id,
        later.revoked_at.is_(None),
        tuple_(later.granted_at, later.id) > tuple_(Grant.granted_at, Grant.id),
    )
    return (Grant.revoked_at.is_(None), ~newer)
