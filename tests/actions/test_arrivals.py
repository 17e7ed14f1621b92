"""Checking in, giving back, staying longer, and not coming."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import arrivals, bookings, jobs, strikes
from booking.models import strikes as kept
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.strikes import Policy
from booking.models.tables.limits import Strike
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
MINUTE = timedelta(minutes=1)


def booked(scene: Scene, **columns: Any) -> BookingCard:
    """Ada's booking from 10:00 to 11:00 of a tool that asks for check-in within 10 minutes."""
    tool_id = scene.tool(check_in_minutes=10, **columns)
    return scene.perform(scene.ada, bookings.place, scene.ask(TEN, tool_id=tool_id))


def missed(scene: Scene, card: BookingCard) -> BookingCard:
    """The booking after its grace."""
    scene.now = card.starts_at + 10 * MINUTE
    return scene.perform(None, arrivals.miss, card.id)


def strike_policy(scene: Scene, allowed: int) -> str:
    """Suspended for a week after so many missed times; the space's slug."""
    with writing(scene.engine) as session:
        slug = session.get_one(Space, scene.space_id).slug
    scene.perform(scene.bo, strikes.set_policy, slug, Policy(allowed, 90, 7))
    return slug


def code_of(scene: Scene, start: object) -> str:
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, bookings.place, scene.ask(start))  # type: ignore[arg-type]
    return refused.value.refusals[0].code


@pytest.mark.parametrize("who", ["ada", "bo"])
def test_the_maker_or_a_manager_checks_in_and_again_changes_nothing(scene: Scene, who: str) -> None:
    card = booked(scene)
    scene.now = TEN - 15 * MINUTE
    used = scene.perform(getattr(scene, who), arrivals.check_in, card.id)
    assert (used.state, used.span, used.sequence) == (State.IN_USE, card.span, 1)
    assert scene.perform(scene.ada, arrivals.check_in, card.id) == used
    assert scene.audit()[-1] == ("check_in", getattr(scene, who).account_id)
    assert missed(scene, card).state is State.IN_USE


def test_strangers_do_not_check_in_and_nobody_does_too_early(scene: Scene) -> None:
    card = booked(scene)
    with pytest.raises(Absent):
        scene.perform(scene.cy, arrivals.check_in, card.id)
    scene.now = TEN - 16 * MINUTE
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, arrivals.check_in, card.id)
    assert (refused.value.refusals[0].data["state"], refused.value.is_conflict) == ("early", True)


def test_a_booking_that_nobody_came_to_is_released_after_its_grace(scene: Scene) -> None:
    card = booked(scene)
    scene.now = TEN + 9 * MINUTE
    assert scene.perform(None, arrivals.miss, card.id) == card
    assert scene.read(None, arrivals.overdue) == ()
    scene.now = TEN + 10 * MINUTE
    assert scene.read(None, arrivals.overdue) == (card.id,)
    assert missed(scene, card).state is State.MISSED
    assert scene.read(None, arrivals.overdue) == ()
    assert scene.perform(None, arrivals.miss, card.id).sequence == 1
    assert scene.jobs().count("booking_missed") == 1
    free = scene.ask(TEN + 15 * MINUTE, 45 * MINUTE, card.tool_id)
    assert scene.perform(scene.cy, bookings.place, free).state is State.CONFIRMED
    with pytest.raises(Refused):
        scene.perform(scene.ada, arrivals.check_in, card.id)


def test_a_short_booking_is_missed_at_its_end_and_a_moved_one_by_its_new_start(scene: Scene) -> None:
    tool_id = scene.tool(check_in_minutes=60)
    card = scene.perform(scene.ada, bookings.place, scene.ask(TEN, 30 * MINUTE, tool_id))
    moved = scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + HOUR * 1.5)
    scene.now = TEN + HOUR
    assert scene.read(None, arrivals.overdue) == ()
    scene.now = moved.ends_at
    assert scene.read(None, arrivals.overdue) == (card.id,)
    assert scene.perform(None, arrivals.miss, card.id).state is State.MISSED


def test_tools_that_ask_for_no_check_in_or_only_since_then_miss_nobody(scene: Scene) -> None:
    plain = scene.perform(scene.ada, bookings.place, scene.ask())
    card = booked(scene)
    with writing(scene.engine) as session:
        session.get_one(Tool, card.tool_id).changed_at = TEN + MINUTE
    scene.now = TEN + 30 * MINUTE
    assert scene.read(None, arrivals.overdue) == ()
    assert [scene.perform(None, arrivals.miss, each.id).state for each in (plain, card)] == [State.CONFIRMED] * 2


def test_the_worker_is_told_once_a_minute_while_something_is_overdue(scene: Scene) -> None:
    booked(scene)
    scene.perform(None, jobs.tend, "worker")
    assert "missed" not in scene.jobs()
    scene.now = TEN + 10 * MINUTE
    for _ in range(2):
        scene.perform(None, jobs.tend, "worker")
    assert scene.jobs().count("missed") == 1


def test_enough_missed_times_suspend_by_themselves_and_count_from_there_anew(scene: Scene) -> None:
    slug = strike_policy(scene, 2)
    for day in (0, 1):
        scene.now = TEN + timedelta(days=day) - HOUR
        tool_id = scene.tool(check_in_minutes=10, changed_at=scene.now)
        ask = scene.ask(TEN + timedelta(days=day), tool_id=tool_id)
        assert missed(scene, scene.perform(scene.ada, bookings.place, ask)).state is State.MISSED
    assert scene.jobs().count("suspended") == 1
    assert code_of(scene, scene.now + HOUR * 3) == "suspended"
    with reading(scene.engine) as session:
        [row] = kept.suspensions(session, scene.space_id, scene.now)
        assert kept.number(session, scene.ada.account_id, scene.space_id, TEN - HOUR) == 0
    assert (row.account_name, row.ends_at, row.by_hand) == ("Ada", scene.now + timedelta(days=7), False)
    scene.perform(scene.bo, strikes.lift, slug, row.id)
    assert scene.perform(scene.ada, bookings.place, scene.ask(TEN + timedelta(days=2))).state is State.CONFIRMED
    assert scene.jobs().count("suspension_lifted") == 1


def test_a_forgiven_time_does_not_count(scene: Scene) -> None:
    slug = strike_policy(scene, 2)
    missed(scene, booked(scene))
    with reading(scene.engine) as session:
        strike_id = session.scalars(select(Strike.id)).one()
    scene.perform(scene.bo, strikes.forgive, slug, strike_id)
    with reading(scene.engine) as session:
        assert kept.number(session, scene.ada.account_id, scene.space_id, TEN) == 0
        [card] = kept.of_space(session, scene.space_id, TEN, 10)
    assert card.forgiven_at == scene.now


def test_only_managers_suspend_and_with_a_reason(scene: Scene) -> None:
    slug = strike_policy(scene, 0)
    with pytest.raises(Absent):
        scene.perform(scene.ada, strikes.suspend, slug, scene.ada.account_id, 3, "No")
    with pytest.raises(Absent):
        scene.perform(scene.bo, strikes.suspend, slug, scene.cy.account_id, 3, "No")
    for days, reason in ((0, "No"), (3, " ")):
        with pytest.raises(Unacceptable):
            scene.perform(scene.bo, strikes.suspend, slug, scene.ada.account_id, days, reason)
    scene.perform(scene.bo, strikes.suspend, slug, scene.ada.account_id, 3, "Left it dirty")
    assert code_of(scene, TEN) == "suspended"


def test_giving_back_frees_the_rest_and_again_changes_nothing(scene: Scene) -> None:
    card = booked(scene)
    scene.now = TEN + timedelta(minutes=20, seconds=5)
    left = scene.perform(scene.ada, arrivals.give_back, card.id)
    assert (left.state, left.ends_at, left.sequence) == (State.IN_USE, TEN + 21 * MINUTE, 1)
    scene.now += HOUR / 2
    assert scene.perform(scene.ada, arrivals.give_back, card.id) == left
    scene.now = TEN + 22 * MINUTE
    rest = scene.ask(TEN + 30 * MINUTE, 30 * MINUTE, card.tool_id)
    assert scene.perform(scene.cy, bookings.place, rest).state is State.CONFIRMED
    assert scene.overlaps() == 0


def test_giving_back_before_the_start_is_a_cancel_also_after_an_early_check_in(scene: Scene) -> None:
    card, other = booked(scene), scene.perform(scene.ada, bookings.place, scene.ask())
    scene.now = TEN - 5 * MINUTE
    scene.perform(scene.ada, arrivals.check_in, card.id)
    for each in (card, other):
        assert scene.perform(scene.ada, arrivals.give_back, each.id).state is State.CANCELLED


def test_who_has_the_tool_may_stay_while_it_is_free(scene: Scene) -> None:
    card = booked(scene)
    scene.perform(scene.cy, bookings.place, scene.ask(TEN + HOUR * 1.5, tool_id=card.tool_id))
    scene.now = TEN + HOUR / 2
    used = scene.perform(scene.ada, arrivals.check_in, card.id)
    assert scene.read(scene.ada, arrivals.extensions, used) == (TEN + HOUR * 1.5,)
    longer = scene.perform(scene.ada, arrivals.extend, card.id, TEN + HOUR * 1.5)
    assert (longer.state, longer.ends_at) == (State.IN_USE, TEN + HOUR * 1.5)
    assert scene.perform(scene.ada, arrivals.extend, card.id, TEN + HOUR * 1.5) == longer
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, arrivals.extend, card.id, TEN + HOUR * 2)
    assert refused.value.is_conflict
    assert scene.overlaps() == 0


def test_more_time_that_needs_a_yes_is_for_a_manager_to_give(scene: Scene) -> None:
    card = booked(scene, approval="always")
    with writing(scene.engine) as session:
        session.get_one(Tool, card.tool_id).approval = "never"
    card = scene.perform(scene.ada, bookings.place, scene.ask(TEN + HOUR, tool_id=card.tool_id))
    with writing(scene.engine) as session:
        session.get_one(Tool, card.tool_id).approval = "always"
    scene.now = card.starts_at
    until = card.ends_at + HOUR / 2
    assert scene.read(scene.ada, arrivals.extensions, card) == ()
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, arrivals.extend, card.id, until)
    assert [refusal.code for refusal in refused.value.refusals] == ["extension_needs_approval"]
    assert scene.perform(scene.bo, arrivals.extend, card.id, until, override=True).ends_at == until


def test_a_time_that_is_about_to_begin_is_booked_and_checked_in_at_once(scene: Scene) -> None:
    scene.now = TEN - 10 * MINUTE
    assert scene.perform(scene.ada, arrivals.book_now, scene.ask()).state is State.IN_USE
    assert scene.perform(scene.ada, arrivals.book_now, scene.ask(TEN + HOUR)).state is State.CONFIRMED
