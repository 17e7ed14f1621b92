"""Mailed links that work once: only the hash of their secret is kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from booking.models.database import Session
from booking.models.tables.accounts import Account, Link


@dataclass(frozen=True, slots=True)
class LiveLink:
    """A link that still works: what for, and for whom. `email` is the address that it was mailed to."""

    id: int
    purpose: str
    account_id: int
    email: str
    name: str


def add(
    session: Session, account_id: int, purpose: str, token_hash: str, email: str, now: datetime, expires_at: datetime
) -> None:
    """Note a fresh link; the account's earlier ones for this purpose stop working."""
    withdraw(session, account_id, (purpose,), now)
    session.add(
        Link(
            account_id=account_id,
            purpose=purpose,
            token_hash=token_hash,
            email=email,
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()


def find(session: Session, token_hash: str, purposes: tuple[str, ...], now: datetime) -> LiveLink | None:
    """The link with this secret, or None when it is unknown, used, too old or its account is disabled."""
    question = (
        select(Link.id, Link.purpose, Link.account_id, Link.email, Account.name)
        .join(Account, Account.id == Link.account_id)
        .where(
            Link.token_hash == token_hash,
            Link.purpose.in_(purposes),
            Link.used_at.is_(None),
            Link.expires_at > now,
            Account.disabled_at.is_(None),
        )
    )
    row = session.execute(question).first()
    return LiveLink(*row) if row else None


def use(session: Session, link_id: int, now: datetime) -> bool:
    """Use a link up; False when somebody was faster."""
    fresh = update(Link).where(Link.id == link_id, Link.used_at.is_(None)).values(used_at=now)
    return bool(session.execute(fresh.returning(Link.id)).all())


def withdraw(session: Session, account_id: int, purposes: tuple[str, ...], now: datetime) -> None:
    """Let the account's unused links for these purposes work no more."""
    unused = update(Link).where(Link.account_id == account_id, Link.purpose.in_(purposes), Link.used_at.is_(None))
    session.execute(unused.values(used_at=now))
