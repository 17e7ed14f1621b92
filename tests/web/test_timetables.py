"""Many tools over a week or a day: what is free, what is taken, and by whom for those who may know."""

from datetime import timedelta

import pytest
from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.spaces import Space
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_kind, make_space, make_tool, sign_in
from tests.pages import counted, soup

pytestmark = pytest.mark.usefixtures("clock")
DAY = timedelta(days=1)


@pytest.fixture
def manager(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Bo's browser, who manages the space."""
    sign_in(client, workshop.session, workshop.bo)
    return client


def address(workshop: Workshop, **asked: str) -> str:
    """The page of the workshop's space."""
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/spaces/{workshop.space.slug}/timetable?{query}"


def row(page: Tag, name: str) -> list[Tag]:
    """The days of a tool."""
    return next(line.find_all("td") for line in page.select("tbody tr") if line.th and line.th.text == name)


def test_a_week_shows_each_day_of_each_tool_and_how_much_of_it_is_free(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW + DAY, hours=13)
    make_booking(workshop, start=NOW + 2 * DAY, hours=2)
    page = soup(client.get(address(workshop)))
    said = [cell.select_one(".visually-hidden").text for cell in row(page, "Lumi")]
    assert said[0] == said[1] == "Past"
    assert said[3:5] == ["1 hr free", "12 hrs free"]
    friday = row(page, "Lumi")[4]
    assert [(mark["x"], mark["width"]) for mark in friday.select("rect.busy")] == [("1.0", "2.0")]
    assert page.select_one("thead [aria-current=date]").text.split() == ["Wed", "25"]
    assert friday.a["href"].endswith("?day=2026-11-27")


def test_what_is_over_still_shows_what_was_booked(client: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW - DAY, hours=2)
    assert len(row(soup(client.get(address(workshop))), "Lumi")[1].select("rect.busy")) == 1


def test_a_day_can_be_booked_by_a_tap(client: FlaskClient, workshop: Workshop) -> None:
    page = soup(client.get(address(workshop, view="day", day="2026-11-26")))
    free = page.select_one(".bar .free a")
    assert "date=2026-11-26&start=08:00&end=09:00" in free["href"]


def test_managers_see_whose_bookings_they_are_on_each_unit_and_others_do_not(
    manager: FlaskClient, workshop: Workshop, app: Flask
) -> None:
    pool = make_tool(workshop.session, workshop.space, name="Pool", units=2)
    booking = make_booking(workshop, start=NOW + DAY, tool_id=pool.id)
    asked = address(workshop, view="day", day="2026-11-26")
    page = soup(manager.get(asked))
    assert [name.text for name in page.select(".timetable-name")] == ["Lumi", "Pool 1", "Pool 2"]
    named = page.select_one(".bar .busy a")
    assert (named.select_one(".named").text, named["href"]) == ("Ada", f"/bookings/{booking.id}")
    stranger = soup(app.test_client().get(asked))
    assert not stranger.select(".named")
    assert [name.text for name in stranger.select(".timetable-name")] == ["Lumi", "Pool"]


def test_a_space_that_keeps_its_times_to_itself_shows_none(client: FlaskClient, workshop: Workshop) -> None:
    workshop.session.query(Space).update({"visibility": "closed"})
    make_booking(workshop, start=NOW + DAY)
    page = soup(client.get(address(workshop)))
    assert "to its members only" in page.text
    assert not page.select("table")


def test_a_kind_is_shown_over_spaces_and_hides_the_same(client: FlaskClient, workshop: Workshop) -> None:
    kind = make_kind(workshop.session)
    near, shut = (make_space(workshop.session, name=name, slug=name.lower()) for name in ("Near", "Shut"))
    shut.visibility = "closed"
    for space in (near, shut):
        make_tool(workshop.session, space, kind=kind, name=f"Of {space.name}")
    workshop.session.commit()
    page = soup(client.get(f"/kinds/{kind.slug}/timetable"))
    assert [head.text for head in page.select(".timetable-head")] == ["Werkhof", "Near"]
    assert soup(client.get(f"/?kind={kind.slug}&place=")).select_one(f'a[href^="/kinds/{kind.slug}/timetable"]')


@pytest.mark.parametrize("query", ["view=month", "day=soon", "day=9999-12-31", "page=0", "page=x"])
def test_what_cannot_be_asked_gets_a_sentence(client: FlaskClient, workshop: Workshop, query: str) -> None:
    assert client.get(f"/spaces/{workshop.space.slug}/timetable?{query}").status_code == 422


@pytest.mark.parametrize("view", ["week", "day"])
@pytest.mark.parametrize(("day", "way_on"), [("2000-01-01", "Later"), ("2199-12-31", "Earlier")])
def test_the_first_and_the_last_day_lead_one_way_only(
    client: FlaskClient, workshop: Workshop, day: str, way_on: str, view: str
) -> None:
    answer = client.get(address(workshop, day=day, view=view))
    assert answer.status_code == 200
    assert [way["aria-label"] for way in soup(answer).select(".timetable-bar .square")] == [way_on]


@pytest.mark.parametrize("view", ["week", "day"])
def test_a_timetable_asks_the_same_number_of_questions_however_many_tools(
    app: Flask, manager: FlaskClient, workshop: Workshop, view: str
) -> None:
    def questions() -> int:
        manager.get(address(workshop, view=view))
        with counted(app) as statements:
            manager.get(address(workshop, view=view))
        return len(statements)

    few = questions()
    for number in range(10):
        tool = make_tool(workshop.session, workshop.space, name=f"Tool {number}", units=1 + number % 3)
        make_booking(workshop, start=NOW + timedelta(hours=number), tool_id=tool.id)
    assert questions() == few <= 12
