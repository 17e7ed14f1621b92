"""The only place that reads the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant in UTC, whole seconds: no client shows or stores more."""
    return datetime.now(UTC).replace(microsecond=0)
