"""Keys under which the answers to writes are kept, so that a repeat answers the same."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from booking.models.database import Session
from booking.models.tables import METADATA

_kept = METADATA.tables["idempotency_key"]


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer to an earlier request with the same key, and the hash of that request."""

    request_hash: str
    status: int
    answer: dict[str, Any]


def reserve(
    session: Session, account_id: int, key: str, request_hash: str, now: datetime, kept_since: datetime
) -> bool:
    """Take the key for this transaction; False when it has been in use since `kept_since`.

    Waits while another transaction has just taken it.
    """
    fresh = {"request_hash": request_hash, "status": 0, "answer": {}, "created_at": now}
    values = {"account_id": account_id, "key": key} | fresh
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = (sqlite_insert if is_sqlite else postgresql_insert)(_kept).values(values)
    taken = insert.on_conflict_do_update(
        index_elements=[_kept.c.account_id, _kept.c.key], set_=fresh, where=_kept.c.created_at < kept_since
    )
    return session.execute(taken.returning(_kept.c.key)).first() is not None


def keep(session: Session, account_id: int, key: str, status: int, answer: dict[str, Any]) -> None:
    """Keep the answer under the key that this transaction took."""
    row = update(_kept).where(_kept.c.account_id == account_id, _kept.c.key == key)
    session.execute(row.values(status=status, answer=answer))


def kept(session: Session, account_id: int, key: str) -> Kept:
    """The answer under a key that is in use."""
    question = select(_kept.c.request_hash, _kept.c.status, _kept.c.answer)
    row = session.execute(question.where(_kept.c.account_id == account_id, _kept.c.key == key)).one()
    return Kept(row.request_hash, row.status, row.answer)
