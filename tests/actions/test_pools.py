"""A pool makes room for another booking, and tells those whose unit changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from booking.actions import approvals, arrivals, bookings, series, waitlist
from booking.actions.offers import offer_freed
from booking.models import tool_rows
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.facts import facts_for
from booking.models.tables.audit import AuditRow
from booking.models.tables.bookings import Rendering
from booking.models.tables.jobs import Job
from booking.models.tables.tools import Outage
from booking.rules import pools, units
from booking.rules.facts import Ask, Facts
from booking.rules.recurrence import Frequency, Pattern
from booking.rules.refusals import Refused
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene, counted

pytestmark = pytest.mark.both_engines


def fragmented(scene: Scene, **columns: Any) -> tuple[int, BookingCard, BookingCard]:
    """A pool of two: unit 1 is held until an hour after ten, unit 2 from then on: neither is free across."""
    tool_id = scene.tool(units=2, **columns)
    one, two = unit_ids(scene, tool_id)
    first = place(scene, tool_id, TEN, unit_id=one)
    second = place(scene, tool_id, TEN + HOUR, unit_id=two)
    loosen(scene, first)
    loosen(scene, second)
    return tool_id, now(scene, first), now(scene, second)


def unit_ids(scene: Scene, tool_id: int) -> tuple[int, ...]:
    with reading(scene.engine) as session:
        return tuple(unit.id for unit in tool_rows.units_of(session, tool_id, scene.now))


def place(scene: Scene, tool_id: int, start: Any, length: timedelta = HOUR, unit_id: int | None = None) -> BookingCard:
    return scene.perform(scene.ada, bookings.place, Ask(tool_id, Span(start, start + length), unit_id=unit_id))


def loosen(scene: Scene, card: BookingCard) -> None:
    scene.perform(scene.ada, bookings.move, card.id, any_unit=True)


def now(scene: Scene, card: BookingCard) -> BookingCard:
    return scene.read(scene.ada, lambda call: bookings.bookings.card(call.session, card.id))


def mails(scene: Scene) -> list[dict[str, Any]]:
    with reading(scene.engine) as session:
        rows = session.scalars(select(Job.payload).where(Job.kind == "mail").order_by(Job.id))
        return [row for row in rows if row["event"] == "booking_unit"]


ACROSS = timedelta(minutes=30)


def test_a_booking_finds_room_and_whoever_makes_it_is_told_once(scene: Scene) -> None:
    tool_id, first, second = fragmented(scene)
    wish = Ask(tool_id, Span(TEN + ACROSS, TEN + ACROSS + HOUR))
    assert scene.read(scene.cy, bookings.check, wish) == ()
    placed = scene.perform(scene.cy, bookings.place, wish)
    moved = [(old, card) for old in (first, second) if (card := now(scene, old)).unit_id != old.unit_id]
    [(old, card)] = moved
    assert placed.unit_id == old.unit_id
    assert (card.version, card.sequence, card.changed_at) == (old.version + 1, old.sequence, old.changed_at)
    [mail] = mails(scene)
    told = {"booking_id": old.id, "account_id": old.account_id, "unit": card.unit_name, "old_unit": old.unit_name}
    assert mail == {"event": "booking_unit", **told}
    assert scene.overlaps() == 0
    with reading(scene.engine) as session:
        note = session.scalars(select(AuditRow).where(AuditRow.act == "change_unit")).one()
        # Whose booking needed the room is nobody's business.
        assert (note.subject_id, note.account_id, note.details["unit"]) == (old.id, None, card.unit_name)
        versions = session.scalars(select(Rendering.version).where(Rendering.booking_id == old.id)).all()
        assert set(versions) == {card.version}


def test_pinned_bookings_stay_and_are_said_to_be_in_the_way(scene: Scene) -> None:
    tool_id = scene.tool(units=2)
    one, two = unit_ids(scene, tool_id)
    first, second = place(scene, tool_id, TEN, unit_id=one), place(scene, tool_id, TEN + HOUR, unit_id=two)
    assert (first.pinned, first.unit_id, second.unit_id) == (True, one, two)
    with pytest.raises(Refused) as refused:
        place(scene, tool_id, TEN + ACROSS)
    assert [refusal.code for refusal in refused.value.refusals] == ["slot_taken"]
    loosen(scene, first)
    assert place(scene, tool_id, TEN + ACROSS).unit_id == one


def test_a_named_unit_that_is_held_is_refused_with_any_unit_as_a_way_out(scene: Scene) -> None:
    tool_id = scene.tool(units=2)
    one, _ = unit_ids(scene, tool_id)
    place(scene, tool_id, TEN, unit_id=one)
    wish = Ask(tool_id, Span(TEN, TEN + HOUR), unit_id=one)
    [refusal] = scene.read(scene.cy, bookings.check, wish)
    assert refusal.code == "slot_taken"
    ways = [way.why.value for way in scene.read(scene.cy, bookings.alternatives, wish)]
    assert ways[:2] == ["other_unit", "other_time"]


def test_a_move_keeps_the_unit_until_it_is_given_up(scene: Scene) -> None:
    tool_id = scene.tool(units=2)
    one, two = unit_ids(scene, tool_id)
    card = place(scene, tool_id, TEN, unit_id=two)
    later = scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + 2 * HOUR)
    assert (later.unit_id, later.pinned) == (two, True)
    other = scene.perform(scene.ada, bookings.move, card.id, unit_id=one)
    assert (other.unit_id, other.pinned, other.starts_at) == (one, True, TEN + HOUR)
    free = scene.perform(scene.ada, bookings.move, card.id, any_unit=True)
    assert (free.unit_id, free.pinned) == (one, False)


def test_a_unit_of_another_tool_is_not_to_be_had(scene: Scene) -> None:
    tool_id = scene.tool(units=2)
    [other] = unit_ids(scene, scene.tool_id)
    assert [each.code for each in scene.read(scene.ada, bookings.check, scene.ask(tool_id=tool_id))] == []
    refusals = scene.read(scene.ada, bookings.check, Ask(tool_id, Span(TEN, TEN + HOUR), unit_id=other))
    assert [refusal.code for refusal in refusals] == ["unit_gone"]


def test_moving_makes_room_too_and_may_leave_its_own_place_to_it(scene: Scene) -> None:
    tool_id, first, _ = fragmented(scene)
    mine = place(scene, tool_id, TEN + 3 * HOUR)
    moved = scene.perform(scene.ada, bookings.move, mine.id, start=TEN + ACROSS, end=TEN + ACROSS + HOUR)
    assert moved.starts_at == TEN + ACROSS
    assert len(mails(scene)) == 1
    longer = scene.perform(scene.ada, bookings.move, first.id, start=TEN - HOUR, end=TEN)
    assert longer.ends_at == TEN
    assert scene.overlaps() == 0


def test_a_running_booking_is_extended_on_its_unit_and_the_next_one_leaves_it(scene: Scene) -> None:
    tool_id = scene.tool(units=2)
    one, _ = unit_ids(scene, tool_id)
    running = place(scene, tool_id, TEN, unit_id=one)
    following = place(scene, tool_id, TEN + HOUR, unit_id=one)
    loosen(scene, following)
    scene.now = TEN
    scene.perform(scene.ada, arrivals.check_in, running.id)
    assert TEN + HOUR + ACROSS in scene.read(scene.ada, arrivals.extensions, now(scene, running))
    longer = scene.perform(scene.ada, arrivals.extend, running.id, TEN + HOUR + ACROSS)
    assert (longer.unit_id, longer.ends_at, longer.pinned) == (one, TEN + HOUR + ACROSS, True)
    assert now(scene, following).unit_id != one


def test_a_declined_request_finds_room_again_when_the_decision_is_undone(scene: Scene) -> None:
    tool_id = scene.tool(units=2, approval="always")
    one, two = unit_ids(scene, tool_id)
    asked = place(scene, tool_id, TEN + ACROSS)
    scene.perform(scene.bo, approvals.decline, asked.id)
    cards = [place(scene, tool_id, TEN, unit_id=one), place(scene, tool_id, TEN + HOUR, unit_id=two)]
    for card in cards:
        loosen(scene, card)
    assert scene.perform(scene.bo, approvals.undo, asked.id).state.value == "pending"
    assert scene.overlaps() == 0


def test_freed_time_is_offered_where_room_can_be_made(scene: Scene) -> None:
    tool_id, _, _ = fragmented(scene)
    window = Span(TEN + ACROSS, TEN + ACROSS + HOUR)
    scene.perform(scene.cy, waitlist.join, waitlist.Wanted(window, 60, tool_id=tool_id))
    assert scene.perform(None, offer_freed, tool_id, window) == 1
    assert len(mails(scene)) == 1
    assert scene.overlaps() == 0


def test_the_number_of_statements_stays_however_many_make_room(scene: Scene) -> None:
    numbers, moved = [], []
    for short in (1, 4):
        tool_id = scene.tool(f"Pool {short}", units=2)
        one, two = unit_ids(scene, tool_id)
        length = HOUR / short
        early = [place(scene, tool_id, TEN + turn * length, length, one) for turn in range(short)]
        late = [place(scene, tool_id, TEN + HOUR + turn * length, length, two) for turn in range(short)]
        for card in (*early, *late):
            loosen(scene, card)
        wish = Ask(tool_id, Span(TEN, TEN + 2 * HOUR))
        with counted(scene.engine) as statements:
            scene.perform(scene.cy, bookings.place, wish)
        numbers.append(len(statements))
        moved.append(sum(now(scene, card).unit_id != card.unit_id for card in (*early, *late)))
    assert moved == [1, 4]
    assert numbers[0] == numbers[1]


def test_a_series_makes_room_on_each_of_its_dates(scene: Scene) -> None:
    tool_id = scene.tool(units=2)
    one, two = unit_ids(scene, tool_id)
    for day in range(2):
        start = TEN + timedelta(days=day)
        for card in (place(scene, tool_id, start, unit_id=one), place(scene, tool_id, start + HOUR, unit_id=two)):
            loosen(scene, card)
    pattern = Pattern(Frequency.DAILY, date(2026, 11, 26), 630, 60, times=2)
    scene.perform(scene.cy, series.place, series.Wanted(tool_id, pattern))
    assert len(mails(scene)) == 2
    assert scene.overlaps() == 0


# Whatever stands in a pool: what the rules say can be had is written, and nothing else.


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_can_be_had_is_written_and_the_guard_never_steps_in(scene: Scene, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, 6))
    tool_id = scene.tool(units=number, window_days=60)
    ids = unit_ids(scene, tool_id)
    scene.now = TEN - HOUR
    if data.draw(st.booleans()):
        with writing(scene.engine) as session:
            times = {"starts_at": TEN + HOUR, "ends_at": TEN + 2 * HOUR}
            session.add(Outage(tool_id=tool_id, unit_id=ids[-1], reason="", declared_by=scene.bo.account_id, **times))
    for _ in range(data.draw(st.integers(2, 10))):
        scene.now = TEN - HOUR + data.draw(st.integers(0, 2)) * HOUR / 2
        start = TEN + data.draw(st.integers(0, 7)) * HOUR / 2
        wish = Ask(tool_id, Span(start, start + data.draw(st.integers(1, 4)) * HOUR / 2))
        if data.draw(st.integers(0, 3)) == 0:
            wish = Ask(tool_id, wish.span, unit_id=data.draw(st.sampled_from(ids)))
        expected = scene.read(scene.ada, bookings.check, wish)
        with reading(scene.engine) as session:
            known = facts_for(session, tool_id, wish.span, scene.ada.account_id)
        assert _has_room(known, wish, scene) == (not any(each.code in {"slot_taken", "outage"} for each in expected))
        if expected:
            with pytest.raises(Refused) as refused:
                scene.perform(scene.ada, bookings.place, wish)
            assert refused.value.refusals == expected
        else:
            card = scene.perform(scene.ada, bookings.place, wish)
            assert wish.unit_id in {None, card.unit_id}
    assert scene.overlaps() == 0


def _has_room(known: Facts, wish: Ask, scene: Scene) -> bool:
    return bool(units.units_in_service(wish, known)) and pools.has_room(wish, known, scene.now)
