"""What decides an ask: everything that is in the tables, nothing from outside the window, few questions."""

from datetime import UTC, date, datetime, timedelta

import pytest

from booking.actions import bookings
from booking.models.database import reading, writing
from booking.models.facts import facts_for, worlds
from booking.models.tables.accounts import Account
from booking.models.tables.calendars import Block, Subscription
from booking.models.tables.spaces import Closure, MakeUpDay, Opening, Space, SpecialDay, Staffed
from booking.models.tables.tools import Outage, Tool, Unit
from booking.models.tables.visits import Visit
from booking.rules.access import Role
from booking.rules.facts import Approval, ClosedDays, Facts, ToolState, Visiting, WeeklyOpening
from booking.rules.facts import MakeUpDay as MakeUpDayFacts
from booking.rules.facts import SpecialDay as SpecialDayFacts
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene, counted
from tests.factories import NOW, make_certificate, make_grant, make_team

pytestmark = pytest.mark.both_engines
SPAN = Span(TEN, TEN + HOUR)
DAY = timedelta(days=1)


def known(scene: Scene, account_id: int | None = None, tool_id: int | None = None, span: Span = SPAN) -> Facts:
    """The facts of Lumi, or of another tool."""
    with reading(scene.engine) as session:
        return facts_for(session, tool_id or scene.tool_id, span, account_id)


def test_a_tool_is_known_with_its_limits_and_the_units_in_service(scene: Scene) -> None:
    columns = {"notice_minutes": 30, "window_days": 7, "setup_minutes": 5, "unattended": True, "approval": "visitors"}
    tool_id = scene.tool(units=2, state="limited", state_note="Slow", **columns)
    with writing(scene.engine) as session:
        unit = session.query(Unit).filter_by(tool_id=tool_id, name="1").one()
        unit.retired_at = NOW
    tool = known(scene, tool_id=tool_id).tool
    assert (tool.state, tool.state_note, len(tool.unit_ids)) == (ToolState.LIMITED, "Slow", 1)
    assert unit.id not in tool.unit_ids
    limits = tool.limits
    assert (limits.notice_minutes, limits.window_days, limits.setup_minutes) == (30, 7, 5)
    assert (limits.unattended, limits.approval) == (True, Approval.VISITORS)


def test_the_hours_are_those_of_the_space(scene: Scene) -> None:
    with writing(scene.engine) as session:
        space_id = scene.space_id
        closed = {"first_day": date(2026, 12, 24), "last_day": date(2026, 12, 26), "reason": "Christmas"}
        session.add(Closure(space_id=space_id, **closed))
        session.add(Closure(space_id=space_id, first_day=date(2026, 1, 1), last_day=date(2026, 1, 2)))
        session.add(SpecialDay(space_id=space_id, day=date(2026, 11, 28), opens=600, closes=1500))
    scene.tool_elsewhere()
    hours = known(scene).hours
    assert hours.zone == "Europe/Berlin"
    assert hours.weekly == tuple(WeeklyOpening(day, 480, 1320) for day in range(7))
    assert hours.closed == (ClosedDays(date(2026, 12, 24), date(2026, 12, 26), "Christmas"),)
    assert hours.special == (SpecialDayFacts(date(2026, 11, 28), 600, 1500),)


def test_hours_that_change_make_up_days_and_staff_are_known_as_far_as_they_are_not_over(scene: Scene) -> None:
    space_id, later = scene.space_id, date(2027, 1, 4)
    with writing(scene.engine) as session:
        for opening in session.query(Opening).filter_by(space_id=space_id, weekday=6):
            opening.last_day = date(2026, 1, 1)
        session.add(Opening(space_id=space_id, weekday=6, opens=0, closes=1440, first_day=later))
        session.add(MakeUpDay(space_id=space_id, day=date(2026, 11, 28), like_weekday=0))
        session.add(MakeUpDay(space_id=space_id, day=date(2026, 1, 3), like_weekday=0))
        session.add(Staffed(space_id=space_id, weekday=2, opens=600, closes=1200))
    hours = known(scene).hours
    assert hours.weekly[-1] == WeeklyOpening(6, 0, 1440, later)
    assert len(hours.weekly) == 7
    assert hours.make_up == (MakeUpDayFacts(date(2026, 11, 28), 0),)
    assert hours.staffed == (WeeklyOpening(2, 600, 1200),)
    with reading(scene.engine) as session:
        [of_many] = worlds(session, tool_ids=[scene.tool_id], span=SPAN, account_id=None)
    assert of_many.facts.hours == hours


def test_the_maker_is_known_with_her_teams_and_with_what_hosts_agreed_to(scene: Scene) -> None:
    elsewhere, ada = scene.tool_elsewhere(), scene.ada.account_id
    with writing(scene.engine) as session:
        team = make_team(session, session.get_one(Account, ada), session.get_one(Account, scene.cy.account_id))
        host_id = session.get_one(Tool, elsewhere).space_id
        for state, last_day in (("accepted", None), ("accepted", date(2026, 12, 1)), ("declined", None)):
            agreed = {"last_day": last_day, "opens": 840, "closes": 1080, "supervised": last_day is None}
            whose = {"account_id": ada, "tool_id": elsewhere, "host_id": host_id}
            session.add(Visit(state=state, created_at=NOW, changed_at=NOW, **agreed, **whose))
    maker = known(scene, ada, elsewhere).maker
    assert maker.visiting == (Visiting(date(2026, 12, 1), 840, 1080), Visiting(None, 840, 1080, supervised=True))
    assert maker.team_ids == {team.id}
    assert known(scene, ada).maker.visiting == ()
    assert known(scene, scene.cy.account_id, elsewhere).maker.visiting == ()
    assert known(scene).maker.team_ids == frozenset()


def test_the_maker_is_known_by_her_role_there(scene: Scene) -> None:
    elsewhere = scene.tool_elsewhere()
    assert known(scene, scene.ada.account_id).maker.role is Role.MEMBER
    assert known(scene, scene.ada.account_id, elsewhere).maker.role is None
    assert known(scene, scene.bo.account_id).maker.role is Role.MANAGER
    assert known(scene, scene.dee.account_id, elsewhere).maker.role is Role.ADMIN
    nobody = known(scene).maker
    assert (nobody.account_id, nobody.role, nobody.is_confirmed) == (None, None, True)
    with writing(scene.engine) as session:
        session.get_one(Account, scene.ada.account_id).confirmed_at = None
    assert known(scene, scene.ada.account_id).maker.is_confirmed is False


def test_of_several_grants_the_latest_live_one_counts(scene: Scene) -> None:
    with writing(scene.engine) as session:
        space, tool = session.get_one(Space, scene.space_id), session.get_one(Tool, scene.tool_id)
        laser, fire = (make_certificate(session, space, tool, name=name) for name in ("Laser", "Fire"))
        ada, cy = session.get_one(Account, scene.ada.account_id), session.get_one(Account, scene.cy.account_id)
        for days, revoked in ((1, None), (30, None), (60, NOW)):
            grant = make_grant(session, laser, ada, expires_at=NOW + days * DAY, revoked_at=revoked)
            grant.granted_at = NOW - DAY + days * HOUR / 60
        make_grant(session, fire, cy)
    maker = known(scene, scene.ada.account_id).maker
    assert maker.certificates == {laser.id: NOW + 30 * DAY}
    assert maker.certificate_names == {laser.id: "Laser", fire.id: "Fire"}
    assert known(scene).tool.certificate_ids == (laser.id, fire.id)
    assert known(scene).maker.certificates == {}


def test_taken_time_is_that_of_holding_bookings_in_the_window(scene: Scene) -> None:
    with writing(scene.engine) as session:
        session.get_one(Tool, scene.tool_id).longest_minutes = 7 * 24 * 60
        session.get_one(Tool, scene.tool_id).unattended = True
    long = scene.perform(scene.ada, bookings.place, scene.ask(TEN + HOUR, 6 * DAY + 6 * HOUR))
    cancelled = scene.perform(scene.ada, bookings.place, scene.ask())
    scene.perform(scene.ada, bookings.cancel, cancelled.id)
    far = scene.perform(scene.ada, bookings.place, scene.ask(TEN + 20 * DAY))
    [taken] = known(scene).taken
    assert (taken.booking_id, taken.span, taken.pending) == (long.id, Span(long.starts_at, long.ends_at), False)
    last = Span(long.ends_at - HOUR, long.ends_at)
    assert [row.booking_id for row in known(scene, span=last).taken] == [long.id]
    assert far.id not in {row.booking_id for row in known(scene, span=last).taken}


def test_outages_and_events_of_the_window_are_known(scene: Scene) -> None:
    other = scene.tool()
    with writing(scene.engine) as session:
        calendar = Subscription(space_id=scene.space_id, name="Events")
        session.add(calendar)
        session.flush()
        days = {"starts_at": TEN, "ends_at": TEN + HOUR}
        session.add(Outage(tool_id=scene.tool_id, starts_at=TEN - 40 * DAY, ends_at=None, reason="Belt"))
        session.add(Outage(tool_id=scene.tool_id, starts_at=TEN - 9 * DAY, ends_at=TEN - 8 * DAY))
        session.add(Outage(tool_id=other, **days))
        for title, tool_id in (("All", None), ("Ours", scene.tool_id), ("Theirs", other)):
            place = {"subscription_id": calendar.id, "space_id": scene.space_id, "tool_id": tool_id}
            session.add(Block(title=title, **place, **days))
    found = known(scene)
    assert [(row.reason, row.ends_at, row.unit_id) for row in found.outages] == [("Belt", None, None)]
    assert {row.title for row in found.blocks} == {"All", "Ours"}


def test_a_tool_that_is_not_there_is_absent(scene: Scene) -> None:
    with pytest.raises(Absent):
        known(scene, tool_id=scene.tool_id + 99)


@pytest.mark.parametrize("start", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
def test_the_ends_of_the_calendar_can_be_asked_for(scene: Scene, start: datetime) -> None:
    assert known(scene, span=Span(start, start + HOUR / 2)).taken == ()


def test_many_tools_are_known_as_each_alone(scene: Scene) -> None:
    scene.perform(scene.ada, bookings.place, scene.ask())
    beam, elsewhere = scene.tool(units=2, approval="always"), scene.tool_elsewhere()
    scene.perform(scene.ada, bookings.place, scene.ask(tool_id=beam))
    with reading(scene.engine) as session:
        kind_id = known(scene).tool.kind_id
        ways = (
            {"tool_ids": (scene.tool_id, beam, elsewhere)},
            {"kind_id": kind_id},
            {"space_id": scene.space_id},
            {},
        )
        for way in ways:
            found = worlds(session, **way, span=SPAN, account_id=scene.ada.account_id)
            assert len(found) == (2 if "space_id" in way else 3)
            for world in found:
                assert world.facts == known(scene, scene.ada.account_id, world.tool.id)


def test_retired_tools_are_known_only_by_id(scene: Scene) -> None:
    retired = scene.tool(state="retired")
    with reading(scene.engine) as session:
        assert [world.tool.id for world in worlds(session, span=SPAN, account_id=None)] == [scene.tool_id]
        [world] = worlds(session, tool_ids=[retired], span=SPAN, account_id=None)
        assert world.facts.tool.state is ToolState.RETIRED
        assert worlds(session, tool_ids=[], span=SPAN, account_id=None) == ()


@pytest.mark.parametrize("number", [1, 30])
def test_the_questions_are_as_many_for_one_tool_as_for_thirty(scene: Scene, number: int) -> None:
    for _ in range(number):
        scene.tool()
    with reading(scene.engine) as session:
        session.connection()
        with counted(scene.engine) as statements:
            assert len(worlds(session, kind_id=1, span=SPAN, account_id=scene.ada.account_id)) == number + 1
            assert len(statements) == 3
            facts_for(session, scene.tool_id, SPAN, None)
            assert len(statements) == 3 + 2
