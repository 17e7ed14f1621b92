"""One key, at most one booking."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from booking.actions import bookings, idempotency
from booking.actions.call import Call
from booking.actions.idempotency import Answer
from booking.rules.facts import Ask
from booking.rules.refusals import Refused, Unacceptable
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines


def booked(ask: Ask) -> Callable[[Call], Answer]:
    """The work of a request that books this."""

    def work(call: Call) -> Answer:
        return 201, {"id": bookings.place(call, ask).id}

    return work


def test_a_repeated_request_is_answered_as_the_first_time(scene: Scene) -> None:
    first = scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))
    again = scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))
    assert first == again
    assert [act for act, _ in scene.audit()] == ["place"]


def test_another_request_with_the_same_key_is_not_taken(scene: Scene) -> None:
    scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))
    with pytest.raises(Unacceptable) as unacceptable:
        scene.perform(scene.ada, idempotency.once, "k", "other", booked(scene.ask(TEN + HOUR)))
    assert unacceptable.value.problems[0].code == "idempotency_mismatch"


def test_a_key_is_its_accounts_own(scene: Scene) -> None:
    scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))
    scene.perform(scene.cy, idempotency.once, "k", "hash", booked(scene.ask(TEN + HOUR)))
    assert len(scene.audit()) == 2


def test_a_refusal_is_not_kept(scene: Scene) -> None:
    card = scene.perform(scene.cy, bookings.place, scene.ask())
    with pytest.raises(Refused):
        scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))
    scene.perform(scene.cy, bookings.cancel, card.id)
    status, _ = scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))
    assert status == 201


def test_after_seven_days_a_key_may_be_used_again(scene: Scene) -> None:
    first = scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))
    scene.now += timedelta(days=7, seconds=1)
    later = booked(scene.ask(TEN + timedelta(days=8)))
    assert scene.perform(scene.ada, idempotency.once, "k", "other", later) != first


@pytest.mark.parametrize("key", ["", "k" * 201])
def test_a_key_has_a_length_that_can_be_kept(scene: Scene, key: str) -> None:
    with pytest.raises(Unacceptable):
        scene.perform(scene.ada, idempotency.once, key, "hash", booked(scene.ask()))


def test_racing_requests_with_one_key_make_one_booking(scene: Scene) -> None:
    def send(_: int) -> Answer:
        return scene.perform(scene.ada, idempotency.once, "k", "hash", booked(scene.ask()))

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert len({answer["id"] for _, answer in answers}) == 1
    assert [act for act, _ in scene.audit()] == ["place"]
