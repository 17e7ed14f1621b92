"""How full the buckets of tries are: rows, so that several workers and a restart change nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from booking.models.database import Session
from booking.models.tables.accounts import Throttle


def levels(session: Session, names: Sequence[str], now: datetime) -> dict[str, tuple[float, datetime]]:
    """The level of each bucket and when it was noted; the rows are made where missing, and locked."""
    insert = sqlite_insert(Throttle) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(Throttle)
    # In the order of their names, so that two tries never wait for each other.
    rows = [{"bucket": name, "level": 0.0, "changed_at": now} for name in sorted(set(names))]
    # Writing a row over itself locks it, so that no sweep takes it away before it is read.
    made = insert.values(rows)
    locked = made.on_conflict_do_update(index_elements=[Throttle.bucket], set_={"bucket": made.excluded.bucket})
    found = session.execute(locked.returning(Throttle.bucket, Throttle.level, Throttle.changed_at))
    return {name: (level, changed_at) for name, level, changed_at in found}


def put(session: Session, name: str, level: float, now: datetime) -> None:
    """Note a bucket's level."""
    session.execute(update(Throttle).where(Throttle.bucket == name).values(level=level, changed_at=now))
