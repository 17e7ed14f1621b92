"""The queue of requests: what an approver sees, and what one tap does."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.models.tables.bookings import Booking
from booking.models.tables.limits import Suspension
from booking.models.tables.tools import Tool
from booking.rules.access import Role
from booking.rules.states import State
from tests.browsing import form_token, post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_certificate, make_grant, make_member, make_quota, make_space, make_tool, sign_in
from tests.pages import DIALOG, browser_of, counted, element

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bo(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Bo's browser; he manages the space."""
    sign_in(client, workshop.session, workshop.bo)
    return client


def make_request(workshop: Workshop, hours: int = 30, **columns: object) -> Booking:
    """A request that starts in so many hours, Ada's unless told."""
    return make_booking(workshop, start=NOW + timedelta(hours=hours), state=State.PENDING, **columns)  # type: ignore[arg-type]


def states(workshop: Workshop) -> list[str]:
    workshop.session.rollback()
    return list(workshop.session.scalars(select(Booking.state).order_by(Booking.id)))


def words(answer: TestResponse, selector: str = "main") -> str:
    return " ".join(element(answer, selector).text.split())


def test_the_queue_shows_what_an_approver_needs(bo: FlaskClient, workshop: Workshop) -> None:
    certificate = make_certificate(workshop.session, workshop.space, workshop.tool)
    make_grant(workshop.session, certificate, workshop.ada)
    make_booking(workshop, start=NOW - timedelta(days=3))
    make_booking(workshop, start=NOW - timedelta(days=2), state=State.MISSED)
    make_booking(workshop, start=NOW + timedelta(hours=26), account=workshop.cy)
    request = make_request(workshop, purpose="40 name tags")
    page = bo.get("/approvals/")
    said = words(page, f"#request-{request.id}")
    for part in ("Ada", "Lumi", "Thu 26 Nov, 15:00–17:00", "Berlin, GMT+1", "40 name tags"):
        assert part in said
    for mark in ("Member", "Trained", "No clash", "1 visit", "1 missed"):
        assert mark in said
    bar = element(page, f"#request-{request.id} .bar")
    assert bar["aria-label"] == "Lumi on Thursday, 26 November 2026"
    assert "Waiting for approval 15:00–17:00" in element(page, ".bar .pending.here").text
    assert "Booked 11:00–13:00" in element(page, ".bar .busy").text
    assert words(page, "h1") == "1 request is waiting"
    assert element(page, ".navigation .count").text == "1"


def test_what_stands_against_a_yes_is_said(bo: FlaskClient, workshop: Workshop) -> None:
    make_certificate(workshop.session, workshop.space, workshop.tool)
    request = make_request(workshop, account=workshop.cy)
    said = words(bo.get("/approvals/"), f"#request-{request.id}")
    assert "Visitor" in said and "Not trained" in said and "No clash" not in said
    assert "Laser safety" in said


def test_a_limit_or_a_suspension_that_came_since_stands_against_a_yes(bo: FlaskClient, workshop: Workshop) -> None:
    session, until = workshop.session, NOW + timedelta(days=9)
    make_quota(session, space_id=workshop.space.id, amount=60)
    session.add(Suspension(account_id=workshop.cy.id, space_id=workshop.space.id, starts_at=NOW, ends_at=until))
    over, left_out = make_request(workshop), make_request(workshop, hours=50, account=workshop.cy)
    page = bo.get("/approvals/")
    assert "1 hour a week" in words(page, f"#request-{over.id}")
    assert "until Fri 4 Dec" in words(page, f"#request-{left_out.id}")
    assert post(bo, f"/approvals/{over.id}/approve", version=1).status_code == 422
    assert states(workshop) == ["pending", "pending"]


def test_one_tap_approves_and_the_toast_takes_it_back(bo: FlaskClient, workshop: Workshop) -> None:
    request = make_request(workshop)
    answer = post(bo, f"/approvals/{request.id}/approve", version=1)
    assert (answer.status_code, answer.location) == (303, "/approvals/")
    assert states(workshop) == ["confirmed"]
    toast = element(bo.get("/approvals/"), "#toasts form")
    post(bo, str(toast["action"]))
    assert states(workshop) == ["pending"]
    assert "Waiting again: Lumi" in bo.get("/approvals/").text


def test_after_ten_seconds_it_is_too_late_to_undo(
    bo: FlaskClient, workshop: Workshop, clock: time_machine.Traveller
) -> None:
    request = make_request(workshop)
    post(bo, f"/approvals/{request.id}/approve", version=1)
    clock.shift(timedelta(seconds=11))
    answer = post(bo, f"/approvals/{request.id}/undo")
    assert (answer.status_code, "It is too late to undo this." in words(answer)) == (409, True)
    assert states(workshop) == ["confirmed"]


def test_what_somebody_else_decided_is_not_undone(app: Flask, bo: FlaskClient, workshop: Workshop) -> None:
    request = make_request(workshop)
    post(bo, f"/approvals/{request.id}/approve", version=1)
    answer = post(browser_of(app, workshop, workshop.dee), f"/approvals/{request.id}/undo")
    assert (answer.status_code, "Only the person who decided this can undo it." in words(answer)) == (422, True)
    assert states(workshop) == ["confirmed"]


def test_a_decline_carries_a_ready_reason_or_one_s_own(bo: FlaskClient, workshop: Workshop) -> None:
    first, second = make_request(workshop), make_request(workshop, hours=60)
    post(bo, f"/approvals/{first.id}/decline", version=1, quick="maintenance")
    post(bo, f"/approvals/{second.id}/decline", version=1, reason="The course needs it")
    assert states(workshop) == ["declined", "declined"]
    reasons = list(workshop.session.scalars(select(Booking.reason).order_by(Booking.id)))
    assert reasons == ["Maintenance is planned", "The course needs it"]


@pytest.mark.parametrize(
    "fields", [{}, {"reason": "  "}, {"quick": ""}, {"quick": "because"}, {"reason": "x" * 501}, {"version": "first"}]
)
def test_a_decline_that_cannot_be_read_decides_nothing(
    bo: FlaskClient, workshop: Workshop, fields: dict[str, str]
) -> None:
    request = make_request(workshop)
    answer = post(bo, f"/approvals/{request.id}/decline", **fields)
    assert (answer.status_code, "Please" in answer.text) == (422, True)
    assert states(workshop) == ["pending"]


def test_inside_the_page_only_the_card_is_answered(bo: FlaskClient, workshop: Workshop) -> None:
    request = make_request(workshop)
    fields = {"csrf_token": form_token(bo), "version": "1"}
    answer = bo.post(f"/approvals/{request.id}/approve", data=fields, headers=DIALOG)
    assert answer.status_code == 200 and "<html" not in answer.text
    assert "Confirmed" in words(answer, f"#request-{request.id}.done")
    assert words(answer, "#waiting") == "Nobody is waiting"
    assert f"/approvals/{request.id}/undo" in str(element(answer, "[hx-swap-oob='beforeend:#toasts'] form"))


def test_a_request_that_moved_meanwhile_is_shown_again(bo: FlaskClient, workshop: Workshop) -> None:
    request = make_request(workshop, version=2)
    answer = post(bo, f"/approvals/{request.id}/approve", version=1)
    assert answer.status_code == 409
    assert "This booking has been changed meanwhile" in words(answer, f"#request-{request.id}")
    fields = {"csrf_token": form_token(bo), "version": "1"}
    fragment = bo.post(f"/approvals/{request.id}/approve", data=fields, headers=DIALOG)
    assert (fragment.status_code, "<html" in fragment.text) == (409, False)
    assert states(workshop) == ["pending"]


def test_a_request_that_somebody_else_answered_says_how(bo: FlaskClient, workshop: Workshop) -> None:
    request = make_booking(workshop, state=State.WITHDRAWN)
    answer = post(bo, f"/approvals/{request.id}/approve")
    assert answer.status_code == 409
    assert "This request has been withdrawn." in words(answer)


def test_rules_that_forbid_it_by_now_are_said(bo: FlaskClient, workshop: Workshop) -> None:
    request = make_request(workshop)
    workshop.tool.state = "down"
    workshop.session.commit()
    answer = post(bo, f"/approvals/{request.id}/approve", version=1)
    assert answer.status_code == 422
    assert "This tool is out of order." in words(answer, f"#request-{request.id} [role=alert]")
    assert states(workshop) == ["pending"]


def test_all_without_remarks_are_approved_together(bo: FlaskClient, workshop: Workshop) -> None:
    make_request(workshop)
    make_request(workshop, hours=50)
    make_booking(workshop, start=NOW - timedelta(days=2), state=State.MISSED, account=workshop.cy)
    make_request(workshop, hours=70, account=workshop.cy)
    page = bo.get("/approvals/")
    assert "Approve the 2 without remarks" in words(page, ".all-at-once summary")
    wanted = [str(field["value"]) for field in element(page, ".all-at-once").select("[name=request]")]
    post(bo, "/approvals/approve", request=wanted)
    assert states(workshop) == ["confirmed", "confirmed", "missed", "pending"]
    assert "2 requests are approved." in bo.get("/approvals/").text


@pytest.mark.parametrize("wanted", ["x", "1", "1-", f"{'9' * 30}-1", "1-99999999999999999999", "１-1"])
def test_an_odd_list_of_requests_is_refused(bo: FlaskClient, workshop: Workshop, wanted: str) -> None:
    make_request(workshop)
    assert post(bo, "/approvals/approve", request=wanted).status_code == 422
    assert states(workshop) == ["pending"]


def test_of_several_each_is_answered_and_the_page_says_how(bo: FlaskClient, workshop: Workshop) -> None:
    good, changed = make_request(workshop), make_request(workshop, hours=50, version=2)
    late = make_booking(workshop, start=NOW + timedelta(hours=70), state=State.WITHDRAWN)
    mine = workshop.space
    workshop.space = make_space(workshop.session, "Anderswo")
    workshop.tool = make_tool(workshop.session, workshop.space, name="Beam")
    foreign = make_request(workshop, hours=31)
    workshop.tool, workshop.space = workshop.session.get_one(Tool, good.tool_id), mine
    last = make_request(workshop, hours=98)
    wanted = [f"{good.id}-1", f"{foreign.id}-1", f"{changed.id}-1", f"{late.id}-1", f"{2**62}-1", f"{last.id}-1"]
    answer = post(bo, "/approvals/approve", request=wanted)
    assert answer.status_code == 409
    said = [" ".join(line.text.split()) for line in element(answer, "section[role=alert]").select("li")]
    assert [line.endswith("Not approved") for line in said] == [False, True, True, True, True, False]
    assert said[0].startswith("Ada · Lumi, Thu 26 Nov") and "Beam" not in said[1]
    for line, sentence in ((1, "others decide about it"), (2, "changed meanwhile"), (3, "withdrawn"), (4, "not there")):
        assert sentence in said[line]
    assert states(workshop) == ["confirmed", "pending", "withdrawn", "pending", "confirmed"]


def test_only_managers_decide_and_only_at_their_spaces(app: Flask, bo: FlaskClient, workshop: Workshop) -> None:
    mine = make_request(workshop)
    elsewhere = make_space(workshop.session, "Anderswo")
    workshop.tool = make_tool(workshop.session, elsewhere)
    workshop.space = elsewhere
    foreign = make_request(workshop, hours=31)
    trainer = workshop.cy
    make_member(workshop.session, trainer, elsewhere, Role.TRAINER)
    workshop.session.commit()
    page = bo.get("/approvals/").text
    assert f"request-{mine.id}" in page and f"request-{foreign.id}" not in page
    for act in ("approve", "decline", "undo"):
        assert post(bo, f"/approvals/{foreign.id}/{act}").status_code == 404
    assert post(bo, "/approvals/approve", request=f"{foreign.id}-1").status_code == 404
    ada, cy = browser_of(app, workshop, workshop.ada), browser_of(app, workshop, trainer)
    dee = browser_of(app, workshop, workshop.dee)
    assert [ada.get("/approvals/").status_code, cy.get("/approvals/").status_code] == [403, 403]
    assert post(ada, f"/approvals/{mine.id}/approve").status_code == 403
    assert post(cy, f"/approvals/{foreign.id}/approve").status_code == 404
    assert f"request-{foreign.id}" in dee.get("/approvals/").text
    assert states(workshop) == ["pending", "pending"]


def test_the_queue_asks_the_same_questions_for_one_row_and_three(
    app: Flask, bo: FlaskClient, workshop: Workshop
) -> None:
    numbers = []
    bo.get("/approvals/")
    for hours in ([30], [50, 70]):
        for hour in hours:
            make_request(workshop, hours=hour)
        with counted(app) as asked:
            bo.get("/approvals/")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 16


def test_the_number_in_the_navigation_costs_makers_nothing(app: Flask, workshop: Workshop) -> None:
    ada = browser_of(app, workshop, workshop.ada)
    ada.get("/bookings/")
    with counted(app) as asked:
        ada.get("/bookings/")
    assert not [question for question in asked if "count(" in question]


def test_many_requests_lie_on_pages_and_none_leads_on(bo: FlaskClient, workshop: Workshop) -> None:
    assert "All answered" in words(bo.get("/approvals/"), ".empty")
    for number in range(11):
        make_request(workshop, hours=30 + 3 * number)
    first = bo.get("/approvals/")
    assert "11 requests are waiting" in words(first, "h1")
    rest = bo.get(str(element(first, "a[rel=next]")["href"]))
    assert len(BeautifulSoup(rest.text, "html.parser").select(".request")) == 1


def test_a_manager_decides_on_the_booking_s_own_page(bo: FlaskClient, workshop: Workshop) -> None:
    request = make_request(workshop)
    page = bo.get(f"/bookings/{request.id}")
    form = element(page, f"form[action='/approvals/{request.id}/approve']")
    fields = {str(field["name"]): str(field["value"]) for field in form.select("input")}
    answer = bo.post(str(form["action"]), data=fields)
    assert answer.location == f"/bookings/{request.id}"
    assert "Approved · you" in words(bo.get(answer.location))


@pytest.mark.parametrize(
    "wanted", ["0" * 25 + "9" * 25 + "-1", "1-" + "0" * 25 + "9" * 25, "9" * 5000 + "-1", "-", "1", "٣-1"]
)
def test_an_odd_choice_of_requests_is_refused(bo: FlaskClient, workshop: Workshop, wanted: str) -> None:
    make_request(workshop)
    assert post(bo, "/approvals/approve", request=wanted).status_code == 422
    assert states(workshop) == ["pending"]
