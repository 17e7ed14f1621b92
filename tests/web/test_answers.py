"""The link in a manager's mail, and the page on which she says how long requests wait."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from booking.actions import answer_links
from booking.actions.call import Call
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Space
from booking.rules.states import State
from config import Settings
from tests.browsing import form_token, post
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, sign_in
from tests.pages import element

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def asked(workshop: Workshop) -> Booking:
    """Ada's request for tomorrow."""
    return make_booking(workshop, start=NOW + timedelta(hours=30), state=State.PENDING)


@pytest.fixture
def address(workshop: Workshop, asked: Booking, settings: Settings) -> str:
    """The path of the link that was mailed to Bo."""
    call = Call(workshop.session, None, NOW, settings)
    link = answer_links.link(call, asked.id, workshop.bo.id)
    workshop.session.commit()
    return link.removeprefix(settings.base_url)


def state(workshop: Workshop, asked: Booking) -> str:
    workshop.session.rollback()
    workshop.session.expire_all()
    return workshop.session.get_one(Booking, asked.id).state


def test_looking_at_a_link_any_number_of_times_changes_nothing(
    client: FlaskClient, workshop: Workshop, asked: Booking, address: str
) -> None:
    for _ in range(2):
        page = client.get(address)
        assert page.status_code == 200
        assert "Ada" in element(page, "main").text
        assert page.headers["Cache-Control"] == "private, no-store"
    client.head(address)
    assert state(workshop, asked) == "pending"


def test_one_tap_answers_without_being_signed_in_and_once(
    client: FlaskClient, workshop: Workshop, asked: Booking, address: str
) -> None:
    token = form_token(client)
    done = client.post(address, data={"csrf_token": token, "answer": "yes"})
    assert (done.status_code, state(workshop, asked)) == (200, "confirmed")
    assert "Approved" in element(done, "h1").text
    assert client.post(address, data={"csrf_token": token, "answer": "no", "reason": "x"}).status_code == 410
    assert client.get(address).status_code == 410
    assert state(workshop, asked) == "confirmed"


def test_a_no_says_why(client: FlaskClient, workshop: Workshop, asked: Booking, address: str) -> None:
    refused = post(client, address, answer="no")
    assert (refused.status_code, state(workshop, asked)) == (422, "pending")
    assert "Please say why" in element(refused, "main").text
    assert post(client, address, answer="no", reason="The course").status_code == 200
    assert state(workshop, asked) == "declined"


def test_a_press_without_the_page_before_does_nothing(
    client: FlaskClient, workshop: Workshop, asked: Booking, address: str
) -> None:
    assert client.post(address, data={"answer": "yes"}).status_code == 400
    assert state(workshop, asked) == "pending"


def test_a_manager_says_how_long_requests_wait(client: FlaskClient, workshop: Workshop) -> None:
    sign_in(client, workshop.session, workshop.bo)
    page = f"/manage/spaces/{workshop.space.slug}/requests"
    typed = {
        "reminder_hours": "4",
        "deputy_hours": "8",
        "approval_hours": "24",
        "deputy": workshop.cy.email,
        "offer_minutes": "45",
    }
    assert post(client, page, **typed).status_code == 303
    workshop.session.rollback()
    workshop.session.expire_all()
    space = workshop.session.get_one(Space, workshop.space.id)
    assert (space.reminder_hours, space.deputy_hours, space.approval_hours) == (4, 8, 24)
    assert (space.deputy_id, space.offer_minutes) == (workshop.cy.id, 45)
    assert element(client.get(page), "#field-offer_minutes")["value"] == "45"
    assert element(client.get(page), "#field-deputy")["value"] == workshop.cy.email
    wrong = post(client, page, reminder_hours="0", deputy="nobody@example.org")
    assert wrong.status_code == 422
