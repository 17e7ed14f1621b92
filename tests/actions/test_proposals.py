"""Another time than the one that was asked for: offered by a manager, held, taken by one tap, left, or over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from booking.actions import approvals, bookings, plans, proposals, series, series_changes
from booking.actions.series_changes import Change
from booking.models import bookings as rows
from booking.models import proposals as open_offers
from booking.models.bookings import BookingCard
from booking.models.database import reading, writing
from booking.models.proposals import ProposalCard
from booking.models.tables.jobs import Job
from booking.models.tables.tools import Tool
from booking.rules.recurrence import Frequency, Pattern
from booking.rules.refusals import Absent, Denied, Refused
from booking.rules.spans import Span
from booking.rules.states import State
from tests.acting import HOUR, TEN, Scene

pytestmark = pytest.mark.both_engines
LATER = Span(TEN + 3 * HOUR, TEN + 4 * HOUR)


def asked(scene: Scene) -> BookingCard:
    """Ada's request for tomorrow at ten."""
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).approval = "always"
    return scene.perform(scene.ada, bookings.place, scene.ask())


def proposed(scene: Scene, span: Span = LATER) -> tuple[BookingCard, ProposalCard]:
    """The request, and Bo's offer of another time."""
    card = asked(scene)
    return card, scene.perform(scene.bo, proposals.propose, card.id, scene.tool_id, span, "A class needs ten")


def last_mail(scene: Scene, event: str) -> Mapping[str, Any]:
    with reading(scene.engine) as session:
        payloads = session.scalars(select(Job.payload).order_by(Job.id.desc())).all()
    return next(payload for payload in payloads if payload.get("event") == event)


def is_free(scene: Scene, span: Span) -> bool:
    """Whether Cy could book the time, were nobody to say yes."""
    return scene.read(scene.cy, bookings.check, scene.ask(span.start, span.length)) == ()


def test_the_offered_time_and_the_asked_one_are_both_held(scene: Scene) -> None:
    card, found = proposed(scene)
    assert not is_free(scene, LATER)
    assert not is_free(scene, card.span)
    mail = last_mail(scene, "time_proposed")
    assert (mail["account_id"], mail["reason"]) == (scene.ada.account_id, "A class needs ten")
    assert found.expires_at <= card.starts_at


def test_taking_it_moves_and_confirms_the_very_booking_and_frees_the_rest(scene: Scene) -> None:
    card, found = proposed(scene)
    taken = scene.perform(None, proposals.accept, found)
    assert (taken.id, taken.uid, taken.state, taken.span) == (card.id, card.uid, State.CONFIRMED, LATER)
    assert is_free(scene, card.span)
    assert scene.overlaps() == 0
    assert last_mail(scene, "proposal_answered")["account_id"] == scene.bo.account_id
    assert scene.perform(None, proposals.accept, found).version == taken.version, "twice is once"


def test_an_hour_that_overlaps_the_asked_one_is_held_as_far_as_it_reaches_beyond(scene: Scene) -> None:
    half = timedelta(minutes=30)
    card, found = proposed(scene, Span(TEN + half, TEN + HOUR + half))
    assert not is_free(scene, Span(TEN + HOUR, TEN + HOUR + half))
    assert is_free(scene, Span(TEN + 2 * HOUR, TEN + 3 * HOUR))
    assert scene.perform(None, proposals.accept, found).starts_at == TEN + half
    assert is_free(scene, Span(TEN, TEN + half))
    assert scene.overlaps() == 0
    assert card.state is State.PENDING


def test_an_offer_that_reaches_beyond_the_asked_time_on_both_sides_is_held_on_both(scene: Scene) -> None:
    half = timedelta(minutes=30)
    _, found = proposed(scene, Span(TEN - half, TEN + HOUR + half))
    assert not is_free(scene, Span(TEN - half, TEN))
    assert not is_free(scene, Span(TEN + HOUR, TEN + HOUR + half))
    assert scene.perform(None, proposals.accept, found).span == found.span
    assert scene.overlaps() == 0


def test_another_offer_gives_both_sides_of_the_first_back(scene: Scene) -> None:
    half = timedelta(minutes=30)
    card, _ = proposed(scene, Span(TEN - half, TEN + HOUR + half))
    scene.perform(scene.bo, proposals.propose, card.id, scene.tool_id, LATER)
    assert is_free(scene, Span(TEN - half, TEN))
    assert is_free(scene, Span(TEN + HOUR, TEN + HOUR + half))


def test_leaving_it_keeps_the_request_and_frees_the_time(scene: Scene) -> None:
    card, found = proposed(scene)
    scene.perform(None, proposals.decline, found)
    assert is_free(scene, LATER)
    assert scene.perform(scene.ada, bookings.load, card.id).state is State.PENDING
    assert not last_mail(scene, "proposal_answered")["accepted"]
    with pytest.raises(Refused, match="proposal_over"):
        scene.perform(None, proposals.accept, found)


def test_nobody_answers_and_the_time_is_free_again(scene: Scene) -> None:
    card, found = proposed(scene, Span(LATER.start + timedelta(days=5), LATER.end + timedelta(days=5)))
    scene.now = found.expires_at
    scene.perform(None, proposals.lapse, found.id)
    assert is_free(scene, found.span)
    with pytest.raises(Refused, match="proposal_over"):
        scene.perform(None, proposals.accept, found)
    assert card.id == found.booking_id


@pytest.mark.parametrize("end", ["approve", "decline", "cancel", "move"])
def test_whatever_becomes_of_the_request_otherwise_ends_the_offer(scene: Scene, end: str) -> None:
    card, found = proposed(scene)
    acts = {
        "approve": lambda: scene.perform(scene.bo, approvals.approve, card.id),
        "decline": lambda: scene.perform(scene.bo, approvals.decline, card.id, "No"),
        "cancel": lambda: scene.perform(scene.ada, bookings.cancel, card.id),
        "move": lambda: scene.perform(scene.ada, bookings.move, card.id, start=TEN + HOUR, end=TEN + 2 * HOUR),
    }
    acts[end]()
    assert is_free(scene, LATER)
    with pytest.raises(Refused, match="proposal_over"):
        scene.perform(None, proposals.accept, found)


def test_another_offer_takes_the_place_of_the_first(scene: Scene) -> None:
    card, first = proposed(scene)
    other = Span(LATER.start + HOUR, LATER.end + HOUR)
    scene.perform(scene.bo, proposals.propose, card.id, scene.tool_id, other)
    assert is_free(scene, Span(LATER.start, LATER.end))
    with pytest.raises(Refused, match="proposal_over"):
        scene.perform(None, proposals.accept, first)


def test_what_is_taken_is_not_offered(scene: Scene) -> None:
    card = asked(scene)
    scene.perform(scene.cy, bookings.place, scene.ask(LATER.start, LATER.length))
    with pytest.raises(Refused, match="slot_taken"):
        scene.perform(scene.bo, proposals.propose, card.id, scene.tool_id, LATER)


def test_another_tool_of_the_space_may_be_offered_and_none_elsewhere(scene: Scene) -> None:
    card, beam, away = asked(scene), scene.tool(), scene.tool_elsewhere()
    with pytest.raises(Absent):
        scene.perform(scene.dee, proposals.propose, card.id, away, LATER)
    found = scene.perform(scene.bo, proposals.propose, card.id, beam, LATER)
    assert scene.perform(None, proposals.accept, found).tool_id == beam


def test_only_managers_offer_and_only_while_it_waits(scene: Scene) -> None:
    card = asked(scene)
    with pytest.raises(Denied):
        scene.perform(scene.ada, proposals.propose, card.id, scene.tool_id, LATER)
    with pytest.raises(Absent):
        scene.perform(scene.cy, proposals.propose, card.id, scene.tool_id, LATER)
    scene.perform(scene.bo, approvals.approve, card.id)
    with pytest.raises(Refused, match="wrong_state"):
        scene.perform(scene.bo, proposals.propose, card.id, scene.tool_id, LATER)


def test_moving_all_of_a_plan_ends_the_offer_for_a_part_also_onto_the_offered_time(scene: Scene) -> None:
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).approval = "always"
    parts = [scene.ask(), scene.ask(tool_id=scene.tool())]
    plan_id = scene.perform(scene.ada, plans.place, parts)
    card = scene.read(scene.ada, plans.show, plan_id).parts[0]
    found = scene.perform(scene.bo, proposals.propose, card.id, scene.tool_id, LATER)
    assert scene.read(scene.ada, plans.preview_move, plan_id, 3 * HOUR).judgement.clashes == ()
    scene.perform(scene.ada, plans.move, plan_id, 3 * HOUR)
    with pytest.raises(Refused, match="proposal_over"):
        scene.perform(None, proposals.accept, found)
    assert scene.overlaps() == 0


def test_moving_a_series_ends_the_offers_for_its_dates(scene: Scene) -> None:
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).approval = "always"
    pattern = Pattern(Frequency.DAILY, TEN.date(), 600, 60, times=2)
    series_id = scene.perform(scene.ada, series.place, series.Wanted(scene.tool_id, pattern))
    card = scene.read(scene.ada, lambda call: rows.of_series(call.session, series_id))[0]
    scene.perform(scene.bo, proposals.propose, card.id, scene.tool_id, LATER)
    scene.perform(scene.ada, series_changes.apply, series_id, Change(780, 60, ""))
    assert is_free(scene, card.span)
    assert scene.read(scene.bo, lambda call: open_offers.of_booking(call.session, card.id)) is None


def test_the_offered_time_is_not_in_the_way_of_the_request_itself(scene: Scene) -> None:
    card, _ = proposed(scene)
    assert scene.read(scene.ada, bookings.check, replace(scene.ask(LATER.start), booking_id=card.id)) == ()
