"""Wishes to join a space: asked, taken back, decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import JoinRequest


@dataclass(frozen=True, slots=True)
class RequestCard:
    """One wish to join; `accepted` is None until a manager decides."""

    id: int
    account_id: int
    name: str
    email: str
    note: str
    asked_at: datetime
    accepted: bool | None
    reason: str


def ask(session: Session, account_id: int, space_id: int, note: str, now: datetime) -> int | None:
    """Note a wish, over an earlier one that was decided; the request's id, or None when one waits already."""
    insert = (
        sqlite_insert(JoinRequest) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(JoinRequest)
    )
    fresh: dict[str, Any] = {"note": note, "asked_at": now, "decided_at": None, "decided_by": None}
    fresh |= {"accepted": None, "reason": ""}
    statement = insert.values(account_id=account_id, space_id=space_id, **fresh).on_conflict_do_update(
        index_elements=[JoinRequest.account_id, JoinRequest.space_id],
        set_=fresh,
        where=JoinRequest.decided_at.is_not(None),
    )
    return session.execute(statement.returning(JoinRequest.id)).scalar_one_or_none()


def own(session: Session, account_id: int, space_id: int) -> RequestCard | None:
    """Somebody's last wish to join a space, decided or not; None when there was none."""
    return _first(session, JoinRequest.account_id == account_id, JoinRequest.space_id == space_id)


def request(session: Session, request_id: int, space_id: int) -> RequestCard | None:
    """The request of this id to this space, or None."""
    return _first(session, JoinRequest.id == request_id, JoinRequest.space_id == space_id)


def waiting(session: Session, space_id: int, limit: int) -> tuple[RequestCard, ...]:
    """Requests that wait for a decision, those that have waited longest first: one query."""
    question = _REQUESTS.where(JoinRequest.space_id == space_id, *_OPEN)
    rows = session.execute(question.order_by(JoinRequest.asked_at, JoinRequest.id).limit(limit))
    return tuple(RequestCard(*row) for row in rows)


def number_waiting(session: Session, space_id: int) -> int:
    """How many requests to a space wait for a decision."""
    return session.scalar(select(func.count(JoinRequest.id)).where(JoinRequest.space_id == space_id, *_OPEN)) or 0


def withdraw(session: Session, account_id: int, space_id: int) -> bool:
    """Take a waiting request back, as if it had not been made; whether there was one."""
    mine = delete(JoinRequest).where(JoinRequest.account_id == account_id, JoinRequest.space_id == space_id, *_OPEN)
    return session.execute(mine.returning(JoinRequest.id)).first() is not None


def decide(
    session: Session, account_id: int, space_id: int, accepted: bool, by: int, reason: str, now: datetime
) -> bool:
    """Decide somebody's waiting request; False when none waits (any more)."""
    hers = update(JoinRequest).where(JoinRequest.account_id == account_id, JoinRequest.space_id == space_id, *_OPEN)
    decided = hers.values(accepted=accepted, decided_by=by, reason=reason, decided_at=now)
    return session.execute(decided.returning(JoinRequest.id)).first() is not None


_OPEN = (JoinRequest.decided_at.is_(None),)
_REQUESTS = select(
    JoinRequest.id,
    Account.id,
    Account.name,
    Account.email,
    JoinRequest.note,
    JoinRequest.asked_at,
    JoinRequest.accepted,
    JoinRequest.reason,
).join(Account, Account.id == JoinRequest.account_id)


def _first(session: Session, *conditions: Any) -> RequestCard | None:
    row = session.execute(_REQUESTS.where(*conditions)).first()
    return RequestCard(*row) if row else None
