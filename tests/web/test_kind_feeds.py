"""The calendar of a kind: its tools at all of one's own spaces, each as its space lets its reader see it."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from booking.actions import feeds
from booking.actions.call import Call
from booking.models.database import db, writing
from booking.models.tables.spaces import Membership
from booking.models.tables.tools import Tool
from booking.rules.access import Role
from booking.rules.events import View
from booking.rules.facts import Visibility
from booking.rules.refusals import Absent
from config import Settings
from tests.acting import counted
from tests.browsing import post
from tests.calendars import Workshop, make_booking, summaries
from tests.factories import NOW, actor_of, make_member, make_space, make_tool, sign_in

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def elsewhere(workshop: Workshop) -> Tool:
    """A tool of the same kind at another space of Ada's, which shows names to its members."""
    space = make_space(workshop.session, slug="elsewhere", name="Elsewhere", visibility=Visibility.NAME.value)
    make_member(workshop.session, workshop.ada, space)
    tool = make_tool(workshop.session, space, slug="mira", name="Mira", kind_id=workshop.tool.kind_id)
    workshop.session.commit()
    return tool


def feed_of(app: Flask, settings: Settings, workshop: Workshop, **choices: bool) -> str:
    """The path of a fresh feed of the kind, which Ada takes."""
    ada = actor_of(workshop.ada, **{f"space_{workshop.space.id}": Role.MEMBER})
    with app.app_context(), writing(db.engine) as session:
        _card, address = feeds.create(
            Call(session, ada, NOW, settings), View.KIND, kind_id=workshop.tool.kind_id, **choices
        )
    return address.removeprefix(settings.base_url)


def at(workshop: Workshop, tool: Tool, **values: Any) -> None:
    """A booking of Cy's with a purpose, of that tool."""
    make_booking(workshop, account=workshop.cy, purpose="Fins", space_id=tool.space_id, tool_id=tool.id, **values)


def test_each_space_tells_what_its_members_may_see(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, elsewhere: Tool
) -> None:
    at(workshop, workshop.tool)
    at(workshop, elsewhere)
    answer = client.get(feed_of(app, settings, workshop))
    assert "in my spaces" in answer.text
    assert sorted(summaries(answer.data)) == ["Busy: Lumi", "Mira: Cy"]
    assert "Fins" not in answer.text


def test_with_busy_times_only_nobody_is_named(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, elsewhere: Tool
) -> None:
    at(workshop, elsewhere)
    assert summaries(client.get(feed_of(app, settings, workshop, busy_only=True)).data) == ["Busy: Mira"]


def test_it_changes_with_bookings_and_with_what_its_reader_may_see(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, elsewhere: Tool
) -> None:
    path = feed_of(app, settings, workshop)
    tag = client.get(path).headers["ETag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    at(workshop, elsewhere)
    changed = client.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    left = Membership.account_id == workshop.ada.id, Membership.space_id == elsewhere.space_id
    workshop.session.execute(delete(Membership).where(*left))
    workshop.session.commit()
    fewer = client.get(path, headers={"If-None-Match": changed.headers["ETag"]})
    assert summaries(fewer.data) == []


def test_whoever_belongs_to_no_space_any_more_reads_nothing(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop
) -> None:
    path = feed_of(app, settings, workshop)
    workshop.session.execute(delete(Membership).where(Membership.account_id == workshop.ada.id))
    workshop.session.commit()
    assert client.get(path).status_code == 404


def test_questions_do_not_grow_with_bookings_or_spaces(
    app: Flask, client: FlaskClient, settings: Settings, workshop: Workshop, elsewhere: Tool
) -> None:
    path = feed_of(app, settings, workshop)
    at(workshop, elsewhere)
    engine = workshop.session.get_bind()
    with counted(engine) as few:
        client.get(path)
    for days in range(1, 7):
        at(workshop, elsewhere, start=NOW + timedelta(days=days))
    with counted(engine) as many:
        client.get(path)
    assert len(many) <= len(few)


def test_nobody_gets_one_of_a_kind_that_her_spaces_lack(app: Flask, settings: Settings, workshop: Workshop) -> None:
    with app.app_context(), writing(db.engine) as session, pytest.raises(Absent):
        feeds.create(Call(session, actor_of(workshop.cy), NOW, settings), View.KIND, kind_id=workshop.tool.kind_id)


def test_the_page_offers_the_kinds_at_ones_spaces(client: FlaskClient, workshop: Workshop) -> None:
    sign_in(client, workshop.session, workshop.ada)
    value = f"kind-{workshop.tool.kind_id}"
    assert f'value="{value}"' in client.get("/feeds/").text
    assert post(client, "/feeds/", what=value).status_code == 201
    assert "in my spaces" in client.get("/feeds/").text


def test_asking_for_a_kind_of_other_spaces_leads_to_the_page_as_it_is(client: FlaskClient, workshop: Workshop) -> None:
    sign_in(client, workshop.session, workshop.cy)
    assert client.get(f"/feeds/?view=kind&id={workshop.tool.kind_id}").status_code == 200
