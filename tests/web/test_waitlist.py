"""The waitlist in the browser: from a taken time into the line, and from the mailed link to the booking."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from booking.models.jobs import JobCard
from booking.models.tables.waitlist import WaitlistEntry
from booking.rules.spans import Span
from booking.worker import HANDLERS
from tests.browsing import link_path, mails, post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_space, make_team, make_tool
from tests.pages import THURSDAY, address, browser_of, counted, element, rows, soup

pytestmark = pytest.mark.usefixtures("clock")

WAIT = {"what": "tool", "day": "2026-11-26", "last_day": "2026-11-26", "since": "16:00", "until": "18:00"}
WINDOW = Span(datetime.fromisoformat("2026-11-26T15:00+00:00"), datetime.fromisoformat("2026-11-26T17:00+00:00"))


@pytest.fixture
def bo(app: Flask, workshop: Workshop) -> FlaskClient:
    """Bo's browser."""
    return browser_of(app, workshop, workshop.bo)


@pytest.fixture
def ada(app: Flask, workshop: Workshop) -> FlaskClient:
    """Ada's browser; she has the tool on Thursday from 16:00 to 18:00."""
    make_booking(workshop, start=WINDOW.start)
    return browser_of(app, workshop, workshop.ada)


def freed(app: Flask, workshop: Workshop) -> None:
    """The worker looks at the line."""
    payload = {"tool_id": workshop.tool.id, "from": WINDOW.start.isoformat(), "until": WINDOW.end.isoformat()}
    with app.app_context():
        HANDLERS["freed"](JobCard(1, "freed", payload, NOW, 1, NOW, None, ""))


def offered(app: Flask, workshop: Workshop, ada: FlaskClient, waiting: FlaskClient) -> str:
    """Somebody waits, Ada gives back: the path of the mailed link."""
    post(waiting, address(workshop, "wait"), **WAIT, minutes="60")
    post(ada, f"/bookings/{rows(workshop)[0].id}/cancel")
    freed(app, workshop)
    [mail] = mails(app, "offer_made")
    return link_path(mail)


def test_a_taken_time_leads_into_the_line(ada: FlaskClient, bo: FlaskClient, workshop: Workshop) -> None:
    taken = post(bo, address(workshop), **THURSDAY | {"start": "16:00", "end": "17:00"})
    way = next(str(link["href"]) for link in soup(taken).select("#verdict a") if "/wait" in str(link["href"]))
    form = bo.get(way)
    assert element(form, "[name=since]")["value"] == "16:00"
    assert element(form, "[name=minutes]")["value"] == "60"
    assert post(bo, address(workshop, "wait"), **WAIT, minutes="60").location == "/waitlist/"
    assert "You are number 1 in line." in bo.get("/waitlist/").text
    assert "You wait for nothing" in ada.get("/waitlist/").text


def test_the_tools_page_and_the_menu_lead_there(bo: FlaskClient, workshop: Workshop) -> None:
    page = bo.get(address(workshop, ""))
    hrefs = [link["href"] for link in soup(page).select("a[href]")]
    assert address(workshop, "wait") in hrefs
    assert "/waitlist/" in hrefs


def test_opening_the_link_decides_nothing_and_one_press_books(
    app: Flask, ada: FlaskClient, bo: FlaskClient, workshop: Workshop
) -> None:
    link = offered(app, workshop, ada, bo)
    stranger = app.test_client()
    for _ in range(2):
        assert "It is held for you until" in stranger.get(link).text
    assert len(rows(workshop)) == 1
    assert post(stranger, link, act="accept").location == link
    assert post(stranger, link, act="accept").location == link, "again it answers the same"
    assert [row.account_id for row in rows(workshop)] == [workshop.ada.id, workshop.bo.id]
    assert "You have it." in stranger.get(link).text
    assert stranger.get("/offers/something-else").status_code == 404


def test_who_is_signed_in_answers_on_the_own_page(
    app: Flask, ada: FlaskClient, bo: FlaskClient, workshop: Workshop
) -> None:
    offered(app, workshop, ada, bo)
    action = str(element(bo.get("/waitlist/"), "form[action$='/accept']")["action"])
    assert post(ada, action).status_code == 404
    for _ in range(2):
        assert post(bo, action).location == f"/bookings/{rows(workshop)[1].id}", "a second tap leads there too"
    assert len(rows(workshop)) == 2
    assert post(bo, action.replace("/accept", "/pass")).status_code == 409


def test_passing_it_on_keeps_the_place_in_line(
    app: Flask, ada: FlaskClient, bo: FlaskClient, workshop: Workshop
) -> None:
    link = offered(app, workshop, ada, bo)
    assert post(bo, link, act="pass").location == link
    assert "The next in line can have it." in bo.get(link).text
    assert "You are number 1 in line." in bo.get("/waitlist/").text
    leave = str(element(bo.get("/waitlist/"), "form[action$='/leave']")["action"])
    assert post(bo, leave).location == "/waitlist/"
    assert "You wait for nothing" in bo.get("/waitlist/").text


def test_what_makes_no_sense_is_told_and_nothing_typed_is_lost(bo: FlaskClient, workshop: Workshop) -> None:
    refused = post(bo, address(workshop, "wait"), **WAIT | {"until": "15:00"}, minutes="60", purpose="A wing")
    assert refused.status_code == 422
    assert element(refused, "[name=purpose]")["value"] == "A wing"
    assert post(bo, address(workshop, "wait"), **WAIT, minutes="600").status_code == 422
    assert post(bo, address(workshop, "wait"), **WAIT | {"what": "all"}, minutes="x").status_code == 422


def test_the_list_asks_no_more_for_three_than_for_one(app: Flask, bo: FlaskClient, workshop: Workshop) -> None:
    def questions() -> int:
        with counted(app) as asked:
            assert bo.get("/waitlist/").status_code == 200
        return len(asked)

    post(bo, address(workshop, "wait"), **WAIT, minutes="60")
    with_one = questions()
    for what in ("space", "network"):
        post(bo, address(workshop, "wait"), **WAIT | {"what": what}, minutes="60")
    assert "anywhere in the network" in bo.get("/waitlist/").text
    assert questions() == with_one


def test_a_search_of_a_kind_that_finds_nothing_leads_into_the_line_of_the_kind(
    bo: FlaskClient, workshop: Workshop
) -> None:
    make_booking(workshop, start=NOW + timedelta(days=1), hours=14)
    page = bo.get("/?kind=laser_cutter&day=2026-11-26&minutes=120")
    way = next(str(link["href"]) for link in soup(page).select("a") if "/wait?" in str(link["href"]))
    form = bo.get(way)
    assert element(form, "[name=what][checked]")["value"] == "network"
    assert element(form, "[name=minutes]")["value"] == "120"
    assert element(form, "[name=day]")["value"] == "2026-11-26"


def test_one_waits_for_a_team_of_ones_own_only(app: Flask, bo: FlaskClient, workshop: Workshop) -> None:
    team = make_team(workshop.session, workshop.bo, workshop.cy)
    workshop.session.commit()
    make_booking(workshop, start=WINDOW.start)
    form = {**WAIT, "minutes": "60", "team": str(team.id)}
    assert team.name in element(bo.get(address(workshop, "wait")), "[name=team]").text
    assert post(bo, address(workshop, "wait"), **form).location == "/waitlist/"
    [entry] = workshop.session.scalars(select(WaitlistEntry)).all()
    assert entry.team_id == team.id
    ada = browser_of(app, workshop, workshop.ada)
    assert post(ada, address(workshop, "wait"), **form).status_code == 404


def test_one_waits_for_any_tool_of_the_kind_at_some_spaces(
    ada: FlaskClient, bo: FlaskClient, app: Flask, workshop: Workshop
) -> None:
    session = workshop.session
    near = make_space(session, "Fablab", latitude=52.6)
    far = make_space(session, "Hackspace", latitude=None, longitude=None)
    for space in (near, far):
        make_tool(session, space, name="Beam")
    session.commit()
    slugs = [workshop.space.slug, near.slug, far.slug]
    page = bo.get(address(workshop, "wait"))
    assert [box["value"] for box in soup(page).select("[name=spaces]")] == slugs
    wait = WAIT | {"what": "spaces"}
    missing = post(bo, address(workshop, "wait"), **wait, minutes="60")
    assert missing.status_code == 422
    assert "At which spaces?" in missing.text
    strange = post(bo, address(workshop, "wait"), **wait, minutes="60", spaces="nowhere")
    assert strange.status_code == 422
    data = wait | {"minutes": "60", "spaces": slugs[:2]}
    assert post(bo, address(workshop, "wait"), **data).location == "/waitlist/"
    assert f"Fablab, {workshop.space.name}" in bo.get("/waitlist/").text
    post(ada, f"/bookings/{rows(workshop)[0].id}/cancel")
    freed(app, workshop)
    assert len(mails(app, "offer_made")) == 1


def test_who_waits_anywhere_reads_the_time_by_her_own_clock(bo: FlaskClient, workshop: Workshop) -> None:
    workshop.session.merge(workshop.bo).time_zone = "Asia/Tokyo"
    workshop.session.commit()
    post(bo, address(workshop, "wait"), **WAIT | {"what": "network"}, minutes="60")
    # 16:00 to 18:00 on Berlin's walls.
    assert "between Fri 27 Nov 00:00 and Fri 27 Nov 02:00" in " ".join(soup(bo.get("/waitlist/")).text.split())
