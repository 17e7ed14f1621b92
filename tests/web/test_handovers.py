"""Handing a booking over in the browser: asked from its page, answered from the mail or from one's own bookings."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.bookings import Handover
from tests.browsing import link_path, mails, post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, sign_in
from tests.pages import browser_of, counted

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


def offered(app: Flask, ada: FlaskClient, workshop: Workshop, email: str) -> tuple[int, str]:
    """Ada's booking, offered to an address: its id, and the path of the link in the mail."""
    booking = make_booking(workshop)
    workshop.session.commit()
    page = f"/bookings/{booking.id}"
    assert "Hand over" in ada.get(page).text
    assert post(ada, f"{page}/hand-over", email=email).status_code == 303
    assert f"{email} is asked to take this booking over" in ada.get(page).text
    return booking.id, link_path(mails(app, "handover_asked")[-1])


def test_the_link_shows_it_and_a_press_takes_it_without_signing_in(
    app: Flask, ada: FlaskClient, workshop: Workshop
) -> None:
    booking_id, link = offered(app, ada, workshop, workshop.cy.email)
    browser = app.test_client()
    page = browser.get(link)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")
    assert "Ada hands this booking over to you" in page.text
    assert post(browser, link, act="accept").status_code == 303
    assert "The booking is yours" in browser.get(link).text
    page = browser_of(app, workshop, workshop.cy).get(f"/bookings/{booking_id}")
    assert "the maker" in page.text and "a manager of the space" not in page.text, "who had it before is none"
    assert ada.get(f"/bookings/{booking_id}").status_code == 404


def test_whoever_has_no_account_yet_hears_what_to_do(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    _, link = offered(app, ada, workshop, "new@example.org")
    refused = post(app.test_client(), link, act="accept")
    assert refused.status_code == 422
    assert "Register with it first" in refused.text


def test_it_stands_on_the_page_of_ones_bookings_with_both_answers(
    app: Flask, ada: FlaskClient, workshop: Workshop
) -> None:
    booking_id, _ = offered(app, ada, workshop, workshop.cy.email)
    cy = browser_of(app, workshop, workshop.cy)
    assert "Ada hands a booking over to you" in cy.get("/bookings/").text
    assert post(cy, "/handovers/1/decline").status_code == 303
    assert "Ada hands a booking over to you" not in cy.get("/bookings/").text
    assert post(ada, f"/bookings/{booking_id}/hand-over", email=workshop.cy.email).status_code == 303
    taken = post(cy, "/handovers/2/accept")
    assert taken.location.endswith(f"/bookings/{booking_id}")


def test_an_offer_is_taken_back(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    booking_id, link = offered(app, ada, workshop, workshop.cy.email)
    assert post(ada, f"/bookings/{booking_id}/hand-over/take-back").status_code == 303
    browser = app.test_client()
    assert "be taken over any more" in browser.get(link).text
    assert post(browser, link, act="accept").status_code == 409


def test_what_is_no_address_is_said_and_kept(ada: FlaskClient, workshop: Workshop) -> None:
    booking = make_booking(workshop)
    workshop.session.commit()
    refused = post(ada, f"/bookings/{booking.id}/hand-over", email="cy at home")
    assert refused.status_code == 422
    assert "cy at home" in refused.text


@pytest.mark.parametrize("number", [1, 3])
def test_ones_bookings_ask_as_often_whatever_is_handed_over(app: Flask, workshop: Workshop, number: int) -> None:
    cy = browser_of(app, workshop, workshop.cy)
    for turn in range(number):
        booking = make_booking(workshop, start=NOW + timedelta(days=turn + 1))
        whose = {"booking_id": booking.id, "account_id": workshop.ada.id, "email": workshop.cy.email}
        workshop.session.add(Handover(token_hash=str(turn), state="open", created_at=NOW, **whose))
    workshop.session.commit()
    cy.get("/bookings/")
    with counted(app) as asked:
        page = cy.get("/bookings/")
    assert page.text.count("hands a booking over to you") == number
    assert len([question for question in asked if "handover" in question]) == 1


def test_nobody_has_us_write_to_ever_more_strangers(ada: FlaskClient, workshop: Workshop) -> None:
    page = f"/bookings/{make_booking(workshop).id}"
    answers = [post(ada, f"{page}/hand-over", email=f"stranger{number}@example.org") for number in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
