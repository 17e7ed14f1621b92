"""Leaving jobs to the worker, and handing them out."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from booking.models.database import Session
from booking.models.tables.jobs import Job


def add(
    session: Session, kind: str, payload: dict[str, Any], now: datetime, run_at: datetime, once: str | None
) -> None:
    """Leave a job; nothing happens when one of the same `once` name exists."""
    values = {
        "kind": kind,
        "payload": payload,
        "dedupe_key": once,
        "run_at": run_at,
        "attempts": 0,
        "created_at": now,
        "last_error": "",
    }
    insert = sqlite_insert(Job) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(Job)
    session.execute(insert.values(values).on_conflict_do_nothing(index_elements=[Job.dedupe_key]))
