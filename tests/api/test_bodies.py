"""What stands in a body: each thing that can't be taken is told by a sentence of its own, and reasons are kept."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from booking.api.bookings import ASK, FOR, OVERRIDE, VISIBILITY
from tests.api.programs import TEN, Network, told

UNREADABLE = {
    b" ": "The body is empty. Please send one JSON object, as in {}.",
    b'{"tool": "\xff"}': "The body is not UTF-8. Please send it in that encoding.",
    b'{"tool":\n "1"': "The body stops being JSON in line 2 at character 5.",
    b"[]": "The body is JSON, but not an object. Please put its members in braces.",
    b'{"tool": "1", "tool": "2"}': "A name stands twice in one object. Please give each once.",
    b'{"tool": NaN}': "JSON has neither NaN nor Infinity. Please leave the member out or give a number.",
    b'{"tool": ' + b"9" * 50_000 + b"}": "A number has more digits than can be read. Please shorten it.",
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000: (
        "The body is nested too deeply. Please send the members that are described."
    ),
}


@pytest.mark.parametrize(("body", "sentence"), UNREADABLE.items(), ids=range(len(UNREADABLE)))
def test_each_body_that_cannot_be_read_has_its_own_sentence(network: Network, body: bytes, sentence: str) -> None:
    answer = network.ada.post("/bookings", data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["detail"]) == (400, sentence)


def test_an_unknown_member_is_told_which_there_are(network: Network) -> None:
    answer = network.ada.post("/bookings", network.ask(begin="now"))
    assert answer.status_code == 422
    known = ", ".join(field.name for field in (*ASK, VISIBILITY, FOR, OVERRIDE))
    sentence = f"begin: Nothing of this name is known here, but these are: {known}."
    assert answer.get_json()["detail"] == sentence


def test_an_act_in_the_wrong_state_says_which_state_and_what_is_possible(network: Network) -> None:
    path = f"/bookings/{network.booked(network.ada)['id']}"
    network.ada.post(f"{path}/cancel", {})
    answer = network.ada.call("PATCH", path, {"end": told(TEN + timedelta(hours=2))})
    problem = answer.get_json()
    assert (answer.status_code, problem["title"]) == (409, "Not possible in this state")
    assert problem["detail"] == "This booking has been cancelled. Book another time if you still need one."


@pytest.mark.both_engines
def test_acts_take_a_reason(network: Network, clock: time_machine.Traveller) -> None:
    tool = network.add_tool(approval="always")
    asked = network.ada.post("/bookings", {**network.ask(), "tool": tool}).get_json()
    path = f"/bookings/{asked['id']}"
    approved = network.bo.post(f"{path}/approve", {"reason": "Welcome back"})
    assert (approved.status_code, approved.get_json()["state"]) == (200, "confirmed")
    clock.move_to(TEN + timedelta(minutes=1))
    for act in ("check-in", "give-back"):
        assert network.ada.post(f"{path}/{act}", {"reason": "A tidy end"}).status_code == 200
    assert network.ada.post(f"{path}/give-back", {"reason": 5}).status_code == 422


@pytest.mark.both_engines
def test_a_running_booking_is_extended_and_a_manager_sets_aside_what_she_may(
    network: Network, clock: time_machine.Traveller
) -> None:
    tool = network.add_tool(longest_minutes=60)
    path = f"/bookings/{network.ada.post('/bookings', {**network.ask(), 'tool': tool}).get_json()['id']}/extend"
    assert network.cy.post(path, {"minutes": 30}).status_code == 404
    assert network.ada.post(path, {"minutes": 30}).get_json()["refusals"][0]["code"] == "wrong_state"
    clock.move_to(TEN + timedelta(minutes=30))
    refused = network.ada.post(path, {"minutes": 30, "override": True})
    assert (refused.status_code, refused.get_json()["refusals"][0]["code"]) == (422, "too_long")
    assert network.bo.post(path, {"minutes": 30}).status_code == 422
    longer = network.bo.post(path, {"minutes": 30, "override": True})
    assert (longer.status_code, longer.get_json()["end"]) == (200, "2026-11-26T10:30:00Z")
    assert network.ada.post(path, {"minutes": 0}).status_code == 422


def test_bookings_of_a_team_are_listed_for_its_members_only(network: Network) -> None:
    team = network.add_team("Ada", "Cy")
    booked = network.booked(network.ada, team=team)
    assert [each["id"] for each in network.cy.get("/bookings", team=team).get_json()["items"]] == [booked["id"]]
    assert network.cy.get("/bookings").get_json()["items"] == []
    assert network.bo.get("/bookings", team=team).status_code == 404


def starts(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [each["start"] for each in answer.get_json()["bookings"]]


def test_a_series_moves_on_one_date_from_one_on_or_as_a_whole(network: Network) -> None:
    made = network.ada.post("/series", network.ask(repeat="daily", times=3)).get_json()
    path = f"/series/{made['id']}"
    days = ("2026-11-26", "2026-11-27", "2026-11-28")
    moved = network.ada.call("PATCH", path, {"starts": 11 * 60})
    assert starts(moved) == [f"{day}T10:00:00Z" for day in days]
    one = network.ada.call("PATCH", path, {"which": "this", "date": days[1], "starts": 12 * 60})
    assert starts(one) == [f"{days[0]}T10:00:00Z", f"{days[1]}T11:00:00Z", f"{days[2]}T10:00:00Z"]
    rest = network.ada.call("PATCH", path, {"which": "following", "date": days[1], "starts": 13 * 60})
    assert starts(rest) == [f"{days[1]}T12:00:00Z", f"{days[2]}T12:00:00Z"]
    assert starts(network.ada.get(path)) == [f"{days[0]}T10:00:00Z"]
    assert network.ada.call("PATCH", path, {"which": "this", "starts": 600}).status_code == 422
    assert network.ada.call("PATCH", path, {"which": "this", "date": "2027-01-01"}).status_code == 422
    assert network.cy.call("PATCH", path, {"starts": 600}).status_code == 404


def test_a_series_moves_to_another_tool_of_its_space(network: Network) -> None:
    made = network.ada.post("/series", network.ask(repeat="daily", times=2)).get_json()
    tool = str(network.add_tool())
    moved = network.ada.call("PATCH", f"/series/{made['id']}", {"tool": tool}).get_json()
    assert (moved["tool"], {each["tool"] for each in moved["bookings"]}) == (tool, {tool})
    assert network.ada.call("PATCH", f"/series/{made['id']}", {"tool": "999999"}).status_code == 404


def test_a_clash_of_a_changed_series_is_told_and_nothing_moves(network: Network) -> None:
    made = network.ada.post("/series", network.ask(repeat="daily", times=2)).get_json()
    network.booked(network.bo, TEN + timedelta(days=1, hours=1))
    answer = network.ada.call("PATCH", f"/series/{made['id']}", {"starts": 11 * 60})
    assert (answer.status_code, len(answer.get_json()["clashes"])) == (409, 1)
    again = network.ada.get(f"/series/{made['id']}").get_json()
    assert [each["start"] for each in again["bookings"]] == [each["start"] for each in made["bookings"]]


def test_a_manager_moves_beyond_the_rules_and_others_cannot(network: Network) -> None:
    tool = network.add_tool(longest_minutes=60)
    path = f"/bookings/{network.ada.post('/bookings', {**network.ask(), 'tool': tool}).get_json()['id']}"
    longer = {"end": told(TEN + timedelta(minutes=90)), "override": True}
    assert network.ada.call("PATCH", path, longer).status_code == 422
    assert network.bo.call("PATCH", path, {**longer, "override": False}).status_code == 422
    assert network.bo.call("PATCH", path, longer).get_json()["end"] == "2026-11-26T10:30:00Z"
