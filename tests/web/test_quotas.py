"""The pages of limits: for a space by its managers, for the network by its admins, and what a tool's page tells."""

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.models.tables.limits import Quota
from tests.acting import TEN
from tests.calendars import Workshop, make_booking
from tests.factories import make_quota, make_team
from tests.pages import address, browser_of, counted, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bo(app: Flask, workshop: Workshop) -> FlaskClient:
    """The manager's browser."""
    app.config["WTF_CSRF_ENABLED"] = False
    return browser_of(app, workshop, workshop.bo)


def words(answer: TestResponse) -> str:
    return " ".join(BeautifulSoup(answer.data, "html.parser").get_text(" ").split())


def page(workshop: Workshop) -> str:
    return f"/manage/spaces/{workshop.space.slug}/quotas/"


def kept(workshop: Workshop) -> list[tuple[object, ...]]:
    workshop.session.rollback()
    columns = (Quota.space_id, Quota.tool_id, Quota.kind_id, Quota.counted, Quota.measure, Quota.amount)
    return [tuple(row) for row in workshop.session.execute(select(*columns).order_by(Quota.id))]


def test_a_manager_sets_limits_for_a_tool_a_kind_and_the_space_and_takes_them_away(
    bo: FlaskClient, workshop: Workshop
) -> None:
    space, tool = workshop.space.id, workshop.tool
    assert "Everybody may book as much as is free." in words(bo.get(page(workshop)))
    for what, amount, where in (
        ("person-minutes_week", "1,5", "all"),
        ("team-open_bookings", "3", f"kind-{tool.kind_id}"),
        ("visitors-percent_week", "30", f"tool-{tool.id}"),
    ):
        answer = bo.post(page(workshop), data={"what": what, "amount": amount, "where": where})
        assert answer.status_code == 303
    assert kept(workshop) == [
        (space, None, None, "person", "minutes_week", 90),
        (space, None, tool.kind_id, "team", "open_bookings", 3),
        (space, tool.id, None, "visitors", "percent_week", 30),
    ]
    shown = words(bo.get(page(workshop)))
    assert "Each person: 1 hour 30 minutes a week All tools of this space together" in shown
    assert "Each team: 3 bookings ahead at a time All tools of the kind Laser cutter together" in shown
    assert "All visitors together: 30% of the open hours of a week Lumi" in shown
    [first, *_] = workshop.session.scalars(select(Quota.id).order_by(Quota.id))
    assert bo.post(f"{page(workshop)}{first}/remove").status_code == 303
    assert len(kept(workshop)) == 2


def test_a_manager_limits_one_team_that_has_booked_at_the_space(bo: FlaskClient, workshop: Workshop) -> None:
    team = make_team(workshop.session, workshop.ada, name="Rocket")
    make_team(workshop.session, workshop.cy, name="Elsewhere")
    make_booking(workshop, team_id=team.id)
    wanted = {"what": "one_team-minutes_week", "amount": "4", "where": "all"}
    for name in ("", "Elsewhere", "rock", "9" * 30):
        answer = bo.post(page(workshop), data=wanted | {"team": name})
        assert answer.status_code == 422
        assert soup(answer).select_one("#field-team[aria-invalid]")
    for name, amount in (("Rocket", "4"), (str(team.id), "5")):
        assert bo.post(page(workshop), data=wanted | {"team": name, "amount": amount}).status_code in {303, 422}
    workshop.session.rollback()
    assert workshop.session.execute(select(Quota.counted, Quota.team_id, Quota.amount)).all() == [
        ("team", team.id, 240)
    ]
    assert "Team Rocket: 4 hours a week" in words(bo.get(page(workshop)))


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"amount": "0"}, "Please give a number from 0.25 to 168."),
        ({"amount": "169"}, "Please give a number from 0.25 to 168."),
        ({"amount": "many"}, "number"),
        ({"what": "visitors-percent_week", "amount": "101"}, "Please give a number from 1 to 100."),
        ({"what": "visitors-minutes_week"}, "choose"),
        ({"where": "tool-999999"}, "choose"),
        ({"where": "tool-x"}, "choose"),
        ({"where": "kind-9999999999999999999"}, ""),
        ({}, "already"),
    ],
)
def test_what_is_no_limit_is_said_and_kept_in_the_form(
    bo: FlaskClient, workshop: Workshop, wrong: dict[str, str], sentence: str
) -> None:
    make_quota(workshop.session, space_id=workshop.space.id)
    workshop.session.commit()
    answer = bo.post(page(workshop), data={"what": "person-minutes_week", "amount": "6", "where": "all"} | wrong)
    assert answer.status_code == 422
    assert sentence.lower() in words(answer).lower()
    assert len(kept(workshop)) == 1


def test_limits_of_the_network_are_for_its_admins(app: Flask, bo: FlaskClient, workshop: Workshop) -> None:
    dee = browser_of(app, workshop, workshop.dee)
    assert (
        dee.post("/admin/quotas/", data={"what": "person-minutes_week", "amount": "20", "where": "all"}).status_code
        == 303
    )
    assert kept(workshop) == [(None, None, None, "person", "minutes_week", 1200)]
    assert "Each person: 20 hours a week All tools of the network together" in words(dee.get("/admin/quotas/"))
    share = {"what": "visitors-percent_week", "amount": "20", "where": "all"}
    assert dee.post("/admin/quotas/", data=share).status_code == 422
    [number] = workshop.session.scalars(select(Quota.id))
    assert bo.post(f"{page(workshop)}{number}/remove").status_code == 404
    assert dee.post(f"/admin/quotas/{number}/remove").status_code == 303
    assert kept(workshop) == []


def test_the_tool_page_says_what_is_left_before_a_time_is_chosen(app: Flask, workshop: Workshop) -> None:
    make_quota(workshop.session, space_id=workshop.space.id, amount=360)
    workshop.session.commit()
    make_booking(workshop, start=TEN, account=workshop.ada)
    ada = browser_of(app, workshop, workshop.ada)
    said = "Your limit 4 hours of 6 hours left this week, at this space; more from Mon 30 Nov 00:00 on"
    assert said in words(ada.get(address(workshop, "")))
    assert "What is left to you" not in words(app.test_client().get(address(workshop, "")))


def test_the_page_asks_as_many_questions_for_three_limits_as_for_one(
    app: Flask, bo: FlaskClient, workshop: Workshop
) -> None:
    bo.get(page(workshop))
    numbers = []
    for measure in ("minutes_week", "minutes_day", "open_bookings"):
        make_quota(workshop.session, "person", measure, space_id=workshop.space.id)
        workshop.session.commit()
        with counted(app) as statements:
            bo.get(page(workshop))
        numbers.append(len(statements))
    assert len(set(numbers)) == 1
