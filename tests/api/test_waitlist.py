"""The waitlist through the interface: standing in line, what is offered, and leaving."""

from datetime import timedelta
from typing import Any

import pytest

from booking.models.jobs import JobCard
from booking.worker import HANDLERS
from tests.api.programs import TEN, Network, told
from tests.factories import NOW

HOUR = timedelta(hours=1)


def wish(network: Network, **more: Any) -> dict[str, Any]:
    """An hour on the tool at ten."""
    window = {"from": told(TEN), "until": told(TEN + HOUR), "minutes": 60}
    return window | ({} if "kind" in more else {"tool": network.ask()["tool"]}) | more


@pytest.mark.both_engines
def test_freed_time_is_offered_to_who_stands_in_line(network: Network) -> None:
    booked = network.ada.post("/bookings", network.ask()).get_json()
    answer = network.bo.post("/waitlist", wish(network, purpose="Signs"))
    assert answer.status_code == 201
    entry = answer.get_json()
    assert (entry["state"], entry["position"], entry["purpose"]) == ("waiting", 1, "Signs")
    assert entry["offered_tool"] is None
    network.ada.post(f"/bookings/{booked['id']}/cancel", {})
    payload = {"tool_id": int(entry["tool"]), "from": TEN.isoformat(), "until": (TEN + HOUR).isoformat()}
    with network.app.app_context():
        HANDLERS["freed"](JobCard(1, "freed", payload, NOW, 1, NOW, None, ""))
    [offered] = network.bo.get("/waitlist").get_json()["items"]
    assert (offered["state"], offered["offered_start"]) == ("offered", "2026-11-26T09:00:00Z")
    for act in ("accept", "pass"):
        assert network.ada.post(f"/waitlist/{entry['id']}/{act}").status_code == 404
    taken = network.bo.post(f"/waitlist/{entry['id']}/accept")
    assert (taken.status_code, taken.get_json()["start"]) == (200, "2026-11-26T09:00:00Z")
    again = network.bo.post(f"/waitlist/{entry['id']}/accept")
    assert (again.status_code, again.get_json()["id"]) == (200, taken.get_json()["id"])
    assert network.bo.get("/waitlist").get_json()["items"] == []


@pytest.mark.both_engines
def test_who_passes_an_offer_keeps_waiting_and_who_leaves_does_not(network: Network) -> None:
    entry = network.bo.post("/waitlist", wish(network)).get_json()
    payload = {"tool_id": int(entry["tool"]), "from": TEN.isoformat(), "until": (TEN + HOUR).isoformat()}
    with network.app.app_context():
        HANDLERS["freed"](JobCard(1, "freed", payload, NOW, 1, NOW, None, ""))
    assert network.bo.post(f"/waitlist/{entry['id']}/pass").status_code == 204
    assert network.bo.post(f"/waitlist/{entry['id']}/pass").status_code == 409
    [waiting] = network.bo.get("/waitlist").get_json()["items"]
    assert (waiting["state"], waiting["offered_start"]) == ("waiting", None)
    assert network.ada.call("DELETE", f"/waitlist/{entry['id']}").status_code == 404
    assert network.bo.call("DELETE", f"/waitlist/{entry['id']}").status_code == 204
    assert network.bo.get("/waitlist").get_json()["items"] == []


def test_any_tool_of_a_kind_may_be_waited_for(network: Network) -> None:
    answer = network.ada.post("/waitlist", wish(network, kind="laser_cutter"))
    assert answer.status_code == 201
    assert answer.get_json()["kind"] == "laser_cutter"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "nothing"},
        {"tool": "999999"},
        {"minutes": 0},
        {"minutes": 600},
        {"spaces": ["nowhere"], "kind": "laser_cutter"},
    ],
)
def test_what_makes_no_sense_is_told(network: Network, wrong: dict[str, Any]) -> None:
    answer = network.ada.post("/waitlist", wish(network, **wrong))
    assert 400 <= answer.status_code < 500
    assert network.ada.get("/waitlist").get_json()["items"] == []
