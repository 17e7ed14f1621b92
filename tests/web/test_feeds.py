"""The page of calendar feeds: an address is shown once, and can be renamed, replaced and revoked by its owner only."""

import re

import pytest
from flask.testing import FlaskClient

from booking.models.tables.calendars import Feed
from booking.models.tables.traffic import Traffic
from booking.rules.access import Role
from tests.calendars import Workshop
from tests.factories import NOW, make_member, make_space, make_tool, sign_in

pytestmark = pytest.mark.usefixtures("clock")

ADDRESS = re.compile(r"http://localhost(/feeds/[\w-]+\.ics)")


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


def post(client: FlaskClient, path: str, **form: str) -> tuple[int, str]:
    """Send a form as the page would, with its token against forged requests."""
    page = client.get("/feeds/").text
    [token, *_] = re.findall(r'name="csrf_token" value="([^"]+)"', page)
    response = client.post(path, data={"csrf_token": token, **form})
    return response.status_code, response.text


def test_an_address_is_shown_once_and_works(ada: FlaskClient) -> None:
    status, page = post(ada, "/feeds/", what="mine", name="Workshop")
    assert status == 201
    [path] = set(ADDRESS.findall(page))
    assert ada.get(path).status_code == 200
    again = ada.get("/feeds/").text
    assert "Workshop" in again
    assert not ADDRESS.search(again)


def test_each_way_into_a_calendar_is_offered_with_what_to_expect(ada: FlaskClient) -> None:
    _, page = post(ada, "/feeds/", what="mine")
    assert 'href="webcal://localhost/feeds/' in page
    assert "https://calendar.google.com/calendar/r?cid=webcal%3A//localhost/feeds/" in page
    assert "https://outlook.live.com/calendar/0/addfromweb?url=http%3A//localhost/feeds/" in page
    assert 'data-copy="http://localhost/feeds/' in page
    assert "<svg" in page
    assert "Google may take up to a day" in page


def test_only_the_hash_of_an_address_is_kept(ada: FlaskClient, workshop: Workshop) -> None:
    _, page = post(ada, "/feeds/", what="mine")
    token = ADDRESS.findall(page)[0].removeprefix("/feeds/").removesuffix(".ics")
    kept = workshop.session.query(Feed).one()
    assert token not in (kept.token_hash, kept.name)
    assert len(kept.token_hash) == 64
    assert len(token) >= 43


def test_a_tool_page_can_link_to_a_feed_of_its_tool(ada: FlaskClient, workshop: Workshop) -> None:
    page = ada.get(f"/feeds/?view=tool&id={workshop.tool.id}").text
    assert re.search(rf'value="tool-{workshop.tool.id}"\s+selected', page)
    status, _ = post(ada, "/feeds/", view="tool", id=str(workshop.tool.id), busy_only="yes")
    assert status == 201
    kept = workshop.session.query(Feed).one()
    assert (kept.view, kept.tool_id, kept.space_id, kept.busy_only) == ("tool", workshop.tool.id, None, True)


@pytest.mark.parametrize(
    "form",
    [
        {"what": "everything"},
        {"what": "tool-0"},
        {"what": "tool-99"},
        {"what": "tool-99999999999999999999"},
        {"what": "tool--1"},
        {"what": ""},
        {"view": "space", "id": "x"},
    ],
)
def test_what_does_not_exist_cannot_be_shown(ada: FlaskClient, workshop: Workshop, form: dict[str, str]) -> None:
    assert post(ada, "/feeds/", **form)[0] == 404
    assert workshop.session.query(Feed).count() == 0


def test_a_subject_is_needed_where_there_is_one(ada: FlaskClient) -> None:
    assert post(ada, "/feeds/", what="tool")[0] == 422


def test_a_closed_space_is_shown_to_its_members_only(ada: FlaskClient, workshop: Workshop) -> None:
    closed = make_space(workshop.session, "Closed", visibility="closed")
    tool = make_tool(workshop.session, closed)
    workshop.session.commit()
    assert post(ada, "/feeds/", what=f"tool-{tool.id}")[0] == 404
    assert post(ada, "/feeds/", what=f"space-{closed.id}")[0] == 404
    make_member(workshop.session, workshop.ada, closed)
    workshop.session.commit()
    assert post(ada, "/feeds/", what=f"space-{closed.id}")[0] == 201


def test_requests_are_for_managers(ada: FlaskClient, workshop: Workshop) -> None:
    assert "Requests to decide" not in ada.get("/feeds/").text
    assert post(ada, "/feeds/", what="approvals")[0] == 403
    assert post(ada, "/feeds/", what=f"approvals-{workshop.space.id}")[0] == 403
    other = make_space(workshop.session, "Other")
    make_member(workshop.session, workshop.ada, other, Role.MANAGER)
    workshop.session.commit()
    assert "Requests to decide" in ada.get("/feeds/").text
    assert post(ada, "/feeds/", what="approvals")[0] == 201
    assert post(ada, "/feeds/", what=f"approvals-{workshop.space.id}")[0] == 403


def test_a_feed_is_renamed_and_too_long_a_name_is_kept_for_correction(ada: FlaskClient, workshop: Workshop) -> None:
    post(ada, "/feeds/", what="mine")
    feed = workshop.session.query(Feed).one()
    assert post(ada, f"/feeds/{feed.id}/rename", name="Laser times")[0] == 303
    assert "Laser times" in ada.get("/feeds/").text
    status, page = post(ada, f"/feeds/{feed.id}/rename", name="x" * 81)
    assert status == 422
    assert "at most 80 characters" in page


def test_a_new_address_ends_the_old_one_and_keeps_the_rest(ada: FlaskClient, workshop: Workshop) -> None:
    _, page = post(ada, "/feeds/", what=f"tool-{workshop.tool.id}", name="Laser", busy_only="yes")
    [old] = set(ADDRESS.findall(page))
    feed = workshop.session.query(Feed).one()
    status, page = post(ada, f"/feeds/{feed.id}/rotate")
    [fresh] = set(ADDRESS.findall(page))
    assert status == 201
    assert ada.get(old).status_code == 410
    assert ada.get(fresh).status_code == 200
    workshop.session.rollback()
    kept = workshop.session.query(Feed).filter(Feed.revoked_at.is_(None)).one()
    assert (kept.view, kept.name, kept.busy_only, kept.tool_id) == ("tool", "Laser", True, workshop.tool.id)


def test_a_revoked_feed_answers_no_more_and_leaves_the_page(ada: FlaskClient, workshop: Workshop) -> None:
    _, page = post(ada, "/feeds/", what="mine", name="Workshop")
    feed = workshop.session.query(Feed).one()
    assert post(ada, f"/feeds/{feed.id}/revoke")[0] == 303
    assert ada.get(ADDRESS.findall(page)[0]).status_code == 410
    assert "Workshop" not in ada.get("/feeds/").text


@pytest.mark.parametrize("act", ["rename", "rotate", "revoke"])
def test_the_feeds_of_others_do_not_exist(ada: FlaskClient, workshop: Workshop, act: str) -> None:
    other = Feed(account_id=workshop.bo.id, token_hash="0" * 64, view="mine", created_at=NOW)
    workshop.session.add(other)
    workshop.session.commit()
    assert post(ada, f"/feeds/{other.id}/{act}", name="Mine now")[0] == 404
    workshop.session.refresh(other)
    assert (other.name, other.revoked_at) == ("", None)


def test_nobody_has_more_than_a_hundred(ada: FlaskClient, workshop: Workshop) -> None:
    for number in range(100):
        workshop.session.add(Feed(account_id=workshop.ada.id, token_hash=f"{number:064}", view="mine", created_at=NOW))
    workshop.session.commit()
    status, page = post(ada, "/feeds/", what="mine")
    assert status == 422
    assert "Revoke one first" in page


def test_the_last_reader_is_named(ada: FlaskClient, workshop: Workshop) -> None:
    post(ada, "/feeds/", what="mine")
    feed = workshop.session.query(Feed).one()
    assert "Not read yet" in ada.get("/feeds/").text
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Thunderbird/153.0"
    workshop.session.add(Traffic(kind="feed", subject_id=feed.id, seen_at=NOW, client=agent))
    workshop.session.commit()
    assert "by Thunderbird" in ada.get("/feeds/").text


def test_strangers_sign_in_first(client: FlaskClient) -> None:
    assert client.get("/feeds/").status_code in (302, 303, 401)
