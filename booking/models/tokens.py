"""API tokens: the hash of each secret, and when it was last used."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select, update

from booking.models.database import Session
from booking.models.tables.accounts import Token
from booking.models.tables.traffic import Traffic


@dataclass(frozen=True, slots=True)
class TokenCard:
    """An API token as its owner sees it: everything but its secret."""

    id: int
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime | None
    seen_at: datetime | None


def add(
    session: Session,
    account_id: int,
    token_hash: str,
    name: str,
    scope: str,
    now: datetime,
    expires_at: datetime | None,
) -> TokenCard:
    """Note a fresh token."""
    row = Token(
        account_id=account_id, token_hash=token_hash, name=name, scope=scope, created_at=now, expires_at=expires_at
    )
    session.add(row)
    session.flush()
    return TokenCard(row.id, name, scope, now, expires_at, None)


def mine(session: Session, account_id: int, now: datetime) -> tuple[TokenCard, ...]:
    """The account's tokens that still work, the newest first."""
    question = (
        select(Token, Traffic.seen_at)
        .outerjoin(Traffic, and_(Traffic.kind == "token", Traffic.subject_id == Token.id))
        .where(Token.account_id == account_id, Token.revoked_at.is_(None))
        .where(Token.expires_at.is_(None) | (Token.expires_at > now))
        .order_by(Token.id.desc())
    )
    return tuple(
        TokenCard(row.id, row.name, row.scope, row.created_at, row.expires_at, seen_at)
        for row, seen_at in session.execute(question)
    )


def count(session: Session, account_id: int, now: datetime) -> int:
    """How many tokens of this account still work."""
    live = Token.expires_at.is_(None) | (Token.expires_at > now)
    question = select(func.count()).select_from(Token)
    return session.execute(
        question.where(Token.account_id == account_id, Token.revoked_at.is_(None), live)
    ).scalar_one()


def revoke(session: Session, account_id: int, token_id: int, now: datetime) -> bool:
    """Let a token of this account work no more; False when there is none that works."""
    mine_only = update(Token).where(Token.account_id == account_id, Token.id == token_id, Token.revoked_at.is_(None))
    return bool(session.execute(mine_only.values(revoked_at=now).returning(Token.id)).all())


def revoke_all(session: Session, account_id: int, now: datetime) -> int:
    """Let no token of this account work any more; how many did."""
    working = update(Token).where(Token.account_id == account_id, Token.revoked_at.is_(None))
    return len(session.execute(working.values(revoked_at=now).returning(Token.id)).all())
