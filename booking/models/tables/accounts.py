"""Tables: accounts, their signed-in sessions, API tokens and one-time links."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Account(Base):
    """A person. `email` is lower-case and unique; confirmed by following a mailed link."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True, info={"personal": "id"})
    name: Mapped[str] = mapped_column(String(80), info={"personal": "id"})
    password_hash: Mapped[str | None] = mapped_column(Text, info={"personal": "id"})
    language: Mapped[str] = mapped_column(String(8), default="en", info={"personal": "id"})
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC", info={"personal": "id"})
    theme: Mapped[str] = mapped_column(String(8), default="", info={"personal": "id"})
    is_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class SignIn(Base):
    """One signed-in browser: the hash of the token in its cookie. Ended rows stay for the audit of their owner."""

    __tablename__ = "sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"personal": "account_id"})
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(String(200), default="", info={"personal": "account_id"})
    address: Mapped[str] = mapped_column(String(64), default="", info={"personal": "account_id"})


class Token(Base):
    """An API token: the hash of its secret, shown once at creation."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80), info={"personal": "account_id"})
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"personal": "account_id"})
    scope: Mapped[str] = mapped_column(String(16), default="write")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Link(Base):
    """A mailed link that works once: confirm an address, reset a password, first admin.

    One that confirms a registration brings what was typed then: name, password, language and zone become the account's
    when it is followed. `browser_hash` tells the browser in which it was typed; empty where none is known.
    """

    __tablename__ = "link"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(16), info={"personal": False})
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"personal": "account_id"})
    email: Mapped[str] = mapped_column(String(254), default="", info={"personal": "address"})
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    name: Mapped[str | None] = mapped_column(String(80), info={"personal": "account_id"})
    password_hash: Mapped[str | None] = mapped_column(Text, info={"personal": "account_id"})
    language: Mapped[str | None] = mapped_column(String(8), info={"personal": "account_id"})
    time_zone: Mapped[str | None] = mapped_column(String(64), info={"personal": "account_id"})
    browser_hash: Mapped[str] = mapped_column(
        String(64), default="", server_default="", info={"personal": "account_id"}
    )


class Throttle(Base):
    """A bucket of allowed failures; `level` fills with failures and drains with time."""

    __tablename__ = "throttle"

    bucket: Mapped[str] = mapped_column(String(96), primary_key=True)
    level: Mapped[float]
    changed_at: Mapped[datetime]


Index("ix_sign_in_live", SignIn.account_id, postgresql_where=text("ended_at IS NULL"))
