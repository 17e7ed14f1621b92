"""My skills: what counts where, what is lacking and how to get it; the same on the page of a tool."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.certificates import Acceptance, Certificate
from booking.rules.access import Role
from tests.calendars import Workshop
from tests.factories import (
    NOW,
    added,
    make_account,
    make_certificate,
    make_grant,
    make_member,
    make_space,
    make_tool,
    sign_in,
)
from tests.pages import address, browser_of, counted, element, soup

pytestmark = pytest.mark.usefixtures("clock")
DAY = timedelta(days=1)
TEN_AT_NIGHT = NOW.replace(hour=21)


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    sign_in(client, workshop.session, workshop.ada)
    return client


@pytest.fixture
def laser(workshop: Workshop) -> Certificate:
    """What the tool asks for, with a briefing this evening by Tia."""
    tia = make_account(workshop.session, "Tia")
    make_member(workshop.session, tia, workshop.space, Role.TRAINER)
    workshop.space.contact = "hello@werkhof.example"
    certificate = make_certificate(workshop.session, workshop.space, workshop.tool, name="Laser")
    certificate.next_briefing_at, certificate.briefing_note = TEN_AT_NIGHT, "Bring goggles"
    workshop.session.commit()
    return certificate


@pytest.fixture
def cutter(workshop: Workshop) -> Certificate:
    """A certificate of Fablab."""
    certificate = make_certificate(workshop.session, make_space(workshop.session, "Fablab"), name="Cutter")
    workshop.session.commit()
    return certificate


def text(card: object) -> str:
    return " ".join(str(getattr(card, "text", "")).split())


def cards(browser: FlaskClient, title: str = "") -> list[str]:
    """The cards on the page; after the heading that holds the title, where one is given."""
    page = soup(browser.get("/certificates/"))
    return [text(card) for card in page.select("li.certificate") if bool(card.select("h3")) is bool(title)]


def test_what_is_lacking_at_ones_spaces_is_told_with_the_way_to_it(ada: FlaskClient, laser: Certificate) -> None:
    (card,) = cards(ada, "lacking")
    for part in (
        "Laser Werkhof",
        "The next briefing is on Wed 25 Nov 22:00.",
        "Bring goggles",
        "Who trains: Tia, Bo",
        "Ask for it: hello@werkhof.example",
        "Asked for by 1 tool",
    ):
        assert part in card


def test_what_one_holds_is_not_lacking_and_what_has_ended_is(
    ada: FlaskClient, workshop: Workshop, laser: Certificate
) -> None:
    grant = make_grant(workshop.session, laser, workshop.ada, expires_at=NOW + DAY)
    workshop.session.commit()
    assert cards(ada, "lacking") == []
    grant.expires_at = NOW - DAY
    workshop.session.commit()
    assert "Yours ended on Tuesday, 24 November 2026." in cards(ada, "lacking")[0]


def test_a_certificate_that_lapses_says_so(ada: FlaskClient, workshop: Workshop, laser: Certificate) -> None:
    laser.unused_days = 30
    make_grant(workshop.session, laser, workshop.ada)
    workshop.session.commit()
    assert "Ends on 25 Dec 2026 unless you use it before" in cards(ada)[0]


def test_where_a_certificate_counts_is_told_with_the_briefing_on_top(
    ada: FlaskClient, workshop: Workshop, laser: Certificate, cutter: Certificate
) -> None:
    session = workshop.session
    fire = make_certificate(session, workshop.space, name="Fire")
    added(session, Acceptance(certificate_id=laser.id, foreign_id=cutter.id, briefing_id=fire.id))
    make_grant(session, cutter, workshop.ada)
    session.commit()
    assert "Werkhof: Laser · once you had the briefing Fire" in cards(ada)[0]
    assert "All that is missing is the briefing Fire." in cards(ada, "lacking")[0]
    make_grant(session, fire, workshop.ada)
    session.commit()
    assert "Werkhof: Laser · you had the briefing Fire" in cards(ada)[0]
    assert cards(ada, "lacking") == []


def test_strangers_to_a_space_are_told_nothing_of_it(app: Flask, workshop: Workshop, laser: Certificate) -> None:
    assert cards(browser_of(app, workshop, workshop.cy), "lacking") == []


def test_the_page_of_a_tool_says_what_is_missing_and_how_to_get_it(
    ada: FlaskClient, workshop: Workshop, laser: Certificate, cutter: Certificate
) -> None:
    added(workshop.session, Acceptance(certificate_id=laser.id, foreign_id=cutter.id))
    workshop.session.commit()
    page = ada.get(address(workshop, ""))
    told = text(element(page, "#training"))
    for part in ("Laser", "The next briefing is on Wed 25 Nov 22:00.", "Bring goggles", "Cutter (Fablab)"):
        assert part in told
    assert "The next briefing is on Wed 25 Nov 22:00." in text(element(page, ".card.next"))


def test_whoever_is_trained_or_not_signed_in_is_told_nothing(
    app: Flask, ada: FlaskClient, workshop: Workshop, laser: Certificate
) -> None:
    make_grant(workshop.session, laser, workshop.ada)
    workshop.session.commit()
    for browser in (ada, app.test_client()):
        assert soup(browser.get(address(workshop, ""))).select_one("#training") is None


def test_a_refusal_leads_to_the_way(ada: FlaskClient, workshop: Workshop, laser: Certificate) -> None:
    times = "date=2026-11-26&start=18:00&end=20:00"
    page = ada.get(f"{address(workshop)}?{times}")
    assert "The next briefing is on Wed 25 Nov 22:00." in page.text
    assert f"{address(workshop, '')}#training" in [link["href"] for link in soup(page).select("#verdict a")]


def test_the_pages_ask_the_same_for_one_row_and_for_three(
    app: Flask, ada: FlaskClient, workshop: Workshop, laser: Certificate, cutter: Certificate
) -> None:
    session = workshop.session
    make_grant(session, cutter, workshop.ada)
    session.commit()
    paths = ("/certificates/", address(workshop, ""))
    assert [ada.get(path).status_code for path in paths] == [200] * 2
    numbers = []
    for more in (1, 2):
        for each in range(more):
            _another(workshop, cutter, f"{more}-{each}")
        session.commit()
        with counted(app) as asked:
            assert [ada.get(path).status_code for path in paths] == [200] * 2
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def _another(workshop: Workshop, cutter: Certificate, name: str) -> None:
    """One more certificate that is lacking, of another space too, and one more that counts."""
    session = workshop.session
    own = make_certificate(session, workshop.space, workshop.tool, name=name)
    added(session, Acceptance(certificate_id=own.id, foreign_id=cutter.id, briefing_id=own.id))
    space = make_space(session, f"Space{name}")
    make_member(session, workshop.ada, space)
    make_certificate(session, space, make_tool(session, space), name=name)
    make_grant(session, make_certificate(session, space, name=f"Held {name}"), workshop.ada)
