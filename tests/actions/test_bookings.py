"""Placing, moving, cancelling and expiring bookings."""

from datetime import timedelta

import pytest

from booking.actions import approvals, bookings
from booking.models import bookings as questions
from booking.models.database import reading, writing
from booking.models.tables.bookings import Claim
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.access import Actor
from booking.rules.facts import Ask
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene, counted
from tests.factories import make_certificate

LATER = TEN + 2 * HOUR

pytestmark = pytest.mark.both_engines


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [refusal.code for refusal in refused.value.refusals]


def claims(scene: Scene, booking_id: int) -> list[tuple[object, object, bool]]:
    with reading(scene.engine) as session:
        rows = session.query(Claim).filter_by(booking_id=booking_id)
        return [(row.blocks_from, row.blocks_until, row.blocking) for row in rows]


# Placing.


def test_a_booking_is_confirmed_audited_and_mailed(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask(purpose="  Name \n tags "))
    assert (card.state, card.starts_at, card.ends_at) == (State.CONFIRMED, TEN, TEN + HOUR)
    assert (card.purpose, card.account_name, card.tool_name, card.unit_name) == ("Name tags", "Ada", "Lumi", "1")
    assert card.uid.endswith("@" + scene.settings.uid_domain)
    assert (card.sequence, card.version, card.overridden) == (0, 1, ())
    assert scene.audit() == [("place", scene.ada.account_id)]
    assert scene.jobs() == ["booking_confirmed"]


def test_a_booking_that_needs_approval_waits_and_holds_its_time(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))
    assert card.state is State.PENDING
    assert scene.jobs() == ["booking_asked", "approval_wanted", "expire"]
    with pytest.raises(Refused) as refused:
        scene.perform(scene.cy, bookings.place, scene.ask(tool_id=tool_id))
    assert codes(refused) == ["slot_taken"]
    assert refused.value.refusals[0].data["pending"] is True


def test_set_up_and_clean_up_are_held_with_the_time(scene: Scene) -> None:
    tool_id = scene.tool(setup_minutes=15, cleanup_minutes=30)
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))
    assert claims(scene, card.id) == [(TEN - HOUR / 4, TEN + HOUR * 1.5, True)]


def test_every_reason_is_said_at_once_and_nothing_is_written(scene: Scene) -> None:
    tool_id = scene.tool(longest_minutes=60, window_days=1)
    far = scene.ask(TEN + timedelta(days=3, hours=14), 3 * HOUR, tool_id)
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, bookings.place, far)
    assert codes(refused) == ["too_far_ahead", "too_long", "outside_opening_hours"]
    assert (scene.audit(), scene.jobs()) == ([], [])


def test_the_time_of_others_is_not_given_twice(scene: Scene) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask())
    with pytest.raises(Refused) as refused:
        scene.perform(scene.cy, bookings.place, scene.ask(TEN + HOUR / 2))
    assert codes(refused) == ["slot_taken"]
    assert refused.value.is_conflict
    assert scene.perform(scene.cy, bookings.place, scene.ask(TEN + HOUR)).state is State.CONFIRMED


def test_a_pool_gives_each_its_own_unit_and_then_no_more(scene: Scene) -> None:
    tool_id = scene.tool(units=3)
    units = {scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id)).unit_name for _ in range(3)}
    assert units == {"1", "2", "3"}
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))
    assert codes(refused) == ["slot_taken"]


def test_a_manager_may_set_rules_aside_and_it_is_recorded(scene: Scene) -> None:
    night = scene.ask(TEN + timedelta(hours=13))
    card = scene.perform(scene.bo, bookings.place, night, override=True)
    assert card.overridden == ("outside_opening_hours",)
    with pytest.raises(Refused):
        scene.perform(scene.ada, bookings.place, scene.ask(TEN + timedelta(hours=15)), override=True)


def test_nobody_sets_a_certificate_aside(scene: Scene) -> None:
    tool_id = scene.tool()
    with writing(scene.engine) as session:
        make_certificate(session, session.get_one(Space, scene.space_id), session.get_one(Tool, tool_id))
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, bookings.place, scene.ask(tool_id=tool_id), override=True)
    assert codes(refused) == ["certificate_missing"]


def test_a_reader_and_nobody_may_not_book(scene: Scene) -> None:
    reader = Actor(scene.ada.account_id, "Ada", scope="read")
    for who in (reader, None):
        with pytest.raises(Denied):
            scene.perform(who, bookings.place, scene.ask())


def test_a_tool_that_is_not_there_is_absent(scene: Scene) -> None:
    with pytest.raises(Absent):
        scene.perform(scene.ada, bookings.place, scene.ask(tool_id=scene.tool_id + 99))


def test_a_purpose_that_is_too_long_is_not_cut(scene: Scene) -> None:
    with pytest.raises(Unacceptable):
        scene.perform(scene.ada, bookings.place, scene.ask(purpose="x" * 201))


@pytest.mark.parametrize("years", [-2000, -11, 11, 7900])
def test_times_far_out_of_reach_are_refused_in_one_word(scene: Scene, years: int) -> None:
    ask = scene.ask(TEN.replace(year=TEN.year + years))
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, bookings.place, ask)
    assert len(codes(refused)) == 1
    assert scene.read(scene.ada, bookings.alternatives, ask) == ()


# Moving.


def test_a_move_keeps_the_uid_and_raises_the_sequence(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    scene.now += timedelta(minutes=5)
    moved = scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + 3 * HOUR)
    assert (moved.id, moved.uid) == (card.id, card.uid)
    assert (moved.sequence, moved.version, moved.changed_at) == (1, 2, scene.now)
    assert claims(scene, card.id) == [(TEN + HOUR, TEN + 3 * HOUR, True)]
    assert scene.jobs() == ["booking_confirmed", "booking_moved"]
    assert scene.audit()[-1] == ("move", scene.ada.account_id)


def test_a_booking_may_move_into_its_own_time(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask(length=2 * HOUR))
    moved = scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + 3 * HOUR)
    assert moved.starts_at == TEN + HOUR


def test_a_move_into_the_time_of_others_is_refused_and_changes_nothing(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    scene.perform(scene.cy, bookings.place, scene.ask(TEN + HOUR))
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, bookings.move, card.id, end=TEN + 1.5 * HOUR)
    assert codes(refused) == ["slot_taken"]
    with reading(scene.engine) as session:
        assert questions.card(session, card.id) == card


def test_a_booking_moves_to_another_tool_at_another_space(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    moved = scene.perform(scene.ada, bookings.move, card.id, tool_id=scene.tool_elsewhere())
    assert (moved.tool_name, moved.space_name, moved.uid) == ("Beam", "Fablab", card.uid)
    assert scene.perform(scene.cy, bookings.place, scene.ask()).state is State.CONFIRMED


def test_an_approved_booking_waits_again_after_a_move_unless_it_only_shrinks(scene: Scene) -> None:
    ask = scene.ask(length=2 * HOUR, tool_id=scene.tool(approval="always"))
    card = scene.perform(scene.ada, bookings.place, ask)
    scene.perform(scene.bo, approvals.approve, card.id)
    shrunk = scene.perform(scene.ada, bookings.move, card.id, end=TEN + HOUR)
    assert shrunk.state is State.CONFIRMED
    moved = scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + 2 * HOUR)
    assert moved.state is State.PENDING
    assert scene.jobs()[-3:] == ["booking_moved", "approval_wanted", "expire"]


def test_a_request_that_moves_to_a_free_tool_is_confirmed(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=scene.tool(approval="always")))
    assert scene.perform(scene.ada, bookings.move, card.id, tool_id=scene.tool_id).state is State.CONFIRMED


def test_another_purpose_asks_no_rule_and_mails_nobody(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    told = scene.perform(scene.ada, bookings.move, card.id, purpose="Signs")
    assert (told.purpose, told.sequence) == ("Signs", 1)
    assert scene.jobs() == ["booking_confirmed"]
    assert scene.perform(scene.ada, bookings.move, card.id, start=TEN, purpose="Signs") == told


def test_what_has_started_does_not_move(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    for after, state in ((timedelta(0), "started"), (HOUR, "finished")):
        scene.now = TEN + after
        with pytest.raises(Refused) as refused:
            scene.perform(scene.bo, bookings.move, card.id, end=TEN + 2 * HOUR)
        assert codes(refused) == ["wrong_state"]
        assert refused.value.refusals[0].data["state"] == state


def test_reversed_times_are_not_taken(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    with pytest.raises(Unacceptable):
        scene.perform(scene.ada, bookings.move, card.id, end=TEN)


def test_a_page_that_is_out_of_date_changes_nothing(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    scene.perform(scene.ada, bookings.move, card.id, purpose="Signs", expected=card.version)
    for act in (bookings.move, bookings.cancel):
        with pytest.raises(Refused) as refused:
            scene.perform(scene.ada, act, card.id, expected=card.version)
        assert codes(refused) == ["changed_meanwhile"]
        assert refused.value.is_conflict


def test_a_manager_moves_a_booking_by_the_rules_for_its_maker(scene: Scene) -> None:
    card = scene.perform(scene.cy, bookings.place, scene.ask())
    moved = scene.perform(scene.bo, bookings.move, card.id, start=TEN + HOUR, end=TEN + 2 * HOUR)
    assert moved.account_id == scene.cy.account_id
    members_only = scene.tool_elsewhere("Club", bookable_by="members")
    with pytest.raises(Refused) as refused:
        scene.perform(scene.dee, bookings.move, card.id, tool_id=members_only)
    assert codes(refused) == ["not_a_member"]


def test_a_manager_moves_the_bookings_of_others_only_within_spaces_that_she_manages(scene: Scene) -> None:
    card, own = (scene.perform(who, bookings.place, scene.ask(at)) for who, at in ((scene.cy, TEN), (scene.bo, LATER)))
    there = scene.tool_elsewhere()
    away = Ask(there, card.span, booking_id=card.id)
    assert [refusal.code for refusal in scene.read(scene.bo, bookings.check, away)] == ["not_your_space"]
    with pytest.raises(Refused) as refused:
        scene.perform(scene.bo, bookings.move, card.id, tool_id=there, override=True)
    assert codes(refused) == ["not_your_space"]
    # The maker herself may, the network's admin may, and what is a manager's own is hers to move.
    assert scene.read(scene.cy, bookings.check, away) == ()
    assert scene.perform(scene.dee, bookings.move, card.id, tool_id=there).space_name == "Fablab"
    assert scene.perform(scene.bo, bookings.move, own.id, tool_id=there).space_name == "Fablab"


def test_strangers_do_not_learn_that_a_booking_exists(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    for act in (bookings.move, bookings.cancel, approvals.approve, approvals.decline, approvals.undo):
        with pytest.raises(Absent):
            scene.perform(scene.cy, act, card.id)


# Cancelling.


def test_a_cancelled_booking_gives_its_time_back_and_answers_the_same_again(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    cancelled = scene.perform(scene.bo, bookings.cancel, card.id, "Water pipe\n burst ")
    assert (cancelled.state, cancelled.sequence) == (State.CANCELLED, 1)
    assert (cancelled.reason, cancelled.ended_at) == ("Water pipe\n burst", scene.now)
    assert scene.perform(scene.ada, bookings.cancel, card.id) == cancelled
    assert scene.jobs() == ["booking_confirmed", "booking_cancelled"]
    assert scene.perform(scene.cy, bookings.place, scene.ask()).state is State.CONFIRMED


def test_a_pending_request_is_withdrawn(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=scene.tool(approval="always")))
    assert scene.perform(scene.ada, bookings.cancel, card.id).state is State.WITHDRAWN


def test_what_is_over_is_not_cancelled(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    scene.now = TEN + HOUR
    with pytest.raises(Refused) as refused:
        scene.perform(scene.ada, bookings.cancel, card.id)
    assert codes(refused) == ["wrong_state"]


# Expiring.


def test_pending_requests_expire_at_their_start_and_not_before(scene: Scene) -> None:
    tool_id = scene.tool(approval="always")
    first = scene.perform(scene.ada, bookings.place, scene.ask(tool_id=tool_id))
    later = scene.perform(scene.ada, bookings.place, scene.ask(TEN + HOUR, tool_id=tool_id))
    assert scene.perform(None, bookings.expire, first.id).state is State.PENDING
    scene.now = TEN
    assert scene.perform(None, bookings.expire, first.id).state is State.EXPIRED
    assert scene.perform(None, bookings.expire, first.id).state is State.EXPIRED
    assert scene.perform(None, bookings.expire, later.id).state is State.PENDING
    assert scene.jobs().count("booking_expired") == 1
    assert scene.audit()[-1] == ("expire", None)


# Asking without writing.


def test_a_check_writes_nothing_and_knows_a_move(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    ask = scene.ask()
    with counted(scene.engine) as statements:
        [refusal] = scene.read(scene.ada, bookings.check, ask)
    assert refusal.code == "slot_taken"
    assert not [said for said in statements if said.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    move = Ask(ask.tool_id, ask.span, booking_id=card.id)
    assert scene.read(scene.ada, bookings.check, move) == ()
    with pytest.raises(Absent):
        scene.read(scene.cy, bookings.check, move)


@pytest.mark.parametrize("around", [10, 1000])
def test_a_booking_costs_the_same_statements_whatever_surrounds_it(scene: Scene, around: int) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask(TEN - HOUR))
    scene.crowd(around, TEN + 2 * HOUR)
    with counted(scene.engine) as statements:
        scene.perform(scene.ada, bookings.place, scene.ask())
    in_one = scene.engine.dialect.name == "postgresql"
    ours = [said for said in statements if not said.startswith("BEGIN")]
    assert len(ours) == (6 if in_one else 8)


def test_who_sees_no_times_is_told_that_a_time_is_taken_and_not_when_others_have_it(scene: Scene) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask(length=2 * HOUR))
    with writing(scene.engine) as session:
        session.get_one(Space, scene.space_id).visibility = "closed"
    ask = scene.ask(TEN + HOUR)
    with pytest.raises(Refused) as refused:
        scene.perform(scene.cy, bookings.place, ask)
    for [refusal] in (scene.read(scene.cy, bookings.check, ask), refused.value.refusals):
        assert (refusal.code, dict(refusal.data), refusal.lifts_at) == ("slot_taken", {}, None)
    [known] = scene.read(scene.ada, bookings.check, ask)
    assert (known.data["from"], known.lifts_at) == (TEN.isoformat(), TEN + 2 * HOUR)


def test_a_space_for_members_does_not_tell_others_when_its_tools_are_taken(scene: Scene) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask())
    with writing(scene.engine) as session:
        session.get_one(Space, scene.space_id).bookable_by = "members"
    told = scene.read(scene.cy, bookings.check, scene.ask())
    assert [refusal.code for refusal in told] == ["not_a_member"]
    with pytest.raises(Refused) as refused:
        scene.perform(scene.cy, bookings.place, scene.ask())
    assert codes(refused) == ["not_a_member"]
    assert [refusal.code for refusal in scene.read(scene.bo, bookings.check, scene.ask())] == ["slot_taken"]
