"""From when to when: the stretch of time that a question is about."""

from datetime import datetime, timedelta

from booking.api.fields import Field, Given, Kind
from booking.rules import policy
from booking.rules.refusals import Problem, Unacceptable
from booking.rules.spans import Span

FIELDS = (
    Field("from", Kind.INSTANT, "The start, with an offset, as in `2026-11-26T09:00:00+01:00`.", required=True),
    Field("to", Kind.INSTANT, "The end, with an offset.", required=True),
)


def span_of(start: datetime, end: datetime, field: str = "end") -> Span:
    """Both instants as a span; raises Unacceptable, naming the field of the end, when they lie the wrong way round."""
    if end <= start:
        raise Unacceptable(Problem(field, "ends_before_start"))
    return Span(start, end)


def asked(given: Given, now: datetime, most_days: int) -> Span:
    """The stretch in question; raises Unacceptable when it is long, or beyond any calendar that anybody keeps."""
    span = span_of(given["from"], given["to"], "to")
    if span.length > timedelta(days=most_days):
        raise Unacceptable(Problem("to", "too_long_a_stretch", {"days": most_days}))
    if span.start < now - policy.HORIZON or span.end > now + policy.HORIZON:
        raise Unacceptable(Problem("from", "too_far_away"))
    return span


def after(start: datetime, minutes: int) -> Span:
    """So many minutes from the start on."""
    return Span(start, start + timedelta(minutes=minutes))
