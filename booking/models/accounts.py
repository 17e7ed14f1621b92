"""Questions about accounts, and their rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from booking.models.database import Session
from booking.models.tables.accounts import Account


@dataclass(frozen=True, slots=True)
class AccountCard:
    """A person as the actions on accounts see her, without the hash of the password."""

    id: int
    email: str
    name: str
    language: str
    time_zone: str
    theme: str
    is_admin: bool
    is_confirmed: bool
    is_disabled: bool


def card(session: Session, account_id: int) -> AccountCard | None:
    """The account with this id, or None."""
    row = session.get(Account, account_id)
    return _card(row) if row else None


def card_by_email(session: Session, email: str) -> AccountCard | None:
    """The account with this (lower-case) address, or None."""
    row = session.execute(select(Account).where(Account.email == email)).scalar_one_or_none()
    return _card(row) if row else None


def password_hash(session: Session, account_id: int) -> str | None:
    """The stored hash of this account's password; None when it has none."""
    return session.execute(select(Account.password_hash).where(Account.id == account_id)).scalar_one_or_none()


def credentials(session: Session, email: str) -> tuple[int, str | None] | None:
    """The id and the password's hash of the account that may sign in with this address, or None."""
    question = select(Account.id, Account.password_hash).where(Account.email == email, Account.disabled_at.is_(None))
    row = session.execute(question).first()
    return (row[0], row[1]) if row else None


def admins(session: Session) -> frozenset[int]:
    """The accounts that run the network, held until the transaction ends: none of them stops doing so meanwhile."""
    question = select(Account.id).where(Account.is_admin, Account.disabled_at.is_(None)).order_by(Account.id)
    return frozenset(session.scalars(question.with_for_update()))


def add(session: Session, email: str, name: str, now: datetime, **columns: Any) -> int | None:
    """Add an account; the answer is its id, or None when the address is taken (in the same moment, perhaps)."""
    defaults = {"language": "en", "time_zone": "UTC", "theme": "", "is_admin": False}
    insert = sqlite_insert(Account) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(Account)
    values = defaults | {"email": email, "name": name, "created_at": now} | columns
    statement = insert.values(values).on_conflict_do_nothing(index_elements=[Account.email])
    return session.execute(statement.returning(Account.id)).scalar_one_or_none()


def lock(session: Session, account_id: int) -> None:
    """Hold an account until the transaction ends, so that two registrations of one browser come one after the other."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())


def change(session: Session, account_id: int, **columns: Any) -> None:
    """Write these columns of an account."""
    session.execute(update(Account).where(Account.id == account_id).values(columns))


def _card(row: Account) -> AccountCard:
    return AccountCard(
        id=row.id,
        email=row.email,
        name=row.name,
        language=row.language,
        time_zone=row.time_zone,
        theme=row.theme,
        is_admin=row.is_admin,
        is_confirmed=row.confirmed_at is not None,
        is_disabled=row.disabled_at is not None,
    )
