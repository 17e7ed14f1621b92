"""Plans on pages: the basket of several tools, the plan with its parts, moving it, and what a decline leaves."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from booking.models.tables.tools import Tool
from booking.rules.states import State
from tests.browsing import form_token, post
from tests.calendars import Workshop, make_booking
from tests.factories import make_space, make_tool, sign_in
from tests.pages import THURSDAY, address, browser_of, counted, element, rows, soup
from tests.visitor import filled

pytestmark = pytest.mark.usefixtures("clock")
SIX = datetime.fromisoformat("2026-11-26T17:00Z")
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


@pytest.fixture
def beam(workshop: Workshop) -> Tool:
    """A tool at another space."""
    tool = make_tool(workshop.session, make_space(workshop.session, "Fablab"), name="Beam")
    workshop.session.commit()
    return tool


def part(number: int, tool: Tool, start: str, end: str, day: str = "2026-11-26") -> dict[str, str]:
    return {f"tool-{number}": str(tool.id), f"date-{number}": day, f"start-{number}": start, f"end-{number}": end}


def both(workshop: Workshop, beam: Tool) -> dict[str, str]:
    """Lumi from 18:00 to 20:00, Beam right afterwards."""
    return part(1, workshop.tool, "18:00", "20:00") | part(2, beam, "20:00", "21:00")


def basket(client: FlaskClient, fields: dict[str, str], **more: str) -> TestResponse:
    return client.get("/plans/new", query_string=fields | more)


def pressed(client: FlaskClient, page: TestResponse, button: str) -> TestResponse:
    """The basket after one of its buttons."""
    return client.get("/plans/new", query_string=filled(element(page, "main form[method=get]")) | {"do": button})


def sent(client: FlaskClient, page: TestResponse, action: str = "", **typed: Any) -> TestResponse:
    """The form of a page that writes."""
    form = element(page, "main form[method=post]" + (f"[action$='{action}']" if action else ""))
    return client.post(str(form["action"]), data=filled(form) | typed)


def placed(client: FlaskClient, workshop: Workshop, beam: Tool) -> str:
    answer = sent(client, basket(client, both(workshop, beam), name="A box"))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def marks(page: TestResponse) -> list[str]:
    return [mark.text for mark in soup(page).select(".occasions .chip")]


def test_the_dialog_leads_to_a_basket_with_its_tool_and_books_nothing(ada: FlaskClient, workshop: Workshop) -> None:
    assert element(ada.get(address(workshop), query_string=THURSDAY), "button[name=plan]")
    answer = post(ada, address(workshop), **THURSDAY, plan="yes", purpose="Box", visibility="busy")
    page = ada.get(answer.headers["Location"])
    assert marks(page) == ["Free"]
    assert element(page, "form[method=post] [name=visibility]")["value"] == "busy"
    assert element(page, "#field-purpose")["value"] == "Box"
    assert rows(workshop) == []


def test_a_tool_is_added_right_afterwards_or_at_the_same_time_and_taken_out(
    ada: FlaskClient, workshop: Workshop, beam: Tool
) -> None:
    page = basket(ada, part(1, workshop.tool, "18:00", "19:00"), space=workshop.space.slug)
    assert [option.text for option in soup(page).select("#field-add option")] == ["Lumi"]
    page = basket(ada, part(1, workshop.tool, "18:00", "19:00"), add=str(beam.id), when="after", do="add")
    assert element(page, "#field-start-2 option[selected]")["value"] == "19:00"
    assert [option.text for option in soup(page).select("#field-add option")] == ["Beam"]
    page = pressed(ada, page, "remove:1")
    assert len(marks(page)) == 1
    same = ada.get("/plans/new", query_string=filled(element(page, "main form")) | {"do": "add", "when": "same"})
    assert marks(same) == ["Free", "Not possible"]


def test_all_parts_are_booked_at_once_under_a_name(ada: FlaskClient, workshop: Workshop, beam: Tool) -> None:
    page = basket(ada, both(workshop, beam), name="A box", purpose="Box")
    assert marks(page) == ["Free", "Free"]
    answer = sent(ada, page)
    assert answer.status_code == 303
    assert sent(ada, page).headers["Location"] == answer.headers["Location"]
    assert [(row.tool_id, row.starts_at, row.purpose) for row in rows(workshop)] == [
        (workshop.tool.id, SIX, "Box"),
        (beam.id, SIX + 2 * HOUR, "Box"),
    ]
    shown = ada.get(answer.headers["Location"])
    assert element(shown, "h1").text == "A box"
    assert "Confirmed, all of it" in shown.text
    assert marks(shown) == ["Confirmed", "Confirmed"]
    booking = ada.get(soup(shown).select(".occasions a.strong")[0]["href"])
    assert "One part of a plan" in booking.text
    events = Calendar.from_ical(ada.get(f"{answer.headers['Location']}/calendar").data).walk("VEVENT")
    assert len(events) == 2


def test_every_clash_is_told_and_one_press_leads_out_of_it(ada: FlaskClient, workshop: Workshop, beam: Tool) -> None:
    make_booking(workshop, start=SIX, account=workshop.cy)
    page = basket(ada, both(workshop, beam))
    assert marks(page) == ["Not possible", "Free"]
    assert not soup(page).select("main form[method=post]")
    [shift] = [str(each["value"]) for each in soup(page).select("button[name=do]") if "shift" in str(each["value"])]
    assert marks(pressed(ada, page, shift)) == ["Free", "Free"]
    way = next(str(each["value"]) for each in soup(page).select("button[name=do]") if "take" in str(each["value"]))
    chosen = pressed(ada, page, way)
    assert marks(chosen) == ["Free", "Free"]
    assert sent(ada, chosen).status_code == 303


def test_somebody_faster_leaves_the_basket_as_it_was(ada: FlaskClient, workshop: Workshop, beam: Tool) -> None:
    page = basket(ada, both(workshop, beam))
    make_booking(workshop, start=SIX, account=workshop.cy)
    answer = sent(ada, page)
    assert answer.status_code == 409
    assert marks(answer) == ["Not possible", "Free"]
    assert len(rows(workshop)) == 1


@pytest.mark.parametrize(
    "odd",
    [
        {"start-1": "x"},
        {"date-1": "never"},
        {"end-1": "17:00"},
        {"date-1": "9999-01-01"},
        {"tool-1": "9" * 30},
        {"tool-1": "x"},
        {"do": "take:1/x"},
        {"do": "take:1/1/2/3"},
        {"do": "shift:x"},
        {"do": "shift:99999"},
        {"do": "remove:x"},
        {"do": "add", "add": "0"},
        {"space": "nowhere"},
        {"name": "x" * 500, "purpose": "y" * 500},
    ],
)
def test_nonsense_in_the_address_is_a_page_with_a_sentence(
    ada: FlaskClient, workshop: Workshop, beam: Tool, odd: dict[str, str]
) -> None:
    assert basket(ada, both(workshop, beam) | odd).status_code == 200


def test_what_has_no_time_is_not_booked(ada: FlaskClient, workshop: Workshop, beam: Tool) -> None:
    assert basket(ada, {}).status_code == 200
    for fields in ({}, both(workshop, beam) | {"start-1": "x"}):
        answer = ada.post("/plans/new", data={"csrf_token": form_token(ada)} | fields)
        assert answer.status_code == 422
    assert rows(workshop) == []


def test_a_plan_moves_as_a_whole_after_it_was_shown(ada: FlaskClient, workshop: Workshop, beam: Tool) -> None:
    location = placed(ada, workshop, beam)
    page = ada.get(f"{location}/move", query_string={"date": "2026-11-27", "start": "10:00"})
    assert marks(page) == ["Free", "Free"]
    assert sent(ada, page).headers["Location"] == location
    later = timedelta(hours=16)
    assert [row.starts_at for row in rows(workshop)] == [SIX + later, SIX + later + 2 * HOUR]
    closed = ada.get(f"{location}/move", query_string={"date": "2026-11-27", "start": "07:00"})
    assert marks(closed) == ["Not possible", "Free"]
    assert not soup(closed).select("main form[method=post]")
    for wrong in ({"start": "x"}, {"start": "10:00", "date": "x"}):
        assert ada.get(f"{location}/move", query_string=wrong).status_code == 422
    make_booking(workshop, start=SIX + timedelta(days=2), account=workshop.cy)
    data = {"csrf_token": form_token(ada), "date": "2026-11-28", "start": "18:00"}
    assert ada.post(f"{location}/move", data=data).status_code == 409


def test_a_lost_part_asks_what_becomes_of_the_rest(
    app: Flask, ada: FlaskClient, workshop: Workshop, beam: Tool
) -> None:
    workshop.tool.approval = "always"
    workshop.session.commit()
    location = placed(ada, workshop, beam)
    assert "Waiting for an answer" in ada.get(location).text
    bo = browser_of(app, workshop, workshop.bo)
    post(bo, f"/approvals/{rows(workshop)[0].id}/decline", reason="Service", version="1")
    asked = ada.get(location)
    assert "What becomes of the rest?" in asked.text
    assert sent(ada, asked, "/keep").headers["Location"] == location
    assert "Confirmed, all of it" in ada.get(location).text
    assert sent(ada, ada.get(f"{location}/cancel"), reason="Too late").headers["Location"] == location
    assert [row.state for row in rows(workshop)] == [State.DECLINED, State.CANCELLED]
    assert sent(ada, ada.get(f"{location}/cancel"), reason="x" * 501).status_code == 422


def test_the_questions_are_as_many_for_one_part_as_for_five(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    tools = [make_tool(workshop.session, workshop.space, name=f"Tool {number}") for number in range(5)]
    workshop.session.commit()
    counts = []
    # The first page that somebody opens notes that she was here.
    ada.get("/plans/new")
    for number in (1, 5):
        fields: dict[str, str] = {}
        for place, tool in enumerate(tools[:number], 1):
            fields |= part(place, tool, "10:00", "11:00", f"2026-11-{26 + number % 2}")
        with counted(app) as asked:
            page = basket(ada, fields)
        location = str(sent(ada, page).headers["Location"])
        with counted(app) as shown:
            ada.get(location)
        counts.append((len(asked), len(shown)))
        post(ada, f"{location}/cancel")
    assert counts[0] == counts[1]


def test_a_plan_is_for_its_maker_alone(app: Flask, ada: FlaskClient, workshop: Workshop, beam: Tool) -> None:
    location = placed(ada, workshop, beam)
    for who in (workshop.bo, workshop.cy):
        other = browser_of(app, workshop, who)
        for path in ("", "/move", "/cancel", "/calendar"):
            assert other.get(location + path).status_code == 404
        assert post(other, f"{location}/keep").status_code == 404
