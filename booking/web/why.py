"""What a stretch of a drawn calendar says of itself: which rule keeps it from being booked, until when, and who may."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from booking.rules import personal, policy
from booking.rules.access import Role
from booking.rules.availability import Segment
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Refusal
from booking.rules.spans import Span
from booking.wording.reader import reader
from booking.wording.refusals import overridable_words, refusal_sentence

_BY_CODE = {rule.__name__: rule for rule in policy.RULES}
# Bookings say themselves until when they last, and what is over needs no reason.
_PLAIN = frozenset({"slot_taken", "in_the_past"})
_CLOSED = frozenset({"closed_day", "outside_opening_hours"})


def of_segment(each: Segment, facts: Facts, now: datetime) -> str:
    """Why time that isn't free can't be booked; "" where what is drawn says it all."""
    for code in each.codes:
        refusal = _BY_CODE[code](Ask(facts.tool.id, each.span), facts, now) if code not in _PLAIN else None
        if refusal:
            return said(refusal, facts.hours.zone)
    return ""


def of_free(span: Span, facts: Facts, now: datetime) -> Iterator[tuple[Span, str]]:
    """The parts of free time and why the reader can't have them, not even for the tool's shortest booking; "" if so."""
    for part in personal.parts(span, facts, now):
        yield part.span, said(part.refusals[0], facts.hours.zone) if part.refusals else ""


def of_gap(span: Span, facts: Facts, now: datetime) -> str:
    """Why free time has no room for a booking: it is shorter than the shortest, or cut by the tool's steps."""
    ask = Ask(facts.tool.id, span)
    refusal = policy.too_short(ask, facts, now) or policy.off_grain(ask, facts, now)
    return said(refusal, facts.hours.zone) if refusal else ""


def said(refusal: Refusal, zone: str) -> str:
    """The reason, and who may set it aside."""
    if refusal.code in _CLOSED:
        return _closed(refusal.code, tuple(refusal.data.items()), refusal.overridable_by, zone, reader())
    return _words(refusal, zone)


@lru_cache(maxsize=4096)
def _closed(code: str, data: tuple[tuple[str, object], ...], by: Role | None, zone: str, _region: str) -> str:
    """Why time is closed, in the reader's language: whoever looks at a week of a space is told the same."""
    return _words(Refusal(code, dict(data), overridable_by=by), zone)


def _words(refusal: Refusal, zone: str) -> str:
    return " ".join(filter(None, (refusal_sentence(refusal, zone), overridable_words(refusal))))
