"""The marks that reading leaves behind, each in a short transaction of its own."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError

from booking.models.database import Session, in_transaction
from booking.models.tables.traffic import Traffic

INTERVAL = timedelta(minutes=5)
LONGEST_CLIENT = 200

logger = logging.getLogger(__name__)


def mark(engine: Engine, kind: str, subject_id: int, now: datetime, last: datetime | None, client: str = "") -> None:
    """Note that a sign-in ("sign_in"), a token ("token") or a feed ("feed") was used now.

    Does nothing within five minutes of the `last` mark. A mark that can't be written is logged, because whoever
    reads must get her answer all the same.
    """
    if last is not None and timedelta(0) <= now - last < INTERVAL:
        return
    try:
        in_transaction(engine, lambda session: _put(session, kind, subject_id, now, client))
    except DBAPIError:
        logger.warning("a mark of use could not be written", exc_info=True)


def _put(session: Session, kind: str, subject_id: int, now: datetime, client: str) -> None:
    insert = sqlite_insert(Traffic) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(Traffic)
    values = {"seen_at": now, "client": client[:LONGEST_CLIENT]}
    statement = insert.values(kind=kind, subject_id=subject_id, **values)
    session.execute(statement.on_conflict_do_update(index_elements=[Traffic.kind, Traffic.subject_id], set_=values))
