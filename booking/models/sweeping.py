"""What is deleted because nobody can need it any more."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from booking.models.database import Session
from booking.models.tables.accounts import Link, SignIn, Throttle
from booking.models.tables.bookings import IdempotencyKey
from booking.models.tables.jobs import Job
from booking.models.tables.traffic import Traffic

KEYS_KEPT = timedelta(days=7)
SIGN_INS_KEPT = timedelta(days=90)
LINKS_KEPT = timedelta(days=7)
DONE_JOBS_KEPT = timedelta(days=30)
# A bucket drains in far less than a day, so an older one is empty.
THROTTLES_KEPT = timedelta(days=1)


def sweep(session: Session, now: datetime) -> None:
    """Delete what has outlived its use."""
    over = now - SIGN_INS_KEPT
    gone = (
        delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEYS_KEPT),
        delete(SignIn).where(or_(SignIn.ended_at < over, SignIn.expires_at < over)),
        delete(Link).where(or_(Link.used_at < now - LINKS_KEPT, Link.expires_at < now - LINKS_KEPT)),
        delete(Job).where(Job.done_at < now - DONE_JOBS_KEPT),
        delete(Throttle).where(Throttle.changed_at < now - THROTTLES_KEPT),
        delete(Traffic).where(Traffic.kind == "sign_in", Traffic.subject_id.not_in(select(SignIn.id))),
    )
    for statement in gone:
        session.execute(statement, execution_options={"synchronize_session": False})
