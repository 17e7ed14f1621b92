"""Free time as one person may have it: cut where rules about her may turn, and each part judged by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, groupby, pairwise

from booking.rules import certificates, policy, quotas, suspensions, visits
from booking.rules.availability import next_on_grain
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Refusal
from booking.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a free stretch, and what stands against a booking by the maker that begins with it; () if nothing."""

    span: Span
    refusals: tuple[Refusal, ...] = ()


def parts(free: Span, facts: Facts, now: datetime, minutes: int | None = None) -> tuple[Part, ...]:
    """A free stretch in order and without gaps, as the maker may have it; neighbours differ in what stands against.

    Each is judged by a booking of that many minutes, else by the tool's shortest.
    """
    length = timedelta(minutes=minutes or facts.tool.limits.shortest_minutes)
    if facts.maker.account_id is None:
        return (Part(free),)
    edges = (free.start, *turns(free, facts, now), free.end)
    judged = [
        Part(Span(start, end), policy.personal(_ask(start, free, length, facts), facts, now))
        for start, end in pairwise(edges)
    ]
    groups = (list(group) for _, group in groupby(judged, key=lambda part: part.refusals))
    return tuple(Part(Span(group[0].span.start, group[-1].span.end), group[0].refusals) for group in groups)


def first(stretches: Iterable[Span], facts: Facts, now: datetime, minutes: int | None = None) -> Span | None:
    """The first part of these free stretches in which the maker may book so many minutes, else the tool's shortest.

    What lies before the instant at which a refusal lifts is not judged, and nothing is where it lasts.
    """
    lifted = now
    for free in stretches:
        if free.end <= lifted:
            continue
        for part in parts(free, facts, now, minutes):
            if not part.refusals:
                return part.span
            if any(refusal.code in policy.LASTING and refusal.lifts_at is None for refusal in part.refusals):
                return None
            lifted = max([lifted, *(refusal.lifts_at for refusal in part.refusals if refusal.lifts_at)])
    return None


def turns(free: Span, facts: Facts, now: datetime) -> tuple[datetime, ...]:
    """The instants within a free stretch, in order, at which a rule about the maker may answer differently than before.

    Asks of one length that lie between the same two of them are answered alike.
    """
    instants = chain(
        visits.turns(free, facts),
        quotas.turns(free, facts),
        certificates.turns(facts),
        suspensions.turns(facts, now),
    )
    return tuple(sorted({instant for instant in instants if free.start < instant < free.end}))


def _ask(start: datetime, free: Span, length: timedelta, facts: Facts) -> Ask:
    """An ask for that length from the first start that the tool's steps allow; it stays in the free time."""
    if start > free.start:
        start = min(next_on_grain(facts, start), max(start, free.end - length))
    return Ask(facts.tool.id, Span(start, min(free.end, start + length)))
