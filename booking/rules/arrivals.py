"""Coming to a booked time, and leaving it early: from when one can check in, and when a time counts as missed."""

from datetime import datetime, timedelta

from booking.rules.spans import Span

EARLIEST = timedelta(minutes=15)
LONGEST_GRACE_MINUTES = 1440
_MINUTE = timedelta(minutes=1)


def opens_at(span: Span) -> datetime:
    """From when on one can check in to a booking of this span."""
    return span.start - EARLIEST


def missed_at(span: Span, check_in_minutes: int) -> datetime:
    """When a booking that nobody checked in to is missed: after the tool's grace, but at its end at the latest.

    The grace is elapsed time, also where the clocks change.
    """
    return min(span.start + timedelta(minutes=check_in_minutes), span.end)


def could_come(span: Span, check_in_minutes: int, broken_from: datetime | None) -> bool:
    """Whether what is booked worked until the booking would be missed: nobody misses what she couldn't use.

    `broken_from` is when it is first out of order within the span, its end included; None where that is never.
    """
    return broken_from is None or broken_from > missed_at(span, check_in_minutes)


def whole_minute(now: datetime) -> datetime:
    """This instant, rounded up to the minute."""
    rest = timedelta(seconds=now.second, microseconds=now.microsecond)
    return now - rest + _MINUTE if rest else now


def given_back(span: Span, now: datetime) -> Span:
    """What is left of a begun booking that is given back now: to the end of this minute, a minute at least."""
    return Span(span.start, min(max(whole_minute(now), span.start + _MINUTE), span.end))
