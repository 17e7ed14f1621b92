"""The page of a space's members: who sees it, what one does there, and what it costs."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models import members
from booking.models.tables.spaces import JoinRequest
from booking.rules.access import Role
from tests.browsing import post
from tests.calendars import Workshop
from tests.factories import NOW, make_account, make_member, sign_in
from tests.pages import browser_of, counted, element, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bo(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Bo's browser; he manages the space."""
    sign_in(client, workshop.session, workshop.bo)
    return client


@pytest.fixture
def here(workshop: Workshop) -> str:
    return f"/spaces/{workshop.space.slug}/members/"


def role_of_ada(workshop: Workshop) -> Role | None:
    workshop.session.rollback()
    workshop.session.expire_all()
    return members.role_of(workshop.session, workshop.ada.id, workshop.space.id)


def test_a_manager_sees_everybody_with_their_role(bo: FlaskClient, here: str) -> None:
    lines = [" ".join(line.text.split()) for line in soup(bo.get(here)).select(".people > li")]
    assert len(lines) == 2
    assert "Ada" in lines[0] and "Member" in lines[0] and "25 Nov 2026" in lines[0]
    assert "Bo (you)" in lines[1] and "Manager" in lines[1]


def test_members_trainers_and_strangers_find_no_such_page(app: Flask, workshop: Workshop, here: str) -> None:
    eve = make_account(workshop.session, "Eve")
    make_member(workshop.session, eve, workshop.space, Role.TRAINER)
    for account in (workshop.ada, eve, workshop.cy):
        browser = browser_of(app, workshop, account)
        assert browser.get(here).status_code == 404
        assert post(browser, f"{here}{workshop.ada.id}/", role="manager").status_code == 404
        assert post(browser, f"{here}{workshop.ada.id}/remove").status_code == 404
    assert browser_of(app, workshop, workshop.dee).get(here).status_code == 200
    assert "/sign-in" in app.test_client().get(here).location


def test_people_are_looked_for_by_name_and_address(bo: FlaskClient, workshop: Workshop, here: str) -> None:
    page = bo.get(f"{here}?q={workshop.ada.email.upper()}")
    assert [name.text.strip() for name in soup(page).select(".people h3")] == ["Ada"]
    assert "Nobody found" in bo.get(f"{here}?q=nobody").text
    assert bo.get(f"{here}?after=x").status_code == 400


def test_long_lists_lie_on_pages(bo: FlaskClient, workshop: Workshop, here: str) -> None:
    for number in range(50):
        make_member(workshop.session, make_account(workshop.session, f"Person {number:02}"), workshop.space)
    workshop.session.commit()
    first = bo.get(here)
    second = bo.get(str(element(first, "a[rel=next]")["href"]))
    assert [len(soup(page).select(".people > li")) for page in (first, second)] == [50, 2]


def test_a_role_counts_from_the_next_request_on(app: Flask, bo: FlaskClient, workshop: Workshop, here: str) -> None:
    ada = browser_of(app, workshop, workshop.ada)
    certificates = f"/spaces/{workshop.space.slug}/certificates/"
    assert ada.get(certificates).status_code == 404
    assert post(bo, f"{here}{workshop.ada.id}/", role="trainer").location == here
    assert ada.get(certificates).status_code == 200
    post(bo, f"{here}{workshop.ada.id}/", role="member")
    assert ada.get(certificates).status_code == 404


def test_a_role_that_is_none_changes_nothing(bo: FlaskClient, workshop: Workshop, here: str) -> None:
    for role in ("admin", "king", ""):
        assert post(bo, f"{here}{workshop.ada.id}/", role=role).status_code == 422
        assert role_of_ada(workshop) is Role.MEMBER
    assert post(bo, f"{here}{2**63}/", role="member").status_code == 404
    assert post(bo, f"{here}{workshop.cy.id}/", role="member").status_code == 404


def test_the_last_manager_is_told_why_not_where_he_was(bo: FlaskClient, workshop: Workshop, here: str) -> None:
    own = f"{here}{workshop.bo.id}/"
    for path in (own, f"{own}remove"):
        answer = post(bo, path, role="trainer", next=f"{here}?q=bo")
        assert (answer.status_code, "A space needs a manager" in answer.text) == (422, True)
        assert [name.text.split()[0] for name in soup(answer).select(".people h3")] == ["Bo"]
        assert element(answer, "details[open] input[checked]")["value"] == "trainer"
    assert members.role_of(workshop.session, workshop.bo.id, workshop.space.id) is Role.MANAGER


def test_who_gives_up_managing_lands_on_the_space(bo: FlaskClient, workshop: Workshop, here: str) -> None:
    make_member(workshop.session, make_account(workshop.session, "Eve"), workshop.space, Role.MANAGER)
    workshop.session.commit()
    answer = post(bo, f"{here}{workshop.bo.id}/", role="member", next=here)
    assert answer.location == f"/spaces/{workshop.space.slug}/"


def test_removing_is_done_and_said(bo: FlaskClient, workshop: Workshop, here: str) -> None:
    assert post(bo, f"{here}{workshop.ada.id}/remove", next="https://evil.example/").location == here
    assert role_of_ada(workshop) is None
    assert "Removed" in bo.get(here).text


def test_the_page_asks_the_same_for_one_row_and_for_three(
    app: Flask, bo: FlaskClient, workshop: Workshop, here: str
) -> None:
    bo.get(here)
    numbers = []
    for more in (1, 2):
        for _each in range(more):
            newcomer, asker = make_account(workshop.session), make_account(workshop.session)
            make_member(workshop.session, newcomer, workshop.space)
            workshop.session.add(JoinRequest(account_id=asker.id, space_id=workshop.space.id, asked_at=NOW))
            workshop.session.commit()
            post(bo, f"{here}invite", email=f"guest{newcomer.id}@example.org", role="member")
        with counted(app) as asked:
            assert bo.get(here).status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
