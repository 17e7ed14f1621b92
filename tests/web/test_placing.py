"""Booking a time: the dialog, what it says of each choice, and what is written."""

import re
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.database import db
from booking.models.facts import facts_for
from booking.rules.facts import Facts
from booking.rules.spans import Span
from booking.web import wall_times
from booking.web.wall_times import Typed
from tests.browsing import post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_certificate, make_grant, make_tool, sign_in
from tests.pages import DIALOG, THURSDAY, address, browser_of, element, rows, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


# The dialog.


def test_the_dialog_opens_with_the_next_time_that_fits(ada: FlaskClient, workshop: Workshop) -> None:
    answer = ada.get(address(workshop))
    assert answer.status_code == 200
    assert element(answer, "#field-date")["value"] == "2026-11-25"
    assert element(answer, "#field-start option[selected]")["value"] == "09:00"
    assert element(answer, "#field-end option[selected]")["value"] == "10:00"
    assert "Book 09:00" in element(answer, ".dialog-actions").text
    assert "You get it at once" in element(answer, "#verdict").text


def test_a_day_in_the_address_is_opened_at_its_first_time_that_fits(ada: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=datetime.fromisoformat("2026-12-20T07:00Z"), account=workshop.cy)
    answer = ada.get(address(workshop), query_string={"date": "2026-12-20"})
    assert element(answer, "#field-date")["value"] == "2026-12-20"
    assert element(answer, "#field-start option[selected]")["value"] == "10:00"


def test_a_run_of_several_days_has_a_day_of_its_end(ada: FlaskClient, workshop: Workshop) -> None:
    assert not soup(ada.get(address(workshop))).select("#field-end_date")
    workshop.tool.longest_minutes, workshop.tool.unattended = 7 * 1440, True
    workshop.session.commit()
    assert soup(ada.get(address(workshop))).select("#field-end_date")
    post(ada, address(workshop), date="2026-11-26", start="18:00", end="10:00", end_date="2026-11-29")
    [row] = rows(workshop)
    assert row.ends_at - row.starts_at == timedelta(days=2, hours=16)
    moving = ada.get(f"/bookings/{row.id}/move")
    assert element(moving, "#field-end_date")["value"] == "2026-11-29"


def test_a_night_ends_on_the_day_after(ada: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.longest_minutes, workshop.tool.unattended = 1440, True
    workshop.session.commit()
    opened = ada.get(address(workshop), query_string={"date": "2026-11-26", "start": "20:00", "end": "33:00"})
    assert element(opened, "#field-end option[selected]").text == "09:00 (+1)"
    post(ada, address(workshop), date="2026-11-26", start="20:00", end="33:00")
    assert [row.ends_at.isoformat() for row in rows(workshop)] == ["2026-11-27T08:00:00+00:00"]


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
    assert "This time is taken already: Thu 26 Nov, 18:00–20:00." in verdict.text
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
    page = f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/"
    assert element(answer, f"#verdict a[href='{page}#training']").text.strip() == "How to get the training"
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


def test_every_field_of_the_dialog_has_a_label(ada: FlaskClient, workshop: Workshop) -> None:
    page = soup(ada.get(address(workshop)))
    fields = page.select("#booking-form :is(input, select, textarea):not([type=hidden])")
    labels = {label["for"] for label in page.select("#booking-form label")}
    assert fields and all(field["id"] in labels for field in fields)
    assert not re.findall(r"\son\w+=|style=", str(page))


@pytest.mark.parametrize("day", ["9999-12-31", "9999-W52-5", "99991231", "0001-01-01", "2026-02-30"])
def test_days_beyond_the_calendar_are_asked_for_again(ada: FlaskClient, workshop: Workshop, day: str) -> None:
    asked = {"date": day, "start": "10:00", "end": "48:00"}
    for path in (address(workshop), address(workshop, "book/check")):
        assert ada.get(path, query_string=asked).status_code == 422
    assert post(ada, address(workshop), **asked).status_code == 422
    assert rows(workshop) == []


def test_a_tool_that_is_not_there_is_not_found_whatever_else_is_wrong(ada: FlaskClient, workshop: Workshop) -> None:
    row = make_booking(workshop, start=NOW - timedelta(hours=1))
    take = "4711/2026-11-26T10:00:00+00:00/2026-11-26T11:00:00+00:00"
    assert post(ada, f"/bookings/{row.id}/move", take=take).status_code == 404
