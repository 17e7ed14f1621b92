"""Questions about who is signed in, and the rows of sign-ins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, update

from booking.models.database import Session
from booking.models.tables.accounts import Account, SignIn, Token
from booking.models.tables.spaces import Membership
from booking.models.tables.traffic import Traffic
from booking.rules.access import Actor, Role


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, by which sign-in or token (its id), and when that was last marked as used."""

    actor: Actor
    subject_id: int
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignInCard:
    """One signed-in browser, as its owner sees it."""

    id: int
    client: str
    address: str
    created_at: datetime
    seen_at: datetime
    is_this: bool


def actor_for(session: Session, token_hash: str, now: datetime, idle_hours: int) -> Caller | None:
    """Who is signed in with this token: one query, None when it ended, idled away or the account is disabled."""
    question = (
        select(Account, SignIn.id, Traffic.seen_at, Membership.space_id, Membership.role)
        .join(SignIn, SignIn.account_id == Account.id)
        .outerjoin(Traffic, and_(Traffic.kind == "sign_in", Traffic.subject_id == SignIn.id))
        .outerjoin(Membership, Membership.account_id == Account.id)
        .where(SignIn.token_hash == token_hash, Account.disabled_at.is_(None), *_live(now, idle_hours))
    )
    return _caller(session, question)


def actor_for_token(session: Session, token_hash: str, now: datetime) -> Caller | None:
    """Who calls with this API token: one query, None when it is revoked or over."""
    question = (
        select(Account, Token.id, Traffic.seen_at, Membership.space_id, Membership.role, Token.scope)
        .join(Token, Token.account_id == Account.id)
        .outerjoin(Traffic, and_(Traffic.kind == "token", Traffic.subject_id == Token.id))
        .outerjoin(Membership, Membership.account_id == Account.id)
        .where(
            Token.token_hash == token_hash,
            Token.revoked_at.is_(None),
            Token.expires_at.is_(None) | (Token.expires_at > now),
            Account.disabled_at.is_(None),
        )
    )
    return _caller(session, question)


def as_actor(account: Account, roles: dict[int, Role], scope: str = "write") -> Actor:
    """An account as the rules see it."""
    return Actor(
        account_id=account.id,
        name=account.name,
        is_admin=account.is_admin,
        is_confirmed=account.confirmed_at is not None,
        language=account.language,
        time_zone=account.time_zone,
        roles=roles,
        scope=scope,
        email=account.email,
    )


def live(session: Session, account_id: int, now: datetime, idle_hours: int, this_hash: str) -> tuple[SignInCard, ...]:
    """The browsers in which this account is signed in, the last used first."""
    seen = func.coalesce(Traffic.seen_at, SignIn.created_at, type_=SignIn.created_at.type)
    question = (
        select(SignIn, seen)
        .outerjoin(Traffic, and_(Traffic.kind == "sign_in", Traffic.subject_id == SignIn.id))
        .where(SignIn.account_id == account_id, *_live(now, idle_hours))
        .order_by(seen.desc(), SignIn.id.desc())
    )
    return tuple(
        SignInCard(row.id, row.client, row.address, row.created_at, seen_at, row.token_hash == this_hash)
        for row, seen_at in session.execute(question)
    )


def add(
    session: Session, account_id: int, token_hash: str, now: datetime, lasts: timedelta, client: str, address: str
) -> int:
    """Note a fresh sign-in; the answer is its id."""
    row = SignIn(
        account_id=account_id,
        token_hash=token_hash,
        created_at=now,
        expires_at=now + lasts,
        client=client[:200],
        address=address[:64],
    )
    session.add(row)
    session.flush()
    return row.id


def end(session: Session, account_id: int, sign_in_id: int, now: datetime) -> bool:
    """End one sign-in of this account; False when there is none that lives."""
    mine = update(SignIn).where(SignIn.account_id == account_id, SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
    return bool(session.execute(mine.values(ended_at=now).returning(SignIn.id)).all())


def end_by_hash(session: Session, token_hash: str, now: datetime) -> None:
    """End the sign-in with this token."""
    session.execute(
        update(SignIn).where(SignIn.token_hash == token_hash, SignIn.ended_at.is_(None)).values(ended_at=now)
    )


def end_all(session: Session, account_id: int, now: datetime, except_hash: str = "") -> int:
    """End every sign-in of this account, except perhaps the one with this token; the answer is how many."""
    others = update(SignIn).where(
        SignIn.account_id == account_id, SignIn.ended_at.is_(None), SignIn.token_hash != except_hash
    )
    return len(session.execute(others.values(ended_at=now).returning(SignIn.id)).all())


def _live(now: datetime, idle_hours: int) -> tuple[ColumnElement[bool], ...]:
    seen = func.coalesce(Traffic.seen_at, SignIn.created_at, type_=SignIn.created_at.type)
    return (SignIn.ended_at.is_(None), SignIn.expires_at > now, seen > now - timedelta(hours=idle_hours))


def _caller(session: Session, question: Select[*tuple[Any, ...]]) -> Caller | None:
    rows = session.execute(question).all()
    if not rows:
        return None
    account, subject_id, seen_at = rows[0][:3]
    scope = rows[0][5] if len(rows[0]) > 5 else "write"
    return Caller(as_actor(account, _roles((row[3], row[4]) for row in rows), scope), subject_id, seen_at)


def _roles(pairs: Iterable[tuple[int | None, str | None]]) -> dict[int, Role]:
    return {space_id: Role(role) for space_id, role in pairs if space_id is not None and role is not None}
