"""At the tool with a phone: the code leads to checking in, booking now or the next free time. Managers see the rest."""

from datetime import timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.models.tables.bookings import Booking
from booking.models.tables.limits import Strike, Suspension
from booking.models.tables.spaces import Staffed
from booking.models.tables.tools import Tool
from booking.rules.states import State
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_certificate, sign_in
from tests.pages import counted

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _at_nine(clock: time_machine.Traveller) -> None:
    """It is 09:00 in Berlin."""


@pytest.fixture
def shop(app: Flask, workshop: Workshop) -> Workshop:
    app.config["WTF_CSRF_ENABLED"] = False
    return workshop


@pytest.fixture
def ada(shop: Workshop, client: FlaskClient) -> FlaskClient:
    sign_in(client, shop.session, shop.ada)
    return client


@pytest.fixture
def bo(app: Flask, shop: Workshop) -> FlaskClient:
    client = app.test_client()
    sign_in(client, shop.session, shop.bo)
    return client


def words(answer: TestResponse) -> str:
    return BeautifulSoup(answer.data, "html.parser").get_text(" ", strip=True)


def state_of(shop: Workshop, booking_id: int) -> tuple[str, object]:
    shop.session.rollback()
    row = shop.session.get_one(Booking, booking_id, populate_existing=True)
    return row.state, row.ends_at


def pressed_to_override(page: TestResponse) -> dict[str, str]:
    """What the first button sends that sets a rule aside."""
    form = BeautifulSoup(page.data, "html.parser").select_one("form:has(input[name=override])")
    assert form is not None
    return {
        "override": str(form.select("input[name=override]")[0]["value"]),
        "until": str(form.select("button")[0]["value"]),
    }


def pressed(page: TestResponse, number: int = 0) -> dict[str, str]:
    """What the button of that number sends."""
    soup = BeautifulSoup(page.data, "html.parser")
    start, until = soup.select_one("main input[name=start]"), soup.select("main button[name=until]")[number]
    assert start is not None
    return {"start": str(start["value"]), "until": str(until["value"])}


def test_who_is_not_signed_in_signs_in_and_comes_back(shop: Workshop, client: FlaskClient) -> None:
    answer = client.get(f"/q/{shop.tool.code}")
    assert (answer.status_code, f"next=/q/{shop.tool.code}" in answer.location.replace("%2F", "/")) == (302, True)


def test_a_free_tool_is_booked_and_checked_in_with_one_tap(ada: FlaskClient, shop: Workshop) -> None:
    page = ada.get(f"/q/{shop.tool.code}")
    assert "Book 09:00–09:30" in words(page)
    assert f"/tools/{shop.tool.slug}/report" in page.text
    answer = ada.post(f"/q/{shop.tool.code}", data=pressed(page, 1))
    assert answer.status_code == 303
    booking_id = int(answer.location.rsplit("/", 1)[1])
    assert state_of(shop, booking_id) == ("in_use", NOW + 30 * MINUTE)
    after = words(ada.get(f"/q/{shop.tool.code}"))
    assert ("Your booking" in after, "Done: give the rest back" in after) == (True, True)


def test_each_button_says_whether_it_books_or_asks(ada: FlaskClient, shop: Workshop) -> None:
    shop.tool.approval = "unstaffed"
    shop.session.add(Staffed(space_id=shop.space.id, weekday=2, opens=9 * 60, closes=10 * 60))
    shop.session.commit()
    page = ada.get(f"/q/{shop.tool.code}")
    buttons = [
        each.get_text(strip=True) for each in BeautifulSoup(page.data, "html.parser").select("button[name=until]")
    ]
    verbs = [each.split()[0] for each in buttons]
    assert verbs == sorted(verbs, reverse=True, key=lambda verb: verb == "Book") and set(verbs) == {"Book", "Ask"}
    assert "Where the button asks, a manager has to say yes" in words(page)


def test_a_due_booking_is_checked_in_extended_and_given_back(
    ada: FlaskClient, shop: Workshop, clock: time_machine.Traveller
) -> None:
    card = make_booking(shop, start=NOW + 10 * MINUTE, hours=1)
    assert f"/bookings/{card.id}/check-in" in ada.get(f"/q/{shop.tool.code}").text
    address = f"/bookings/{card.id}"
    assert "Checked in" in words(ada.post(f"{address}/check-in", follow_redirects=True))
    assert f"{address}/give-back" in ada.get(address).text
    clock.move_to(card.starts_at)
    # The booking ends at 10:10, which is on no quarter-hour: nothing longer is offered.
    assert "Stay until" not in words(ada.get(address))
    assert "given" not in words(ada.post(f"{address}/extend", data={"until": "x"}, follow_redirects=True))
    clock.move_to(card.starts_at + 20 * MINUTE)
    assert "The rest is free" in words(ada.post(f"{address}/give-back", follow_redirects=True))
    assert state_of(shop, card.id) == ("in_use", NOW + 30 * MINUTE)


def test_a_running_booking_offers_to_stay_while_it_is_free(ada: FlaskClient, shop: Workshop) -> None:
    card = make_booking(shop, start=NOW, hours=1, state=State.IN_USE)
    make_booking(shop, start=NOW + 90 * MINUTE, account=shop.cy)
    page = ada.get(f"/bookings/{card.id}")
    assert ("Stay until 10:30" in words(page), "Stay until 11:00" in words(page)) == (True, False)
    later = str(int((NOW + 90 * MINUTE).timestamp()))
    said = words(ada.post(f"/bookings/{card.id}/extend", data={"until": later}, follow_redirects=True))
    assert "The tool is yours until 10:30" in said
    too_late = str(int((NOW + 120 * MINUTE).timestamp()))
    said = words(ada.post(f"/bookings/{card.id}/extend", data={"until": too_late}, follow_redirects=True))
    assert "taken already" in said


def test_a_manager_lets_somebody_stay_longer_than_the_rules_and_others_cannot(
    ada: FlaskClient, bo: FlaskClient, shop: Workshop
) -> None:
    card = make_booking(shop, start=NOW - 30 * MINUTE, hours=1, state=State.IN_USE)
    ends_at = card.ends_at
    shop.session.get_one(Tool, card.tool_id).longest_minutes = 60
    shop.session.commit()
    address = f"/bookings/{card.id}"
    assert "all the same" not in words(ada.get(address))
    assert "all the same" in words(bo.get(address))
    sent = pressed_to_override(bo.get(address))
    refused = words(ada.post(f"{address}/extend", data=sent, follow_redirects=True))
    assert "The tool is yours until" not in refused
    assert "The tool is yours until" in words(bo.post(f"{address}/extend", data=sent, follow_redirects=True))
    assert state_of(shop, card.id)[1] == ends_at + 30 * MINUTE


def test_somebody_elses_time_says_until_when_and_what_is_next(ada: FlaskClient, shop: Workshop) -> None:
    make_booking(shop, start=NOW, hours=2, account=shop.cy)
    said = words(ada.get(f"/q/{shop.tool.code}"))
    assert "This time is taken already: Wed 25 Nov, 09:00–11:00." in said
    assert "Next free Wed 25 Nov, 11:00" in said


def test_who_lacks_the_training_is_told_and_offered_nothing(ada: FlaskClient, shop: Workshop) -> None:
    make_certificate(shop.session, shop.space, shop.session.get_one(Tool, shop.tool.id))
    shop.session.commit()
    said = words(ada.get(f"/q/{shop.tool.code}"))
    assert ("Laser safety" in said, "Book this time" in said) == (True, False)


def test_a_button_that_was_pressed_too_late_or_sends_nonsense_says_why(
    ada: FlaskClient, shop: Workshop, clock: time_machine.Traveller
) -> None:
    data = pressed(ada.get(f"/q/{shop.tool.code}"))
    make_booking(shop, start=NOW, hours=1, account=shop.cy)
    assert ada.post(f"/q/{shop.tool.code}", data=data).status_code == 409
    clock.move_to(NOW + MINUTE)
    assert ada.post(f"/q/{shop.tool.code}", data=data).status_code == 422
    for broken in ({}, {"start": "5", "until": "5"}, {"start": "x", "until": "-1"}):
        assert ada.post(f"/q/{shop.tool.code}", data=broken).status_code == 422
    assert ada.get("/q/nowhere").status_code == 404


def test_the_page_of_a_booking_says_until_when_one_has_to_come(bo: FlaskClient, shop: Workshop) -> None:
    tool = f"/manage/spaces/{shop.space.slug}/tools/{shop.tool.slug}/"
    form = BeautifulSoup(bo.get(tool).data, "html.parser").select_one("main form.card")
    assert form is not None
    given = {
        str(each["name"]): str(each.get("value", "")) for each in form.select("input[type=text], input:not([type])")
    }
    given |= {str(each["name"]): str(each.get("value", "")) for each in form.select("input[type=number]")}
    given |= {str(each["name"]): str(each.get("value", "")) for each in form.select("input[type=hidden]")}
    sent = given | {"approval": "never", "name": "Lumi", "kind": "laser_cutter"}
    assert bo.post(tool, data=sent | {"check_in_minutes": "0"}).status_code == 422
    assert bo.post(tool, data=sent | {"check_in_minutes": "20"}).status_code == 303
    assert "Within 20 mins of the start, or it is missed" in words(bo.get(tool.removeprefix("/manage")))
    card = make_booking(shop, start=NOW + 60 * MINUTE)
    assert "Check in from 09:45 to 10:20" in words(bo.get(f"/bookings/{card.id}"))


def test_managers_see_missed_times_forgive_suspend_and_lift(bo: FlaskClient, shop: Workshop) -> None:
    card = make_booking(shop, start=NOW - 60 * MINUTE, state=State.MISSED)
    shop.session.add(Strike(account_id=shop.ada.id, space_id=shop.space.id, booking_id=card.id, at=NOW))
    shop.session.commit()
    address = f"/manage/spaces/{shop.space.slug}/strikes/"
    assert "Ada" in words(bo.get(address))
    strike_id = shop.session.scalars(select(Strike.id)).one()
    assert "forgiven" in words(bo.post(f"{address}{strike_id}/forgive", follow_redirects=True))
    policy = {"allowed": "3", "strike_days": "30", "suspension_days": "7"}
    assert bo.post(f"{address}policy", data=policy | {"allowed": "-1"}).status_code == 422
    assert bo.post(f"{address}policy", data=policy).status_code == 303
    whom = {"email": "nobody@example.org", "days": "3", "reason": "Left it dirty"}
    assert bo.post(f"{address}suspend", data=whom).status_code == 422
    said = words(bo.post(f"{address}suspend", data=whom | {"email": shop.ada.email}, follow_redirects=True))
    assert "until Sat 28 Nov, 09:00 · Left it dirty" in said
    shop.session.rollback()
    suspension_id = shop.session.scalars(select(Suspension.id)).one()
    lifted = bo.post(f"{address}suspensions/{suspension_id}/lift", follow_redirects=True)
    assert "Who can’t book for now" not in words(lifted)


def test_labels_show_each_tool_with_its_code(bo: FlaskClient, ada: FlaskClient, shop: Workshop) -> None:
    page = bo.get(f"/manage/spaces/{shop.space.slug}/labels/")
    assert f"http://localhost/q/{shop.tool.code}" in page.text
    assert len(BeautifulSoup(page.data, "html.parser").select(".label svg.qr")) == 1
    assert "Labels" in words(bo.get(f"/manage/spaces/{shop.space.slug}/tools/"))


def test_the_code_of_a_tool_is_there_as_a_file(bo: FlaskClient, ada: FlaskClient, shop: Workshop) -> None:
    labels = f"/manage/spaces/{shop.space.slug}/labels/"
    address = BeautifulSoup(bo.get(labels).data, "html.parser").select_one(".label a")
    assert address is not None
    file = bo.get(str(address["href"]))
    assert (file.status_code, file.mimetype) == (200, "image/svg+xml")
    assert file.data.startswith(b"<?xml") and b"</svg>" in file.data
    assert shop.tool.code in file.headers["Content-Disposition"]
    assert bo.get(f"{labels}not-a-code.svg").status_code == 404
    assert ada.get(str(address["href"])).status_code == 404


def test_the_list_of_missed_times_asks_as_often_for_three_as_for_one(
    app: Flask, bo: FlaskClient, shop: Workshop
) -> None:
    page, numbers = f"/manage/spaces/{shop.space.slug}/strikes/", list[int]()
    for turn in range(3):
        missed = make_booking(shop, start=NOW - timedelta(days=turn + 1), state=State.MISSED)
        whose = {"account_id": shop.ada.id, "space_id": shop.space.id}
        shop.session.add(Strike(booking_id=missed.id, at=NOW - timedelta(days=turn + 1), **whose))
        shop.session.commit()
        bo.get(page)
        with counted(app) as asked:
            answer = bo.get(page)
        assert len(BeautifulSoup(answer.data, "html.parser").select("form[action$='/forgive']")) == turn + 1
        numbers.append(len(asked))
    assert len(set(numbers)) == 1
