"""A bucket takes a burst, then one try each time that one has drained."""

from datetime import UTC, datetime, timedelta

from booking.rules.throttle import Bucket, level_at, takes_again_at

NOW = datetime(2026, 3, 23, 9, 0, tzinfo=UTC)
BUCKET = Bucket("account", capacity=3, seconds=60)


def test_a_bucket_takes_as_many_as_it_holds() -> None:
    assert [takes_again_at(level, NOW, BUCKET) is None for level in (0.0, 1.0, 2.0, 3.0)] == [True, True, True, False]


def test_a_full_bucket_tells_when_it_takes_the_next() -> None:
    assert takes_again_at(3.0, NOW, BUCKET) == NOW + timedelta(seconds=60)
    assert takes_again_at(2.5, NOW, BUCKET) == NOW + timedelta(seconds=30)


def test_time_drains_a_bucket_and_never_below_empty() -> None:
    assert level_at(3.0, NOW, NOW + timedelta(seconds=90), BUCKET) == 1.5
    assert level_at(3.0, NOW, NOW + timedelta(days=1), BUCKET) == 0.0


def test_a_clock_set_back_drains_nothing() -> None:
    assert level_at(3.0, NOW, NOW - timedelta(hours=1), BUCKET) == 3.0
