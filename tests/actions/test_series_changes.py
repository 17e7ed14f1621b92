"""Another time or purpose for a whole series, or from one date on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from booking.actions import approvals, bookings, series, series_changes
from booking.actions.call import Call
from booking.actions.series import Instead, Wanted
from booking.actions.series_changes import Change
from booking.models import bookings as questions
from booking.models import series as rows
from booking.models.bookings import BookingCard
from booking.models.database import reading
from booking.rules.hours import to_wall
from booking.rules.recurrence import Frequency, Pattern, days
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.several import Clashing
from booking.rules.spans import Span
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
FIRST = date(2026, 11, 26)
DAY = timedelta(days=1)


def placed(scene: Scene, times: int = 3, minutes: int = 60, **more: Any) -> int:
    """Ada's series: every day from tomorrow on at 10:00."""
    pattern = Pattern(Frequency.DAILY, FIRST, 600, minutes, times=times)
    values: dict[str, Any] = {"tool_id": scene.tool_id, "pattern": pattern, "purpose": "Gears"}
    return scene.perform(scene.ada, series.place, Wanted(**(values | more)))


def cards(scene: Scene, series_id: int) -> list[BookingCard]:
    with reading(scene.engine) as session:
        return list(questions.of_series(session, series_id))


def starts(scene: Scene, series_id: int) -> list[timedelta]:
    """How long after 10:00 of the first day each begins."""
    return [card.starts_at - TEN for card in cards(scene, series_id)]


def test_all_that_come_move_in_place(scene: Scene) -> None:
    series_id = placed(scene)
    before = cards(scene, series_id)
    scene.perform(scene.ada, series_changes.apply, series_id, Change(660, 90, "Gears"))
    after = cards(scene, series_id)
    assert [(card.starts_at - TEN, card.span.length) for card in after] == [
        (HOUR + day * DAY, 1.5 * HOUR) for day in range(3)
    ]
    assert [(card.uid, card.sequence) for card in after] == [(card.uid, 1) for card in before]
    assert scene.jobs() == ["several", "several"]
    assert scene.audit()[-4:] == [("move", scene.ada.account_id)] * 4


def test_those_from_one_date_on_move_and_become_a_series_of_their_own(scene: Scene) -> None:
    series_id = placed(scene)
    changed = scene.perform(scene.bo, series_changes.apply, series_id, Change(660, 60, "Gears", since=FIRST + DAY))
    assert (starts(scene, series_id), starts(scene, changed.series_id)) == ([0 * HOUR], [DAY + HOUR, 2 * DAY + HOUR])
    with reading(scene.engine) as session:
        both = [rows.card(session, id_).pattern for id_ in (series_id, changed.series_id)]
    assert [(days(each), each.starts) for each in both] == [((FIRST,), 600), ((FIRST + DAY, FIRST + 2 * DAY), 660)]


def test_what_was_left_out_before_the_date_can_be_added_at_its_own_time(scene: Scene) -> None:
    series_id = placed(scene, times=4, choices={FIRST + DAY: None})
    change = Change(660, 60, "Gears", since=FIRST + 2 * DAY)
    changed = scene.perform(scene.ada, series_changes.apply, series_id, change)
    assert scene.read(scene.ada, left_out, series_id) == (FIRST + DAY,)
    assert scene.read(scene.ada, left_out, changed.series_id) == ()
    [added] = scene.perform(scene.ada, series.add_dates, series_id, [FIRST + DAY], {})
    assert added.starts_at == TEN + DAY


def test_from_the_first_date_on_the_series_itself_changes(scene: Scene) -> None:
    series_id = placed(scene)
    assert (
        scene.perform(scene.ada, series_changes.apply, series_id, Change(660, 60, "", since=FIRST)).series_id
        == series_id
    )


def test_from_a_date_on_after_the_last_there_is_nothing_to_change(scene: Scene) -> None:
    series_id = placed(scene)
    with pytest.raises(Unacceptable, match="since"):
        scene.perform(scene.ada, series_changes.apply, series_id, Change(660, 60, "", since=FIRST + 9 * DAY))


def test_dates_side_by_side_move_together_into_one_anothers_time(scene: Scene) -> None:
    tool_id = scene.tool(longest_minutes=1440, unattended=True)
    series_id = placed(scene, 3, 1440, tool_id=tool_id)
    scene.perform(scene.ada, series_changes.apply, series_id, Change(720, 1440, "Gears"))
    assert starts(scene, series_id) == [2 * HOUR + day * DAY for day in range(3)]
    assert scene.overlaps() == 0


def test_one_clash_moves_nothing_until_it_stays_or_goes_elsewhere(scene: Scene) -> None:
    series_id = placed(scene)
    for day in (1, 2):
        scene.perform(scene.cy, bookings.place, scene.ask(TEN + day * DAY + HOUR))
    before, jobs = cards(scene, series_id), scene.jobs()
    change = Change(660, 60, "Gears")
    foreseen = scene.read(scene.ada, series_changes.preview, series_id, change)
    assert len(foreseen.going) == 3
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, series_changes.apply, series_id, change)
    assert [clash.key for clash in refused.value.clashes] == [str(card.id) for card in before[1:]]
    assert (cards(scene, series_id), scene.jobs()) == (before, jobs)
    late = TEN + 2 * DAY + 4 * HOUR
    choices = {before[1].id: None, before[2].id: Instead(scene.tool_id, Span(late, late + HOUR))}
    scene.perform(scene.ada, series_changes.apply, series_id, Change(660, 60, "Gears", choices=choices))
    assert starts(scene, series_id) == [HOUR, DAY, 2 * DAY + 4 * HOUR]


def test_another_purpose_moves_nothing(scene: Scene) -> None:
    series_id = placed(scene)
    scene.perform(
        scene.ada, bookings.move, cards(scene, series_id)[1].id, start=TEN + DAY + HOUR, end=TEN + DAY + 2 * HOUR
    )
    scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 60, "Signs"))
    assert starts(scene, series_id) == [0 * HOUR, DAY + HOUR, 2 * DAY]
    assert {card.purpose for card in cards(scene, series_id)} == {"Signs"}


def test_confirmed_dates_that_need_approval_wait_again_unless_they_shrink(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    series_id = scene.perform(
        scene.bo, series.place, Wanted(tool_id, Pattern(Frequency.DAILY, FIRST, 600, 60, times=2))
    )
    for card in cards(scene, series_id):
        scene.perform(scene.bo, approvals.approve, card.id)
    scene.perform(scene.bo, series_changes.apply, series_id, Change(600, 30, ""))
    assert {card.state for card in cards(scene, series_id)} == {State.CONFIRMED}
    scene.perform(scene.bo, series_changes.apply, series_id, Change(630, 30, ""))
    assert {card.state for card in cards(scene, series_id)} == {State.PENDING}


def test_a_manager_brings_nobody_to_a_space_that_she_does_not_manage(scene: Scene) -> None:
    series_id = placed(scene, 1)
    there = scene.tool_elsewhere()
    choices = {cards(scene, series_id)[0].id: Instead(there, Span(TEN, TEN + HOUR))}
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, series_changes.apply, series_id, Change(660, 60, "Gears", choices=choices))
    assert [refusal.code for refusal in refused.value.refusals] == ["not_your_space"]
    scene.perform(scene.ada, series_changes.apply, series_id, Change(660, 60, "Gears", choices=choices))
    assert cards(scene, series_id)[0].space_name == "Fablab"


def test_what_is_no_time_and_who_is_a_stranger_change_nothing(scene: Scene) -> None:
    series_id = placed(scene)
    with pytest.raises(Unacceptable):
        scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 0, "Gears"))
    with pytest.raises(Absent):
        scene.perform(scene.cy, series_changes.apply, series_id, Change(660, 60, "Gears"))
    assert starts(scene, series_id) == [day * DAY for day in range(3)]


def test_all_that_come_move_to_another_tool_of_the_space(scene: Scene) -> None:
    series_id, other = placed(scene), scene.tool()
    scene.perform(scene.ada, series_changes.apply, series_id, Change(660, 60, "Gears", tool_id=other))
    assert [(card.tool_id, card.starts_at - TEN) for card in cards(scene, series_id)] == [
        (other, HOUR + day * DAY) for day in range(3)
    ]
    assert scene.read(scene.ada, lambda call: rows.card(call.session, series_id)).tool_id == other
    assert scene.overlaps() == 0


def test_a_clash_on_the_other_tool_moves_nothing(scene: Scene) -> None:
    series_id, other = placed(scene), scene.tool()
    scene.perform(scene.cy, bookings.place, scene.ask(TEN + DAY, tool_id=other))
    before = cards(scene, series_id)
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 60, "Gears", tool_id=other))
    assert [clash.key for clash in refused.value.clashes] == [str(before[1].id)]
    assert cards(scene, series_id) == before


def test_a_tool_of_another_space_is_none_for_a_series(scene: Scene) -> None:
    series_id = placed(scene)
    with pytest.raises(Absent):
        scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 60, "", tool_id=scene.tool_elsewhere()))
    assert starts(scene, series_id) == [day * DAY for day in range(3)]


def test_those_from_one_date_on_move_to_another_tool_and_the_others_stay(scene: Scene) -> None:
    series_id, other = placed(scene), scene.tool()
    change = Change(600, 60, "Gears", since=FIRST + DAY, tool_id=other)
    changed = scene.perform(scene.ada, series_changes.apply, series_id, change)
    assert [card.tool_id for card in cards(scene, series_id)] == [scene.tool_id]
    assert [card.tool_id for card in cards(scene, changed.series_id)] == [other, other]


def test_a_date_that_the_other_tool_cannot_have_stays_or_comes_at_another_time(scene: Scene) -> None:
    series_id, other = placed(scene), scene.tool()
    for day in (1, 2):
        scene.perform(scene.cy, bookings.place, scene.ask(TEN + day * DAY, tool_id=other))
    late, before = TEN + 2 * DAY + 4 * HOUR, cards(scene, series_id)
    choices = {before[1].id: None, before[2].id: Instead(other, Span(late, late + HOUR))}
    change = Change(600, 60, "Gears", choices=choices, tool_id=other)
    scene.perform(scene.ada, series_changes.apply, series_id, change)
    assert [(card.tool_id, card.starts_at - TEN) for card in cards(scene, series_id)] == [
        (other, 0 * HOUR),
        (scene.tool_id, DAY),
        (other, 2 * DAY + 4 * HOUR),
    ]


def test_dates_wait_for_a_yes_where_the_other_tool_asks_for_one(scene: Scene) -> None:
    series_id, other = placed(scene), scene.tool(approval="always")
    scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 60, "Gears", tool_id=other))
    assert {card.state for card in cards(scene, series_id)} == {State.PENDING}


@pytest.mark.parametrize(
    ("now", "first"),
    [
        (datetime(2027, 3, 26, 8, tzinfo=UTC), date(2027, 3, 27)),
        (datetime(2026, 10, 23, 8, tzinfo=UTC), date(2026, 10, 24)),
    ],
    ids=["clocks-go-forward", "clocks-go-back"],
)
def test_a_change_keeps_the_hour_on_the_wall_where_clocks_change(scene: Scene, now: datetime, first: date) -> None:
    scene.now = now
    series_id = placed(scene, pattern=Pattern(Frequency.DAILY, first, 600, 60, times=3))
    scene.perform(scene.ada, series_changes.apply, series_id, Change(660, 60, "Gears"))
    starting = [card.starts_at for card in cards(scene, series_id)]
    walls = [to_wall("Europe/Berlin", instant) for instant in starting]
    assert [(wall.date(), wall.hour) for wall in walls] == [(first + day * DAY, 11) for day in range(3)]
    assert len({instant.hour for instant in starting}) == 2, "the clock in UTC is another"


# Another weekday.


def weekly(scene: Scene, **more: Any) -> int:
    """Ada's series: the three Thursdays from tomorrow on at 10:00."""
    return placed(scene, pattern=Pattern(Frequency.WEEKLY, FIRST, 600, 60, times=3), **more)


def on_days(scene: Scene, series_id: int) -> list[date]:
    return [card.starts_at.date() for card in cards(scene, series_id)]


def test_all_that_come_move_to_another_weekday_of_their_weeks(scene: Scene) -> None:
    series_id = weekly(scene)
    scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 60, "Gears", weekday=4))
    assert on_days(scene, series_id) == [FIRST + DAY + week * 7 * DAY for week in range(3)]
    card = scene.read(scene.ada, lambda call: rows.card(call.session, series_id))
    assert days(card.pattern) == tuple(on_days(scene, series_id))
    assert scene.read(scene.ada, left_out, series_id) == ()


def test_those_that_follow_move_to_another_weekday_and_the_others_are_missed_nowhere(scene: Scene) -> None:
    series_id = weekly(scene)
    change = Change(600, 60, "Gears", since=FIRST + 7 * DAY, weekday=1)
    changed = scene.perform(scene.ada, series_changes.apply, series_id, change)
    assert (on_days(scene, series_id), on_days(scene, changed.series_id)) == (
        [FIRST],
        [FIRST + 5 * DAY, FIRST + 12 * DAY],
    )
    assert [scene.read(scene.ada, left_out, id_) for id_ in (series_id, changed.series_id)] == [(), ()]


def test_a_date_whose_other_weekday_is_taken_stays_and_can_be_added_there_later(scene: Scene) -> None:
    series_id = weekly(scene)
    taken = scene.perform(scene.cy, bookings.place, scene.ask(TEN + 8 * DAY))
    change = Change(600, 60, "Gears", weekday=4)
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, series_changes.apply, series_id, change)
    [clash] = refused.value.clashes
    choices = {int(clash.key): None}
    scene.perform(scene.ada, series_changes.apply, series_id, replace(change, choices=choices))
    assert on_days(scene, series_id) == [FIRST + DAY, FIRST + 7 * DAY, FIRST + 15 * DAY]
    scene.perform(scene.cy, bookings.cancel, taken.id)
    missing = scene.read(scene.ada, left_out, series_id)
    assert missing == (FIRST + 8 * DAY,)
    scene.perform(scene.ada, series.add_dates, series_id, missing, {})
    assert scene.overlaps() == 0


def test_another_weekday_keeps_the_hour_on_the_wall_where_clocks_change_between_both(scene: Scene) -> None:
    scene.now = datetime(2027, 3, 24, 8, tzinfo=UTC)
    saturday = date(2027, 3, 27)
    series_id = placed(scene, pattern=Pattern(Frequency.WEEKLY, saturday, 600, 60, times=2))
    scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 60, "Gears", weekday=6))
    walls = [to_wall("Europe/Berlin", card.starts_at) for card in cards(scene, series_id)]
    assert [(wall.date(), wall.hour) for wall in walls] == [(saturday + DAY, 10), (saturday + 8 * DAY, 10)]


def test_a_series_of_several_weekdays_or_of_days_has_no_other_weekday(scene: Scene) -> None:
    twice = Pattern(Frequency.WEEKLY, FIRST, 600, 60, weekdays=(1, 3), times=3)
    for series_id in (placed(scene), placed(scene, pattern=twice, tool_id=scene.tool())):
        with pytest.raises(Unacceptable, match="weekday"):
            scene.perform(scene.ada, series_changes.apply, series_id, Change(600, 60, "Gears", weekday=4))


def left_out(call: Call, series_id: int) -> tuple[date, ...]:
    card = rows.card(call.session, series_id)
    return series.left_out(call, card, series.by_day(call, card))
