"""Somebody's account is erased while bookings for her are on their way: none of them outlives it."""

from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from booking.actions import bookings, erasing, handovers, plans
from booking.actions.call import Call
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking, Claim
from booking.models.tables.spaces import Space
from booking.rules.access import Actor, Role
from booking.rules.refusals import Absent
from tests import factories
from tests.acting import HOUR, TEN, Scene
from tests.chaos.test_races_of_outages import together
from tests.factories import make_quota

pytestmark = pytest.mark.both_engines
ROUNDS = 10


@pytest.mark.parametrize("with_quota", [False, True])
def test_no_booking_outlives_its_makers_account(scene: Scene, with_quota: bool) -> None:
    if with_quota:
        with writing(scene.engine) as session:
            make_quota(session, "person", "open_bookings", amount=90)
    for turn in range(ROUNDS):
        eve = member(scene)
        asks = [scene.ask(TEN + number * HOUR, tool_id=scene.tool(f"Beam {turn}")) for number in range(4)]
        offered = scene.perform(scene.cy, bookings.place, scene.ask(tool_id=scene.tool(f"Given {turn}")))
        handover = scene.perform(scene.cy, handovers.offer, offered.id, address(scene, eve))
        together(
            *(partial(unless_gone, scene, eve, partial(bookings.place, ask=ask)) for ask in asks[:2]),
            partial(unless_gone, scene, eve, partial(plans.place, asks=asks[2:])),
            partial(unless_gone, scene, None, partial(handovers.accept, handover=handover)),
            partial(scene.perform, scene.dee, erasing.erase, eve.account_id),
        )
        assert holding(scene, eve) == 0
    assert scene.overlaps() == 0


def member(scene: Scene) -> Actor:
    """Another member of Werkhof."""
    with writing(scene.engine) as session:
        account = factories.make_account(session, "Eve")
        factories.make_member(session, account, session.get_one(Space, scene.space_id))
        return factories.actor_of(account, **{f"space_{scene.space_id}": Role.MEMBER})


def address(scene: Scene, who: Actor) -> str:
    with reading(scene.engine) as session:
        return session.get_one(Account, who.account_id).email


def unless_gone(scene: Scene, who: Actor | None, act: Callable[[Call], object]) -> object:
    """What the act gives; of an account that has been erased nothing is known any more."""
    try:
        return scene.perform(who, act)
    except Absent:
        return "absent"


def holding(scene: Scene, who: Actor) -> int:
    """How many bookings of hers hold time."""
    with reading(scene.engine) as session:
        hers = select(Booking.id).where(Booking.account_id == who.account_id)
        held = select(func.count()).select_from(Claim).where(Claim.booking_id.in_(hers), Claim.blocking)
        return session.scalar(held) or 0
