"""Questions about who is signed in."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select

from booking.models.database import Session
from booking.models.tables.accounts import Account, SignIn, Token
from booking.models.tables.spaces import Membership
from booking.models.tables.traffic import Traffic
from booking.rules.access import Actor, Role


def actor_for(session: Session, token_hash: str, now: datetime, idle_hours: int) -> Actor | None:
    """Who is signed in with this token: one query, None when it ended, idled away or the account is disabled."""
    seen = func.coalesce(Traffic.seen_at, SignIn.created_at, type_=SignIn.created_at.type)
    question = (
        select(Account, Membership.space_id, Membership.role)
        .join(SignIn, SignIn.account_id == Account.id)
        .outerjoin(Traffic, and_(Traffic.kind == "sign_in", Traffic.subject_id == SignIn.id))
        .outerjoin(Membership, Membership.account_id == Account.id)
        .where(
            SignIn.token_hash == token_hash,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            seen > now - timedelta(hours=idle_hours),
            Account.disabled_at.is_(None),
        )
    )
    rows = session.execute(question).all()
    if not rows:
        return None
    roles = _roles((row[1], row[2]) for row in rows)
    return as_actor(rows[0][0], roles)


def actor_for_token(session: Session, token_hash: str, now: datetime) -> tuple[Actor, int] | None:
    """Who calls with this API token, and the token's id: one query, None when it is revoked or over."""
    question = (
        select(Account, Token.id, Token.scope, Token.expires_at, Membership.space_id, Membership.role)
        .join(Token, Token.account_id == Account.id)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .where(Token.token_hash == token_hash, Token.revoked_at.is_(None), Account.disabled_at.is_(None))
    )
    rows = session.execute(question).all()
    if not rows or (rows[0][3] is not None and rows[0][3] <= now):
        return None
    roles = _roles((row[4], row[5]) for row in rows)
    return as_actor(rows[0][0], roles, scope=rows[0][2]), rows[0][1]


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
    )


def _roles(pairs: Iterable[tuple[int | None, str | None]]) -> dict[int, Role]:
    return {space_id: Role(role) for space_id, role in pairs if space_id is not None and role is not None}
