"""Choosing one very unit of a tool that has several, in the dialog."""

import pytest
from flask.testing import FlaskClient

from booking.models import tool_rows
from booking.models.tables.bookings import Claim
from booking.models.tables.tools import Unit
from tests.browsing import post
from tests.calendars import Workshop
from tests.factories import NOW, added, sign_in
from tests.pages import address, element, rows, soup

pytestmark = pytest.mark.usefixtures("clock")
TIME = {"date": "2026-11-26", "start": "10:00", "end": "11:00"}


@pytest.fixture
def units(client: FlaskClient, workshop: Workshop) -> list[int]:
    """The ids of the tool's two units; Ada is signed in."""
    sign_in(client, workshop.session, workshop.ada)
    added(workshop.session, Unit(tool_id=workshop.tool.id, name="Second"))
    workshop.session.commit()
    return [unit.id for unit in tool_rows.units_of(workshop.session, workshop.tool.id, NOW)]


def pinned(workshop: Workshop, booking_id: int) -> tuple[int, bool]:
    workshop.session.rollback()
    claim = workshop.session.query(Claim).filter_by(booking_id=booking_id).one()
    return claim.unit_id, claim.pinned


def test_a_tool_of_one_unit_asks_nothing(client: FlaskClient, workshop: Workshop) -> None:
    sign_in(client, workshop.session, workshop.ada)
    assert not soup(client.get(address(workshop))).select("#field-unit")


def test_any_unit_is_had_unless_one_is_chosen(client: FlaskClient, workshop: Workshop, units: list[int]) -> None:
    opened = client.get(address(workshop), query_string=TIME)
    assert [option.text for option in soup(opened).select("#field-unit option")][0] == "Any unit"
    post(client, address(workshop), **TIME)
    post(client, address(workshop), **TIME | {"start": "12:00", "end": "13:00", "unit": str(units[1])})
    first, second = rows(workshop)
    assert pinned(workshop, first.id)[1] is False
    assert pinned(workshop, second.id) == (units[1], True)
    moving = client.get(f"/bookings/{second.id}/move")
    assert element(moving, "#field-unit option[selected]")["value"] == str(units[1])
    post(client, f"/bookings/{second.id}/move", date="2026-11-26", start="12:00", end="13:00", unit="")
    assert pinned(workshop, second.id) == (units[1], False)


def test_a_unit_that_is_held_is_said_and_another_is_one_button_away(
    client: FlaskClient, workshop: Workshop, units: list[int]
) -> None:
    wish = TIME | {"unit": str(units[0])}
    post(client, address(workshop), **wish)
    refused = post(client, address(workshop), **wish)
    assert refused.status_code == 409
    assert "This unit is taken already" in element(refused, "#verdict").text
    assert element(refused, "#field-unit option[selected]")["value"] == str(units[0])
    take = element(refused, "button[name=take][value$='/any']")["value"]
    assert post(client, address(workshop), **wish | {"take": str(take)}).status_code == 303
    assert {pinned(workshop, row.id)[0] for row in rows(workshop)} == set(units)


@pytest.mark.parametrize("unit", ["0", "x", "99999999999999999999"])
def test_what_is_no_unit_is_said(client: FlaskClient, workshop: Workshop, units: list[int], unit: str) -> None:
    assert post(client, address(workshop), **TIME | {"unit": unit}).status_code == 422


def test_a_unit_of_another_tool_is_not_to_be_had(client: FlaskClient, workshop: Workshop, units: list[int]) -> None:
    refused = post(client, address(workshop), **TIME | {"unit": "987654"})
    assert refused.status_code == 422
    assert "This unit can't be booked any more" in element(refused, "#verdict").text
