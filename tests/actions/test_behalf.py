"""A manager books for a member: the member's rules, no further yes, and everybody sees who did it."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from booking.actions import bookings
from booking.models.database import reading, writing
from booking.models.tables.bookings import Booking
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.facts import Ask
from booking.rules.refusals import Absent, Refused
from booking.rules.states import State
from tests.acting import TEN, Scene
from tests.factories import make_certificate

pytestmark = pytest.mark.both_engines


def for_ada(scene: Scene) -> Ask:
    return replace(scene.ask(), maker_id=scene.ada.account_id)


def test_the_booking_is_the_members_who_hears_of_it(scene: Scene) -> None:
    card = scene.perform(scene.bo, bookings.place, for_ada(scene))
    assert (card.account_id, card.state) == (scene.ada.account_id, State.CONFIRMED)
    with reading(scene.engine) as session:
        assert session.get_one(Booking, card.id).booked_by == scene.bo.account_id
        mail = session.scalars(select(Job.payload)).one()
    assert (mail["event"], mail["account_id"], mail["behalf"]) == ("booking_confirmed", scene.ada.account_id, True)
    assert scene.audit() == [("place", scene.bo.account_id)]
    assert scene.perform(scene.ada, bookings.cancel, card.id).state is State.CANCELLED


def test_who_could_say_yes_need_not_say_it_again(scene: Scene) -> None:
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).approval = "always"
    assert scene.perform(scene.ada, bookings.place, scene.ask()).state is State.PENDING
    ask = replace(for_ada(scene), span=scene.ask(TEN.replace(hour=15)).span)
    assert scene.perform(scene.bo, bookings.place, ask).state is State.CONFIRMED


def test_the_members_own_rules_hold_and_a_manager_sets_aside_what_she_may(scene: Scene) -> None:
    with writing(scene.engine) as session:
        space, tool = session.get_one(Space, scene.space_id), session.get_one(Tool, scene.tool_id)
        make_certificate(session, space, tool)
    ask = for_ada(scene)
    assert [refusal.code for refusal in scene.read(scene.bo, bookings.check, ask)] == ["certificate_missing"]
    with pytest.raises(Refused, match="certificate_missing"):
        scene.perform(scene.bo, bookings.place, ask)


def test_only_a_manager_books_for_others_and_only_for_members(scene: Scene) -> None:
    for who, whom in ((scene.cy, scene.ada), (scene.ada, scene.bo), (scene.bo, scene.cy)):
        ask = replace(scene.ask(), maker_id=whom.account_id)
        for act in (bookings.check, bookings.alternatives):
            with pytest.raises(Absent):
                scene.read(who, act, ask)
        with pytest.raises(Absent):
            scene.perform(who, bookings.place, ask)
    assert scene.audit() == []
