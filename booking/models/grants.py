"""Who holds which certificate, until when, and granting and revoking it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.holding import ENDING, held, question
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
    """A certificate as its holder sees it, ended and revoked ones too; `lapses` when it ends by not being used."""

    certificate_id: int
    name: str
    description: str
    granted_at: datetime
    expires_at: datetime | None
    lapses: bool
    revoked_at: datetime | None
    space_slug: str
    space_name: str
    time_zone: str


def holders(
    session: Session, certificate_id: int, *, words: str = "", after: tuple[str, int] | None = None, limit: int = 50
) -> tuple[HolderCard, ...]:
    """Who holds a certificate or held it until it ended, by name and id, without revoked ones: one query."""
    trainer = aliased(Account)
    asked = (
        question(Account.id, Account.name, Account.email, func.coalesce(trainer.name, "").label("granted_by"))
        .join(Account, Account.id == Grant.account_id)
        .outerjoin(trainer, trainer.id == Grant.granted_by)
        .where(Grant.certificate_id == certificate_id)
    )
    if words:
        asked = asked.where(holds(words))
    if after is not None:
        name, account_id = after
        asked = asked.where(or_(Account.name > name, and_(Account.name == name, Account.id > account_id)))
    rows = session.execute(asked.order_by(Account.name, Account.id).limit(limit))
    return tuple(
        HolderCard(row.id, row.name, row.email, row.granted_at, held(row).ends_at, row.granted_by) for row in rows
    )


def ends(session: Session, certificate_id: int, account_ids: Collection[int]) -> dict[int, datetime | None]:
    """Until when each of these people holds a certificate (None: for ever); without those who don't: one query."""
    asked = question(Grant.account_id).where(Grant.certificate_id == certificate_id, Grant.account_id.in_(account_ids))
    return {row.account_id: held(row).ends_at for row in session.execute(asked)}


def granted_at(session: Session, certificate_id: int, account_id: int) -> datetime | None:
    """When somebody was last granted a certificate that she still holds or held until it ended, or None."""
    asked = question().where(Grant.certificate_id == certificate_id, Grant.account_id == account_id)
    row = session.execute(asked).first()
    return row.granted_at if row else None


def mine(session: Session, account_id: int) -> tuple[OwnCard, ...]:
    """All that somebody holds or held, each certificate once as it stands now, by space and name: one query."""
    asked = (
        select(*ENDING, Certificate.name, Certificate.description, Grant.revoked_at, Space.slug, Space.name.label("at"))
        .join_from(Grant, Certificate, Certificate.id == Grant.certificate_id)
        .join(Space, Space.id == Certificate.space_id)
        .where(Grant.account_id == account_id)
        # A revoked grant counts only where no other is left.
        .order_by(Space.name, Certificate.name, Grant.revoked_at.is_(None), Grant.granted_at, Grant.id)
    )
    return tuple(
        {
            row.certificate_id: OwnCard(
                certificate_id=row.certificate_id,
                name=row.name,
                description=row.description,
                granted_at=row.granted_at,
                expires_at=held(row).ends_at,
                lapses=row.unused_days is not None and held(row).ends_at != row.expires_at,
                revoked_at=row.revoked_at,
                space_slug=row.slug,
                space_name=row.at,
                time_zone=row.time_zone,
            )
            for row in session.execute(asked)
        }.values()
    )


def add(
    session: Session, certificate_id: int, account_id: int, by: int | None, now: datetime, expires_at: datetime | None
) -> int:
    """Let somebody hold a certificate; `by` None for an operator. The id of the grant."""
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
