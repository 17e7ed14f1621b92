"""Offers under a crowd: taken two times, taken while they lapse, taken while others want the time. One winner each."""

from copy import copy
from datetime import timedelta
from functools import partial

import pytest

from booking.actions import bookings, offers, waitlist
from booking.actions.waitlist import Wanted
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for
from booking.models.offers import OfferCard
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene
from tests.chaos.test_races_of_outages import together

pytestmark = pytest.mark.both_engines
ROUNDS = 10


def offered(scene: Scene, turn: int) -> OfferCard:
    """Cy waits for an hour of a tool that is free, and has an offer."""
    tool_id, span = scene.tool(f"Beam {turn}"), Span(TEN, TEN + HOUR)
    scene.perform(scene.cy, waitlist.join, Wanted(span, 60, tool_id=tool_id))
    assert scene.perform(None, offers.offer_freed, tool_id, span) == 1
    found = [standing.offer for standing in scene.read(scene.cy, waitlist.mine) if standing.offer]
    [offer] = [each for each in found if each.tool_id == tool_id]
    return offer


def test_an_offer_that_is_accepted_two_times_is_one_booking(scene: Scene) -> None:
    for turn in range(ROUNDS):
        offer = offered(scene, turn)
        accept = partial(scene.perform, scene.cy, offers.accept, offer)
        cards = together(accept, accept)
        assert len({card.id for card in cards if isinstance(card, BookingCard)}) == 1
        assert all(isinstance(card, BookingCard) for card in cards)
    assert scene.overlaps() == 0


def test_nobody_else_books_what_is_offered(scene: Scene) -> None:
    for turn in range(ROUNDS):
        offer = offered(scene, turn)
        ask = scene.ask(tool_id=offer.tool_id)
        found = together(
            partial(scene.perform, scene.cy, offers.accept, offer),
            partial(scene.perform, scene.ada, bookings.place, ask),
        )
        assert isinstance(found[0], BookingCard)
        assert found[1] == "slot_taken"
    assert scene.overlaps() == 0


def test_one_answer_counts_when_it_is_taken_and_passed_on_at_once(scene: Scene) -> None:
    for turn in range(ROUNDS):
        offer = offered(scene, turn)
        taken, _ = together(
            partial(scene.perform, scene.cy, offers.accept, offer),
            partial(scene.perform, scene.cy, offers.pass_on, offer),
        )
        state = scene.read(scene.cy, waitlist.own, offer.entry_id).state
        assert (isinstance(taken, BookingCard), state) in {(True, "booked"), (False, "waiting")}
    assert scene.overlaps() == 0


def test_one_of_both_counts_when_it_is_taken_while_it_lapses(scene: Scene) -> None:
    for turn in range(ROUNDS):
        offer = offered(scene, turn)
        late = copy(scene)
        late.now = offer.expires_at
        taken, _ = together(
            partial(scene.perform, scene.cy, offers.accept, offer),
            partial(late.perform, None, offers.lapse, offer.id),
        )
        state = scene.read(scene.cy, waitlist.own, offer.entry_id).state
        assert (isinstance(taken, BookingCard), state) in {(True, "booked"), (False, "waiting")}
    assert scene.overlaps() == 0


def test_two_tools_freed_at_once_make_one_offer_to_who_waits_for_either(scene: Scene) -> None:
    for turn in range(ROUNDS):
        span = Span(TEN + turn * timedelta(days=1), TEN + turn * timedelta(days=1) + HOUR)
        tools = [scene.tool(f"Left {turn}"), scene.tool(f"Right {turn}")]
        with_kind = Wanted(span, 60, kind_id=kind_of(scene), space_ids=(scene.space_id,))
        entry = scene.perform(scene.cy, waitlist.join, with_kind)
        made = together(*(partial(scene.perform, None, offers.offer_freed, tool, span) for tool in tools))
        assert sorted(made) == [0, 1]  # type: ignore[type-var]
        scene.perform(scene.cy, waitlist.leave, entry.id)


def kind_of(scene: Scene) -> int:
    """The kind of the scene's tools."""
    return scene.read(
        None, lambda call: facts_for(call.session, scene.tool_id, Span(TEN, TEN + HOUR), None)
    ).tool.kind_id
