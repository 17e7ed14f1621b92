"""The calendar of a team: what its members have booked for it, for them alone, and told anew when it changes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from booking.actions import feeds
from booking.actions.call import Call
from booking.models.database import db, writing
from booking.models.tables.teams import Team, TeamMember
from booking.rules.events import View
from booking.rules.refusals import Absent
from config import Settings
from tests.browsing import post
from tests.calendars import Workshop, make_booking, summaries
from tests.factories import NOW, actor_of, make_team, sign_in

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def team(workshop: Workshop) -> Iterator[Team]:
    """Ada and Cy, who isn't a member of the space."""
    found = make_team(workshop.session, workshop.ada, workshop.cy)
    workshop.session.commit()
    yield found


def feed_of(app: Flask, settings: Settings, workshop: Workshop, team: Team, **choices: bool) -> str:
    """The path of a fresh feed of the team, which Cy takes."""
    actor = replace(actor_of(workshop.cy), team_ids=frozenset({team.id}))
    with app.app_context(), writing(db.engine) as session:
        _card, address = feeds.create(Call(session, actor, NOW, settings), View.TEAM, team_id=team.id, **choices)
    return address.removeprefix(settings.base_url)


def test_mates_read_what_is_booked_for_the_team_with_name_and_purpose(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, team: Team
) -> None:
    make_booking(workshop, team_id=team.id, purpose="Fins")
    make_booking(workshop, start=NOW.replace(hour=20), purpose="Something private")
    path = feed_of(app, settings, workshop, team)
    answer = client.get(path)
    assert "X-WR-CALNAME:Rocket" in answer.text
    [summary] = summaries(answer.data)
    assert "Ada" in summary
    assert "Fins" in answer.text


def test_one_with_busy_times_only_says_neither(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, team: Team
) -> None:
    make_booking(workshop, team_id=team.id, purpose="Fins")
    answer = client.get(feed_of(app, settings, workshop, team, busy_only=True))
    assert summaries(answer.data) == ["Busy: Lumi"]
    assert "Fins" not in answer.text


def test_it_is_unchanged_until_something_of_the_team_changes(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, team: Team
) -> None:
    path = feed_of(app, settings, workshop, team)
    tag = client.get(path).headers["ETag"]
    make_booking(workshop)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    make_booking(workshop, start=NOW.replace(hour=20), team_id=team.id)
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_whoever_has_left_the_team_reads_it_no_more(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, team: Team
) -> None:
    path = feed_of(app, settings, workshop, team)
    workshop.session.execute(delete(TeamMember).where(TeamMember.account_id == workshop.cy.id))
    workshop.session.commit()
    assert client.get(path).status_code == 404


def test_nobody_else_gets_one(app: Flask, settings: Settings, workshop: Workshop, team: Team) -> None:
    with app.app_context(), writing(db.engine) as session, pytest.raises(Absent):
        feeds.create(Call(session, actor_of(workshop.bo), NOW, settings), View.TEAM, team_id=team.id)


def test_the_page_offers_ones_teams_and_makes_the_address(client: FlaskClient, workshop: Workshop, team: Team) -> None:
    sign_in(client, workshop.session, workshop.cy)
    assert f'value="team-{team.id}"' in client.get("/feeds/").text
    made = post(client, "/feeds/", what=f"team-{team.id}")
    assert made.status_code == 201
    assert "“Rocket”" in made.text
