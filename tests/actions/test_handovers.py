"""Handing a booking over: offered to a mail address, taken under the rules about persons, declined or taken back."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import bookings, handovers
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.handovers import HandoverCard
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.access import Actor
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene
from tests.factories import make_certificate

pytestmark = pytest.mark.both_engines


def address(scene: Scene, who: Actor) -> str:
    with reading(scene.engine) as session:
        return session.get_one(Account, who.account_id).email


def last_mail(scene: Scene, event: str) -> Mapping[str, Any]:
    with reading(scene.engine) as session:
        payloads = session.scalars(select(Job.payload).order_by(Job.id.desc())).all()
    return next(payload for payload in payloads if payload.get("event") == event)


def offered(scene: Scene, to: Actor | None = None) -> tuple[BookingCard, HandoverCard]:
    """Ada's booking of tomorrow at ten, offered to Bo or to the given one."""
    card = scene.perform(scene.ada, bookings.place, scene.ask(purpose="A lamp"))
    return card, scene.perform(scene.ada, handovers.offer, card.id, address(scene, to or scene.bo))


def test_who_takes_it_has_the_very_booking_and_both_hear_of_it(scene: Scene) -> None:
    card, found = offered(scene)
    held = claims_of(scene, card)
    taken = scene.perform(None, handovers.accept, found)
    assert (taken.id, taken.uid, taken.account_id, taken.state) == (
        card.id,
        card.uid,
        scene.bo.account_id,
        State.CONFIRMED,
    )
    assert taken.sequence > card.sequence
    assert claims_of(scene, card) == held
    assert last_mail(scene, "handover_taken")["account_id"] == scene.ada.account_id
    assert last_mail(scene, "booking_confirmed")["account_id"] == scene.bo.account_id
    with pytest.raises(Absent):
        scene.perform(scene.ada, bookings.load, card.id)


def test_what_its_giver_wrote_and_chose_does_not_go_with_it(scene: Scene) -> None:
    card, found = offered(scene)
    with writing(scene.engine) as session:
        row = session.get_one(Booking, card.id)
        row.reason, row.visibility = "Said by Ada", "closed"
    taken = scene.perform(None, handovers.accept, found)
    assert (taken.purpose, taken.reason) == ("", "")
    with reading(scene.engine) as session:
        assert session.get_one(Booking, card.id).visibility == ""


def test_taking_it_twice_is_once(scene: Scene) -> None:
    _, found = offered(scene)
    first = scene.perform(None, handovers.accept, found)
    assert scene.perform(None, handovers.accept, found).version == first.version


def test_the_mail_goes_to_any_address_and_only_a_confirmed_account_takes_the_booking(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask())
    found = scene.perform(scene.ada, handovers.offer, card.id, "Nobody@Example.org")
    assert last_mail(scene, "handover_asked")["email"] == "nobody@example.org"
    with pytest.raises(Refused, match="no_account"):
        scene.perform(None, handovers.accept, found)


def test_the_rules_about_persons_hold_for_who_takes_it(scene: Scene) -> None:
    card, found = offered(scene, scene.cy)
    with writing(scene.engine) as session:
        make_certificate(session, session.get_one(Space, scene.space_id), session.get_one(Tool, scene.tool_id))
    with pytest.raises(Refused, match="certificate_missing"):
        scene.perform(None, handovers.accept, found)
    assert scene.perform(scene.ada, bookings.load, card.id).account_id == scene.ada.account_id


def test_it_waits_for_a_manager_where_it_would_had_she_booked_it(scene: Scene) -> None:
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).approval = "visitors"
    card, found = offered(scene, scene.cy)
    assert card.state is State.CONFIRMED
    assert scene.perform(None, handovers.accept, found).state is State.PENDING
    assert "approval_wanted" in scene.jobs()


def test_who_declines_leaves_it_and_its_maker_hears_of_it(scene: Scene) -> None:
    card, found = offered(scene)
    scene.perform(None, handovers.decline, found)
    assert last_mail(scene, "handover_declined")["account_id"] == scene.ada.account_id
    with pytest.raises(Refused, match="handover_over"):
        scene.perform(None, handovers.accept, found)
    assert scene.perform(scene.ada, bookings.load, card.id).account_id == scene.ada.account_id


def test_taken_back_offered_anew_cancelled_or_begun_it_can_not_be_taken(scene: Scene) -> None:
    card, first = offered(scene)
    second = scene.perform(scene.ada, handovers.offer, card.id, address(scene, scene.cy))
    with pytest.raises(Refused, match="handover_over"):
        scene.perform(None, handovers.accept, first)
    scene.perform(scene.ada, handovers.take_back, card.id)
    with pytest.raises(Refused, match="handover_over"):
        scene.perform(None, handovers.accept, second)
    third = scene.perform(scene.ada, handovers.offer, card.id, address(scene, scene.cy))
    before, scene.now = scene.now, TEN
    with pytest.raises(Refused, match="handover_over"):
        scene.perform(None, handovers.accept, third)
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(scene.ada, handovers.offer, card.id, address(scene, scene.cy))
    scene.now = before
    scene.perform(scene.ada, bookings.cancel, card.id)
    with pytest.raises(Refused, match="handover_over"):
        scene.perform(None, handovers.accept, third)


def test_only_its_maker_hands_it_over_and_not_to_herself(scene: Scene) -> None:
    card, found = offered(scene)
    for who in (scene.bo, scene.cy):
        with pytest.raises(Absent):
            scene.perform(who, handovers.offer, card.id, "x@example.org")
        with pytest.raises(Absent):
            scene.perform(who, handovers.take_back, card.id)
    with pytest.raises(Absent):
        scene.read(scene.cy, handovers.to_me, found.id)


def test_not_to_oneself_and_not_to_what_is_no_address(scene: Scene) -> None:
    card = scene.perform(scene.ada, bookings.place, scene.ask(TEN + HOUR))
    own = address(scene, scene.ada)
    ada = replace(scene.ada, email=own)
    for email in (own, own.upper(), "nobody", "a@x.org,b@y.org"):
        with pytest.raises(Unacceptable):
            scene.perform(ada, handovers.offer, card.id, email)


def test_she_finds_it_among_her_own_bookings_too(scene: Scene) -> None:
    _, found = offered(scene)
    bo = replace(scene.bo, email=address(scene, scene.bo))
    assert scene.read(bo, handovers.mine) == (found,)
    assert scene.read(bo, handovers.to_me, found.id) == found
    assert scene.read(replace(scene.cy, email=address(scene, scene.cy)), handovers.mine) == ()


def claims_of(scene: Scene, card: BookingCard) -> list[tuple[int, object]]:
    with reading(scene.engine) as session:
        rows = session.scalars(select(Claim).where(Claim.booking_id == card.id)).all()
        return [(row.id, row.blocks_from) for row in rows]
