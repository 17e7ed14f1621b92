"""The directory of spaces and the page of each: when it is open, what it has, who may come."""

from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.spaces import Closure, JoinRequest, Opening, SpecialDay
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_kind, make_space, make_tool
from tests.pages import browser_of, counted, element, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def network(workshop: Workshop) -> Workshop:
    """Beside the workshop in Berlin: one in Hamburg without tools, one in Sydney, where it is evening."""
    session = workshop.session
    make_space(session, "Hafen", city="Hamburg", latitude=53.55, longitude=10.0, hours=False)
    make_space(
        session, "Harbour", city="Sydney", country="AU", time_zone="Australia/Sydney", latitude=-33.9, longitude=151.2
    )
    session.commit()
    return workshop


def names(client: FlaskClient, query: str = "") -> list[str]:
    """The spaces that the directory lists."""
    return [one.text for one in soup(client.get(f"/spaces/{query}")).select(".space-card h3")]


def page_of(workshop: Workshop) -> str:
    return f"/spaces/{workshop.space.slug}/"


def test_the_directory_lists_spaces_by_name(client: FlaskClient, network: Workshop) -> None:
    make_tool(network.session, network.space, make_kind(network.session, "kiln"))
    make_tool(network.session, network.space, name="Photon")
    network.session.commit()
    assert names(client) == ["Hafen", "Harbour", "Werkhof"]
    said = " ".join(soup(client.get("/spaces/?q=werk")).select(".space-card")[0].text.split())
    assert "Berlin, Germany" in said and "3 tools · Laser cutter × 2 · Kiln" in said and "Open until 22:00" in said


def test_the_directory_is_narrowed_by_words_country_and_doors(client: FlaskClient, network: Workshop) -> None:
    assert names(client, "?q=hamb") == ["Hafen"]
    assert names(client, "?country=AU") == ["Harbour"]
    assert names(client, "?open=yes") == ["Harbour", "Werkhof"]
    assert "No space matches" in client.get("/spaces/?q=xyz").text


def test_the_directory_is_sorted_by_distance_from_a_place(client: FlaskClient, network: Workshop) -> None:
    assert names(client, "?place=Berlin, DE") == ["Werkhof", "Hafen", "Harbour"]
    assert names(client, "?near=53.5,10") == ["Hafen", "Werkhof", "Harbour"]


def test_the_directory_comes_in_pages(client: FlaskClient, workshop: Workshop) -> None:
    for number in range(24):
        make_space(workshop.session, f"A{number:02d}")
    workshop.session.commit()
    following = element(client.get("/spaces/"), "a[rel=next]")
    assert len(names(client)) == 24
    assert names(client, str(following["href"]).removeprefix("/spaces/")) == ["Werkhof"]


@pytest.mark.parametrize("query", ["?country=XX", "?place=Atlantis", "?near=1", "?page=0", "?q=" + "x" * 81])
def test_what_cannot_be_asked_of_the_directory_is_refused(client: FlaskClient, network: Workshop, query: str) -> None:
    assert client.get(f"/spaces/{query}").status_code == 422


def test_opening_hours_are_said_together_where_days_are_alike(client: FlaskClient, workshop: Workshop) -> None:
    session, space_id = workshop.session, workshop.space.id
    session.query(Opening).filter_by(space_id=space_id, weekday=6).delete()
    session.query(Opening).filter_by(space_id=space_id, weekday=5).update({"closes": 1560})
    session.add(Opening(space_id=space_id, weekday=0, opens=1380, closes=1440))
    session.commit()
    said = [" ".join(one.text.split()) for one in soup(client.get(page_of(workshop))).select("aside dl > *")]
    assert said == [
        *("Monday", "08:00–22:00, 23:00–00:00", "Tuesday to Friday", "08:00–22:00"),
        *("Saturday", "08:00–02:00", "Sunday", "Closed"),
    ]


def test_closures_and_special_days_ahead_are_told(client: FlaskClient, workshop: Workshop) -> None:
    session, space_id = workshop.session, workshop.space.id
    session.add(
        Closure(space_id=space_id, first_day=date(2026, 12, 24), last_day=date(2026, 12, 26), reason="Holidays")
    )
    session.add(Closure(space_id=space_id, first_day=date(2026, 1, 1), last_day=date(2026, 1, 1), reason="Long ago"))
    session.add(SpecialDay(space_id=space_id, day=date(2026, 12, 31), opens=600, closes=840, note="Short day"))
    session.commit()
    page = client.get(page_of(workshop)).text
    assert "24–26 Dec 2026" in page and "Holidays" in page and "Long ago" not in page
    assert "Thu 31 Dec" in page and "10:00–14:00 · Short day" in page


def test_tools_are_shown_by_kind_with_their_day(client: FlaskClient, workshop: Workshop) -> None:
    make_tool(
        workshop.session, workshop.space, make_kind(workshop.session, "kiln"), "Oven", state="down", state_note="Fuse"
    )
    make_booking(workshop, start=NOW + timedelta(hours=1))
    page = soup(client.get(page_of(workshop)))
    assert [one.text for one in page.select(".shelf-head")] == ["Kiln", "Laser cutter"]
    oven, lumi = page.select(".results > .result")
    assert "Out of order" in oven.text and "Fuse" in oven.text
    assert "Booked 10:00–12:00" in [one.text for one in lumi.select(".bar .visually-hidden")]


def test_a_closed_space_is_shown_without_its_times(app: Flask, workshop: Workshop) -> None:
    workshop.space.visibility = "closed"
    workshop.session.commit()
    stranger = app.test_client().get(page_of(workshop))
    assert "Lumi" in stranger.text and not soup(stranger).select(".bar")
    assert "to its members only" in stranger.text
    assert soup(browser_of(app, workshop, workshop.ada).get(page_of(workshop))).select(".bar")


def test_who_may_do_what_at_a_space(app: Flask, workshop: Workshop) -> None:
    join, manage = f"/spaces/{workshop.space.slug}/join", f"/manage/spaces/{workshop.space.slug}/"
    stranger = app.test_client().get(page_of(workshop)).text
    assert join in stranger and "#user-plus" in stranger and "You belong here" not in stranger
    member = browser_of(app, workshop, workshop.ada).get(page_of(workshop)).text
    assert "You belong here" in member and "#user-plus" not in member and join in member and manage not in member
    assert manage in browser_of(app, workshop, workshop.bo).get(page_of(workshop)).text


def test_only_an_invitation_leads_into_some_spaces(client: FlaskClient, workshop: Workshop) -> None:
    workshop.space.joining = "invitation"
    workshop.session.commit()
    assert "/join" not in client.get(page_of(workshop)).text


@pytest.mark.parametrize("address", ["/spaces/", "/spaces/{space}/"])
def test_pages_of_spaces_ask_as_often_for_one_as_for_many(
    app: Flask, client: FlaskClient, workshop: Workshop, address: str
) -> None:
    def questions() -> int:
        with counted(app) as asked:
            assert client.get(address.format(space=workshop.space.slug)).status_code == 200
        return len(asked)

    few = questions()
    for number in range(5):
        make_tool(workshop.session, workshop.space, name=f"Tool {number}")
        make_tool(workshop.session, make_space(workshop.session, f"Space {number}"))
    workshop.session.commit()
    assert questions() == few


def test_who_has_asked_to_join_is_told_that_she_waits(app: Flask, workshop: Workshop) -> None:
    cy = browser_of(app, workshop, workshop.cy)
    assert "Waiting to join" not in cy.get(page_of(workshop)).text
    workshop.session.add(JoinRequest(account_id=workshop.cy.id, space_id=workshop.space.id, asked_at=NOW))
    workshop.session.commit()
    page = soup(cy.get(page_of(workshop)))
    assert "Waiting to join" in page.text and not page.select(".page-head .button.primary")


def test_a_space_by_invitation_says_so(client: FlaskClient, workshop: Workshop) -> None:
    workshop.space.joining = "invitation"
    workshop.session.commit()
    page = soup(client.get(page_of(workshop)))
    assert "Joined by invitation only" in page.text and not page.select(".page-head .button.primary")
