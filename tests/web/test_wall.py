"""The wall display and the frame for other sites: each tool now and next, nobody by name."""

from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from booking.rules.states import State
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_tool, sign_in
from tests.pages import soup

pytestmark = pytest.mark.usefixtures("clock")


def lines(client: FlaskClient, address: str) -> dict[str, list[str]]:
    """What is said of each tool."""
    page = soup(client.get(address))
    return {
        " ".join(one.strong.text.split()): [part.text for part in one.select(".when > *")]
        for one in page.select(".tool")
        if one.strong
    }


@pytest.fixture
def wall(workshop: Workshop) -> str:
    return f"/spaces/{workshop.space.slug}/wall"


def test_each_tool_says_what_it_is_now_and_what_comes_next(client: FlaskClient, workshop: Workshop, wall: str) -> None:
    session, space = workshop.session, workshop.space
    busy, asked, row = (make_tool(session, space, name=name).id for name in ("Busy", "Asked", "Row"))
    make_tool(session, space, name="Down", state="down")
    make_booking(workshop, start=NOW + timedelta(hours=2))
    make_booking(workshop, start=NOW - timedelta(hours=1), tool_id=busy)
    make_booking(workshop, start=NOW, hours=1, tool_id=asked, state=State.PENDING)
    for hours in (0, 1):
        make_booking(workshop, start=NOW + timedelta(hours=hours), hours=1, tool_id=row)
    assert lines(client, wall) == {
        "Lumi": ["Free until 11:00", "booked from 11:00"],
        "Busy": ["Booked until 10:00", "free from 10:00"],
        "Asked": ["Asked for until 10:00", "free from 10:00"],
        "Down": ["Out of order"],
        "Row": ["Booked until 11:00", "free from 11:00"],
    }


def test_what_is_shut_says_when_it_opens_or_that_the_day_is_over(
    client: FlaskClient, wall: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOW.replace(hour=5))
    assert lines(client, wall)["Lumi"][0].startswith("Closed until 08:00")
    clock.move_to(NOW.replace(hour=21, minute=30))
    assert lines(client, wall)["Lumi"] == ["Closed for today"]


def test_it_comes_anew_by_itself_without_scripts_and_names_nobody(
    client: FlaskClient, workshop: Workshop, wall: str
) -> None:
    make_booking(workshop, start=NOW, purpose="A secret box")
    page = client.get(wall)
    assert page.headers["Refresh"] == "60"
    assert "<script" not in page.text
    assert workshop.ada.name not in page.text and "A secret box" not in page.text


@pytest.mark.parametrize(
    ("columns", "who", "seen"),
    [
        ({"publishes": False}, None, False),
        ({"publishes": False}, "ada", True),
        ({"visibility": "closed"}, None, False),
        ({"publishes": True}, None, True),
    ],
)
def test_times_are_shown_to_those_who_may_see_them(
    client: FlaskClient, workshop: Workshop, wall: str, columns: dict[str, object], who: str | None, seen: bool
) -> None:
    for name, value in columns.items():
        setattr(workshop.space, name, value)
    workshop.session.commit()
    if who:
        sign_in(client, workshop.session, getattr(workshop, who))
    assert bool(lines(client, wall)) is seen


def test_the_frame_may_stand_in_any_site_and_shows_what_strangers_see(
    client: FlaskClient, workshop: Workshop, wall: str
) -> None:
    sign_in(client, workshop.session, workshop.ada)
    frame = client.get(f"/embed/{workshop.space.slug}")
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
    assert frame.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "frame-ancestors 'none'" in client.get(wall).headers["Content-Security-Policy"]
    workshop.space.publishes = False
    workshop.session.commit()
    assert lines(client, wall) and not lines(client, f"/embed/{workshop.space.slug}")
    assert client.get("/embed/nowhere").status_code == 404
