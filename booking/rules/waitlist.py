"""The waitlist: which freed time fits whom, and until when it is held."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from booking.rules import personal, policy
from booking.rules.availability import free_spans, starts_on_grain
from booking.rules.facts import Ask, Block, Facts
from booking.rules.spans import Span

# Nobody can answer an offer that ends sooner.
SHORTEST_OFFER = timedelta(minutes=5)
LONGEST_WINDOW = timedelta(days=31)
# So many starts on one tool are tried for one entry: rules about the person may stand against the first of them.
_TRIED = 1500
# What stands against somebody at one hour and perhaps not at a later one.
_OF_THE_HOUR = frozenset({"suspended", "outside_visit_hours", "quota_used", "visitors_share_used"})


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

    It leaves time enough to answer an offer. Later starts are looked at only where the hour stands against the first.
    """
    tried, refused_until = 0, now
    for ask, alike_until in _asks(wish, facts, now):
        if ask.span.end <= refused_until:
            continue
        refusals = policy.personal(ask, facts, now)
        if not {refusal.code for refusal in refusals} <= _OF_THE_HOUR or tried == _TRIED:
            return None
        if not refusals and not policy.check(ask, facts, now):
            return ask
        tried, refused_until = tried + 1, alike_until if refusals else now
    return None


def has_room(wish: Wish, facts: Facts, now: datetime) -> bool:
    """Whether the tool has time for the wish, whoever it is: a cheap look before its maker's own facts are read."""
    return bool(_free(wish, facts, now))


def held_until(ask: Ask, facts: Facts, now: datetime, minutes: int) -> datetime:
    """Until when an offer of that many minutes is open: never longer than it can still be booked."""
    return min(now + timedelta(minutes=minutes), ask.span.start - timedelta(minutes=facts.tool.limits.notice_minutes))


def _asks(wish: Wish, facts: Facts, now: datetime) -> Iterator[tuple[Ask, datetime]]:
    """Every ask from the earliest on, with the instant until which the rules about its maker answer alike."""
    length = timedelta(minutes=wish.minutes)
    for free in _free(wish, facts, now):
        turns = (*personal.turns(free, facts, now), free.end)
        for start in starts_on_grain(facts, free, length):
            ask = Ask(facts.tool.id, Span(start, start + length), team_id=wish.team_id)
            turn = turns[bisect_right(turns, start)]
            yield ask, turn if turn >= ask.span.end else start


def _free(wish: Wish, facts: Facts, now: datetime) -> tuple[Span, ...]:
    """The free stretches of the window that are still to be offered, earliest first."""
    earliest = now + timedelta(minutes=facts.tool.limits.notice_minutes) + SHORTEST_OFFER
    first = max(wish.window.start, earliest)
    if first >= wish.window.end:
        return ()
    around = replace(facts, blocks=(*facts.blocks, *(Block(span) for span in wish.had)))
    return free_spans(around, Span(first, wish.window.end), now, wish.minutes)
