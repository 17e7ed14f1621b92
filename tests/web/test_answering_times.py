"""How long an answer usually takes: said where one asks for a tool or waits, from the answers of the last 90 days."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.bookings import Decision
from booking.rules.states import State
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_space, make_tool, sign_in
from tests.pages import counted, element, soup

pytestmark = pytest.mark.usefixtures("clock")
HOUR = timedelta(hours=1)


def answered(workshop: Workshop, *hours: float, days_ago: int = 1) -> None:
    """Requests of Cy's that were answered after so many hours each."""
    for turn, length in enumerate(hours):
        start = NOW - timedelta(days=days_ago) + turn * 3 * HOUR
        booking = make_booking(workshop, start=start, account=workshop.cy)
        booking.created_at = start - 2 * timedelta(days=1)
        decided_at = booking.created_at + length * HOUR
        decision = {"decided_by": workshop.bo.id, "decided_at": decided_at, "approved": True}
        workshop.session.add(Decision(booking_id=booking.id, **decision))
    workshop.session.commit()


def pages(client: FlaskClient, workshop: Workshop) -> list[str]:
    """What the page of a tool that needs approval says, and that of a request."""
    workshop.tool.approval = "always"
    request = make_booking(workshop, start=NOW + 30 * HOUR, state=State.PENDING)
    workshop.session.commit()
    sign_in(client, workshop.session, workshop.ada)
    tool = f"/spaces/{workshop.space.slug}/tools/{workshop.tool.slug}/"
    return [element(client.get(path), "main").text for path in (tool, f"/bookings/{request.id}")]


@pytest.mark.parametrize(
    ("hours", "sentence"),
    [((1, 3, 30), "An answer usually takes about 3 h"), ((0.2, 0.5, 9), "An answer usually takes less than an hour.")],
)
def test_the_middle_answer_stands_for_all(
    client: FlaskClient, workshop: Workshop, hours: tuple[float, ...], sentence: str
) -> None:
    answered(workshop, *hours)
    for page in pages(client, workshop):
        assert sentence in " ".join(page.split())


def test_nothing_is_said_from_few_or_old_answers(client: FlaskClient, workshop: Workshop) -> None:
    answered(workshop, 1, 2)
    answered(workshop, 1, 2, 3, days_ago=100)
    for page in pages(client, workshop):
        assert "An answer usually takes" not in page


def searched(client: FlaskClient) -> str:
    """What a search says in its rows."""
    return " ".join(" ".join(row.text.split()) for row in soup(client.get("/?place=")).select(".results > .result"))


def test_a_search_says_it_of_tools_that_need_an_answer_alone(client: FlaskClient, workshop: Workshop) -> None:
    answered(workshop, 1, 3, 30)
    assert "An answer usually takes" not in searched(client)
    make_tool(workshop.session, workshop.space, name="Photon", approval="always")
    workshop.session.commit()
    assert searched(client).count("An answer usually takes about 3 h") == 1


def test_a_search_asks_once_for_all_spaces(client: FlaskClient, workshop: Workshop, app: Flask) -> None:
    answered(workshop, 1, 3, 30)
    counts = []
    for turn in range(3):
        space = make_space(workshop.session, f"Space{turn}")
        make_tool(workshop.session, space, name=f"Photon {turn}", approval="always")
        workshop.session.commit()
        with counted(app) as asked:
            client.get("/?place=")
        counts.append(sum("JOIN decision" in each for each in asked))
    assert counts == [1, 1, 1]
