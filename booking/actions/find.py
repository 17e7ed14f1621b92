"""Finding a tool that is free: the same rules as for booking, asked of many tools at once."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from booking.actions.call import Call
from booking.actions.fitting import Hit, is_settled, is_wanted, judged
from booking.actions.wishes import Order, Wish
from booking.models import find, kinds, outlines
from booking.models.facts import World
from booking.models.tools import tool_cards
from booking.rules import hours
from booking.rules.facts import Facts, Visibility
from booking.rules.geography import kilometres
from booking.rules.privacy import BookingView, Known, Viewer, project
from booking.rules.spans import Span
from booking.wording.kinds import every_name
from booking.wording.matching import matching

# So many tools are looked at, the nearest first: of a kind all that a large network has, of everything fewer, because
# whoever asks for nothing in particular looks around. A kind or a place narrows it.
MOST_TOOLS, MOST_OF_ALL = 800, 240
# So many days ahead the next free time is looked for, further only for those that have none before.
HORIZONS = (2, 8, 32)
# About what people ride in a city.
_KM_AN_HOUR = 10
_EPOCH, _SOMEDAY = datetime(1970, 1, 1, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """The tools that can be booked, by first fit and then distance; the others; how many fit on each day looked at.

    `left_out` counts tools that were not looked at, because there were too many.
    """

    hits: tuple[Hit, ...]
    others: tuple[Hit, ...]
    fitting: dict[date, int]
    left_out: int


@dataclass(frozen=True, slots=True)
class Shown:
    """The tools of a page of what was found, with all that a drawn day of them takes, by their ids."""

    worlds: Mapping[int, World]
    known: Known


def search(call: Call, wish: Wish, days: Sequence[date]) -> Found:
    """Tools that are free for the wished length on the wished days, which are among `days`.

    Five queries at most, however many tools; one for names of kinds where there are words, one for quotas.
    """
    near = _near(_candidates(call, wish), wish)
    fitting = dict.fromkeys(days, 0)
    looked_at = dict(near[: _most(wish)])
    hits = _looked_at(call, looked_at, wish, fitting, of_kinds=_is_about_kinds_only(wish))
    return _sorted(call, hits, wish, fitting, len(near) - len(looked_at))


def soonest(call: Call, wish: Wish, today: date) -> Found:
    """The next free time of every tool from today on, whatever days are wished; in the coming 32 days.

    As many queries as a search, and three more for each of the two horizons that has to be looked at.
    """
    near = _near(_candidates(call, wish), wish)
    left = dict(near[: _most(wish)])
    left_out = len(near) - len(left)
    hits: list[Hit] = []
    for number in HORIZONS:
        days = tuple(today + timedelta(days=ahead) for ahead in range(number))
        of_kinds = not hits and _is_about_kinds_only(wish)
        found = _looked_at(call, left, replace(wish, days=days), dict.fromkeys(days, 0), of_kinds=of_kinds)
        further = [hit for hit in found if number < HORIZONS[-1] and not is_settled(hit, wish, call.now)]
        left = {hit.tool_id: hit.kilometres for hit in further}
        hits += [hit for hit in found if hit.tool_id not in left]
        if not left:
            break
    return _sorted(call, hits, wish, {}, left_out)


def _most(wish: Wish) -> int:
    """How many tools are looked at for such a wish."""
    return MOST_TOOLS if wish.kind_ids or wish.space_ids or wish.words or wish.conditions else MOST_OF_ALL


def _looked_at(
    call: Call, tools: Mapping[int, float | None], wish: Wish, fitting: dict[date, int], *, of_kinds: bool
) -> list[Hit]:
    """How each of these tools, told with their distances, answers; each is counted for the days on which it fits.

    `of_kinds` where they are about all of the wished kinds.
    """
    if not tools:
        return []
    found = outlines.outlines(
        call.session,
        tool_ids=tuple(tools),
        kind_ids=wish.kind_ids if of_kinds else (),
        span=_reach(tuple(fitting), wish.minutes),
        account_id=call.actor.account_id if call.actor else None,
    )
    return [
        judged(call, reader_at(call, outline.facts.tool.space_id), outline, away, wish, fitting)
        for tool_id, away in tools.items()
        if (outline := found.get(tool_id))
    ]


def _sorted(call: Call, hits: Iterable[Hit], wish: Wish, fitting: dict[date, int], left_out: int) -> Found:
    wanted = [hit for hit in hits if is_wanted(hit, wish, call.now)]
    return Found(
        hits=tuple(sorted((hit for hit in wanted if hit.bookable), key=_ORDERS[wish.order])),
        others=tuple(sorted((hit for hit in wanted if not hit.bookable), key=_by_hope)),
        fitting=fitting,
        left_out=left_out,
    )


def shown(call: Call, hits: Iterable[Hit], days: Sequence[date], minutes: int) -> Shown:
    """What a page needs to draw these tools on these days, and what its reader may know of it; two queries."""
    facts = {hit.tool_id: hit.outline.facts for hit in hits}
    claims = outlines.claims_near(call.session, facts, _reach(days, minutes))
    own: set[int] = set()
    hidden: set[int] = set()
    for tool_id, rows in claims.items():
        reader = reader_at(call, facts[tool_id].tool.space_id)
        for row in rows:
            if row.view and row.taken.booking_id:
                seen = project(row.view, reader, Visibility.OPEN)
                own |= {row.taken.booking_id} if seen.mine else set()
                hidden |= set() if seen.show_time else {row.taken.booking_id}
    cards = tool_cards(call.session, tool_ids=tuple(facts))
    worlds = {
        card.id: World(replace(facts[card.id], taken=tuple(row.taken for row in claims.get(card.id, ()))), card)
        for card in cards
    }
    return Shown(worlds, Known(frozenset(own), frozenset(hidden)))


def reader_at(call: Call, space_id: int) -> Viewer:
    """The one who asks, as the projection of bookings at this space sees them."""
    who = call.actor
    return Viewer(who.account_id, who.role_at(space_id), who.team_ids) if who else Viewer()


def known_bookings(call: Call, tool_ids: Collection[int], span: Span) -> Known:
    """Which of these tools' bookings in the span are the reader's own, and of which she may not know; one query."""
    account_id = call.actor.account_id if call.actor else 0
    own, closed = find.own_and_closed(call.session, account_id, tool_ids, span)
    shown = {each: project(each.view, reader_at(call, each.space_id), Visibility.OPEN) for each in closed}
    return Known(own, frozenset(each.booking_id for each in closed if not shown[each].show_time))


def closed_near(call: Call, facts: Facts) -> tuple[BookingView, ...]:
    """The bookings around an ask that are closed to others; one query."""
    ids = {row.booking_id for row in facts.taken if row.booking_id is not None}
    return tuple(each.view for each in find.closed_among(call.session, ids))


def _candidates(call: Call, wish: Wish) -> list[find.Candidate]:
    """The tools that come into question by what they are."""
    found = find.candidates(
        call.session,
        kind_ids=wish.kind_ids,
        space_ids=wish.space_ids,
        step_free=wish.step_free,
        with_texts=bool(wish.words),
        with_capabilities=bool(wish.conditions),
    )
    able = [each for each in found if all(one.met_by(each.capabilities) for one in wish.conditions)]
    if not wish.words:
        return able
    names = {kind.id: every_name(kind.slug, kind.name) for kind in kinds.kind_cards(call.session)}
    fitting = matching(wish.words, {each.tool_id: (*each.texts, *names[each.kind_id]) for each in able})
    return [each for each in able if each.tool_id in fitting]


def _near(candidates: Iterable[find.Candidate], wish: Wish) -> list[tuple[int, float | None]]:
    """The ids of the candidates within reach with their distances, the nearest first."""
    if wish.middle is None:
        return [(each.tool_id, None) for each in candidates]
    middle = wish.middle
    apart = [(kilometres(middle, each.place), each.tool_id) for each in candidates if each.place is not None]
    within = wish.within_km if wish.within_km is not None else float("inf")
    return [(tool_id, distance) for distance, tool_id in sorted(apart) if distance <= within]


def _reach(days: Sequence[date], minutes: int) -> Span:
    """These days wherever a space is; what starts on the last may end on the next."""
    return hours.days_anywhere(days[0], days[-1]).grown(timedelta(0), timedelta(minutes=minutes))


def _is_about_kinds_only(wish: Wish) -> bool:
    """Whether nothing but kinds narrows down the tools."""
    narrowed = wish.space_ids or wish.words or wish.conditions or wish.step_free
    return bool(wish.kind_ids) and wish.middle is None and not narrowed


def _by_start(hit: Hit) -> tuple[datetime, float, str, int]:
    return (hit.fit.start if hit.fit else _SOMEDAY, hit.kilometres or 0.0, hit.outline.name, hit.tool_id)


def _by_distance(hit: Hit) -> tuple[float, datetime, str, int]:
    start, away, name, number = _by_start(hit)
    return (away, start, name, number)


def _by_both(hit: Hit) -> tuple[float, datetime, str, int]:
    """An hour later is as bad as `_KM_AN_HOUR` further away."""
    start, away, name, number = _by_start(hit)
    return ((start - _EPOCH) / timedelta(hours=1) + away / _KM_AN_HOUR, start, name, number)


_ORDERS: dict[Order, Callable[[Hit], tuple[Any, ...]]] = {
    Order.START: _by_start,
    Order.NEAR: _by_distance,
    Order.BOTH: _by_both,
}


def _by_hope(hit: Hit) -> tuple[bool, bool, datetime, float, int]:
    """Free but not for this reader yet, then what is free soon, then the rest."""
    soon = hit.later.start if hit.later else _SOMEDAY
    return (hit.fit is None, hit.later is None, soon, hit.kilometres or 0.0, hit.tool_id)
