"""One's bookings, a booking's page, moving and cancelling: what people see and what is written."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.rules.access import Role
from booking.rules.states import State
from tests.browsing import post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_member, sign_in
from tests.pages import THURSDAY, browser_of, counted, element, rows, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


# One's bookings.


def test_my_bookings_come_with_their_state_and_the_space_s_time_first(ada: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, purpose="Signs")
    make_booking(workshop, start=NOW + timedelta(days=1), state=State.PENDING, purpose="Tags")
    make_booking(workshop, start=NOW + timedelta(days=2), state=State.CANCELLED, purpose="Never")
    make_booking(workshop, start=NOW - timedelta(days=1), purpose="Long ago")
    make_booking(workshop, start=NOW + timedelta(hours=6), account=workshop.cy, purpose="Foreign")
    workshop.ada.time_zone = "Asia/Shanghai"
    workshop.session.commit()
    page = ada.get("/bookings/")
    lines = [" ".join(line.text.split()) for line in soup(page).select(".booking-line")]
    assert ["Signs" in lines[0], "Tags" in lines[1], len(lines)] == [True, True, 2]
    assert "Wed 25 Nov, 11:00–13:00 Berlin, GMT+1Wed 25 Nov 18:00–20:00 for you" in lines[0]
    assert "Confirmed" in lines[0] and "Waiting" in lines[1]
    assert "Finished" in element(page, "aside").text
    assert "Never" in ada.get("/bookings/?view=off").text
    assert "Tags" in ada.get("/bookings/?view=waiting").text
    assert "Foreign" not in page.text


def test_what_is_over_lies_on_pages(ada: FlaskClient, workshop: Workshop) -> None:
    for number in range(23):
        make_booking(workshop, start=NOW - timedelta(days=number + 1), purpose=f"Job {number}")
    first = ada.get("/bookings/?view=past")
    assert len(soup(first).select(".booking-line")) == 20
    second = ada.get(str(element(first, "a[rel=next]")["href"]))
    assert [f"Job {number}" in second.text for number in (19, 20, 22)] == [False, True, True]
    assert ada.get("/bookings/?view=past&after=x").status_code == 400
    assert ada.get(f"/bookings/?view=past&after={'9' * 18}-1").status_code == 400


def test_an_empty_list_leads_on(ada: FlaskClient) -> None:
    assert "Find a tool" in element(ada.get("/bookings/"), ".empty").text


def test_lists_ask_the_same_questions_for_one_row_and_three(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    numbers = []
    ada.get("/bookings/")
    for more in (1, 2):
        for _ in range(more):
            make_booking(workshop, start=NOW + timedelta(hours=3 * len(rows(workshop)) + 3))
        with counted(app) as asked:
            ada.get("/bookings/")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 6


def test_a_booking_belongs_to_its_maker_and_the_managers(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop)
    assert ada.get(f"/bookings/{row.id}").status_code == 200
    cy, bo = browser_of(app, workshop, workshop.cy), browser_of(app, workshop, workshop.bo)
    make_member(workshop.session, workshop.cy, workshop.space, Role.TRAINER)
    workshop.session.commit()
    for path in ("", "/calendar", "/move", "/move/check", "/cancel"):
        assert cy.get(f"/bookings/{row.id}{path}").status_code == 404, path
    for path in ("/move", "/cancel"):
        assert post(cy, f"/bookings/{row.id}{path}", **THURSDAY).status_code == 404, path
    assert "Ada" in bo.get(f"/bookings/{row.id}").text
    assert ada.get(f"/bookings/{2**63}").status_code == 404


def test_a_booking_can_be_put_into_a_calendar(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop)
    answer = ada.get(f"/bookings/{row.id}/calendar")
    assert answer.mimetype == "text/calendar"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert f"UID:{row.uid}\r\n" in answer.text and answer.text.count("BEGIN:VEVENT") == 1


# Moving and cancelling.


def test_a_booking_moves_in_place(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop, purpose="Signs")
    dialog = ada.get(f"/bookings/{row.id}/move")
    assert element(dialog, "#field-start option[selected]")["value"] == "11:00"
    assert element(dialog, "#field-purpose")["value"] == "Signs"
    answer = post(ada, f"/bookings/{row.id}/move", **THURSDAY, purpose="Signs", key="a form")
    assert answer.location == f"/bookings/{row.id}"
    [moved] = rows(workshop)
    assert (moved.uid, moved.sequence, moved.starts_at.day) == (row.uid, 1, 26)
    assert "Moved, before: Wed 25 Nov, 11:00–13:00" in ada.get(answer.location).text


def test_a_refused_move_offers_other_times_and_changes_nothing(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop)
    make_booking(workshop, start=datetime.fromisoformat("2026-11-26T17:00Z"), account=workshop.cy)
    answer = post(ada, f"/bookings/{row.id}/move", **THURSDAY)
    assert answer.status_code == 409
    taken = element(answer, "#verdict button[name=take]")["value"]
    assert rows(workshop)[0].starts_at == NOW + timedelta(hours=2)
    assert post(ada, f"/bookings/{row.id}/move", take=str(taken)).status_code == 303
    assert rows(workshop)[0].starts_at.day == 26


def test_a_booking_is_cancelled_after_one_confirming_step(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop)
    question = ada.get(f"/bookings/{row.id}/cancel").text
    assert "Cancel this booking?" in question and "Keep it" in question
    answer = post(ada, f"/bookings/{row.id}/cancel", reason="Ill")
    assert (answer.status_code, answer.location) == (303, "/bookings/")
    assert [(row.state, row.reason) for row in rows(workshop)] == [("cancelled", "Ill")]
    assert "Cancelled: Lumi" in ada.get("/bookings/").text
    assert "Ill" in ada.get(f"/bookings/{row.id}").text


def test_a_request_is_withdrawn(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop, state=State.PENDING)
    assert "Withdraw this request?" in ada.get(f"/bookings/{row.id}/cancel").text
    post(ada, f"/bookings/{row.id}/cancel")
    assert [row.state for row in rows(workshop)] == ["withdrawn"]


def test_what_is_over_cannot_be_cancelled(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop, start=NOW - timedelta(days=1))
    page = soup(ada.get(f"/bookings/{row.id}"))
    assert not page.select(f"[href='/bookings/{row.id}/cancel']")
    answer = post(ada, f"/bookings/{row.id}/cancel")
    assert (answer.status_code, "This booking is over." in answer.text) == (409, True)
    assert post(ada, f"/bookings/{row.id}/cancel", reason="x" * 501).status_code == 422
