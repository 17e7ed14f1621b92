"""Questions about who is signed in, and the rows of sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, and_, bindparam, func, literal, or_, select, update

from booking.models.asking import Line, Question
from booking.models.database import Instant, Session
from booking.models.tables import METADATA
from booking.models.tables.accounts import SignIn
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
    since = {"idle_since": now - timedelta(hours=idle_hours)}
    return _caller(_BY_SIGN_IN.rows(session, {"hash": token_hash, "now": now, **since}))


def actor_for_token(session: Session, token_hash: str, now: datetime) -> Caller | None:
    """Who calls with this API token: one query, None when it is revoked or over."""
    return _caller(_BY_TOKEN.rows(session, {"hash": token_hash, "now": now}))


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


def _caller(rows: Sequence[Line]) -> Caller | None:
    if not rows:
        return None
    first = rows[0]
    actor = Actor(
        account_id=first.id,
        name=first.name,
        is_admin=first.is_admin,
        is_confirmed=first.confirmed_at is not None,
        language=first.language,
        time_zone=first.time_zone,
        roles={row.space_id: Role(row.role) for row in rows if row.space_id is not None},
        scope=first.scope,
        email=first.email,
        team_ids=frozenset(row.team_id for row in rows if row.team_id is not None),
    )
    return Caller(actor, first.subject_id, first.seen_at)


# Every request asks one of these, so they are put together once, and on tables rather than on row classes.

_account, _sign_in, _token = (METADATA.tables[name] for name in ("account", "sign_in", "token"))
_traffic, _membership, _team_member = (METADATA.tables[name] for name in ("traffic", "membership", "team_member"))


def _who(kind: str, by: Table, scope: ColumnElement[str]) -> Select[*tuple[Any, ...]]:
    """The account with its roles and teams behind a sign-in or a token that has this hash."""
    return (
        select(
            *(_account.c[name] for name in _OF_ACTOR),
            by.c.id.label("subject_id"),
            _traffic.c.seen_at,
            _membership.c.space_id,
            _membership.c.role,
            _team_member.c.team_id,
            scope.label("scope"),
        )
        .join(by, by.c.account_id == _account.c.id)
        .outerjoin(_traffic, and_(_traffic.c.kind == kind, _traffic.c.subject_id == by.c.id))
        .outerjoin(_membership, _membership.c.account_id == _account.c.id)
        # People are in few teams, so each of their roles comes a few times at most.
        .outerjoin(_team_member, _team_member.c.account_id == _account.c.id)
        .where(by.c.token_hash == bindparam("hash"), _account.c.disabled_at.is_(None))
    )


_OF_ACTOR = ("id", "name", "is_admin", "confirmed_at", "language", "time_zone", "email")
_NOW, _IDLE_SINCE = bindparam("now", type_=Instant()), bindparam("idle_since", type_=Instant())
_BY_SIGN_IN = Question(
    _who("sign_in", _sign_in, literal("write", String)).where(
        _sign_in.c.ended_at.is_(None),
        _sign_in.c.expires_at > _NOW,
        func.coalesce(_traffic.c.seen_at, _sign_in.c.created_at, type_=Instant()) > _IDLE_SINCE,
    )
)
_BY_TOKEN = Question(
    _who("token", _token, _token.c.scope).where(
        _token.c.revoked_at.is_(None), or_(_token.c.expires_at.is_(None), _token.c.expires_at > _NOW)
    )
)
