"""Managers see whom an outage touches before they declare it; makers see what is out of order and what they can do."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.models import outages
from booking.models.database import db
from booking.models.tables.jobs import Job
from booking.models.tables.reports import Report, Supply
from booking.models.tables.tools import Outage
from booking.outside import clock as clocks
from tests import factories
from tests.acting import counted
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, added, make_tool, sign_in

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def shop(app: Flask, workshop: Workshop) -> Workshop:
    app.config["WTF_CSRF_ENABLED"] = False
    return workshop


@pytest.fixture
def bo(shop: Workshop, client: FlaskClient) -> FlaskClient:
    sign_in(client, shop.session, shop.bo)
    return client


@pytest.fixture
def ada(app: Flask, shop: Workshop) -> FlaskClient:
    client = app.test_client()
    sign_in(client, shop.session, shop.ada)
    return client


def page(answer: TestResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.data, "html.parser")


def words(answer: TestResponse) -> str:
    return page(answer).get_text(" ", strip=True)


def state_page(shop: Workshop) -> str:
    return f"/manage/spaces/{shop.space.slug}/tools/{shop.tool.slug}/state/"


def lasting(shop: Workshop) -> tuple[outages.OutageCard, ...]:
    shop.session.rollback()
    return outages.of_tool(shop.session, shop.tool.id, clocks.now())


def test_whom_it_touches_is_shown_before_it_is_saved(bo: FlaskClient, shop: Workshop) -> None:
    card = make_booking(shop)
    address = f"{state_page(shop)}outages"
    shown = bo.get(address)
    assert "Ada" in words(shown)
    assert f"/bookings/{card.id}" in shown.text
    assert "Declare it and tell 1 person" in words(shown)
    assert bo.post(address, data={"reason": "Belt"}).status_code == 409
    assert lasting(shop) == ()
    seen = page(shown).select_one("input[name=seen]")
    assert seen is not None
    assert bo.post(address, data={"reason": "Belt", "seen": seen["value"]}).status_code == 303
    assert [row.reason for row in lasting(shop)] == ["Belt"]
    later = f"{address}?looked=yes&from_day=2026-12-24"
    assert "Nobody has booked that time" in words(bo.get(later))


def test_what_runs_is_asked_about(bo: FlaskClient, shop: Workshop) -> None:
    make_booking(shop, start=NOW - timedelta(hours=1))
    address = f"{state_page(shop)}outages"
    shown = page(bo.get(address))
    assert len(shown.select("input[name=running]")) == 2
    seen = {"seen": str(shown.select("input[name=seen]")[0]["value"])}
    refused = bo.post(address, data=seen)
    assert refused.status_code == 422
    assert "Please fill this in" in words(refused)
    assert bo.post(address, data=seen | {"running": "end"}).status_code == 303


def test_another_end_can_be_given_and_what_it_touches_is_listed(bo: FlaskClient, shop: Workshop) -> None:
    make_booking(shop)
    outage = added(shop.session, Outage(tool_id=shop.tool.id, starts_at=NOW - timedelta(hours=1)))
    shop.session.commit()
    address = f"{state_page(shop)}outages/{outage.id}/"
    assert "Ada" in words(bo.get(address))
    assert bo.post(address, data={"until_day": "2020-01-01"}).status_code == 422
    assert bo.post(address, data={"until_day": "2026-11-27", "until_time": "12:00"}).status_code == 303
    assert [row.ends_at and row.ends_at.isoformat() for row in lasting(shop)] == ["2026-11-27T11:00:00+00:00"]
    chosen = page(bo.get(address)).select_one("#field-until_time option[selected]")
    assert chosen is not None
    assert chosen["value"] == "12:00"


def test_a_booking_says_at_once_that_its_tool_is_out_of_order(ada: FlaskClient, shop: Workshop) -> None:
    card = make_booking(shop)
    assert "Out of order" not in words(ada.get(f"/bookings/{card.id}"))
    shop.session.add(Outage(tool_id=shop.tool.id, starts_at=NOW, reason="Belt"))
    shop.session.commit()
    for address in ("/bookings/", f"/bookings/{card.id}"):
        shown = ada.get(address)
        assert "Out of order" in words(shown)
        assert f"/bookings/{card.id}/rescue" in shown.text


def test_one_tap_moves_to_a_free_tool_that_can_do_the_same(ada: FlaskClient, shop: Workshop) -> None:
    card, beam = make_booking(shop), make_tool(shop.session, shop.space, name="Beam")
    shop.session.add(Outage(tool_id=shop.tool.id, starts_at=NOW, reason="Belt"))
    shop.session.commit()
    address = f"/bookings/{card.id}/rescue"
    shown = page(ada.get(address))
    assert [each["value"] for each in shown.select("main input[name=tool]")] == [str(beam.id)]
    assert "Confirmed at once" in shown.get_text()
    assert ada.post(address, data={"tool": "x"}).status_code == 422
    assert ada.post(address, data={"tool": beam.id}).status_code == 303
    after = words(ada.get(f"/bookings/{card.id}"))
    assert "Beam" in after
    assert "Out of order" not in after
    assert "your booking stands" in words(ada.get(address))


def test_a_tool_that_is_taken_meanwhile_is_said_to_be(ada: FlaskClient, shop: Workshop) -> None:
    card, beam = make_booking(shop), make_tool(shop.session, shop.space, name="Beam", state="down")
    shop.session.add(Outage(tool_id=shop.tool.id, starts_at=NOW))
    shop.session.commit()
    refused = ada.post(f"/bookings/{card.id}/rescue", data={"tool": beam.id})
    assert refused.status_code == 422
    assert "No tool that can do the same is free then" in words(refused)


def test_ones_bookings_ask_the_same_however_many_are_touched(app: Flask, ada: FlaskClient, shop: Workshop) -> None:
    shop.session.add(Outage(tool_id=shop.tool.id, starts_at=NOW))
    ada.get("/bookings/")
    numbers = []
    for turn in range(3):
        make_booking(shop, start=NOW + timedelta(days=1 + turn))
        with app.app_context(), counted(db.engine) as statements:
            ada.get("/bookings/")
        numbers.append(len(statements))
    assert numbers[0] == numbers[2]


def test_supplies_are_named_and_all_their_tools_fail_together(bo: FlaskClient, shop: Workshop) -> None:
    beam = make_tool(shop.session, shop.space, name="Beam")
    shop.session.commit()
    address = f"/manage/spaces/{shop.space.slug}/supplies/"
    chosen = [shop.tool.id, beam.id]
    assert bo.post(address, data={"name": "Compressor", "tools": chosen}).status_code == 303
    assert bo.post(address, data={"name": "compressor"}).status_code == 422
    assert bo.post(address, data={"name": "Else", "tools": ["7000000"]}).status_code == 422
    shop.session.rollback()
    supply = shop.session.scalars(select(Supply)).one()
    assert "Lumi · " in words(bo.get(address)) or "Beam · " in words(bo.get(address))
    assert bo.post(f"{address}{supply.id}/outages", data={"reason": "No air"}).status_code == 303
    shop.session.rollback()
    assert {row.tool_id for row in shop.session.scalars(select(Outage))} == set(chosen)
    assert "Out of order" in words(bo.get(address))
    assert bo.post(f"{address}{supply.id}/", data={"name": "Air", "tools": [beam.id]}).status_code == 303
    assert bo.post(f"{address}{supply.id}/remove").status_code == 303
    assert bo.get(f"{address}{supply.id}/").status_code == 404


def test_a_report_fills_in_the_outage_and_is_dealt_with_by_it(bo: FlaskClient, shop: Workshop) -> None:
    where = {"space_id": shop.space.id, "tool_id": shop.tool.id, "account_id": shop.ada.id}
    report = added(shop.session, Report(words="Smoke\nand fire", state="open", created_at=NOW, **where))
    shop.session.commit()
    address = f"{state_page(shop)}outages"
    shown = page(bo.get(f"{address}?report={report.id}"))
    assert [shown.select(f"input[name={name}]")[0]["value"] for name in ("reason", "report")] == [
        "Smoke and fire",
        str(report.id),
    ]
    assert bo.post(address, data={"report": report.id, "reason": "Smoke"}).status_code == 303
    shop.session.refresh(report)
    assert (report.state, report.outage_id) == ("outage", lasting(shop)[0].id)
    told = [job.payload for job in shop.session.scalars(select(Job))]
    assert {"event": "report_answered", "report_id": report.id, "account_id": shop.ada.id} in told
    elsewhere = factories.make_tool(shop.session, factories.make_space(shop.session, "Fablab"))
    there = where | {"tool_id": elsewhere.id, "space_id": elsewhere.space_id}
    other = added(shop.session, Report(words="Else", state="open", created_at=NOW, **there))
    shop.session.commit()
    assert bo.get(f"{address}?report={other.id}").status_code == 404
