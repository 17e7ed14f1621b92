"""Booking a time, one's bookings, moving and cancelling: what people see and what is written."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from booking.models.database import db
from booking.models.facts import facts_for
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.rules.access import Role
from booking.rules.facts import Facts
from booking.rules.spans import Span
from booking.rules.states import State
from booking.web import wall_times
from booking.web.wall_times import Typed
from tests.browsing import post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_certificate, make_grant, make_member, make_tool, sign_in

pytestmark = pytest.mark.usefixtures("clock")

THURSDAY = {"date": "2026-11-26", "start": "18:00", "end": "20:00"}
DIALOG = {"HX-Request": "true"}


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


def browser_of(app: Flask, workshop: Workshop, account: Account) -> FlaskClient:
    """Somebody's browser."""
    client = app.test_client()
    sign_in(client, workshop.session, account)
    return client


def address(workshop: Workshop, part: str = "book") -> str:
    return f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/{part}"


def soup(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.text, "html.parser")


def element(answer: TestResponse, selector: str) -> Tag:
    found = soup(answer).select_one(selector)
    assert found is not None, f"no {selector} in {answer.text[:2000]}"
    return found


def rows(workshop: Workshop) -> list[Booking]:
    # A new look: the one before may be older than the request.
    workshop.session.rollback()
    workshop.session.expire_all()
    return list(workshop.session.scalars(select(Booking).order_by(Booking.id)))


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The questions that are put to the database meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


# The dialog.


def test_the_dialog_opens_with_the_next_time_that_fits(ada: FlaskClient, workshop: Workshop) -> None:
    answer = ada.get(address(workshop))
    assert answer.status_code == 200
    assert element(answer, "#field-date")["value"] == "2026-11-25"
    assert element(answer, "#field-start option[selected]")["value"] == "09:00"
    assert element(answer, "#field-end option[selected]")["value"] == "10:00"
    assert "Book 09:00" in element(answer, ".dialog-actions").text
    assert "You get it at once" in element(answer, "#verdict").text


def test_inside_a_page_the_dialog_comes_alone(ada: FlaskClient, workshop: Workshop) -> None:
    answer = ada.get(address(workshop), query_string=THURSDAY, headers=DIALOG)
    assert answer.text.strip().startswith("<modal-host>")
    assert element(answer, "#field-start option[selected]")["value"] == "18:00"


def test_limits_are_stated_before_a_time_is_chosen(ada: FlaskClient, workshop: Workshop) -> None:
    certificate = make_certificate(workshop.session, workshop.space, workshop.tool)
    make_grant(workshop.session, certificate, workshop.ada)
    workshop.tool.approval = "always"
    workshop.tool.notice_minutes = 120
    workshop.session.commit()
    limits = element(ada.get(address(workshop)), ".facts").text
    assert "15 mins to 8 hrs, in steps of 15 mins" in limits
    assert "2 hrs of notice, up to 60 days ahead" in limits
    assert "a manager has to say yes" in limits
    assert "Laser safety: you hold it" in limits


def test_strangers_sign_in_first_and_come_back(client: FlaskClient, workshop: Workshop) -> None:
    answer = client.get(address(workshop), query_string=THURSDAY, headers=DIALOG)
    assert answer.status_code == 401
    assert "next=" in answer.headers["HX-Redirect"]
    assert client.get(address(workshop)).status_code == 302


def test_a_tool_that_does_not_exist_has_no_dialog(ada: FlaskClient, workshop: Workshop) -> None:
    assert ada.get(f"/spaces/{workshop.space.slug}/tools/nothing/book").status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"date": "tomorrow", "start": "10:00", "end": "11:00"},
        {"date": "2026-11-26", "start": "ten", "end": "11:00"},
        {"date": "2026-11-26", "start": "25:00", "end": "26:00"},
        {"date": "2026-11-26", "start": "12:00", "end": "10:00"},
        {"date": "9999-11-26", "start": "10:00", "end": "11:00"},
        {"date": "2026-11-26", "start": "10:00", "end": "11:00", "end_date": "never"},
        {"date": "2026-11-26", "start": "10:00", "end": "11:00", "take": "1/2/3"},
        {"take": f"{'9' * 19}/2026-11-26T10:00:00+00:00/2026-11-26T11:00:00+00:00"},
        {"take": "1/2026-11-26T10:00:00/2026-11-26T11:00:00"},
        {"date": "2026-11-26", "start": "10:00", "end": "11:00", "purpose": "x" * 201},
        {"date": "2026-11-26", "start": "10:00", "end": "11:00", "key": "x" * 101},
        {},
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(
    ada: FlaskClient, workshop: Workshop, fields: dict[str, str]
) -> None:
    answer = post(ada, address(workshop), **fields)
    assert answer.status_code == 422
    assert "Please" in element(answer, ".summary").text
    assert rows(workshop) == []


def test_a_time_that_the_clocks_skip_is_refused_and_not_offered(ada: FlaskClient, workshop: Workshop) -> None:
    answer = post(ada, address(workshop), date="2027-03-28", start="02:30", end="04:00")
    assert answer.status_code == 422
    assert "The clocks skip" in element(answer, "#verdict").text


def test_the_times_of_a_day_on_which_the_clocks_change(app: Flask, workshop: Workshop) -> None:
    with app.test_request_context():
        span = Span(NOW, NOW + timedelta(hours=1))
        facts = open_all_day(facts_for(db.session(), workshop.tool.id, span, None))
        spring, _ = wall_times.offered(facts, date(2027, 3, 28), Typed())
        autumn, _ = wall_times.offered(facts, date(2027, 10, 31), Typed())
    assert not [value for value, _ in spring if value.startswith("02:")]
    assert ("02:00", "02:00 (GMT+2)") in autumn and ("02:00-2", "02:00 (GMT+1)") in autumn


def open_all_day(facts: Facts) -> Facts:
    """The same tool at a space that is open around the clock."""
    rows = tuple(replace(row, opens=0, closes=1440) for row in facts.hours.weekly)
    return replace(facts, hours=replace(facts.hours, weekly=rows))


# Booking.


def test_a_free_time_is_booked_and_its_page_says_so(ada: FlaskClient, workshop: Workshop) -> None:
    answer = post(ada, address(workshop), **THURSDAY, purpose="Name tags")
    [row] = rows(workshop)
    assert (answer.status_code, answer.location) == (303, f"/bookings/{row.id}")
    assert (row.state, row.purpose, row.starts_at.isoformat()) == (
        "confirmed",
        "Name tags",
        "2026-11-26T17:00:00+00:00",
    )
    page = ada.get(answer.location)
    assert "Booked: Lumi, Thu 26 Nov, 18:00–20:00" in element(page, "#toasts").text
    assert "Booked · you" in " ".join(element(page, "[aria-labelledby=history-title]").text.split())


def test_a_dialog_goes_to_the_page_as_a_whole(
    app: Flask, client: FlaskClient, ada: FlaskClient, workshop: Workshop
) -> None:
    token = element(ada.get(address(workshop)), "[name=csrf_token]")["value"]
    answer = ada.post(address(workshop), data={**THURSDAY, "csrf_token": token}, headers=DIALOG)
    [row] = rows(workshop)
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (200, f"/bookings/{row.id}")


def test_a_tool_with_approval_is_asked_for(ada: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.approval = "always"
    workshop.session.commit()
    assert "Ask for 18:00" in ada.get(address(workshop), query_string=THURSDAY).text
    answer = post(ada, address(workshop), **THURSDAY)
    assert [row.state for row in rows(workshop)] == ["pending"]
    page = ada.get(answer.location).text
    assert "Asked for: Lumi" in page and "The time is held until then" in page


def test_a_double_tap_books_once(ada: FlaskClient, workshop: Workshop) -> None:
    key = str(element(ada.get(address(workshop)), "[name=key]")["value"])
    first, second = (post(ada, address(workshop), **THURSDAY, key=key) for _ in range(2))
    assert first.location == second.location
    assert len(rows(workshop)) == 1


def test_a_form_that_has_booked_does_not_book_something_else(ada: FlaskClient, workshop: Workshop) -> None:
    key = "one form"
    post(ada, address(workshop), **THURSDAY, key=key)
    answer = post(ada, address(workshop), **(THURSDAY | {"end": "19:00"}), key=key)
    assert answer.location == "/bookings/"
    assert len(rows(workshop)) == 1


# Refused.


def test_a_taken_time_is_a_conflict_with_ways_out_and_keeps_what_was_typed(
    ada: FlaskClient, workshop: Workshop
) -> None:
    make_booking(workshop, start=datetime.fromisoformat("2026-11-26T17:00Z"), account=workshop.cy)
    answer = post(ada, address(workshop), **THURSDAY, purpose="Name tags")
    assert answer.status_code == 409
    verdict = element(answer, "#verdict")
    assert "Somebody else has this time already: Thu 26 Nov, 18:00–20:00." in verdict.text
    assert "Cy" not in verdict.text
    assert element(answer, "#field-purpose")["value"] == "Name tags"
    taken = [str(button["value"]) for button in verdict.select("button[name=take]")]
    assert 2 <= len(taken) <= 3
    assert post(ada, address(workshop), take=taken[0], purpose="Name tags").status_code == 303
    assert [(row.purpose, row.starts_at.hour) for row in rows(workshop)][-1] == ("Name tags", 15)


def test_an_alternative_may_be_another_tool(ada: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=datetime.fromisoformat("2026-11-26T17:00Z"), account=workshop.cy)
    other = make_tool(workshop.session, workshop.space, name="Photon")
    workshop.session.commit()
    buttons = element(post(ada, address(workshop), **THURSDAY), "#verdict").select("button[name=take]")
    [photon] = [button for button in buttons if "Photon" in button.text]
    post(ada, address(workshop), take=str(photon["value"]))
    assert rows(workshop)[-1].tool_id == other.id


def test_several_reasons_are_said_at_once(ada: FlaskClient, workshop: Workshop) -> None:
    make_certificate(workshop.session, workshop.space, workshop.tool)
    workshop.session.commit()
    answer = post(ada, address(workshop), date="2026-11-26", start="03:00", end="20:00")
    assert answer.status_code == 422
    words = element(answer, "#verdict").text
    assert "certificate" in words and "The longest booking" in words and "not open" in words
    assert "all the same" not in answer.text


def test_who_may_override_is_said_to_makers_and_offered_to_managers(
    app: Flask, ada: FlaskClient, workshop: Workshop
) -> None:
    early = {"date": "2026-11-26", "start": "07:00", "end": "09:00"}
    refused = post(ada, address(workshop), **early)
    assert "A manager of the space can book this all the same." in element(refused, "#verdict").text
    assert not soup(refused).select("#field-override")
    bo = browser_of(app, workshop, workshop.bo)
    assert soup(post(bo, address(workshop), **early)).select("#field-override")
    booked = post(bo, address(workshop), **early, override="yes")
    assert rows(workshop)[-1].overridden == ["outside_opening_hours"]
    assert "the opening hours" in bo.get(booked.location).text


def test_makers_override_nothing(ada: FlaskClient, workshop: Workshop) -> None:
    early = {"date": "2026-11-26", "start": "07:00", "end": "09:00"}
    assert post(ada, address(workshop), **early, override="yes").status_code == 422
    assert rows(workshop) == []


def test_the_open_dialog_is_told_about_each_choice(ada: FlaskClient, workshop: Workshop) -> None:
    free = ada.get(address(workshop, "book/check"), query_string=THURSDAY, headers=DIALOG)
    assert element(free, "#booking-verb").text == "Book 18:00"
    assert "Free" in free.text and "<html" not in free.text
    closed = ada.get(address(workshop, "book/check"), query_string={**THURSDAY, "end": "23:00"}, headers=DIALOG)
    assert element(closed, "#booking-verb").text == "Book"
    assert "not open" in closed.text
    odd = ada.get(address(workshop, "book/check"), query_string={**THURSDAY, "end": "10:00"}, headers=DIALOG)
    assert (odd.status_code, "later than the start" in odd.text) == (422, True)


def test_a_drag_to_midnight_is_understood(ada: FlaskClient, workshop: Workshop) -> None:
    answer = ada.get(address(workshop), query_string={"date": "2026-11-26", "start": "21:00", "end": "24:00"})
    assert element(answer, "#field-end option[selected]")["value"] == "24:00"
    assert "not open" in element(answer, "#verdict").text


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
    assert numbers[0] == numbers[1] <= 5


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
    assert "Cancel this booking?" in ada.get(f"/bookings/{row.id}/cancel").text
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


def test_every_field_of_the_dialog_has_a_label(ada: FlaskClient, workshop: Workshop) -> None:
    page = soup(ada.get(address(workshop)))
    fields = page.select("#booking-form :is(input, select, textarea):not([type=hidden])")
    labels = {label["for"] for label in page.select("#booking-form label")}
    assert fields and all(field["id"] in labels for field in fields)
    assert not re.findall(r"\son\w+=|style=", str(page))
