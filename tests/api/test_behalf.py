"""A manager's program books for a member."""

from booking.models.tables.accounts import Account
from tests import factories
from tests.api.programs import Network


def test_a_manager_books_for_a_member_and_nobody_else_does(network: Network) -> None:
    with factories.database(network.app) as session:
        emails = {name: session.get_one(Account, id_).email for name, id_ in network.account_ids.items()}
    body = network.ask(**{"for": emails["Ada"]})
    assert network.bo.post("/bookings/check", body).get_json()["allowed"]
    booked = network.bo.post("/bookings", body)
    assert booked.status_code == 201
    assert network.ada.get(f"/bookings/{booked.get_json()['id']}").status_code == 200
    assert network.ada.post("/bookings", network.ask(**{"for": emails["Bo"]})).status_code == 404
    unknown = network.bo.post("/bookings", network.ask(**{"for": emails["Cy"]}))
    assert unknown.status_code == 422
    assert unknown.get_json()["errors"][0]["field"] == "for"
