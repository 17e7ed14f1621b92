"""Pools: room is made where it can be, by few moves, and nothing moves that should stay."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.rules import availability, policy, pools, units
from booking.rules.facts import Ask, Facts, Outage, Taken
from booking.rules.spans import Span
from tests.rules.worlds import ALWAYS_OPEN, NOW, at, facts, span

HOUR = timedelta(hours=1)
FIRST = at("2026-03-24 08:00")


def hours(first: int, last: int) -> Span:
    return Span(FIRST + first * HOUR, FIRST + last * HOUR)


def booked(number: int, unit: int, first: int, last: int, **others: Any) -> Taken:
    return Taken(unit, hours(first, last), number, **{"movable": True, **others})


def pool(*rows: Taken, number: int = 2, **others: Any) -> Facts:
    limits = {"grain_minutes": 60, "shortest_minutes": 60, "longest_minutes": 1440, "window_days": 60}
    return facts(ALWAYS_OPEN, unit_ids=tuple(range(1, number + 1)), taken=rows, **(limits | others))


# Unit 1 is free from 10, unit 2 until 10: neither from 9 to 11.
FRAGMENTED = (booked(1, 1, 0, 2), booked(2, 2, 2, 4))
ACROSS = Ask(1, hours(1, 3))


def test_one_booking_changes_its_unit_to_make_room() -> None:
    found = pools.packing(ACROSS, pool(*FRAGMENTED), NOW)
    assert found == pools.Packing(1, (pools.Move(1, 2, 1, hours(0, 2)),)) or (
        found == pools.Packing(2, (pools.Move(2, 1, 2, hours(2, 4)),))
    )


def test_whoever_has_a_free_unit_takes_the_one_she_prefers_and_moves_nobody() -> None:
    assert pools.packing(Ask(1, hours(5, 6)), pool(*FRAGMENTED), NOW, preferred=2) == pools.Packing(2)


def test_what_stays_put_is_not_moved() -> None:
    first, second = FRAGMENTED
    stays = [replace(first, movable=False), replace(second, movable=False)]
    assert pools.packing(ACROSS, pool(*stays), NOW) is None
    assert pools.packing(ACROSS, pool(first, stays[1]), NOW) == pools.Packing(1, (pools.Move(1, 2, 1, first.span),))
    assert pools.packing(ACROSS, pool(stays[0], second), NOW) == pools.Packing(2, (pools.Move(2, 1, 2, second.span),))


def test_what_has_begun_is_not_moved_nor_what_holds_its_set_up_by_now() -> None:
    first, second = FRAGMENTED
    known = pool(first, replace(second, movable=False))
    assert pools.has_room(ACROSS, known, first.span.start - timedelta(minutes=1))
    assert not pools.has_room(ACROSS, known, first.span.start)


def test_somebody_asks_for_a_unit_and_others_leave_it() -> None:
    for unit, move in ((1, pools.Move(1, 2, 1, hours(0, 2))), (2, pools.Move(2, 1, 2, hours(2, 4)))):
        assert pools.packing(replace(ACROSS, unit_id=unit), pool(*FRAGMENTED), NOW) == pools.Packing(unit, (move,))
    pinned = pool(replace(FRAGMENTED[0], movable=False))
    refusal = policy.slot_taken(replace(ACROSS, unit_id=1), pinned, NOW)
    assert refusal
    assert refusal.data["named"]
    assert refusal.lifts_at == hours(2, 4).start
    assert policy.slot_taken(ACROSS, pinned, NOW) is None


def test_a_unit_that_is_gone_or_out_of_order_is_not_had() -> None:
    wish = replace(ACROSS, unit_id=2)
    known = pool(outages=(Outage(FIRST, None, 2),))
    assert [refusal.code for refusal in policy.check(wish, known, NOW)] == ["outage"]
    assert [refusal.code for refusal in policy.check(replace(wish, unit_id=9), known, NOW)] == ["unit_gone"]


def test_nothing_moves_onto_a_unit_that_is_out_of_order() -> None:
    known = pool(*FRAGMENTED, outages=(Outage(hours(0, 1).start, hours(0, 1).end, 2),))
    found = pools.packing(ACROSS, known, NOW)
    assert found == pools.Packing(2, (pools.Move(2, 1, 2, hours(2, 4)),))


# A placement exists exactly when somebody who tries every one finds it.


@st.composite
def pools_with_all(draw: Any) -> Facts:
    """Up to six units with bookings that hold time side by side, some of which stay, and with outages."""
    number = draw(st.integers(1, 6))
    buffers = draw(st.sampled_from(((0, 0), (0, 0), (60, 60))))
    rows: list[Taken] = []
    wished = st.tuples(st.integers(1, number), st.integers(0, 11), st.integers(1, 5), st.integers(0, 5))
    for unit, first, length, kind in draw(st.lists(wished, max_size=9)):
        row = booked(len(rows) + 1, unit, first, first + length, movable=kind > 0)
        if not any(other.unit_id == unit and other.span.overlaps(row.span) for other in rows):
            rows.append(row)
    outage = st.builds(
        lambda unit, first, length: Outage(hours(first, 0 + first + length).start, hours(0, first + length).end, unit),
        st.one_of(st.none(), *[st.integers(1, number)] * 4),
        st.integers(0, 11),
        st.integers(1, 3),
    )
    outages = tuple(draw(st.lists(outage, max_size=2)))
    return pool(*rows, number=number, outages=outages, setup_minutes=buffers[0], cleanup_minutes=buffers[1])


def may_lie(known: Facts, row: Taken, unit: int, now: Any) -> bool:
    """Whether a booking may be on the unit, for all that is known of itself and of outages."""
    if row.unit_id == unit:
        return True
    begun = row.span.start <= now
    return row.movable and not begun and not any(units.is_out(known, each, row.span) for each in (row.unit_id, unit))


def exists(known: Facts, wish: Ask, now: Any) -> bool:
    """Whether any way to put everything on units leaves one for the wish: tried one by one."""
    held = units.with_buffers(known, wish.span)

    def tried(rows: Sequence[Taken], placed: list[tuple[int, Span]]) -> bool:
        if not rows:
            return True
        for unit in known.tool.unit_ids:
            is_free = all(other != unit or not taken.overlaps(rows[0].span) for other, taken in placed)
            if is_free and may_lie(known, rows[0], unit, now) and tried(rows[1:], [*placed, (unit, rows[0].span)]):
                return True
        return False

    return any(tried(known.taken, [(unit, held)]) for unit in units.units_in_service(wish, known))


def overlapping(rows: Iterable[tuple[int, Span]]) -> bool:
    return any(one[0] == other[0] and one[1].overlaps(other[1]) for one, other in combinations(rows, 2))


wishes = st.builds(
    lambda first, length, unit: Ask(1, hours(first, first + length), unit_id=unit),
    st.integers(0, 12),
    st.integers(1, 5),
    st.one_of(st.none(), st.none(), st.integers(1, 6)),
)


@settings(max_examples=400)
@given(pools_with_all(), wishes, st.integers(-3, 6))
def test_room_is_found_exactly_where_there_is_any(known: Facts, wish: Ask, begun: int) -> None:
    now = FIRST + begun * HOUR
    if wish.unit_id not in {None, *known.tool.unit_ids}:
        return
    found = pools.packing(wish, known, now)
    assert (found is not None) == pools.has_room(wish, known, now) == exists(known, wish, now)
    if found is None:
        return
    after = pools.moved(known, found.moves)
    held = (found.unit_id, units.with_buffers(known, wish.span))
    assert not overlapping([held, *((row.unit_id, row.span) for row in after.taken)])
    assert found.unit_id in units.units_in_service(wish, known)
    for before, row in zip(known.taken, after.taken, strict=True):
        assert may_lie(known, before, row.unit_id, now)
    assert len({move.booking_id for move in found.moves}) == len(found.moves)


@settings(max_examples=150)
@given(pools_with_all(), st.integers(1, 4))
def test_a_search_offers_exactly_what_a_booking_can_have(known: Facts, length: int) -> None:
    reach = hours(0, 18)
    free = availability.free_spans(known, reach, NOW, 60 * length)
    for first in range(18 - length + 1):
        wish = Ask(1, hours(first, first + length))
        offered = any(each.contains(wish.span) for each in free)
        assert offered == (not policy.check(wish, known, NOW)), wish


@settings(max_examples=150)
@given(pools_with_all(), wishes)
def test_a_refusal_lifts_when_room_can_be_made_and_not_before(known: Facts, wish: Ask) -> None:
    refusal = policy.slot_taken(wish, known, NOW)
    if refusal is None or refusal.lifts_at is None:
        return
    start = wish.span.start
    while start < refusal.lifts_at:
        assert not exists(known, replace(wish, span=Span(start, start + wish.span.length)), NOW)
        start += HOUR / 2
    assert exists(known, replace(wish, span=Span(refusal.lifts_at, refusal.lifts_at + wish.span.length)), NOW)


def test_facts_about_more_time_say_the_same() -> None:
    """A booking that is too long or too far to be moved stays, however much is known of what lies around it."""
    long = Taken(1, span("2026-03-20 00:00", "2026-03-24 10:00"), 1, movable=True)
    known = pool(long, booked(2, 2, 2, 4, movable=False))
    assert pools.packing(ACROSS, known, at("2026-03-01 00:00")) is None
    assert pools.packing(ACROSS, replace(known, taken=(replace(long, span=hours(-20, 2)), known.taken[1])), NOW)
