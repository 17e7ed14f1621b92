"""What is known of quotas, and of what they add up, wherever an ask is decided."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booking.actions import approvals, bookings, quotas
from booking.models.database import reading, writing
from booking.models.facts import facts_for, worlds
from booking.models.tables.accounts import Account
from booking.models.tables.limits import Suspension
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.facts import Counted, Facts, Measure, Quota
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene, counted
from tests.factories import NOW, make_kind, make_quota, make_team

pytestmark = pytest.mark.both_engines
SPAN = Span(TEN, TEN + HOUR)
DAY = timedelta(days=1)


def known(scene: Scene, account_id: int | None = None, tool_id: int | None = None, span: Span = SPAN) -> Facts:
    with reading(scene.engine) as session:
        return facts_for(session, tool_id or scene.tool_id, span, account_id)


def quota(scene: Scene, *kind: str, **columns: Any) -> int:
    with writing(scene.engine) as session:
        return make_quota(session, *kind, **columns).id


def test_the_quotas_are_those_of_the_tool_its_kind_its_space_and_the_network(scene: Scene) -> None:
    elsewhere = scene.tool_elsewhere()
    with reading(scene.engine) as session:
        kind_id, other_space = session.get_one(Tool, scene.tool_id).kind_id, session.get_one(Tool, elsewhere).space_id
    scopes = [{}, {"space_id": scene.space_id}, {"tool_id": scene.tool_id}, {"kind_id": kind_id}]
    ids = {quota(scene, "person", "minutes_day", amount=90, **scope) for scope in scopes}
    with writing(scene.engine) as session:
        other_kind = session.get_one(Tool, elsewhere).kind_id = make_kind(session, "sewing_machine").id
    for scope in ({"space_id": other_space}, {"tool_id": elsewhere}, {"kind_id": other_kind}):
        quota(scene, **scope)
    found = known(scene).quotas
    assert {each.id for each in found} == ids
    assert {(each.counted, each.measure, each.amount) for each in found} == {(Counted.PERSON, Measure.MINUTES_DAY, 90)}
    assert len(known(scene, tool_id=elsewhere).quotas) == 4


def test_what_a_person_booked_anywhere_is_counted_while_it_holds_its_time(scene: Scene) -> None:
    elsewhere, ada = scene.tool_elsewhere(), scene.ada.account_id
    quota(scene, "person", "open_bookings", amount=9)
    here = scene.perform(scene.ada, bookings.place, scene.ask(TEN + DAY))
    there = scene.perform(scene.ada, bookings.place, scene.ask(TEN + 40 * DAY, tool_id=elsewhere))
    gone = scene.perform(scene.ada, bookings.place, scene.ask(TEN + 2 * DAY))
    scene.perform(scene.ada, bookings.cancel, gone.id)
    scene.perform(scene.cy, bookings.place, scene.ask(TEN + 3 * DAY))
    mine, other = sorted(known(scene, ada).used, key=lambda row: row.span.start)
    assert (mine.booking_id, mine.span, mine.tool_id, mine.space_id) == (
        *(here.id, here.span, scene.tool_id),
        scene.space_id,
    )
    assert (other.booking_id, other.tool_id, mine.is_visitor, other.is_visitor) == (there.id, elsewhere, False, True)
    assert known(scene).used == ()
    with reading(scene.engine) as session:
        found = worlds(session, tool_ids=[scene.tool_id, elsewhere], span=SPAN, account_id=ada)
    assert [len(world.facts.used) for world in found] == [2, 2]
    assert all(world.facts.quotas == known(scene).quotas for world in found)


def test_a_team_counts_what_its_members_book_for_it(scene: Scene) -> None:
    with writing(scene.engine) as session:
        ada, cy = (session.get_one(Account, who.account_id) for who in (scene.ada, scene.cy))
        team_id = make_team(session, cy, ada).id
    quota(scene, amount=6000)
    mate = replace(scene.cy, team_ids=frozenset({team_id}))
    placed = scene.perform(mate, bookings.place, replace(scene.ask(TEN), team_id=team_id))
    assert known(scene, scene.ada.account_id).used == ()
    quota(scene, "team", amount=6000)
    [row] = known(scene, scene.ada.account_id).used
    assert (row.booking_id, row.account_id, row.team_id) == (placed.id, scene.cy.account_id, team_id)
    assert known(scene, scene.bo.account_id).used == ()


def test_a_manager_limits_one_team_and_no_other(scene: Scene) -> None:
    with writing(scene.engine) as session:
        cy = session.get_one(Account, scene.cy.account_id)
        rocket, other = make_team(session, cy).id, make_team(session, cy, name="Other").id
        slug = session.get_one(Space, scene.space_id).slug
    mate = replace(scene.cy, team_ids=frozenset({rocket, other}))
    wanted = Quota(0, Counted.TEAM, Measure.MINUTES_WEEK, 60, team_id=rocket)
    with pytest.raises(Unacceptable, match="no_such_team"):
        scene.perform(scene.bo, quotas.add, slug, wanted)
    scene.perform(mate, bookings.place, replace(scene.ask(TEN), team_id=rocket))
    assert scene.read(scene.bo, quotas.team_that_booked, slug, "Rocket") == rocket
    scene.perform(scene.bo, quotas.add, slug, wanted)
    with pytest.raises(Refused, match="quota_used"):
        scene.perform(mate, bookings.place, replace(scene.ask(TEN + HOUR), team_id=rocket))
    scene.perform(mate, bookings.place, replace(scene.ask(TEN + HOUR), team_id=other))


def test_visitors_count_together_on_the_tool_alone(scene: Scene) -> None:
    beam = scene.tool()
    quota(scene, "visitors", "percent_week", amount=50, space_id=scene.space_id)
    scene.perform(scene.cy, bookings.place, scene.ask(TEN))
    scene.perform(scene.cy, bookings.place, scene.ask(TEN + DAY, tool_id=beam))
    scene.perform(scene.ada, bookings.place, scene.ask(TEN + 2 * DAY))
    scene.perform(scene.dee, bookings.place, scene.ask(TEN + 3 * DAY))
    [row] = known(scene, None).used
    assert (row.account_id, row.is_visitor) == (scene.cy.account_id, True)


def test_where_no_quota_holds_nothing_is_counted_and_nothing_more_is_asked(scene: Scene) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask(TEN))
    with counted(scene.engine) as without:
        assert known(scene, scene.ada.account_id).used == ()
    quota(scene)
    with counted(scene.engine) as with_one:
        assert len(known(scene, scene.ada.account_id).used) == 1
    assert len(with_one) == len(without) + 1


def test_a_suspension_is_known_at_its_space_or_anywhere_unless_it_was_lifted(scene: Scene) -> None:
    elsewhere, ada = scene.tool_elsewhere(), scene.ada.account_id
    with writing(scene.engine) as session:
        whose = {"account_id": ada, "starts_at": NOW, "ends_at": NOW + DAY}
        session.add(Suspension(**whose, space_id=scene.space_id, reason="Missed"))
        session.add(Suspension(**whose, space_id=scene.space_id, lifted_at=NOW))
    [row] = known(scene, ada).maker.suspended
    assert (row.span, row.reason) == (Span(NOW, NOW + DAY), "Missed")
    assert known(scene, ada, elsewhere).maker.suspended == ()
    assert known(scene, scene.cy.account_id).maker.suspended == ()
    with writing(scene.engine) as session:
        session.add(Suspension(**whose))
    assert len(known(scene, ada, elsewhere).maker.suspended) == 1


def test_the_first_approved_booking_of_a_tool_is_known(scene: Scene) -> None:
    tool_id, ada = scene.tool(approval="first"), scene.ada.account_id
    asked = scene.perform(scene.ada, bookings.place, scene.ask(TEN, tool_id=tool_id))
    assert known(scene, ada, tool_id).maker.has_used is False
    scene.perform(scene.bo, approvals.approve, asked.id)
    assert known(scene, ada, tool_id).maker.has_used is True
    assert known(scene, scene.cy.account_id, tool_id).maker.has_used is False


def test_a_claim_is_known_by_its_id_and_a_tool_with_its_time_to_check_in(scene: Scene) -> None:
    tool_id = scene.tool(check_in_minutes=15)
    scene.perform(scene.ada, bookings.place, scene.ask(TEN, tool_id=tool_id))
    facts = known(scene, tool_id=tool_id)
    assert facts.tool.limits.check_in_minutes == 15
    assert facts.taken[0].claim_id is not None
