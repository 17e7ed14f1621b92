"""The queue: each job is handed to one worker at a time, and comes back when its lease is over."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from booking.actions.jobs import FIRST_WAIT, LONGEST_WAIT, wait_after
from booking.models import jobs
from booking.models.database import in_transaction, reading
from booking.models.jobs import JobCard
from tests.acting import engine_on
from tests.factories import NOW

LEASE = timedelta(minutes=5)
pytestmark = pytest.mark.both_engines


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on this test's database."""
    with engine_on(database_url) as engine:
        yield engine


def leave(engine: Engine, kind: str = "mail", minutes: int = 0, once: str | None = None) -> None:
    """A job that is due so many minutes after NOW."""
    due = NOW + timedelta(minutes=minutes)
    in_transaction(engine, lambda session: jobs.add(session, kind, {}, NOW, due, once))


def claim(engine: Engine, minutes: int = 0) -> JobCard | None:
    """What a worker gets so many minutes after NOW."""
    now = NOW + timedelta(minutes=minutes)
    return in_transaction(engine, lambda session: jobs.claim(session, now, LEASE))


def test_the_longest_due_comes_first_and_the_future_waits(engine: Engine) -> None:
    leave(engine, "later", 10)
    leave(engine, "second", -1)
    leave(engine, "first", -2)
    assert [found.kind for found in (claim(engine), claim(engine)) if found] == ["first", "second"]
    assert claim(engine) is None
    with reading(engine) as session:
        assert not jobs.is_due(session, NOW)
        assert jobs.is_due(session, NOW + timedelta(minutes=10))


def test_a_claimed_job_comes_back_when_the_lease_is_over(engine: Engine) -> None:
    leave(engine)
    assert claim(engine) is not None
    assert claim(engine, 4) is None
    again = claim(engine, 5)
    assert again is not None and again.attempts == 2


def test_a_name_is_left_once(engine: Engine) -> None:
    leave(engine, once="booking_confirmed:1:0")
    leave(engine, once="booking_confirmed:1:0")
    assert claim(engine) is not None
    assert claim(engine) is None


def test_a_job_can_be_taken_back_until_somebody_has_begun_it(engine: Engine) -> None:
    leave(engine, once="a")
    leave(engine, once="b", minutes=5)
    assert claim(engine) is not None
    assert not in_transaction(engine, lambda session: jobs.withdraw(session, "a"))
    assert in_transaction(engine, lambda session: jobs.withdraw(session, "b"))


def test_whoever_comes_late_changes_nothing(engine: Engine) -> None:
    leave(engine)
    late, winner = claim(engine), claim(engine, 5)
    assert late is not None and winner is not None
    in_transaction(engine, lambda session: jobs.finish(session, winner.id, NOW, {}))
    in_transaction(engine, lambda session: jobs.postpone(session, late, NOW, "too late"))
    in_transaction(engine, lambda session: jobs.bury(session, late, NOW, "too late"))
    assert claim(engine, 60) is None
    with reading(engine) as session:
        assert jobs.dead(session, 10) == ()


def test_many_workers_never_get_the_same_job(engine: Engine) -> None:
    for _ in range(12):
        leave(engine)
    taken: list[int] = []

    def work() -> None:
        while (job := claim(engine)) is not None:
            taken.append(job.id)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(taken) >= 1
    while (job := claim(engine)) is not None:
        taken.append(job.id)
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 12


def test_waits_grow_and_stay_within_bounds() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 40)]
    assert FIRST_WAIT * 0.75 <= waits[0] <= FIRST_WAIT * 1.25
    assert waits[3] > waits[0]
    assert all(wait <= LONGEST_WAIT * 1.25 for wait in waits)
