"""Who waits is looked at again when a rule about her gives way, though no time of the tool was freed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from booking.actions import bookings, certificates, handovers, jobs, offers, strikes, visits
from booking.actions.visits import Conditions
from booking.models.database import reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.certificates import Certificate
from booking.models.tables.jobs import Job
from booking.models.tables.limits import Quota, Suspension
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.access import Actor
from booking.rules.facts import Ask
from booking.rules.spans import Span
from tests import factories
from tests.acting import HOUR, TEN, Scene
from tests.actions.test_teams import as_signed_in, made
from tests.actions.test_visits import Club, club
from tests.actions.test_waitlist import Line

__all__ = ["club"]
pytestmark = pytest.mark.both_engines
AT_TWO = Span(TEN + 4 * HOUR, TEN + 5 * HOUR)


@pytest.fixture
def line(scene: Scene) -> Line:
    return Line(scene)


def slug(scene: Scene) -> str:
    with reading(scene.engine) as session:
        return session.get_one(Space, scene.space_id).slug


def used_up(scene: Scene, who: Actor, counted: str = "person", team_id: int | None = None) -> int:
    """Somebody's only open booking, on another tool: its id."""
    with writing(scene.engine) as session:
        factories.make_quota(session, counted, "open_bookings", amount=1)
    ask = Ask(scene.tool(), Span(TEN, TEN + HOUR), team_id=team_id)
    return scene.perform(who, bookings.place, ask).id


def cancelled(scene: Scene, booking_id: int) -> None:
    scene.perform(scene.cy, bookings.cancel, booking_id)


def given_away(scene: Scene, booking_id: int) -> None:
    with reading(scene.engine) as session:
        address = session.get_one(Account, scene.bo.account_id).email
    scene.perform(None, handovers.accept, scene.perform(scene.cy, handovers.offer, booking_id, address))


@pytest.mark.parametrize("let_go", [cancelled, given_away])
def test_who_gives_back_what_a_quota_counts_is_offered_what_she_waits_for(
    line: Line, scene: Scene, let_go: Callable[[Scene, int], None]
) -> None:
    booking_id = used_up(scene, scene.cy)
    line.join(scene.cy, window=AT_TWO)
    assert not line.offered(scene.cy), "the hour is free, but her quota is used"
    let_go(scene, booking_id)
    line.work()
    standing = line.offered(scene.cy)
    assert standing and standing.offer and standing.offer.span == AT_TWO


def test_a_team_that_gives_back_time_is_offered_what_another_of_it_waits_for(line: Line, scene: Scene) -> None:
    team_id = made(scene, scene.cy)
    cy, ada = as_signed_in(scene, scene.cy), as_signed_in(scene, scene.ada)
    booking_id = used_up(scene, cy, "team", team_id)
    line.join(ada, window=AT_TWO, tool_id=scene.tool_id, team_id=team_id)
    assert not line.offered(ada)
    cancelled(scene, booking_id)
    line.work()
    assert line.offered(ada)


def over(scene: Scene) -> None:
    scene.now = TEN + HOUR


def not_limited(scene: Scene) -> None:
    with writing(scene.engine) as session:
        session.execute(delete(Quota))


@pytest.mark.parametrize("gives_way", [over, not_limited])
def test_what_frees_no_time_at_all_is_seen_within_a_quarter_of_an_hour(
    line: Line, scene: Scene, gives_way: Callable[[Scene], None]
) -> None:
    used_up(scene, scene.cy)
    entry = line.join(scene.cy, window=AT_TWO)
    gives_way(scene)
    scene.perform(None, jobs.tend, "worker")
    line.work()
    assert line.offered(scene.cy)
    scene.now += timedelta(minutes=15)
    scene.perform(None, jobs.tend, "worker")
    assert line.state(entry) == "offered"
    with reading(scene.engine) as session:
        assert len(session.scalars(select(Job).where(Job.kind == "waiting")).all()) == 1, "nobody waits any more"


def test_a_look_at_everybody_knows_each_tool_that_could_serve(line: Line, scene: Scene) -> None:
    """A tool by its name and each of the kind, from the first window's start to the last one's end."""
    other = scene.tool()
    line.join(scene.cy)
    with reading(scene.engine) as session:
        kind_id = session.get_one(Tool, scene.tool_id).kind_id
    later = Span(TEN + 24 * HOUR, TEN + 25 * HOUR)
    with writing(scene.engine) as session:
        factories.make_quota(session, "person", "open_bookings", amount=1)
    line.join(scene.ada, window=later, kind_id=kind_id, space_ids=(scene.space_id,))
    wanted = dict(scene.perform(None, offers.wanted))
    assert wanted[scene.tool_id] == Span(TEN, later.end)
    assert wanted[other] == later


def test_a_certificate_lets_who_waits_have_what_is_free(line: Line, scene: Scene) -> None:
    with writing(scene.engine) as session:
        space, tool = session.get_one(Space, scene.space_id), session.get_one(Tool, scene.tool_id)
        factories.make_certificate(session, space, tool)
        number = session.scalars(select(Certificate.id)).one()
    line.join(scene.ada, window=AT_TWO)
    assert not line.offered(scene.ada)
    scene.perform(scene.bo, certificates.grant, slug(scene), number, [scene.ada.account_id])
    line.work()
    assert line.offered(scene.ada)


def test_the_end_of_a_suspension_lets_who_waits_have_what_is_free(line: Line, scene: Scene) -> None:
    scene.perform(scene.bo, strikes.suspend, slug(scene), scene.ada.account_id, 30, "Left it dirty")
    line.join(scene.ada, window=AT_TWO)
    assert not line.offered(scene.ada)
    with reading(scene.engine) as session:
        suspension_id = session.scalars(select(Suspension.id)).one()
    scene.perform(scene.bo, strikes.lift, slug(scene), suspension_id)
    line.work()
    assert line.offered(scene.ada)


def test_a_longer_visit_lets_who_waits_have_what_is_free(club: Club, line: Line) -> None:
    visit = club.accepted(Conditions(opens=10 * 60, closes=12 * 60))
    line.join(club.scene.ada, window=AT_TWO, tool_id=visit.tool_id)
    assert not line.offered(club.scene.ada)
    club.scene.perform(club.max, visits.change, visit.id, Conditions(), visit.version)
    line.work()
    assert line.offered(club.scene.ada)


def test_a_booking_given_back_leaves_one_piece_of_work(scene: Scene) -> None:
    """However much its maker waits for: the worker looks, not the maker's request."""
    booking_id = scene.perform(scene.cy, bookings.place, scene.ask()).id
    cancelled(scene, booking_id)
    with reading(scene.engine) as session:
        [job] = session.scalars(select(Job).where(Job.kind == "freed"))
        assert job.payload["holder_id"] == scene.cy.account_id
