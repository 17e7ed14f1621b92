"""Another time or purpose for a whole series, or from one date on."""

from datetime import date, timedelta
from typing import Any

import pytest

from booking.actions import approvals, bookings, series, series_changes
from booking.actions.series import Instead, Wanted
from booking.actions.series_changes import Change
from booking.models import bookings as questions
from booking.models import series as rows
from booking.models.bookings import BookingCard
from booking.models.database import reading
from booking.rules.recurrence import Frequency, Pattern
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


def test_those_from_one_date_on_move_and_the_others_stay(scene: Scene) -> None:
    series_id = placed(scene)
    scene.perform(scene.bo, series_changes.apply, series_id, Change(660, 60, "Gears", since=FIRST + DAY))
    assert starts(scene, series_id) == [0 * HOUR, DAY + HOUR, 2 * DAY + HOUR]


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
