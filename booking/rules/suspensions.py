"""People who may not book for some time, at one space or anywhere."""

from collections.abc import Iterator
from datetime import datetime

from booking.rules.facts import Ask, Facts, Suspended
from booking.rules.refusals import Refusal, because


def suspended(ask: Ask, facts: Facts, now: datetime) -> Refusal | None:
    """The maker may not book for some time, whatever time she asks for; it ends by itself.

    Data: until, reason. Lifts: when that time ends.
    """
    found = [row for row in facts.maker.suspended if _stands(row, ask, now)]
    if not found:
        return None
    last = max(found, key=lambda row: row.span.end)
    return because("suspended", lifts_at=last.span.end, until=last.span.end.isoformat(), reason=last.reason)


def turns(facts: Facts, now: datetime) -> Iterator[datetime]:
    """The instants at which suspensions that are still to come begin and end; one that stands refuses any time."""
    for row in facts.maker.suspended:
        if row.span.start > now:
            yield from (row.span.start, row.span.end)


def _stands(row: Suspended, ask: Ask, now: datetime) -> bool:
    """Whether it has begun and not ended, or will be there in the asked time."""
    return now < row.span.end and (row.span.start <= now or row.span.overlaps(ask.span))
