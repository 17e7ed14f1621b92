"""What happens to jobs: taken by the worker, done, tried again or buried; revived or dropped by a person."""

import random
from datetime import timedelta

from booking.actions import arrivals
from booking.actions.call import Call
from booking.models import audit, bookings, jobs, sweeping, waitlist
from booking.models.jobs import JobCard
from booking.rules.refusals import Absent, Denied

# Longer than anything that a job may take, mail servers that answer slowly included.
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=4)
# With the waits between them about half a day.
MOST_TRIES = 12
# A request expires by a job of its own; whatever is still pending so long after its start has lost it.
OVERDUE = timedelta(minutes=2)
_OVERDUE_AT_ONCE = 200
# Secrets, names, addresses and people's own words that are needed to do a job and must not outlive it.
SECRETS = frozenset({"link", "email", "name", "inviter", "maker", "note", "reason"})


def take(call: Call) -> JobCard | None:
    """Claim the next due job for a while; None when nothing is due."""
    return jobs.claim(call.session, call.now, LEASE)


def finish(call: Call, job: JobCard) -> None:
    """The job is done; what it carried in secret is blanked, and seals leave no trace but themselves."""
    if job.kind == "seal":
        jobs.remove(call.session, job.id)
        return
    payload = {key: "" if key in SECRETS else value for key, value in job.payload.items()}
    jobs.finish(call.session, job.id, call.now, payload)


def fail(call: Call, job: JobCard, reason: str, *, for_good: bool = False) -> None:
    """The job did not work: it waits longer each time, and after its last try for a person."""
    if for_good or job.attempts >= MOST_TRIES:
        jobs.bury(call.session, job, call.now, reason)
    else:
        jobs.postpone(call.session, job, call.now + wait_after(job.attempts), reason)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many tries: doubling, and spread so that many jobs don't come back at once."""
    full = min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)
    return timedelta(seconds=full.total_seconds() * random.uniform(0.75, 1.25))  # noqa: S311


def tend(call: Call, worker: str) -> None:
    """What the worker does once a minute: give a sign of life and leave the jobs that come by the clock."""
    jobs.beat(call.session, call.now, worker)
    call.later("certificates", {}, once=f"certificates:{call.now:%Y-%m-%dT%H}")
    call.later("sweep", {}, once=f"sweep:{call.now:%Y-%m-%d}")
    if audit.has_unsealed(call.session):
        call.later("seal", {}, once=f"seal:{call.now:%Y-%m-%dT%H:%M}")
    if arrivals.overdue(call):
        call.later("missed", {}, once=f"missed:{call.now:%Y-%m-%dT%H:%M}")
    # A booking of hers that ends, or a limit that is raised, lets somebody have time that was free before.
    if waitlist.is_waited(call.session, call.now):
        call.later("waiting", {}, once=f"waiting:{call.now:%Y-%m-%dT%H}:{call.now.minute // 15}")
    # Its job became a dead letter, or had run before a decision was undone.
    for booking_id in bookings.due_to_expire(call.session, call.now - OVERDUE, _OVERDUE_AT_ONCE):
        call.later("expire", {"booking_id": booking_id}, once=f"overdue:{booking_id}:{call.now:%Y-%m-%dT%H}")


def sweep(call: Call) -> None:
    """Delete what has outlived its use."""
    sweeping.sweep(call.session, call.now)


def retry(call: Call, job_id: int) -> None:
    """A network admin gives a dead letter another series of tries; raises Denied or Absent."""
    _admin_only(call)
    kind = jobs.revive(call.session, job_id, call.now)
    if kind is None:
        raise Absent
    call.note("retry", "job", job_id, kind=kind)


def drop(call: Call, job_id: int) -> None:
    """A network admin deletes a dead letter; raises Denied or Absent."""
    _admin_only(call)
    kind = jobs.drop(call.session, job_id)
    if kind is None:
        raise Absent
    call.note("drop", "job", job_id, kind=kind)


def _admin_only(call: Call) -> None:
    if not call.person.is_admin:
        raise Denied
