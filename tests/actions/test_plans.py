"""Plans: several tools in one go, all or nothing."""

from datetime import timedelta

import pytest

from booking.actions import approvals, bookings, plans, several
from booking.rules.facts import Ask
from booking.rules.plans import MOST_PARTS, PlanState
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.several import Clashing
from booking.rules.spans import Span
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene, counted

pytestmark = pytest.mark.both_engines


def two(scene: Scene, other: int | None = None) -> list[Ask]:
    """Lumi from 10:00 to 11:00, and after half an hour another tool, at another space, for an hour."""
    later = Span(TEN + 1.5 * HOUR, TEN + 2.5 * HOUR)
    return [scene.ask(purpose="Box"), Ask(other or scene.tool_elsewhere(), later, "Box")]


def placed(scene: Scene, other: int | None = None) -> int:
    return scene.perform(scene.ada, plans.place, two(scene, other), "A box")


def show(scene: Scene, plan_id: int) -> plans.Plan:
    return scene.read(scene.ada, plans.show, plan_id)


def test_all_parts_are_booked_together_with_one_mail(scene: Scene) -> None:
    plan = show(scene, placed(scene))
    assert (plan.card.name, plan.state) == ("A box", PlanState.CONFIRMED)
    assert [(part.space_name, part.starts_at) for part in plan.parts] == [
        ("Werkhof", TEN),
        ("Fablab", TEN + 1.5 * HOUR),
    ]
    assert scene.jobs() == ["several"]
    assert scene.audit() == [("place", scene.ada.account_id)] * 3


def test_one_clash_books_nothing_and_every_clash_is_told_with_ways_out(scene: Scene) -> None:
    asks = two(scene)
    for ask in asks:
        scene.perform(scene.cy, bookings.place, ask)
    asks.append(scene.ask(TEN + 14 * HOUR))
    before = (scene.audit(), scene.jobs())
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, plans.place, asks)
    assert [(clash.key, clash.refusals[0].code) for clash in refused.value.clashes] == [
        ("1", "slot_taken"),
        ("2", "slot_taken"),
        ("3", "outside_opening_hours"),
    ]
    assert (scene.audit(), scene.jobs()) == before
    looked = scene.read(scene.ada, plans.preview, asks)
    ways = scene.read(scene.ada, several.ways_out, looked, scene.ada.account_id)
    assert all(ways[key] for key in ("1", "2", "3"))


def test_parts_of_one_plan_do_not_take_one_anothers_time(scene: Scene) -> None:
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, plans.place, [scene.ask(), scene.ask(TEN + HOUR / 2)])
    assert [clash.key for clash in refused.value.clashes] == ["2"]
    assert refused.value.is_conflict


def test_all_parts_move_by_the_same_stretch_or_none(scene: Scene) -> None:
    plan_id = placed(scene)
    before = show(scene, plan_id)
    blocking = scene.perform(scene.cy, bookings.place, scene.ask(TEN + 2 * HOUR))
    with pytest.raises(Clashing):
        scene.perform(scene.ada, plans.move, plan_id, 2 * HOUR)
    assert show(scene, plan_id) == before
    scene.perform(scene.cy, bookings.cancel, blocking.id)
    # Half an hour later: the first part moves into time that it holds itself until then.
    moved = scene.perform(scene.ada, plans.move, plan_id, HOUR / 2)
    assert [part.starts_at for part in moved.parts] == [TEN + HOUR / 2, TEN + 2 * HOUR]
    assert [(part.uid, part.sequence) for part in moved.parts] == [(part.uid, 1) for part in before.parts]
    assert scene.perform(scene.ada, plans.move, plan_id, 0 * HOUR) == moved
    scene.now = TEN + HOUR / 2
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, plans.move, plan_id, HOUR)
    assert refused.value.refusals[0].code == "wrong_state"
    with pytest.raises(Refused):
        scene.perform(scene.ada, plans.move, plan_id, timedelta(days=10**8))


def test_all_parts_are_called_off_together(scene: Scene) -> None:
    plan_id = placed(scene)
    over = scene.perform(scene.ada, plans.cancel, plan_id, "Rain")
    assert (over.state, {(part.state, part.reason) for part in over.parts}) == (
        PlanState.OVER,
        {(State.CANCELLED, "Rain")},
    )
    assert scene.perform(scene.ada, plans.cancel, plan_id) == over
    assert scene.jobs() == ["several", "several"]


def test_each_space_approves_its_part_and_then_the_plan_is_confirmed(scene: Scene) -> None:
    plan_id = placed(scene, scene.tool(approval="always"))
    plan = show(scene, plan_id)
    assert plan.state is PlanState.PENDING
    scene.perform(scene.bo, approvals.approve, plan.parts[1].id)
    assert show(scene, plan_id).state is PlanState.CONFIRMED


def test_after_a_decline_the_maker_says_what_becomes_of_the_rest(scene: Scene) -> None:
    beam = scene.tool(approval="always")
    later = [scene.ask(TEN + 4 * HOUR), scene.ask(TEN + 4 * HOUR, tool_id=beam)]
    plans_ = [placed(scene, beam), scene.perform(scene.ada, plans.place, later)]
    for plan_id in plans_:
        scene.perform(scene.bo, approvals.decline, show(scene, plan_id).parts[1].id, "Service")
        broken = show(scene, plan_id)
        assert (broken.state, [part.tool_id for part in broken.lost]) == (PlanState.BROKEN, [beam])
        # The rest is held until she has said so.
        assert broken.holding[0].state is State.CONFIRMED
    assert "booking_declined" not in scene.jobs()
    kept = scene.perform(scene.ada, plans.keep, plans_[0])
    assert (kept.state, kept.lost) == (PlanState.CONFIRMED, ())
    freed = scene.perform(scene.ada, plans.cancel, plans_[1])
    assert freed.state is PlanState.OVER


def test_an_expired_part_asks_as_well(scene: Scene) -> None:
    beam = scene.tool(approval="always")
    asks = [Ask(beam, Span(TEN, TEN + HOUR)), scene.ask(TEN + 2 * HOUR)]
    plan_id = scene.perform(scene.ada, plans.place, asks)
    scene.now = TEN
    scene.perform(None, plans.expire, show(scene, plan_id).parts[0].id)
    assert show(scene, plan_id).state is PlanState.BROKEN
    assert scene.jobs()[-1] == "several"


@pytest.mark.parametrize("wrong", ["none", "many", "words"])
def test_what_is_no_plan_is_not_taken(scene: Scene, wrong: str) -> None:
    asks = {"none": [], "many": [scene.ask()] * (MOST_PARTS + 1), "words": [scene.ask(purpose="x" * 201)]}[wrong]
    with pytest.raises(Unacceptable):
        scene.perform(scene.ada, plans.place, asks)


def test_a_plan_is_for_its_maker(scene: Scene) -> None:
    plan_id = placed(scene)
    for who in (scene.cy, scene.bo):
        for act in (plans.show, plans.cancel, plans.keep):
            with pytest.raises(Absent):
                scene.perform(who, act, plan_id)
        with pytest.raises(Absent):
            scene.perform(who, plans.move, plan_id, HOUR)
    with pytest.raises(Absent):
        scene.perform(scene.ada, plans.place, [scene.ask(tool_id=10**9)])


def test_the_statements_do_not_grow_with_the_tools(scene: Scene) -> None:
    tools = [scene.tool() for _ in range(8)] + [scene.tool_elsewhere() for _ in range(2)]
    counts = []
    for turn, number in enumerate((1, 10)):
        asks = [scene.ask(TEN + 2 * turn * HOUR, tool_id=tool_id) for tool_id in tools[:number]]
        with counted(scene.engine) as statements:
            scene.perform(scene.ada, plans.place, asks)
        counts.append(len([said for said in statements if "INTO rendering" not in said]))
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_who_has_no_role_at_one_of_the_spaces_hears_it_for_that_part(scene: Scene) -> None:
    there = scene.tool_elsewhere("Club", bookable_by="members")
    with pytest.raises(Clashing) as refused:
        scene.perform(scene.ada, plans.place, two(scene, there))
    assert [(clash.key, clash.refusals[0].code) for clash in refused.value.clashes] == [("2", "not_a_member")]
