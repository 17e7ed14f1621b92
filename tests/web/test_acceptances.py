"""The page on which managers say which certificates of other spaces count."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models import acceptances
from booking.models.tables.certificates import Certificate
from tests.browsing import post
from tests.calendars import Workshop
from tests.factories import make_certificate, make_space, sign_in
from tests.pages import browser_of, counted, element, soup

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def bo(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    sign_in(client, workshop.session, workshop.bo)
    return client


@pytest.fixture
def laser(workshop: Workshop) -> Certificate:
    certificate = make_certificate(workshop.session, workshop.space, workshop.tool, name="Laser")
    make_certificate(workshop.session, workshop.space, name="Fire")
    workshop.session.commit()
    return certificate


@pytest.fixture
def cutter(workshop: Workshop) -> Certificate:
    certificate = make_certificate(workshop.session, make_space(workshop.session, "Fablab"), name="Cutter")
    workshop.session.commit()
    return certificate


@pytest.fixture
def here(workshop: Workshop, laser: Certificate) -> str:
    return f"/spaces/{workshop.space.slug}/certificates/{laser.id}/accepted/"


def taken(workshop: Workshop) -> list[tuple[str, str]]:
    workshop.session.rollback()
    found = acceptances.of_space(workshop.session, workshop.space.id)
    return [(card.foreign_name, card.briefing) for cards in found.values() for card in cards]


def test_a_manager_takes_one_in_with_a_briefing_and_leaves_it_out(
    bo: FlaskClient, workshop: Workshop, cutter: Certificate, here: str
) -> None:
    page = bo.get(here)
    assert "Only your own training counts so far." in page.text
    (fire,) = (option for option in soup(page).select("#field-briefing option") if option.text == "Fire")
    assert post(bo, here, foreign=str(cutter.id), briefing=str(fire["value"])).location == here
    assert taken(workshop) == [("Cutter", "Fire")]
    after = bo.get(here)
    assert "With your briefing on top: Fire" in element(after, "li.certificate").text
    assert soup(after).select("[name=foreign]") == []
    assert "Cutter (Fablab) + Fire" in bo.get(here.split("certificates/")[0] + "certificates/").text
    action = str(element(after, "li.certificate form")["action"])
    assert post(bo, action).location == here
    assert taken(workshop) == []
    assert post(bo, action).status_code == 404


def test_what_is_asked_for_is_said_and_kept(
    bo: FlaskClient, workshop: Workshop, cutter: Certificate, here: str
) -> None:
    answer = post(bo, here, briefing="")
    assert answer.status_code == 422 and "Please fill this in." in answer.text
    wrong = post(bo, here, foreign=str(cutter.id), briefing=str(2**62))
    assert wrong.status_code == 422
    assert element(wrong, "[name=foreign][checked]")["value"] == str(cutter.id)
    assert taken(workshop) == []


def test_one_looks_for_certificates_of_others_by_name_space_or_city(
    bo: FlaskClient, cutter: Certificate, here: str
) -> None:
    for words, number in (("fab cut", 1), ("berlin", 1), ("laser", 0), ("%", 0)):
        assert len(soup(bo.get(here, query_string={"q": words})).select("[name=foreign]")) == number


def test_members_and_other_managers_see_nothing(app: Flask, workshop: Workshop, here: str) -> None:
    for account in (workshop.ada, workshop.cy):
        browser = browser_of(app, workshop, account)
        assert browser.get(here).status_code == post(browser, here, foreign="1").status_code == 404


def test_the_page_asks_the_same_for_one_row_and_for_three(
    app: Flask, bo: FlaskClient, workshop: Workshop, laser: Certificate, cutter: Certificate, here: str
) -> None:
    bo.get(here)
    numbers = []
    for more in (1, 2):
        for each in range(more):
            space = make_space(workshop.session, f"Space{more}{each}")
            foreign = [make_certificate(workshop.session, space, name=name) for name in ("One", "Two")]
            acceptances.add(workshop.session, laser.id, foreign[0].id, None)
        workshop.session.commit()
        with counted(app) as asked:
            assert bo.get(here).status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]
