"""Handing a booking over through the interface."""

from booking.models.tables.accounts import Account
from tests import factories
from tests.api.programs import Network


def email(network: Network, name: str) -> str:
    with factories.database(network.app) as session:
        return session.get_one(Account, network.account_ids[name]).email


def test_a_booking_is_offered_taken_and_then_somebody_elses(network: Network) -> None:
    booking = network.booked(network.ada)
    path = f"/bookings/{booking['id']}/hand-over"
    assert network.cy.post(path, {"email": "x@example.org"}).status_code == 404
    assert network.ada.post(path, {"email": "nowhere"}).status_code == 422
    assert network.ada.post(path, {"email": email(network, "Cy")}).get_json()["id"] == booking["id"]
    [offered] = network.cy.get("/handovers").get_json()["items"]
    assert (offered["from"], offered["start"]) == ("Ada", booking["start"])
    assert network.bo.get("/handovers").get_json()["items"] == []
    assert network.bo.post(f"/handovers/{offered['id']}/accept").status_code == 404
    for _ in range(2):
        taken = network.cy.post(f"/handovers/{offered['id']}/accept")
        assert (taken.status_code, taken.get_json()["uid"]) == (200, booking["uid"])
    assert network.ada.get(f"/bookings/{booking['id']}").status_code == 404


def test_it_is_declined_or_taken_back(network: Network) -> None:
    booking = network.booked(network.ada)
    path = f"/bookings/{booking['id']}/hand-over"
    for turn in range(2):
        network.ada.post(path, {"email": email(network, "Cy")})
        [offered] = network.cy.get("/handovers").get_json()["items"]
        if turn:
            assert network.ada.call("DELETE", path).status_code == 204
        else:
            assert network.cy.post(f"/handovers/{offered['id']}/decline").status_code == 204
        assert network.cy.get("/handovers").get_json()["items"] == []
        assert network.cy.post(f"/handovers/{offered['id']}/accept").status_code == 409
