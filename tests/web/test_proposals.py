"""Offering another time in the browser: from the request, to the one who asked, and back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.rules.states import State
from tests.browsing import link_path, mails, post
from tests.calendars import Workshop, make_booking
from tests.pages import browser_of, element, rows

pytestmark = pytest.mark.usefixtures("clock")
FRIDAY = {"date": "2026-11-27", "start": "14:00", "end": "16:00"}


@pytest.fixture
def bo(app: Flask, workshop: Workshop) -> FlaskClient:
    """The manager's browser."""
    return browser_of(app, workshop, workshop.bo)


@pytest.fixture
def request_page(workshop: Workshop) -> str:
    """Ada's request."""
    return f"/bookings/{make_booking(workshop, state=State.PENDING).id}"


def proposed(bo: FlaskClient, page: str, workshop: Workshop) -> None:
    answer = post(bo, f"{page}/propose", tool=workshop.tool.id, note="A class needs it", **FRIDAY)
    assert answer.status_code == 303, answer.text


def test_a_manager_offers_one_and_the_maker_takes_it_on_her_page(
    app: Flask, bo: FlaskClient, workshop: Workshop, request_page: str
) -> None:
    assert "Offer another time" in bo.get(request_page).text
    assert element(bo.get(f"{request_page}/propose"), "#field-date")["value"] == "2026-11-25"
    proposed(bo, request_page, workshop)
    assert "is offered instead and waits for an answer" in bo.get(request_page).text
    ada = browser_of(app, workshop, workshop.ada)
    told = ada.get(request_page).text
    assert "The space offers you another time" in told and "A class needs it" in told
    assert post(ada, f"{request_page}/proposal/accept").status_code == 303
    [booking] = rows(workshop)
    assert (booking.state, booking.starts_at.isoformat()) == ("confirmed", "2026-11-27T13:00:00+00:00")


def test_an_open_offer_stands_in_the_queue_and_in_the_makers_list(
    app: Flask, bo: FlaskClient, workshop: Workshop, request_page: str
) -> None:
    ada = browser_of(app, workshop, workshop.ada)
    assert "The space offers you another time" not in ada.get("/bookings/").text
    proposed(bo, request_page, workshop)
    assert "Fri 27 Nov, 14:00–16:00 is offered instead" in bo.get("/approvals/").text
    line = element(ada.get("/bookings/"), ".booking-line")
    assert "The space offers you another time" in line.text and line.select_one(f"a[href='{request_page}']")
    post(ada, f"{request_page}/proposal/decline")
    assert "is offered instead" not in bo.get("/approvals/").text


def test_the_link_in_the_mail_takes_it_without_signing_in(
    app: Flask, bo: FlaskClient, workshop: Workshop, request_page: str
) -> None:
    proposed(bo, request_page, workshop)
    link, browser = link_path(mails(app, "time_proposed")[-1]), app.test_client()
    page = browser.get(link)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert rows(workshop)[0].state == "pending", "opening it decides nothing"
    assert post(browser, link, act="accept").status_code == 303
    assert "moved to this time and confirmed" in browser.get(link).text


def test_who_keeps_the_request_waits_on(app: Flask, bo: FlaskClient, workshop: Workshop, request_page: str) -> None:
    proposed(bo, request_page, workshop)
    ada = browser_of(app, workshop, workshop.ada)
    assert post(ada, f"{request_page}/proposal/decline").status_code == 303
    assert "The space offers you another time" not in ada.get(request_page).text
    link = link_path(mails(app, "time_proposed")[-1])
    assert post(app.test_client(), link, act="accept").status_code == 409


def test_what_stands_against_it_is_said_and_nothing_typed_is_lost(
    bo: FlaskClient, workshop: Workshop, request_page: str
) -> None:
    night = FRIDAY | {"start": "03:00", "end": "04:00"}
    refused = post(bo, f"{request_page}/propose", tool=workshop.tool.id, note="Early birds", **night)
    assert refused.status_code == 422
    assert "not open for all of this time" in refused.text
    assert element(refused, "[name=note]")["value"] == "Early birds"
    assert element(refused, "#field-date")["value"] == "2026-11-27"
    backwards = FRIDAY | {"end": "13:00"}
    assert post(bo, f"{request_page}/propose", tool=workshop.tool.id, **backwards).status_code == 422
