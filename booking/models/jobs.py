"""Leaving jobs to the worker, handing them out one by one, and recording what became of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from booking.models.asking import Question, new_row, told
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.models.tables.jobs import Job
from booking.models.tables.traffic import Traffic

_JOB = METADATA.tables["job"]
# Put together once: every booking leaves jobs.
_NEW = new_row(_JOB, "new")
_INSERT = {
    name: insert(_JOB).values(_NEW).on_conflict_do_nothing(index_elements=[_JOB.c.dedupe_key]).inline()
    for name, insert in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}
_ADD = {name: Question(statement) for name, statement in _INSERT.items()}
LONGEST_ERROR = 500
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class JobCard:
    """A job as read: `attempts` counts the claims so far, `run_at` is when it is due (again)."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    run_at: datetime
    attempts: int
    created_at: datetime
    dead_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class Figures:
    """How the queue stands: jobs that wait, dead letters, since when the oldest has been due, the worker's beat."""

    waiting: int
    dead: int
    oldest_due_at: datetime | None
    beat_at: datetime | None


def add(
    session: Session, kind: str, payload: dict[str, Any], now: datetime, run_at: datetime, once: str | None
) -> None:
    """Leave a job; nothing happens when one of the same `once` name exists."""
    values = {"kind": kind, "payload": payload, "dedupe_key": once, "run_at": run_at, "created_at": now}
    _ADD[session.get_bind().dialect.name].run(session, told("new", values))


def add_all(session: Session, kind: str, jobs: Sequence[tuple[dict[str, Any], str]], now: datetime) -> None:
    """Leave several jobs in one batch: of each the payload and the name under which it is left once."""
    rows = [
        {"kind": kind, "payload": payload, "dedupe_key": once, "run_at": now, "created_at": now}
        for payload, once in jobs
    ]
    if rows:
        session.execute(_INSERT[session.get_bind().dialect.name], [told("new", row) for row in rows])


def withdraw(session: Session, once: str) -> bool:
    """Take back a job that nobody has begun; whether there was one."""
    gone = session.execute(delete(Job).where(Job.dedupe_key == once, Job.attempts == 0).returning(Job.id))
    return gone.first() is not None


def is_due(session: Session, now: datetime) -> bool:
    """Whether any job waits for the worker: a read, so that idle polling never takes the write lock."""
    return session.execute(_due(now).limit(1)).first() is not None


def claim(session: Session, now: datetime, lease: timedelta) -> JobCard | None:
    """Take the job that has been due for longest; others see it again when the lease is over.

    Commit before acting, so that the claim and its attempt survive whatever happens to the worker.
    """
    first = _due(now).order_by(Job.run_at, Job.id).limit(1).with_for_update(skip_locked=True)
    taken = session.execute(
        update(Job)
        .where(Job.id == first.scalar_subquery(), Job.done_at.is_(None), Job.dead_at.is_(None))
        .values(run_at=now + lease, attempts=Job.attempts + 1)
        .returning(*_COLUMNS)
        .execution_options(synchronize_session=False)
    ).first()
    return _card(taken) if taken else None


def finish(session: Session, job_id: int, now: datetime, payload: Mapping[str, Any]) -> None:
    """Record that the job is done; the payload is replaced by what may be kept of it."""
    session.execute(update(Job).where(Job.id == job_id).values(done_at=now, payload=dict(payload), last_error=""))


def postpone(session: Session, job: JobCard, run_at: datetime, error: str) -> None:
    """Try again later, unless somebody else has taken the job meanwhile because the lease was over."""
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.attempts == job.attempts, Job.done_at.is_(None))
        .values(run_at=run_at, last_error=error[:LONGEST_ERROR])
    )


def bury(session: Session, job: JobCard, now: datetime, error: str) -> None:
    """Make it a dead letter that waits for a person."""
    session.execute(
        update(Job)
        .where(Job.id == job.id, Job.attempts == job.attempts, Job.done_at.is_(None))
        .values(dead_at=now, last_error=error[:LONGEST_ERROR])
    )


def revive(session: Session, job_id: int, now: datetime) -> str | None:
    """Give a dead letter another series of tries, from now on; its kind, or None when there is no such one."""
    revived = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.dead_at.is_not(None))
        .values(dead_at=None, attempts=0, run_at=now)
        .returning(Job.kind)
    ).first()
    return revived[0] if revived else None


def drop(session: Session, job_id: int) -> str | None:
    """Delete a dead letter for good; its kind, or None when there is no such one."""
    gone = session.execute(delete(Job).where(Job.id == job_id, Job.dead_at.is_not(None)).returning(Job.kind)).first()
    return gone[0] if gone else None


def remove(session: Session, job_id: int) -> None:
    """Delete a finished chore that nobody will ask about again."""
    session.execute(delete(Job).where(Job.id == job_id))


def dead(session: Session, limit: int, before_id: int | None = None) -> tuple[JobCard, ...]:
    """Dead letters, newest first; `before_id` goes on after a page."""
    question = select(*_COLUMNS).where(Job.dead_at.is_not(None)).order_by(Job.id.desc()).limit(limit)
    if before_id is not None:
        question = question.where(Job.id < before_id)
    return tuple(_card(row) for row in session.execute(question))


def waiting(session: Session, limit: int) -> tuple[JobCard, ...]:
    """Jobs that are neither done nor dead, in the order in which they will run."""
    question = select(*_COLUMNS).where(_OPEN).order_by(Job.run_at, Job.id).limit(limit)
    return tuple(_card(row) for row in session.execute(question))


def figures(session: Session, now: datetime) -> Figures:
    """The state of the queue at this moment."""
    count = session.execute(select(func.count()).where(_OPEN)).scalar_one()
    first = select(Job.run_at).where(_OPEN, Job.run_at <= now).order_by(Job.run_at).limit(1)
    oldest = session.execute(first).scalar_one_or_none()
    buried = session.execute(select(func.count()).select_from(Job).where(Job.dead_at.is_not(None))).scalar_one()
    return Figures(count, buried, oldest, beat_at(session))


def beat(session: Session, now: datetime, worker: str) -> None:
    """Leave a sign of life of the worker."""
    insert = sqlite_insert(Traffic) if session.get_bind().dialect.name == "sqlite" else postgresql_insert(Traffic)
    values = {"seen_at": now, "client": worker[:200]}
    session.execute(
        insert.values(kind=WORKER, subject_id=0, **values).on_conflict_do_update(
            index_elements=[Traffic.kind, Traffic.subject_id], set_=values
        )
    )


def beat_at(session: Session) -> datetime | None:
    """When a worker last gave a sign of life, or None."""
    return session.execute(
        select(Traffic.seen_at).where(Traffic.kind == WORKER, Traffic.subject_id == 0)
    ).scalar_one_or_none()


_OPEN = Job.done_at.is_(None) & Job.dead_at.is_(None)
_COLUMNS = (
    Job.id,
    Job.kind,
    Job.payload,
    Job.run_at,
    Job.attempts,
    Job.created_at,
    Job.dead_at,
    Job.last_error,
)


def _due(now: datetime) -> Any:
    return select(Job.id).where(_OPEN, Job.run_at <= now)


def _card(row: Any) -> JobCard:
    return JobCard(*row)
