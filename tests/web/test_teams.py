"""Teams in the browser: made, invited into, booked for, and what each of its people sees and may do."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.teams import Team, TeamMember
from tests.browsing import enter, link_path, mails, make_person, post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_account, make_team, sign_in
from tests.pages import THURSDAY, address, browser_of, counted, element, rows, soup

pytestmark = pytest.mark.usefixtures("clock")
FORM = {"name": "Eve", "password": "a few words in a row", "language": "de", "time_zone": "Europe/Berlin"}


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser; she leads teams."""
    sign_in(client, workshop.session, workshop.ada)
    return client


@pytest.fixture
def cy(app: Flask, workshop: Workshop) -> FlaskClient:
    """Cy's browser."""
    return browser_of(app, workshop, workshop.cy)


@pytest.fixture
def team(workshop: Workshop) -> Team:
    """Ada leads it, Cy is in it."""
    found = make_team(workshop.session, workshop.ada, workshop.cy)
    workshop.session.commit()
    return found


def people(session: Session) -> dict[str, bool]:
    session.rollback()
    session.expire_all()
    question = select(Account.name, TeamMember.leads).join(TeamMember, TeamMember.account_id == Account.id)
    return {name: leads for name, leads in session.execute(question)}


def invited(app: Flask, ada: FlaskClient, page: str, email: str) -> str:
    """Invite an address into the team of this page; the path of the link in its mail."""
    assert post(ada, f"{page}invite", email=email).status_code == 303
    return link_path(mails(app, "team_invitation")[-1])


def test_a_team_is_made_and_somebody_joins_after_signing_in(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    made = post(ada, "/teams/", name="Rocket club")
    link = invited(app, ada, made.location, workshop.cy.email)
    browser = app.test_client()
    assert "Sign in with it" in browser.get(link).text
    sign_in(browser, workshop.session, workshop.cy)
    assert "signed in with" in browser.get(link).text
    joined = post(browser, link)
    assert joined.location == made.location
    assert "Rocket club" in browser.get(joined.location).text
    assert browser.get(link).status_code == 410
    assert people(workshop.session) == {"Ada": True, "Cy": False}


def test_a_newcomer_makes_an_account_on_the_page_of_the_link(app: Flask, ada: FlaskClient, workshop: Workshop) -> None:
    made = post(ada, "/teams/", name="Rocket club")
    link, eve = invited(app, ada, made.location, "eve@example.org"), app.test_client()
    assert post(eve, link, **{**FORM, "password": "short"}).status_code == 422
    assert eve.get(post(eve, link, **FORM).location).status_code == 200
    assert people(workshop.session) == {"Ada": True, "Eve": False}


def test_a_link_for_somebody_else_is_not_followed(app: Flask, ada: FlaskClient, cy: FlaskClient) -> None:
    made = post(ada, "/teams/", name="Rocket club")
    link = invited(app, ada, made.location, "eve@example.org")
    assert post(cy, link).status_code == 409


def test_a_name_and_an_address_that_can_not_be_taken_are_said(ada: FlaskClient, workshop: Workshop) -> None:
    assert post(ada, "/teams/", name=" ").status_code == 422
    made = post(ada, "/teams/", name="Rocket club")
    again = post(ada, f"{made.location}invite", email=workshop.ada.email)
    assert again.status_code == 422
    assert "in the team already" in again.text


def test_the_lead_goes_over_and_its_old_holder_leaves(
    ada: FlaskClient, cy: FlaskClient, workshop: Workshop, team: Team
) -> None:
    page = f"/teams/{team.id}/"
    assert "Hand over the lead" not in cy.get(page).text
    post(ada, f"{page}leave")
    assert "needs somebody who leads it" in ada.get(page).text
    post(ada, f"{page}members/{workshop.cy.id}/lead")
    assert people(workshop.session) == {"Ada": False, "Cy": True}
    assert post(ada, f"{page}leave").location == "/teams/"
    assert ada.get(page).status_code == 404


def test_whoever_is_removed_sees_the_team_no_more_and_a_dissolved_one_is_nobodys(
    ada: FlaskClient, cy: FlaskClient, workshop: Workshop, team: Team
) -> None:
    page = f"/teams/{team.id}/"
    post(ada, f"{page}members/{workshop.cy.id}/remove")
    assert cy.get(page).status_code == 404
    assert post(ada, f"{page}dissolve").location == "/teams/"
    assert people(workshop.session) == {}


def test_an_invitation_is_taken_back(app: Flask, ada: FlaskClient, cy: FlaskClient, team: Team) -> None:
    link = invited(app, ada, f"/teams/{team.id}/", "eve@example.org")
    form = element(ada.get(f"/teams/{team.id}/"), "form[action*=invitations]")
    assert post(cy, str(form["action"])).status_code == 403
    post(ada, str(form["action"]))
    assert app.test_client().get(link).status_code == 410


def test_the_dialog_asks_for_whom_and_the_booking_is_the_teams(
    ada: FlaskClient, cy: FlaskClient, workshop: Workshop, team: Team
) -> None:
    choices = element(ada.get(address(workshop)), "#field-team").select("option")
    assert [(option["value"], option.text) for option in choices] == [("", "Me"), (str(team.id), "Rocket")]
    booked = post(ada, address(workshop), **THURSDAY, team=str(team.id), purpose="Fins")
    [row] = rows(workshop)
    assert (row.team_id, row.account_id) == (team.id, workshop.ada.id)
    line = element(cy.get(f"/teams/{team.id}/"), ".booking-line")
    assert "by Ada" in line.text
    assert "Fins" in line.text
    assert {"Move", "Cancel"} <= {str(link.contents[1]).strip() for link in line.select(".acts a")}
    shown = cy.get(booked.location)
    assert "For the team" in shown.text
    assert "Ada" in element(shown, "dl").text


def test_a_mate_cancels_and_the_booking_says_who_it_was(
    ada: FlaskClient, cy: FlaskClient, workshop: Workshop, team: Team
) -> None:
    row = make_booking(workshop, team_id=team.id)
    assert post(cy, f"/bookings/{row.id}/cancel").status_code == 303
    history = element(ada.get(f"/bookings/{row.id}"), "#history-title + ol")
    assert "Cy" in history.text


def test_somebody_without_a_team_is_not_asked_and_a_foreign_team_is_not_taken(
    app: Flask, workshop: Workshop, team: Team
) -> None:
    bo = browser_of(app, workshop, workshop.bo)
    assert soup(bo.get(address(workshop))).select_one("#field-team") is None
    assert post(bo, address(workshop), **THURSDAY, team=str(team.id)).status_code == 404
    assert post(bo, address(workshop), **THURSDAY, team="nonsense").status_code == 422
    assert rows(workshop) == []


def test_a_mate_reads_the_teams_bookings_in_a_tools_week(cy: FlaskClient, workshop: Workshop, team: Team) -> None:
    make_booking(workshop, team_id=team.id, purpose="Fins")
    make_booking(workshop, start=NOW.replace(hour=18), purpose="Something private")
    page = cy.get(address(workshop, "")).text
    assert "Ada · Fins" in page
    assert "Something private" not in page


@pytest.mark.parametrize("path", ["/teams/", "/teams/{team}/"])
def test_lists_ask_as_often_for_three_rows_as_for_one(
    app: Flask, ada: FlaskClient, workshop: Workshop, team: Team, path: str
) -> None:
    def asked() -> int:
        with counted(app) as statements:
            assert ada.get(path.format(team=team.id)).status_code == 200
        return len(statements)

    make_booking(workshop, team_id=team.id)
    asked()  # The first look notes that the sign-in is used.
    once = asked()
    for day in (26, 27):
        make_team(workshop.session, workshop.ada, make_account(workshop.session, "Tia"))
        workshop.session.add(
            TeamMember(team_id=team.id, account_id=make_account(workshop.session).id, leads=False, since=NOW)
        )
        make_booking(workshop, start=NOW.replace(day=day), team_id=team.id)
    assert asked() == once


def test_signing_in_leads_back_to_the_link(app: Flask, ada: FlaskClient) -> None:
    made = post(ada, "/teams/", name="Rocket club")
    eve = make_person(app, "Eve")
    link, browser = invited(app, ada, made.location, eve.email), app.test_client()
    assert str(element(browser.get(link), "main a.primary")["href"]).endswith(f"next={link}")
    assert enter(browser, eve, next=link).location == link


def test_a_team_gets_another_name_and_a_name_that_does_not_do_is_kept_in_the_form(ada: FlaskClient, team: Team) -> None:
    page = f"/teams/{team.id}/"
    assert post(ada, f"{page}rename", name="Balloon club").status_code == 303
    assert element(ada.get(page), "h1").text == "Balloon club"
    refused = post(ada, f"{page}rename", name="")
    assert refused.status_code == 422
    assert element(refused, "details[open] [name=name]")["value"] == ""


def test_only_who_leads_a_team_renames_it(cy: FlaskClient, team: Team) -> None:
    page = f"/teams/{team.id}/"
    assert "Rename the team" not in cy.get(page).text
    assert post(cy, f"{page}rename", name="Mine").status_code == 403


def test_invitations_write_to_ten_strangers_and_no_more_for_a_while(ada: FlaskClient) -> None:
    page = post(ada, "/teams/", name="Rocket club").location
    answers = [post(ada, f"{page}invite", email=f"stranger{number}@example.org") for number in range(11)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [429]
