"""Approving, declining, and thinking again within ten seconds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from booking.actions import approvals, bookings, jobs
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.tables.bookings import Decision
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Closure, Space
from booking.models.tables.tools import Outage, Tool, Unit
from booking.rules.refusals import Denied, Refused
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene
from tests.factories import make_certificate, make_quota

pytestmark = pytest.mark.both_engines


def requested(scene: Scene, **columns: object) -> BookingCard:
    """A request of Ada's for a tool that always needs approval."""
    ask = scene.ask(tool_id=scene.tool(approval="always", **columns))
    return scene.perform(scene.ada, bookings.place, ask)


def decisions(scene: Scene) -> list[tuple[int, bool, str]]:
    with reading(scene.engine) as session:
        rows = session.scalars(select(Decision).order_by(Decision.id))
        return [(row.decided_by, row.approved, row.reason) for row in rows]


def test_an_approved_request_is_confirmed_and_its_mail_waits_ten_seconds(scene: Scene) -> None:
    card = requested(scene)
    approved = scene.perform(scene.bo, approvals.approve, card.id)
    assert (approved.state, approved.sequence) == (State.CONFIRMED, 1)
    assert decisions(scene) == [(scene.bo.account_id, True, "")]
    assert scene.audit()[-1] == ("approve", scene.bo.account_id)
    with reading(scene.engine) as session:
        job = session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()
    assert (job.payload["event"], job.run_at) == ("booking_approved", scene.now + timedelta(seconds=10))
    assert job.payload["account_id"] == scene.ada.account_id


def test_approving_again_answers_the_same_and_decides_nothing_more(scene: Scene) -> None:
    card = requested(scene)
    approved = scene.perform(scene.bo, approvals.approve, card.id)
    assert scene.perform(scene.dee, approvals.approve, card.id) == approved
    assert len(decisions(scene)) == 1
    assert scene.jobs().count("booking_approved") == 1


def test_a_declined_request_gives_its_time_back_with_a_reason(scene: Scene) -> None:
    card = requested(scene)
    declined = scene.perform(scene.bo, approvals.decline, card.id, "The course needs it")
    assert (declined.state, declined.reason) == (State.DECLINED, "The course needs it")
    assert scene.perform(scene.bo, approvals.decline, card.id, "Twice") == declined
    assert decisions(scene) == [(scene.bo.account_id, False, "The course needs it")]
    assert scene.perform(scene.cy, bookings.place, scene.ask(tool_id=card.tool_id)).state is State.PENDING


def test_makers_do_not_decide_and_managers_may_decide_their_own(scene: Scene) -> None:
    card = requested(scene)
    for act in (approvals.approve, approvals.decline, approvals.undo):
        with pytest.raises(Denied):
            scene.perform(scene.ada, act, card.id)
    own = scene.perform(scene.bo, bookings.place, scene.ask(TEN + HOUR, tool_id=card.tool_id))
    assert scene.perform(scene.bo, approvals.approve, own.id).state is State.CONFIRMED


@pytest.mark.parametrize("act", [approvals.approve, approvals.decline])
def test_what_was_decided_otherwise_cannot_be_decided(scene: Scene, act: object) -> None:
    card = requested(scene)
    scene.perform(scene.ada, bookings.cancel, card.id)
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, act, card.id)  # type: ignore[arg-type]
    assert refused.value.is_conflict
    assert refused.value.refusals[0].data["state"] == "withdrawn"


def test_approving_asks_every_rule_again_but_the_notice(scene: Scene) -> None:
    card = requested(scene, notice_minutes=60)
    scene.now = TEN - timedelta(minutes=30)
    with writing(scene.engine) as session:
        space, tool = session.get_one(Space, scene.space_id), session.get_one(Tool, card.tool_id)
        make_certificate(session, space, tool)
        session.add(Outage(tool_id=tool.id, starts_at=TEN, ends_at=TEN + HOUR, reason="Belt"))
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, approvals.approve, card.id)
    assert [refusal.code for refusal in refused.value.refusals] == ["certificate_missing", "outage"]


def test_a_late_approval_within_the_notice_is_fine(scene: Scene) -> None:
    card = requested(scene, notice_minutes=60)
    scene.now = TEN - timedelta(minutes=30)
    assert scene.perform(scene.bo, approvals.approve, card.id).state is State.CONFIRMED


def test_a_rule_that_was_set_aside_stays_set_aside(scene: Scene) -> None:
    night = scene.ask(TEN + timedelta(hours=13), tool_id=scene.tool(approval="always"))
    card = scene.perform(scene.bo, bookings.place, night, override=True)
    assert card.state is State.PENDING
    assert scene.perform(scene.dee, approvals.approve, card.id).state is State.CONFIRMED


def test_a_manager_says_yes_all_the_same_where_she_may_and_it_is_written_down(scene: Scene) -> None:
    card = requested(scene)
    with writing(scene.engine) as session:
        session.add(Closure(space_id=scene.space_id, first_day=TEN.date(), last_day=TEN.date(), reason="Stocktaking"))
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, approvals.approve, card.id)
    assert [refusal.code for refusal in refused.value.refusals] == ["closed_day"]
    approved = scene.perform(scene.bo, approvals.approve, card.id, override=True)
    assert (approved.state, approved.overridden) == (State.CONFIRMED, ("closed_day",))


def test_what_no_manager_may_set_aside_stays_in_the_way_of_a_yes(scene: Scene) -> None:
    card = requested(scene)
    with writing(scene.engine) as session:
        session.get_one(Tool, card.tool_id).state = "retired"
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, approvals.approve, card.id, override=True)
    assert [refusal.code for refusal in refused.value.refusals] == ["tool_retired"]


def test_a_request_whose_start_has_come_is_not_approved(scene: Scene) -> None:
    card = requested(scene)
    scene.now = TEN + timedelta(seconds=1)
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, approvals.approve, card.id)
    assert [refusal.code for refusal in refused.value.refusals] == ["in_the_past"]


def test_an_approved_request_gets_a_unit_that_is_in_service(scene: Scene) -> None:
    card = requested(scene, units=2)
    with writing(scene.engine) as session:
        session.get_one(Unit, card.unit_id).retired_at = scene.now
    approved = scene.perform(scene.bo, approvals.approve, card.id)
    assert approved.unit_id != card.unit_id


@pytest.mark.parametrize("act", [approvals.approve, approvals.decline])
def test_a_decision_is_undone_within_ten_seconds_and_nobody_hears_of_it(scene: Scene, act: object) -> None:
    card = requested(scene)
    scene.perform(scene.bo, act, card.id)  # type: ignore[arg-type]
    scene.now += timedelta(seconds=10)
    undone = scene.perform(scene.bo, approvals.undo, card.id)
    assert (undone.state, undone.sequence, undone.reason, undone.ended_at) == (State.PENDING, 2, "", None)
    assert scene.perform(scene.bo, approvals.undo, card.id) == undone
    assert decisions(scene) == []
    assert scene.jobs() == ["booking_asked", "approval_wanted", "expire"]
    with pytest.raises(Refused):
        scene.perform(scene.cy, bookings.place, scene.ask(tool_id=card.tool_id))
    scene.perform(scene.bo, approvals.approve, card.id)
    assert scene.jobs()[-1] == "booking_approved"


def test_only_who_decided_takes_a_decision_back(scene: Scene) -> None:
    card = requested(scene)
    scene.perform(scene.bo, approvals.approve, card.id)
    with pytest.raises(Refused) as refused:
        scene.perform(scene.dee, approvals.undo, card.id)
    assert [refusal.code for refusal in refused.value.refusals] == ["not_your_decision"]
    assert scene.perform(scene.bo, approvals.undo, card.id).state is State.PENDING


def test_after_ten_seconds_a_decision_stands(scene: Scene) -> None:
    card = requested(scene)
    scene.perform(scene.bo, approvals.approve, card.id)
    scene.now += timedelta(seconds=11)
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, approvals.undo, card.id)
    assert refused.value.refusals[0].data == {"state": "confirmed", "act": "undo"}


def test_a_request_that_waits_again_after_its_start_expires_all_the_same(scene: Scene) -> None:
    card = requested(scene)
    scene.now = TEN - timedelta(seconds=3)
    scene.perform(scene.bo, approvals.approve, card.id)
    scene.now = TEN + timedelta(seconds=3)
    assert scene.perform(None, bookings.expire, card.id).state is State.CONFIRMED
    assert scene.perform(scene.bo, approvals.undo, card.id).state is State.PENDING
    left = scene.jobs().count("expire")
    for seconds, more in ((60, 0), (120, 1), (180, 1)):
        scene.now = TEN + timedelta(seconds=seconds)
        scene.perform(None, jobs.tend, "worker")
        assert scene.jobs().count("expire") == left + more


def test_what_nobody_decided_is_not_undone(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    with pytest.raises(Refused):
        scene.perform(scene.bo, approvals.undo, card.id)


def test_a_declined_time_that_somebody_else_has_by_now_is_not_taken_back(scene: Scene) -> None:
    card = requested(scene)
    scene.perform(scene.bo, approvals.decline, card.id)
    scene.perform(scene.cy, bookings.place, scene.ask(tool_id=card.tool_id))
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, approvals.undo, card.id)
    assert [refusal.code for refusal in refused.value.refusals] == ["slot_taken"]
    assert decisions(scene) == [(scene.bo.account_id, False, "")]


def test_a_declined_request_does_not_come_back_beyond_its_makers_quota(scene: Scene) -> None:
    with writing(scene.engine) as session:
        make_quota(session, amount=60, space_id=scene.space_id)
    card = requested(scene)
    scene.perform(scene.bo, approvals.decline, card.id, "The lens is being cleaned.")
    scene.perform(scene.ada, bookings.place, scene.ask(TEN + 3 * HOUR))
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, approvals.undo, card.id)
    assert [refusal.code for refusal in refused.value.refusals] == ["quota_used"]
