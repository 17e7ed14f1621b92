"""Visits in the browser: each side's pages from the wish to the booking, and what nobody else sees."""

from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.models.tables.visits import Visit
from booking.rules.access import Role
from tests.browsing import mails, post
from tests.calendars import Workshop
from tests.factories import NOW, make_account, make_member, make_space, make_tool
from tests.pages import THURSDAY, browser_of, counted, element, rows, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def host(workshop: Workshop) -> Space:
    """The Fablab, which lends its Beam to its members only."""
    space = make_space(workshop.session, "Fablab", bookable_by="members")
    make_tool(workshop.session, space, name="Beam")
    workshop.session.commit()
    return space


@pytest.fixture
def page(workshop: Workshop, host: Space) -> str:
    """The page of the Beam."""
    return f"/spaces/{host.slug}/tools/{workshop.session.query(Tool).filter_by(space_id=host.id).one().slug}/"


@pytest.fixture
def ada(app: Flask, workshop: Workshop) -> FlaskClient:
    """Ada's browser; she belongs to Werkhof."""
    return browser_of(app, workshop, workshop.ada)


@pytest.fixture
def bo(app: Flask, workshop: Workshop) -> FlaskClient:
    """Bo's browser; he manages Werkhof."""
    return browser_of(app, workshop, workshop.bo)


@pytest.fixture
def max_(app: Flask, workshop: Workshop, host: Space) -> FlaskClient:
    """Max's browser; he manages the Fablab."""
    account = make_account(workshop.session, "Max")
    make_member(workshop.session, account, host, Role.MANAGER)
    return browser_of(app, workshop, account)


def make_visit(workshop: Workshop, host: Space, state: str = "asked", **columns: object) -> Visit:
    # A new look: the one before may be older than a request.
    workshop.session.rollback()
    tool = workshop.session.query(Tool).filter_by(space_id=host.id).one()
    whose = {"account_id": workshop.ada.id, "tool_id": tool.id, "host_id": host.id}
    visit = Visit(state=state, created_at=NOW, changed_at=NOW, **whose, **columns)
    workshop.session.add(visit)
    workshop.session.commit()
    return visit


def test_from_the_wish_to_the_booking(
    app: Flask, ada: FlaskClient, bo: FlaskClient, max_: FlaskClient, workshop: Workshop, host: Space, page: str
) -> None:
    form = str(element(ada.get(page), "a[href$='/visit']")["href"])
    assert [option.text for option in element(ada.get(form), "#field-home").select("option")] == [
        "Werkhof",
        "None of them",
    ]
    asked = post(ada, form, note="A wing, in December", home=str(workshop.space.id))
    visit = asked.location
    assert "Waits for Werkhof" in ada.get(visit).text
    assert max_.get(visit).status_code == 404
    vouching = bo.get(visit)
    assert "A wing, in December" in vouching.text
    assert "Belongs to it since 25 Nov 2026" in vouching.text
    post(bo, f"{visit}/vouch", training="Trained on our laser")
    deciding = max_.get(visit)
    assert "Werkhof vouches, by Bo" in deciding.text
    conditions = {"last_day": "2026-12-24", "opens": "14:00", "closes": "21:00", "fee_note": "5 EUR an hour"}
    post(max_, f"{visit}/accept", **conditions)
    agreed = ada.get(visit).text
    assert "14:00–21:00" in agreed and "24 Dec 2026" in agreed and "5 EUR an hour" in agreed
    assert "5 EUR an hour" in element(ada.get(f"{page}book"), ".facts").text
    refused = post(ada, f"{page}book", **THURSDAY | {"start": "10:00", "end": "11:00"})
    assert refused.status_code == 422
    assert "for these hours only: 14:00–21:00" in refused.text
    assert post(ada, f"{page}book", **THURSDAY).status_code == 303
    assert [row.state for row in rows(workshop)] == ["confirmed"]
    assert [mail["event"] for mail in mails(app)][:4] == [
        "visit_asked",
        "visit_vouched",
        "visit_wanted",
        "visit_accepted",
    ]


def test_the_tools_page_offers_to_ask_only_to_whom_it_serves(
    app: Flask, ada: FlaskClient, max_: FlaskClient, workshop: Workshop, page: str
) -> None:
    assert "Ask to visit" in ada.get(page).text
    for browser in (max_, app.test_client()):
        assert "Ask to visit" not in browser.get(page).text
    own = f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/"
    assert "Ask to visit" not in ada.get(own).text
    assert ada.get(f"{own}visit").location == own
    assert post(ada, f"{own}visit", note="Please").location == own


def test_a_refused_booking_leads_to_the_wish(ada: FlaskClient, page: str) -> None:
    refused = post(ada, f"{page}book", **THURSDAY)
    assert f"{page}visit" in [link["href"] for link in soup(refused).select("#verdict a")]


def test_who_has_asked_reads_how_far_it_is(ada: FlaskClient, workshop: Workshop, host: Space, page: str) -> None:
    visit = make_visit(workshop, host)
    assert "Waits for Fablab" in ada.get(page).text
    assert "asked for this tool already" in ada.get(f"{page}visit").text
    assert post(ada, f"{page}visit", note="Again").location == f"/visits/{visit.id}"
    assert "Waits for Fablab" in ada.get("/visits/").text


def test_nothing_typed_is_lost_when_something_is_missing(
    ada: FlaskClient, max_: FlaskClient, workshop: Workshop, host: Space, page: str
) -> None:
    assert post(ada, f"{page}visit", note=" ").status_code == 422
    visit = make_visit(workshop, host)
    again = post(max_, f"/visits/{visit.id}/accept", opens="14:00", fee_note="5 EUR")
    assert again.status_code == 422
    assert 'value="5 EUR"' in again.text
    assert post(max_, f"/visits/{visit.id}/accept", last_day="2026-11-24").status_code == 422
    declining = post(max_, f"/visits/{visit.id}/decline", reason=" ")
    assert declining.status_code == 422
    assert element(declining, "details[open] textarea")["aria-invalid"] == "true"


def test_a_second_answer_is_told_that_there_is_one(max_: FlaskClient, workshop: Workshop, host: Space) -> None:
    visit = make_visit(workshop, host, "declined", reason="Full")
    answer = post(max_, f"/visits/{visit.id}/accept")
    assert "answered already" in max_.get(answer.location).text


def test_the_host_ends_it_and_the_maker_does_without(
    ada: FlaskClient, max_: FlaskClient, workshop: Workshop, host: Space
) -> None:
    ended, other = make_visit(workshop, host, "accepted"), make_visit(workshop, host, "accepted")
    post(max_, f"/visits/{ended.id}/end", reason="We move house")
    assert "We move house" in ada.get(f"/visits/{ended.id}").text
    post(ada, f"/visits/{other.id}/withdraw")
    assert "Withdrawn" in ada.get(f"/visits/{other.id}").text


def test_each_space_reads_its_part_and_strangers_nothing(
    app: Flask, ada: FlaskClient, bo: FlaskClient, max_: FlaskClient, workshop: Workshop, host: Space
) -> None:
    make_visit(workshop, host, home_id=workshop.space.id)
    direct = make_visit(workshop, host)
    home, away = f"/spaces/{workshop.space.slug}/visits/", f"/spaces/{host.slug}/visits/"
    assert len(soup(bo.get(home)).select(".card-list > li")) == 1
    assert [str(link["href"]) for link in soup(max_.get(away)).select(".card-list a")] == [f"/visits/{direct.id}"]
    assert (ada.get(away).status_code, bo.get(away).status_code) == (404, 404)
    cy = browser_of(app, workshop, workshop.cy)
    assert cy.get(f"/visits/{direct.id}").status_code == 404
    assert post(cy, f"/visits/{direct.id}/accept").status_code == 404


@pytest.mark.parametrize("path", ["/visits/", "/spaces/{host}/visits/"])
def test_lists_ask_as_often_for_three_rows_as_for_one(
    app: Flask, ada: FlaskClient, max_: FlaskClient, workshop: Workshop, host: Space, path: str
) -> None:
    browser, address = (ada, path) if path == "/visits/" else (max_, path.format(host=host.slug))

    def asked() -> int:
        with counted(app) as statements:
            assert browser.get(address).status_code == 200
        return len(statements)

    make_visit(workshop, host)
    asked()  # The first look notes that the sign-in is used.
    once = asked()
    make_visit(workshop, host, "accepted", home_id=workshop.space.id, vouched_at=NOW)
    make_visit(workshop, host, "declined", reason="Full")
    assert asked() == once


def test_the_host_sees_what_holds_and_changes_it(
    ada: FlaskClient, max_: FlaskClient, workshop: Workshop, host: Space, page: str
) -> None:
    agreed = {"last_day": date(2026, 12, 24), "opens": 840, "closes": 1260, "supervised": False, "fee_note": "5 EUR"}
    visit = make_visit(workshop, host, "accepted", **agreed)
    assert post(ada, f"{page}book", **THURSDAY).status_code == 303
    there = f"/visits/{visit.id}"
    shown = max_.get(there)
    assert element(shown, "#field-last_day")["value"] == "2026-12-24"
    assert [element(shown, f"#field-{name} option[selected]")["value"] for name in ("opens", "closes")] == [
        "14:00",
        "21:00",
    ]
    assert "Bookings of the guest to come: 1. They stay" in shown.text
    wanted = {"last_day": "2027-01-31", "opens": "22:00", "closes": "06:00", "supervised": "yes", "fee_note": "6 EUR"}
    assert post(max_, f"{there}/conditions", version="1", **wanted).status_code == 303
    told = max_.get(there)
    assert "Bookings outside the new conditions: 1. They stay as they are." in told.text
    assert element(told, "#field-closes option[selected]")["value"] == "06:00"
    reading = ada.get(there).text
    assert "22:00–06:00" in reading and "31 Jan 2027" in reading and "6 EUR" in reading
    late = post(max_, f"{there}/conditions", version="1", fee_note="7 EUR")
    assert late.status_code == 409
    assert 'value="7 EUR"' in late.text and "6 EUR" in late.text
    half = post(max_, f"{there}/conditions", version="2", opens="14:00")
    assert half.status_code == 422
    assert element(half, "details[open] [name='closes']")["aria-invalid"] == "true"
    assert post(ada, f"{there}/conditions", version="2").status_code == 403
    assert [row.state for row in rows(workshop)] == ["confirmed"]


def test_a_guest_reads_where_to_ask_for_longer_and_asks(
    app: Flask, ada: FlaskClient, max_: FlaskClient, workshop: Workshop, host: Space, page: str
) -> None:
    visit = make_visit(workshop, host, "accepted", last_day=NOW.date())
    there = f"/visits/{visit.id}"
    refused = post(ada, f"{page}book", **THURSDAY)
    assert there in [link["href"] for link in soup(refused).select("#verdict a")]
    assert "/longer" in ada.get(there).text and "/longer" not in max_.get(there).text
    assert post(ada, f"{there}/longer", note=" ").status_code == 422
    assert post(ada, f"{there}/longer", note="Until Friday").status_code == 303
    assert "The space hears of it by mail" in ada.get(there).text
    assert [(mail["event"], mail["note"]) for mail in mails(app)] == [("visit_longer_wanted", "Until Friday")]
    assert post(max_, f"{there}/longer", note="For her").status_code == 403


def test_a_guest_sees_free_what_her_visit_allows_and_grey_what_lies_around_it(
    ada: FlaskClient, workshop: Workshop, host: Space, page: str
) -> None:
    make_visit(workshop, host, "accepted", opens=16 * 60, closes=19 * 60)
    shown = soup(ada.get(f"{page}?day=2026-11-26"))
    slots = [
        (one.text.split()[1].strip("."), "Your visit is agreed" in str(one.select_one("[title]") or ""))
        for one in shown.select("#day-2026-11-26 .slots > li:not(.now, .day-over)")
    ]
    assert slots == [("08:00–16:00", True), ("16:00–19:00", False), ("19:00–22:00", True)]
    offered = element(ada.get(page), ".next")
    assert "Today, 16:00–19:00" in offered.text and "Book 16:00" in offered.text
    assert "start=16:00" in str(offered.select_one("a")["href"])
