"""Token buckets: each try fills a bucket, time drains it, a full bucket takes no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many tries a bucket takes at once, and how many seconds drain one of them."""

    name: str
    capacity: int
    seconds: float


def level_at(level: float, changed_at: datetime, now: datetime, bucket: Bucket) -> float:
    """What a level noted earlier has drained to by now; a clock set back drains nothing."""
    passed = max((now - changed_at).total_seconds(), 0.0)
    return max(level - passed / bucket.seconds, 0.0)


def takes_again_at(level: float, now: datetime, bucket: Bucket) -> datetime | None:
    """When the bucket has room for one more try; None when it has it now."""
    excess = level + 1 - bucket.capacity
    return now + timedelta(seconds=max(1, round(excess * bucket.seconds))) if excess > 0 else None
