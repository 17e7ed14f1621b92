"""Joining a space in the browser: asking, being let in, invitations for people with and without an account."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models import members
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Invitation
from booking.rules.access import Role
from tests.browsing import enter, link_path, mails, make_person, post
from tests.calendars import Workshop
from tests.factories import make_member, sign_in
from tests.pages import browser_of, element, soup

pytestmark = pytest.mark.usefixtures("clock")
FORM = {"name": "Eve", "password": "a few words in a row", "language": "de", "time_zone": "Europe/Berlin"}


@pytest.fixture
def bo(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Bo's browser; he manages the space."""
    sign_in(client, workshop.session, workshop.bo)
    return client


@pytest.fixture
def cy(app: Flask, workshop: Workshop) -> FlaskClient:
    """Cy's browser; he belongs to nothing."""
    return browser_of(app, workshop, workshop.cy)


@pytest.fixture
def here(workshop: Workshop) -> str:
    return f"/spaces/{workshop.space.slug}"


def takes(workshop: Workshop, joining: str) -> None:
    workshop.space.joining = joining
    workshop.session.commit()


def role_of(workshop: Workshop, account: Account) -> Role | None:
    workshop.session.rollback()
    workshop.session.expire_all()
    return members.role_of(workshop.session, account.id, workshop.space.id)


def invite(app: Flask, bo: FlaskClient, here: str, email: str, role: str = "member") -> str:
    """Invite an address; the path of the link in its mail."""
    assert post(bo, f"{here}/members/invite", email=email, role=role).status_code == 303
    return link_path(mails(app, "invitation")[-1])


def test_the_space_leads_to_the_way_in(cy: FlaskClient, here: str) -> None:
    assert element(cy.get(f"{here}/"), f"a[href='{here}/join']")


def test_an_open_space_takes_one_tap(cy: FlaskClient, workshop: Workshop, here: str) -> None:
    takes(workshop, "open")
    assert role_of(workshop, workshop.cy) is None
    assert "Everybody may join" in cy.get(f"{here}/join").text
    assert post(cy, f"{here}/join").location == f"{here}/"
    assert role_of(workshop, workshop.cy) is Role.MEMBER
    assert "You belong to" in element(cy.get(f"{here}/join"), "h1").text


def test_a_request_is_shown_to_both_sides_and_accepted(
    bo: FlaskClient, cy: FlaskClient, workshop: Workshop, here: str
) -> None:
    assert post(cy, f"{here}/join", note="I build bikes").location == f"{here}/join"
    assert "Waiting" in element(cy.get(f"{here}/join"), "main").text
    request = element(bo.get(f"{here}/members/"), "article.request")
    assert "Cy" in request.text and "I build bikes" in request.text and "1 second ago" in request.text
    form = request.select("form")[0]
    assert post(bo, str(form["action"]), next=f"{here}/members/requests").location == f"{here}/members/requests"
    assert role_of(workshop, workshop.cy) is Role.MEMBER
    assert "All answered" in bo.get(f"{here}/members/requests").text
    again = post(bo, str(form["action"]))
    assert (again.status_code, "answered already" in again.text) == (409, True)


def test_a_reason_reaches_who_asked_and_asking_again_is_possible(
    app: Flask, bo: FlaskClient, cy: FlaskClient, here: str
) -> None:
    post(cy, f"{here}/join")
    form = element(bo.get(f"{here}/members/requests"), "details form")
    post(bo, str(form["action"]), reason="Full until May")
    page = element(cy.get(f"{here}/join"), "main")
    assert "Full until May" in page.text and "Ask to join" in page.text
    assert mails(app, "join_decided")[0]["reason"] == "Full until May"
    post(cy, f"{here}/join", note="May is near")
    assert len(mails(app, "join_asked")) == 2


def test_a_reason_that_is_too_long_is_kept_where_it_was_typed(bo: FlaskClient, cy: FlaskClient, here: str) -> None:
    post(cy, f"{here}/join")
    form = element(bo.get(f"{here}/members/requests"), "details form")
    refused = post(bo, str(form["action"]), reason="x" * 501)
    assert (refused.status_code, "at most 500 characters" in refused.text) == (422, True)
    assert element(refused, "details[open] input[name=reason]")["value"] == "x" * 501
    assert "Waiting" in element(cy.get(f"{here}/join"), "main").text


def test_a_request_can_be_taken_back(bo: FlaskClient, cy: FlaskClient, here: str) -> None:
    post(cy, f"{here}/join")
    assert post(cy, f"{here}/join/withdraw").status_code == 303
    assert "All answered" in bo.get(f"{here}/members/requests").text
    assert post(cy, f"{here}/join/withdraw").status_code == 404


def test_what_is_too_long_is_said_and_kept(bo: FlaskClient, cy: FlaskClient, here: str) -> None:
    answer = post(cy, f"{here}/join", note="x" * 501)
    assert answer.status_code == 422 and "at most 500 characters" in answer.text and "x" * 501 in answer.text
    assert "All answered" in bo.get(f"{here}/members/requests").text


def test_by_invitation_means_that(cy: FlaskClient, workshop: Workshop, here: str) -> None:
    takes(workshop, "invitation")
    assert "by invitation only" in cy.get(f"{here}/join").text
    assert post(cy, f"{here}/join").status_code == 422
    assert role_of(workshop, workshop.cy) is None


def test_leaving_is_one_step_but_not_for_the_last_manager(
    app: Flask, bo: FlaskClient, workshop: Workshop, here: str
) -> None:
    ada = browser_of(app, workshop, workshop.ada)
    assert post(ada, f"{here}/leave").location == f"{here}/"
    assert role_of(workshop, workshop.ada) is None
    assert post(ada, f"{here}/leave").status_code == 404
    refused = post(bo, f"{here}/leave")
    assert (refused.status_code, "A space needs a manager" in refused.text) == (422, True)
    assert role_of(workshop, workshop.bo) is Role.MANAGER


def test_only_managers_answer_and_invite(app: Flask, cy: FlaskClient, workshop: Workshop, here: str) -> None:
    post(cy, f"{here}/join")
    for browser in (cy, browser_of(app, workshop, workshop.ada)):
        for path in ("requests", "invite"):
            assert browser.get(f"{here}/members/{path}").status_code == 404
        for path in ("requests/1/accept", "requests/1/decline", "invite", "invitations/1/revoke"):
            assert post(browser, f"{here}/members/{path}", email="x@example.org", role="manager").status_code == 404
    assert role_of(workshop, workshop.cy) is None


def test_somebody_new_follows_the_link_and_is_signed_in_and_belongs(
    app: Flask, bo: FlaskClient, workshop: Workshop, here: str
) -> None:
    path, browser = invite(app, bo, here, "eve@example.org", "trainer"), app.test_client()
    page = browser.get(path)
    assert "eve@example.org" in page.text and "Trainer" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    refused = post(browser, path, **FORM | {"password": "short"})
    assert refused.status_code == 422 and "at least 8 characters" in refused.text and 'value="Eve"' in refused.text
    assert post(browser, path, **FORM).location == f"{here}/"
    assert browser.get(f"{here}/certificates/").status_code == 200
    assert browser.get(path).status_code == 410
    assert post(browser, path, **FORM).status_code == 410


def test_reading_the_link_accepts_nothing(app: Flask, bo: FlaskClient, workshop: Workshop, here: str) -> None:
    path = invite(app, bo, here, workshop.cy.email)
    browser_of(app, workshop, workshop.cy).get(path)
    assert role_of(workshop, workshop.cy) is None


def test_an_account_that_is_there_signs_in_first_and_keeps_its_password(
    app: Flask, bo: FlaskClient, workshop: Workshop, here: str
) -> None:
    eve = make_person(app, "Eve")
    path, browser = invite(app, bo, here, eve.email), app.test_client()
    assert f"/sign-in?next={path}" in str(element(browser.get(path), "main a.primary")["href"])
    taken = post(browser, path, **FORM)
    assert taken.status_code == 409 and "has an account here" in taken.text
    assert enter(browser, eve, next=path).location == path
    assert post(browser, path).location == f"{here}/"
    assert role_of(workshop, eve) is Role.MEMBER


def test_somebody_else_cannot_use_the_link(
    app: Flask, bo: FlaskClient, cy: FlaskClient, workshop: Workshop, here: str
) -> None:
    path = invite(app, bo, here, workshop.dee.email)
    assert "This invitation is for" in cy.get(path).text
    assert post(cy, path).status_code == 409
    assert role_of(workshop, workshop.cy) is None


def test_the_invitation_of_who_manages_no_more_says_so(
    app: Flask, bo: FlaskClient, workshop: Workshop, here: str
) -> None:
    path = invite(app, bo, here, workshop.cy.email, "manager")
    make_member(workshop.session, workshop.dee, workshop.space, Role.MANAGER)
    workshop.session.commit()
    post(bo, f"{here}/members/{workshop.bo.id}/", role="member")
    browser = browser_of(app, workshop, workshop.cy)
    for answer in (browser.get(path), post(browser, path)):
        assert (answer.status_code, "does not manage this space any more" in answer.text) == (410, True)
    assert role_of(workshop, workshop.cy) is None
    assert "Counts no more" in browser_of(app, workshop, workshop.dee).get(f"{here}/members/").text


def test_invitations_are_listed_sent_again_and_revoked(
    app: Flask, bo: FlaskClient, workshop: Workshop, here: str
) -> None:
    old = invite(app, bo, here, "eve@example.org")
    forms = [str(form["action"]) for form in soup(bo.get(f"{here}/members/")).select("aside form")]
    assert [path.rsplit("/", 1)[1] for path in forms] == ["again", "revoke"]
    post(bo, forms[0])
    new = link_path(mails(app, "invitation")[-1])
    assert [app.test_client().get(path).status_code for path in (old, new)] == [410, 200]
    (again, revoke) = [str(form["action"]) for form in soup(bo.get(f"{here}/members/")).select("aside form")]
    post(bo, revoke)
    assert app.test_client().get(new).status_code == 410
    assert post(bo, revoke).status_code == 404 and post(bo, again).status_code == 404
    workshop.session.rollback()
    assert all(row.token_hash not in new for row in workshop.session.query(Invitation))


def test_what_is_no_address_or_no_role_is_said(bo: FlaskClient, workshop: Workshop, here: str) -> None:
    for email, role in (("a@x.org,b@y.org", "member"), ("", "member"), ("eve@example.org", "admin")):
        assert post(bo, f"{here}/members/invite", email=email, role=role).status_code == 422
    known = post(bo, f"{here}/members/invite", email=workshop.ada.email, role="member")
    assert known.status_code == 422 and "belongs to the space already" in known.text


def test_nobody_s_mailbox_is_flooded_with_invitations(app: Flask, bo: FlaskClient, here: str) -> None:
    answers = [post(bo, f"{here}/members/invite", email="eve@example.org", role="member") for _each in range(5)]
    assert [answer.status_code for answer in answers] == [303] * 4 + [429]
    assert len(mails(app, "invitation")) == 4
