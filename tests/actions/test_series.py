"""Repeating bookings: looked at, booked, added to and called off together."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from booking.actions import arrivals, bookings, series, series_approvals, several
from booking.actions.series import Instead, Wanted
from booking.models import bookings as questions
from booking.models import series as rows
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.tables.spaces import Closure
from booking.rules.recurrence import Frequency, Pattern
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.rules.several import Clashing
from booking.rules.spans import Span
from booking.rules.states import State
from tests.acting import HOUR, TEN, TEN_MINUTES, Scene, counted

pytestmark = pytest.mark.both_engines
# Tomorrow, a Thursday, and the days after it.
FIRST = date(2026, 11, 26)
DAY = timedelta(days=1)


def wanted(scene: Scene, times: int = 3, **more: Any) -> Wanted:
    """Lumi, every day from tomorrow on, 10:00 to 11:00."""
    pattern = Pattern(Frequency.DAILY, FIRST, 600, 60, times=times)
    values: dict[str, Any] = {"tool_id": scene.tool_id, "pattern": pattern}
    return Wanted(**(values | more))


def cards(scene: Scene, series_id: int) -> list[BookingCard]:
    with reading(scene.engine) as session:
        return list(questions.of_series(session, series_id))


def held(scene: Scene, series_id: int) -> list[BookingCard]:
    return [card for card in cards(scene, series_id) if card.ended_at is None]


def missing(scene: Scene, series_id: int) -> tuple[date, ...]:
    with reading(scene.engine) as session:
        call, card = scene.call(session, scene.ada), rows.card(session, series_id)
        return series.left_out(call, card, series.by_day(call, card))


def test_a_series_is_booked_date_by_date_with_one_mail(scene: Scene) -> None:
    series_id = scene.perform(scene.ada, series.place, wanted(scene, purpose=" Gears "))
    found = cards(scene, series_id)
    assert [card.starts_at for card in found] == [TEN, TEN + DAY, TEN + 2 * DAY]
    assert {(card.state, card.purpose, card.account_name) for card in found} == {(State.CONFIRMED, "Gears", "Ada")}
    assert len({card.uid for card in found}) == 3
    assert scene.audit() == [("place", scene.ada.account_id)] * 4
    assert scene.jobs() == ["several"]
    with pytest.raises(Refused):
        scene.perform(scene.cy, bookings.place, scene.ask(TEN + DAY))


def test_before_anything_is_saved_every_date_says_what_stands_against_it(scene: Scene) -> None:
    for day in (1, 3):
        scene.perform(scene.cy, bookings.place, scene.ask(TEN + day * DAY))
    there = scene.tool()
    with counted(scene.engine) as statements:
        looked = scene.read(scene.ada, series.preview, wanted(scene, 5))
    assert not [said for said in statements if said.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    assert [clash.key for clash in looked.judgement.clashes] == ["2026-11-27", "2026-11-29"]
    ways = scene.read(scene.ada, several.ways_out, looked, scene.ada.account_id)
    assert [(way.why.value, way.tool_id, way.span.start) for way in ways["2026-11-27"]] == [
        ("other_time", scene.tool_id, TEN + DAY - HOUR),
        ("other_time", scene.tool_id, TEN + DAY + HOUR),
        ("other_tool", there, TEN + DAY),
    ]


def test_one_clash_saves_nothing_and_each_is_told(scene: Scene) -> None:
    scene.perform(scene.cy, bookings.place, scene.ask(TEN + DAY))
    before = (scene.audit(), scene.jobs())
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, series.place, wanted(scene, 61))
    assert [(clash.key, clash.refusals[0].code) for clash in refused.value.clashes] == [
        ("2026-11-27", "slot_taken"),
        ("2027-01-24", "too_far_ahead"),
        ("2027-01-25", "too_far_ahead"),
    ]
    assert not refused.value.is_conflict
    assert (scene.audit(), scene.jobs()) == before


def test_a_clash_is_left_out_or_taken_elsewhere(scene: Scene) -> None:
    for day in (1, 2):
        scene.perform(scene.cy, bookings.place, scene.ask(TEN + day * DAY))
    there = scene.tool()
    later = Span(TEN + 2 * DAY + HOUR, TEN + 2 * DAY + 2 * HOUR)
    choices = {
        FIRST: Instead(there, Span(TEN, TEN + HOUR)),
        FIRST + DAY: None,
        FIRST + 2 * DAY: Instead(scene.tool_id, later),
    }
    series_id = scene.perform(scene.ada, series.place, wanted(scene, 4, choices=choices))
    assert [(card.tool_id, card.starts_at) for card in cards(scene, series_id)] == [
        (there, TEN),
        (scene.tool_id, later.start),
        (scene.tool_id, TEN + 3 * DAY),
    ]


def test_dates_of_one_series_do_not_take_one_another_by_surprise(scene: Scene) -> None:
    pattern = Pattern(Frequency.DAILY, FIRST, 600, 24 * 60 + 60, times=3)
    tool_id = scene.tool(longest_minutes=2880, unattended=True)
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, series.place, wanted(scene, tool_id=tool_id, pattern=pattern))
    assert [clash.key for clash in refused.value.clashes] == ["2026-11-27"]


def test_a_manager_sets_aside_what_she_may_for_all_dates(scene: Scene) -> None:
    early = replace(wanted(scene), pattern=Pattern(Frequency.DAILY, FIRST, 360, 60, times=2))
    with pytest.raises(Clashing):
        scene.perform(scene.ada, series.place, early, override=True)
    series_id = scene.perform(scene.bo, series.place, early, override=True)
    assert {card.overridden for card in cards(scene, series_id)} == {("outside_opening_hours",)}


def test_where_a_manager_has_to_say_yes_each_date_waits_and_she_hears_once(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    series_id = scene.perform(scene.ada, series.place, wanted(scene, tool_id=tool_id))
    assert {card.state for card in cards(scene, series_id)} == {State.PENDING}
    assert scene.jobs() == ["expire", "expire", "expire", "several", "several_wanted"]


def test_what_is_no_series_is_not_taken(scene: Scene) -> None:
    for wrong in (
        wanted(scene, 0),
        wanted(scene, choices={FIRST + day * DAY: None for day in range(3)}),
        wanted(scene, purpose="x" * 201),
    ):
        with pytest.raises(Unacceptable):
            scene.perform(scene.ada, series.place, wrong)
    for absent in (wanted(scene, tool_id=10**9), wanted(scene, team_id=10**9)):
        with pytest.raises(Absent):
            scene.perform(scene.ada, series.place, absent)
    assert scene.audit() == []


def test_the_statements_do_not_grow_with_the_dates(scene: Scene) -> None:
    tool_id = scene.tool(window_days=200)
    counts = []
    for number, times in enumerate((1, 10, 100)):
        pattern = Pattern(Frequency.DAILY, FIRST, 480 + number * 60, 60, times=times)
        with counted(scene.engine) as statements:
            scene.perform(scene.ada, series.place, wanted(scene, tool_id=tool_id, pattern=pattern))
        counts.append(len([said for said in statements if "INTO rendering" not in said]))
    # A lock, the zone, five questions for the facts; rows, claims, cards, audit, the series itself and its mail.
    assert len(set(counts)) == 1
    assert counts[0] <= 18


# Calling off, and adding again.


def test_what_has_not_begun_is_called_off_with_one_mail(scene: Scene) -> None:
    series_id = scene.perform(scene.ada, series.place, wanted(scene))
    scene.now = TEN + HOUR / 2
    ended = scene.perform(scene.bo, series.cancel, series_id, "Water pipe burst")
    assert [(card.state, card.reason) for card in ended] == [(State.CANCELLED, "Water pipe burst")] * 2
    assert [card.starts_at for card in held(scene, series_id)] == [TEN]
    assert scene.jobs() == ["several", "several"]
    assert scene.perform(scene.ada, series.cancel, series_id) == ()
    scene.perform(scene.cy, bookings.place, scene.ask(TEN + DAY))


def test_who_has_come_early_keeps_that_date(scene: Scene) -> None:
    series_id = scene.perform(scene.ada, series.place, wanted(scene))
    scene.now = TEN - TEN_MINUTES
    first, *rest = cards(scene, series_id)
    scene.perform(scene.ada, arrivals.check_in, first.id)
    ended = scene.perform(scene.ada, series.cancel, series_id)
    assert [card.id for card in ended] == [card.id for card in rest]


def test_this_and_following_ends_the_pattern_before_it(scene: Scene) -> None:
    series_id = scene.perform(scene.ada, series.place, wanted(scene, 5))
    ended = scene.perform(scene.ada, series.cancel, series_id, since=FIRST + 3 * DAY)
    assert [card.starts_at for card in ended] == [TEN + 3 * DAY, TEN + 4 * DAY]
    with reading(scene.engine) as session:
        card = rows.card(session, series_id)
    assert (card.pattern.last_day, card.pattern.times, card.ended_at) == (FIRST + 2 * DAY, None, None)
    assert missing(scene, series_id) == ()


def test_a_date_that_was_left_out_or_cancelled_is_added_later(scene: Scene) -> None:
    other = scene.perform(scene.cy, bookings.place, scene.ask(TEN + DAY))
    series_id = scene.perform(scene.ada, series.place, wanted(scene, choices={FIRST + DAY: None}))
    scene.perform(scene.ada, bookings.cancel, cards(scene, series_id)[1].id)
    assert missing(scene, series_id) == (FIRST + DAY, FIRST + 2 * DAY)
    days = {FIRST + DAY, FIRST + 2 * DAY}
    looked = scene.read(scene.ada, series.preview_dates, series_id, days, {})
    assert [clash.key for clash in looked.judgement.clashes] == ["2026-11-27"]
    scene.perform(scene.cy, bookings.cancel, other.id)
    added = scene.perform(scene.ada, series.add_dates, series_id, days, {})
    assert [card.starts_at for card in added] == [TEN + DAY, TEN + 2 * DAY]
    assert len(held(scene, series_id)) == 3
    with pytest.raises(Unacceptable):
        scene.perform(scene.ada, series.add_dates, series_id, days, {})


def test_strangers_do_not_learn_that_a_series_exists(scene: Scene) -> None:
    series_id = scene.perform(scene.ada, series.place, wanted(scene))
    with pytest.raises(Absent):
        scene.perform(scene.cy, series.cancel, series_id)
    for who in (scene.cy, scene.bo):
        with pytest.raises(Absent):
            scene.perform(who, series.add_dates, series_id, {FIRST}, {})


# A manager's yes to all of it.


def test_all_waiting_dates_are_approved_at_once_and_told_once(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    series_id = scene.perform(scene.ada, series.place, wanted(scene, 3, tool_id=tool_id))
    with pytest.raises(Denied):
        scene.perform(scene.ada, series_approvals.approve, series_id)
    with pytest.raises(Absent):
        scene.perform(scene.cy, series_approvals.approve, series_id)
    approved, refused = scene.perform(scene.bo, series_approvals.approve, series_id)
    assert ([card.state for card in approved], refused) == ([State.CONFIRMED] * 3, 0)
    assert scene.jobs()[-1] == "several"
    assert "booking_approved" not in scene.jobs()
    assert scene.perform(scene.bo, series_approvals.approve, series_id) == ((), 0)


def test_a_yes_to_all_dates_is_taken_back_within_ten_seconds_and_nobody_hears_of_it(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    series_id = scene.perform(scene.ada, series.place, wanted(scene, 3, tool_id=tool_id))
    before = scene.jobs()
    scene.perform(scene.bo, series_approvals.approve, series_id)
    for who, kind in ((scene.cy, Absent), (scene.ada, Denied)):
        with pytest.raises(kind):
            scene.perform(who, series_approvals.undo, series_id)
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(scene.dee, series_approvals.undo, series_id)
    assert scene.perform(scene.bo, series_approvals.undo, series_id) == 3
    assert [card.state for card in cards(scene, series_id)] == [State.PENDING] * 3
    assert scene.jobs() == before
    scene.perform(scene.bo, series_approvals.approve, series_id)
    scene.now += timedelta(seconds=11)
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(scene.bo, series_approvals.undo, series_id)


def test_a_date_against_which_something_stands_by_now_is_left_waiting(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    series_id = scene.perform(scene.ada, series.place, wanted(scene, 3, tool_id=tool_id))
    with writing(scene.engine) as session:
        session.add(Closure(space_id=scene.space_id, first_day=FIRST + DAY, last_day=FIRST + DAY))
    approved, refused = scene.perform(scene.bo, series_approvals.approve, series_id)
    assert (len(approved), refused) == (2, 1)
    assert [card.state for card in cards(scene, series_id)] == [State.CONFIRMED, State.PENDING, State.CONFIRMED]
