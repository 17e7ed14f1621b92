"""Mailed links that work once: only the hash of their secret is kept."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update

from booking.models.database import Session
from booking.models.tables.accounts import Account, Link


@dataclass(frozen=True, slots=True)
class Registration:
    """What was typed when an account was asked for, and the hash of a secret of the browser in which it was."""

    name: str
    password_hash: str | None
    language: str
    time_zone: str
    browser_hash: str = ""


@dataclass(frozen=True, slots=True)
class LiveLink:
    """A link that still works: what for, and for whom. `email` is the address that it was mailed to.

    `registration` is what it confirms; for other links, and where nothing else is known, what the account has.
    """

    id: int
    purpose: str
    account_id: int
    email: str
    registration: Registration


def add(
    session: Session, account_id: int, purpose: str, token_hash: str, email: str, now: datetime, expires_at: datetime
) -> None:
    """Note a fresh link; the account's earlier ones for this purpose stop working."""
    withdraw(session, account_id, (purpose,), now)
    _add(session, account_id, purpose, token_hash, email, now, expires_at)


def add_one_more(
    session: Session, account_id: int, purpose: str, token_hash: str, now: datetime, expires_at: datetime
) -> None:
    """Note a fresh link beside the account's earlier ones for this purpose, which go on working."""
    _add(session, account_id, purpose, token_hash, "", now, expires_at)


def add_registration(
    session: Session,
    account_id: int,
    typed: Registration,
    token_hash: str,
    email: str,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Note a fresh link that confirms a registration; the earlier ones of the same browser stop working.

    Those of other browsers stay: nobody can end what somebody else has begun.
    """
    same = update(Link).where(Link.account_id == account_id, Link.purpose == "confirm", Link.used_at.is_(None))
    session.execute(same.where(Link.browser_hash == typed.browser_hash).values(used_at=now))
    _add(session, account_id, "confirm", token_hash, email, now, expires_at, **asdict(typed))


def registration(session: Session, account_id: int, browser_hash: str) -> Registration | None:
    """What was typed last for this account in a browser, or else in any; None when it is not known any more."""
    question: Select[*tuple[Any, ...]] = (
        select(*_TYPED, Link.browser_hash)
        .join(Account, Account.id == Link.account_id)
        .where(Link.account_id == account_id, Link.purpose == "confirm", Link.password_hash.is_not(None))
        .order_by((Link.browser_hash == browser_hash).desc(), Link.id.desc())
    )
    row = session.execute(question.limit(1)).first()
    return Registration(*row) if row else None


def find(session: Session, token_hash: str, purposes: tuple[str, ...], now: datetime) -> LiveLink | None:
    """The link with this secret, or None when it is unknown, used, too old or its account is disabled."""
    question = (
        select(Link.id, Link.purpose, Link.account_id, Link.email, *_TYPED, Link.browser_hash)
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
    return LiveLink(row[0], row[1], row[2], row[3], Registration(*row[4:])) if row else None


def use(session: Session, link_id: int, now: datetime) -> bool:
    """Use a link up; False when somebody was faster."""
    fresh = update(Link).where(Link.id == link_id, Link.used_at.is_(None)).values(used_at=now)
    return bool(session.execute(fresh.returning(Link.id)).all())


def withdraw(session: Session, account_id: int, purposes: tuple[str, ...], now: datetime) -> None:
    """Let the account's unused links for these purposes work no more."""
    unused = update(Link).where(Link.account_id == account_id, Link.purpose.in_(purposes), Link.used_at.is_(None))
    session.execute(unused.values(used_at=now))


_TYPED: tuple[ColumnElement[Any], ...] = tuple(
    func.coalesce(getattr(Link, name), getattr(Account, name))
    for name in ("name", "password_hash", "language", "time_zone")
)


def _add(
    session: Session,
    account_id: int,
    purpose: str,
    token_hash: str,
    email: str,
    now: datetime,
    expires_at: datetime,
    **typed: Any,
) -> None:
    row = {"account_id": account_id, "purpose": purpose, "token_hash": token_hash, "email": email}
    session.add(Link(created_at=now, expires_at=expires_at, **row, **typed))
    session.flush()
