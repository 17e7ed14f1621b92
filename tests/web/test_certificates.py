"""Certificates in the browser: one's own, those of a space, granting to several people, revoking."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models import certificates, grants
from booking.models.tables.accounts import Account
from booking.models.tables.certificates import Certificate
from booking.rules.access import Role
from tests.browsing import mails, post
from tests.calendars import Workshop
from tests.factories import NOW, make_account, make_certificate, make_grant, make_member, sign_in
from tests.pages import browser_of, counted, element, soup

pytestmark = pytest.mark.usefixtures("clock")
DAY = timedelta(days=1)


@pytest.fixture
def eve(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Eve's browser; she is a trainer of the space."""
    account = make_account(workshop.session, "Eve")
    make_member(workshop.session, account, workshop.space, Role.TRAINER)
    sign_in(client, workshop.session, account)
    return client


@pytest.fixture
def laser(workshop: Workshop) -> Certificate:
    """A certificate that the space's tool asks for, for ever."""
    certificate = make_certificate(workshop.session, workshop.space, workshop.tool)
    workshop.session.commit()
    return certificate


@pytest.fixture
def here(workshop: Workshop) -> str:
    return f"/spaces/{workshop.space.slug}/certificates/"


def holders(workshop: Workshop, certificate: Certificate) -> list[str]:
    workshop.session.rollback()
    return [card.name for card in grants.holders(workshop.session, certificate.id)]


def test_one_sees_what_one_holds_and_held(app: Flask, workshop: Workshop) -> None:
    session, ada = workshop.session, workshop.ada
    for name, columns in (
        ("Laser", {}),
        ("Metal", {"expires_at": NOW + DAY}),
        ("Sewing", {"expires_at": NOW - DAY}),
        ("Wood", {"revoked_at": NOW - DAY}),
    ):
        make_grant(session, make_certificate(session, workshop.space, name=name), ada, **columns)
    make_grant(session, make_certificate(session, workshop.space, name="Foreign"), workshop.cy)
    page = soup(browser_of(app, workshop, ada).get("/certificates/"))
    assert [" ".join(card.text.split()) for card in page.select("li.certificate")] == [
        "Laser Valid Werkhof · Does not end",
        "Metal Valid Werkhof · Valid until 26 Nov 2026",
        "Sewing Ended Werkhof · Ended on 24 Nov 2026",
        "Wood Revoked Werkhof · Revoked on Tuesday, 24 November 2026",
    ]


def test_without_any_the_page_leads_on(app: Flask, workshop: Workshop) -> None:
    assert "Find a space" in browser_of(app, workshop, workshop.cy).get("/certificates/").text


def test_trainers_and_managers_see_those_of_the_space_and_nobody_else_does(
    app: Flask, eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    paths = (here, f"{here}{laser.id}/", f"{here}{laser.id}/grant")
    assert [eve.get(path).status_code for path in paths] == [200] * 3
    for account in (workshop.ada, workshop.cy):
        browser = browser_of(app, workshop, account)
        assert [browser.get(path).status_code for path in paths] == [404] * 3
        assert post(browser, f"{here}{laser.id}/grant", people=account.id).status_code == 404
    assert holders(workshop, laser) == []


def test_managers_define_and_trainers_do_not(
    app: Flask, eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    bo = browser_of(app, workshop, workshop.bo)
    assert post(bo, f"{here}new", name="Wood", valid_days="365").location == here
    post(bo, f"{here}{laser.id}/edit", name="Laser, basics", description="Ask Bo.")
    assert "valid for 365 days" in bo.get(here).text and "Ask Bo." in bo.get(here).text
    assert 'value="Laser, basics"' in bo.get(f"{here}{laser.id}/edit").text
    assert [eve.get(f"{here}{path}").status_code for path in ("new", f"{laser.id}/edit")] == [404, 404]
    assert post(eve, f"{here}new", name="Metal").status_code == 404
    assert "New certificate" not in eve.get(here).text


def test_what_cannot_be_taken_is_said_and_kept(app: Flask, workshop: Workshop, laser: Certificate, here: str) -> None:
    bo, name = browser_of(app, workshop, workshop.bo), laser.name
    for fields in ({"name": ""}, {"name": name}, {"name": "New", "valid_days": "0"}, {"name": "x" * 121}):
        answer = post(bo, f"{here}new", description="Kept words", **fields)
        assert answer.status_code == 422 and "Kept words" in answer.text
    workshop.session.rollback()
    assert len(certificates.of_space(workshop.session, workshop.space.id, NOW)) == 1


def test_granting_keeps_who_is_ticked_while_one_looks_for_others(
    app: Flask, eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    path, ada = f"{here}{laser.id}/grant", str(workshop.ada.id)
    page = soup(post(eve, path, act="search", q="Bo", people=ada))
    boxes = {str(box["value"]): box.has_attr("checked") for box in page.select("[name=people]")}
    assert boxes == {ada: True, str(workshop.bo.id): False}
    assert holders(workshop, laser) == []
    answer = post(eve, path, people=[ada, str(workshop.bo.id)])
    assert answer.location == f"{here}{laser.id}/"
    assert holders(workshop, laser) == ["Ada", "Bo"]
    assert len(mails(app, "certificate_granted")) == 2
    assert "Granted to 2 people" in eve.get(f"{here}{laser.id}/").text


def test_addresses_are_taken_too_and_all_count_or_none(
    eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    path, ada = f"{here}{laser.id}/grant", workshop.ada.email
    workshop.space.bookable_by = "members"
    workshop.session.commit()
    for emails, sentence in (
        (f"{ada}, {workshop.cy.email}", "belongs to the space yet"),
        (f"{ada} nonsense", "one mail address"),
        ("", "Please fill this in"),
    ):
        answer = post(eve, path, emails=emails)
        assert answer.status_code == 422 and sentence in answer.text
    assert post(eve, path, people=["0", "x", str(2**70)]).status_code == 422
    assert post(eve, path, people=str(workshop.cy.id)).status_code == 422
    assert holders(workshop, laser) == []
    assert post(eve, path, emails=f"{ada.upper()};\n{workshop.bo.email}").status_code == 303
    assert holders(workshop, laser) == ["Ada", "Bo"]


def test_a_holder_s_line_leads_to_renewing_and_revokes(
    eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    make_grant(workshop.session, laser, workshop.ada, expires_at=NOW + DAY)
    workshop.session.commit()
    page = eve.get(f"{here}{laser.id}/")
    assert "Until 26 Nov 2026" in element(page, ".people").text
    renew = eve.get(str(element(page, ".people a.button")["href"]))
    assert element(renew, "[name=people][checked]")["value"] == str(workshop.ada.id)
    action = str(element(page, ".people form")["action"])
    assert post(eve, action).location == f"{here}{laser.id}/"
    assert holders(workshop, laser) == []
    assert post(eve, action).status_code == 404


def test_the_list_of_holders_is_searched_and_lies_on_pages(
    eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    for number in range(51):
        make_grant(workshop.session, laser, make_account(workshop.session, f"Person {number:02}"))
    workshop.session.commit()
    first = eve.get(f"{here}{laser.id}/")
    second = eve.get(str(element(first, "a[rel=next]")["href"]))
    assert [len(soup(page).select(".people > li")) for page in (first, second)] == [50, 1]
    assert len(soup(eve.get(f"{here}{laser.id}/?q=son+07")).select(".people > li")) == 1


def test_another_space_s_certificate_is_not_there(
    eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    assert eve.get(f"{here}{laser.id + 1}/").status_code == 404
    assert post(eve, f"{here}{laser.id + 1}/grant", people=str(workshop.ada.id)).status_code == 404


def test_the_pages_ask_the_same_for_one_row_and_for_three(
    app: Flask, eve: FlaskClient, workshop: Workshop, laser: Certificate, here: str
) -> None:
    paths = (here, f"{here}{laser.id}/", f"{here}{laser.id}/grant", "/certificates/")
    me = workshop.session.query(Account).filter_by(name="Eve").one()
    eve.get(here)
    workshop.session.rollback()
    numbers = []
    for more in (1, 2):
        for each in range(more):
            other = make_certificate(workshop.session, workshop.space, name=f"Other {more}-{each}")
            make_grant(workshop.session, other, me)
            newcomer = make_account(workshop.session)
            make_member(workshop.session, newcomer, workshop.space)
            make_grant(workshop.session, laser, newcomer)
        workshop.session.commit()
        with counted(app) as asked:
            assert [eve.get(path).status_code for path in paths] == [200] * 4
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
