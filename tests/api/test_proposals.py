"""Another time for a request, through the interface."""

from datetime import timedelta

from booking.models.tables.tools import Tool
from tests import factories
from tests.api.programs import TEN, Network, told

HOUR = timedelta(hours=1)
LATER = {"start": told(TEN + 3 * HOUR), "end": told(TEN + 4 * HOUR)}


def asked(network: Network) -> str:
    """The path of Ada's request."""
    with factories.database(network.app) as session:
        session.get_one(Tool, int(network.tool)).approval = "always"
        session.commit()
    return f"/bookings/{network.booked(network.ada)['id']}"


def test_a_manager_offers_it_and_who_asked_takes_it(network: Network) -> None:
    path = asked(network)
    assert network.cy.post(f"{path}/proposal", LATER).status_code == 404
    offered = network.bo.post(f"{path}/proposal", LATER | {"note": "A class"})
    assert (offered.status_code, offered.get_json()["note"]) == (201, "A class")
    assert network.ada.get(f"{path}/proposal").get_json() == offered.get_json()
    assert network.bo.get(f"{path}/proposal").status_code == 404
    taken = network.ada.post(f"{path}/proposal/accept").get_json()
    assert (taken["state"], taken["start"]) == ("confirmed", "2026-11-26T12:00:00Z")


def test_what_stands_against_it_is_said_and_what_is_left_waits_on(network: Network) -> None:
    path = asked(network)
    night = {"start": told(TEN + 16 * HOUR), "end": told(TEN + 17 * HOUR)}
    refused = network.bo.post(f"{path}/proposal", night)
    assert refused.status_code == 422
    assert [each["code"] for each in refused.get_json()["refusals"]] == ["outside_opening_hours"]
    network.bo.post(f"{path}/proposal", LATER)
    assert network.ada.post(f"{path}/proposal/decline").status_code == 204
    assert network.ada.post(f"{path}/proposal/accept").status_code == 404
    assert network.ada.get(path).get_json()["state"] == "pending"
