"""Finding a tool over several days, in a part of each day, or as soon as possible."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.spaces import Staffed
from booking.models.tables.tools import Tool
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_tool
from tests.pages import counted, soup
from tests.web.test_find import offers, reasons

pytestmark = pytest.mark.usefixtures("clock")


def days(client: FlaskClient, address: str) -> dict[str, str]:
    """The day of each offer, by the tool's name."""
    rows = soup(client.get(address)).select(".results > .result")
    return {row.h3.text: row.select_one(".act b").text for row in rows if row.h3}


def test_a_span_offers_the_first_fit_on_any_of_its_days(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW, hours=13)
    weekend = "/?place=&day=2026-11-25..2026-11-27&minutes=120"
    assert offers(client, weekend) == {"Lumi": "Book 08:00"}
    assert days(client, weekend) == {"Lumi": "Thu 26 Nov"}
    tabs = soup(client.get(weekend)).select(".days-nearby a")
    assert [" ".join(tab.text.split()) for tab in tabs] == [
        "Wed 25 Nov0 free",
        "Thu 26 Nov1 free",
        "Fri 27 Nov1 free",
    ]
    assert [tab["href"].split("day=")[1][:10] for tab in tabs] == ["2026-11-25", "2026-11-26", "2026-11-27"]


def test_the_weekend_and_the_coming_week_can_be_chosen(client: FlaskClient) -> None:
    choices = soup(client.get("/")).select("#search-day option")
    named = {choice.text: choice["value"] for choice in choices}
    assert named["As soon as possible"] == "next"
    assert named["This weekend"] == "2026-11-28..2026-11-29"
    assert named["The next 7 days"] == "2026-11-25..2026-12-01"


@pytest.mark.parametrize(
    ("part", "said"), [("morning", "Book 09:00"), ("afternoon", "Book 12:00"), ("evening", "Book 17:00")]
)
def test_a_part_of_the_day_holds_the_whole_booking(
    client: FlaskClient, workshop: Workshop, part: str, said: str
) -> None:
    assert offers(client, f"/?place=&part={part}&minutes=120") == {"Lumi": said}
    assert offers(client, f"/?place=&part={part}&minutes=480") == {}


def test_the_evening_ends_when_the_space_closes(client: FlaskClient, workshop: Workshop) -> None:
    evening = "/?place=&day=2026-11-25..2026-11-26&part=evening&minutes=240"
    make_booking(workshop, start=NOW + timedelta(hours=10), hours=2)
    assert days(client, evening) == {"Lumi": "Thu 26 Nov"}
    assert offers(client, evening) == {"Lumi": "Book 17:00"}


def test_as_soon_as_possible_gives_each_tool_its_next_time_however_far(client: FlaskClient, workshop: Workshop) -> None:
    make_tool(workshop.session, workshop.space, name="Photon", notice_minutes=15 * 1440)
    make_tool(workshop.session, workshop.space, name="Resin", notice_minutes=4 * 1440)
    workshop.session.commit()
    found = days(client, "/?place=&day=next")
    assert list(found.items()) == [("Lumi", "Wed 25 Nov"), ("Resin", "Sun 29 Nov"), ("Photon", "Thu 10 Dec")]
    assert not soup(client.get("/?place=&day=next")).select(".days-nearby")


def test_the_next_time_without_approval_is_looked_for_further_ahead(client: FlaskClient, workshop: Workshop) -> None:
    workshop.tool.approval = "unstaffed"
    workshop.session.add(Staffed(space_id=workshop.space.id, weekday=0, opens=600, closes=720))
    workshop.session.commit()
    assert days(client, "/?place=&day=next") == {"Lumi": "Wed 25 Nov"}
    assert days(client, "/?place=&day=next&instant=yes") == {"Lumi": "Mon 30 Nov"}
    assert offers(client, "/?place=&day=next&instant=yes") == {"Lumi": "Book 10:00"}


def test_what_is_free_on_none_of_the_days_says_so(client: FlaskClient, workshop: Workshop) -> None:
    workshop.session.query(Tool).update({"state": "down"})
    workshop.session.commit()
    assert "out of order" in reasons(client, "/?place=&day=next")
    workshop.session.query(Tool).update({"state": "working"})
    workshop.session.commit()
    make_booking(workshop, start=NOW, hours=13)
    assert "Nothing of 1 hour is left then." in reasons(client, "/?place=&part=evening")


@pytest.mark.parametrize(
    "day", ["2026-11-28..2026-11-26x", "2026-11-30..2026-11-28", "2026-11-28..2026-12-20", "9999-01-01"]
)
def test_days_that_cannot_be_asked_get_a_sentence(client: FlaskClient, day: str) -> None:
    assert client.get("/", query_string={"day": day}).status_code == 422


def test_a_span_without_its_last_day_is_its_first(client: FlaskClient, workshop: Workshop) -> None:
    assert offers(client, "/?place=&day=2026-11-28..") == offers(client, "/?place=&day=2026-11-28")


def test_where_nothing_is_free_the_page_speaks_of_what_was_asked(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW, hours=13)
    assert "for that long on this day" in client.get("/?place=").text
    assert "for that long then" in client.get("/?place=&part=evening").text


def test_a_span_asks_no_more_questions_than_a_day(app: Flask, client: FlaskClient, workshop: Workshop) -> None:
    numbers = []
    for day in ("2026-11-25", "2026-11-25..2026-12-06", "next"):
        client.get("/?place=")
        with counted(app) as statements:
            client.get("/", query_string={"place": "", "day": day})
        numbers.append(len(statements))
    assert len(set(numbers)) == 1
