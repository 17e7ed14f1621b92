"""The waitlist: which freed time fits whom, and until when it is held."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from booking.rules import policy
from booking.rules.availability import free_spans
from booking.rules.facts import Ask, Block, Facts
from booking.rules.spans import Span

# Nobody can answer an offer that ends sooner.
SHORTEST_OFFER = timedelta(minutes=5)
LONGEST_WINDOW = timedelta(days=31)
# So many stretches of one tool are tried for one entry: rules about the person may stand against the first of them.
_TRIED = 20


class EntryState(StrEnum):
    """How an entry stands. Only who waits or has an offer stands in line."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    LEFT = "left"
    LAPSED = "lapsed"


class OfferState(StrEnum):
    """How an offer stands; only an open one holds time."""

    OPEN = "open"
    ACCEPTED = "accepted"
    PASSED = "passed"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for: so many minutes within a window, for herself or for a team of hers.

    `had` are stretches of the tool that were offered before and not taken: they are not offered again.
    """

    window: Span
    minutes: int
    team_id: int | None = None
    had: tuple[Span, ...] = ()


def fit(wish: Wish, facts: Facts, now: datetime) -> Ask | None:
    """The earliest ask of the wish's length that every rule allows its maker, whom the facts are about; or None.

    It leaves time enough to answer an offer.
    """
    for start in _starts(wish, facts, now):
        ask = Ask(facts.tool.id, Span(start, start + timedelta(minutes=wish.minutes)), team_id=wish.team_id)
        if not policy.check(ask, facts, now):
            return ask
    return None


def has_room(wish: Wish, facts: Facts, now: datetime) -> bool:
    """Whether the tool has time for the wish, whoever it is: a cheap look before its maker's own facts are read."""
    return next(_starts(wish, facts, now), None) is not None


def held_until(ask: Ask, facts: Facts, now: datetime, minutes: int) -> datetime:
    """Until when an offer of that many minutes is open: never longer than it can still be booked."""
    return min(now + timedelta(minutes=minutes), ask.span.start - timedelta(minutes=facts.tool.limits.notice_minutes))


def _starts(wish: Wish, facts: Facts, now: datetime) -> Iterator[datetime]:
    """Where the free stretches of the window begin that are still to be offered, earliest first."""
    earliest = now + timedelta(minutes=facts.tool.limits.notice_minutes) + SHORTEST_OFFER
    first = max(wish.window.start, earliest)
    if first >= wish.window.end:
        return
    around = replace(facts, blocks=(*facts.blocks, *(Block(span) for span in wish.had)))
    for free in free_spans(around, Span(first, wish.window.end), now, wish.minutes)[:_TRIED]:
        yield free.start
