"""Bookings through the interface: the same rules as on pages, told to programs."""

from datetime import timedelta

import pytest

from tests.api.programs import TEN, Network, told
from tests.factories import NOW

HOUR = timedelta(hours=1)


@pytest.mark.both_engines
def test_a_booking_is_placed_listed_and_read(network: Network) -> None:
    booking = network.booked(network.ada, purpose="Signs")
    assert {key: booking[key] for key in ("state", "tool", "start", "end", "sequence", "purpose", "mine", "maker")} == {
        "state": "confirmed",
        "tool": network.tool,
        "start": "2026-11-26T09:00:00Z",
        "end": "2026-11-26T10:00:00Z",
        "sequence": 0,
        "purpose": "Signs",
        "mine": True,
        "maker": "Ada",
    }
    assert booking["uid"].endswith("@localhost")
    assert booking["time_zone"] == "Europe/Berlin"
    assert network.ada.get(f"/bookings/{booking['id']}").get_json() == booking
    assert network.ada.get("/bookings").get_json() == {"items": [booking], "next": None}


@pytest.mark.both_engines
def test_a_taken_time_is_a_conflict_with_ways_out(network: Network) -> None:
    network.booked(network.ada)
    answer = network.bo.post("/bookings", network.ask())
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    problem = answer.get_json()
    assert [refusal["code"] for refusal in problem["refusals"]] == ["slot_taken"]
    assert problem["refusals"][0].keys() >= {"message", "lifts_at", "overridable"}
    assert problem["detail"] == problem["refusals"][0]["message"]
    ways_out = {way["why"]: way for way in problem["alternatives"]}
    assert ways_out["other_time"].keys() == {"tool", "start", "end", "why"}
    taken = {name: ways_out["other_time"][name] for name in ("tool", "start", "end")}
    assert network.bo.post("/bookings", taken).status_code == 201


def test_other_refusals_are_not_a_conflict_and_come_all_at_once(network: Network) -> None:
    answer = network.ada.post("/bookings", network.ask(NOW - timedelta(hours=10, minutes=7)))
    assert answer.status_code == 422
    codes = [refusal["code"] for refusal in answer.get_json()["refusals"]]
    assert {"in_the_past", "off_grain"} <= set(codes)


def test_a_manager_sets_aside_what_she_may(network: Network) -> None:
    night = network.ask(TEN + timedelta(hours=14))
    refused = network.bo.post("/bookings", night)
    assert refused.get_json()["refusals"][0]["overridable"] is True
    assert network.bo.post("/bookings", {**night, "override": True}).status_code == 201
    later = network.ask(TEN + timedelta(hours=16))
    assert network.ada.post("/bookings", {**later, "override": True}).status_code == 422


def test_checking_says_the_same_and_writes_nothing(network: Network) -> None:
    network.booked(network.ada)
    reader = network.program("Bo", scope="read")
    before = network.rows()
    verdict = reader.post("/bookings/check", network.ask()).get_json()
    assert verdict["allowed"] is False
    assert verdict["refusals"] == network.bo.post("/bookings", network.ask()).get_json()["refusals"]
    assert verdict["alternatives"]
    free = reader.post("/bookings/check", network.ask(TEN + HOUR)).get_json()
    assert (free["allowed"], free["refusals"], free["alternatives"]) == (True, [], [])
    assert network.rows() == before


def test_a_move_is_checked_as_the_booking_that_moves(network: Network) -> None:
    booking = network.booked(network.ada)
    wish = network.ask(TEN + HOUR / 2)
    assert not network.ada.post("/bookings/check", wish).get_json()["allowed"]
    assert network.ada.post("/bookings/check", {**wish, "booking": booking["id"]}).get_json()["allowed"]
    assert network.cy.post("/bookings/check", {**wish, "booking": booking["id"]}).status_code == 404


@pytest.mark.both_engines
def test_a_booking_moves_in_place(network: Network) -> None:
    booking = network.booked(network.ada)
    path = f"/bookings/{booking['id']}"
    moved = network.ada.call("PATCH", path, {"start": told(TEN + HOUR), "end": told(TEN + 2 * HOUR)})
    assert moved.status_code == 200
    assert moved.get_json() | {"start": "", "end": "", "sequence": 0} == booking | {"start": "", "end": ""}
    assert (moved.get_json()["start"], moved.get_json()["sequence"]) == ("2026-11-26T10:00:00Z", 1)
    assert network.ada.call("PATCH", path, {"purpose": "Gears"}).get_json()["purpose"] == "Gears"
    network.booked(network.bo, TEN)
    answer = network.ada.call("PATCH", path, {"start": told(TEN)})
    assert answer.status_code == 409
    assert answer.get_json()["alternatives"]


@pytest.mark.both_engines
def test_a_request_is_decided_by_a_manager_and_repeating_answers_the_same(network: Network) -> None:
    tool = network.add_tool(approval="always")
    first, second = (network.booked(network.ada, TEN + turn * HOUR, tool=tool) for turn in range(2))
    assert first["state"] == "pending"
    assert network.ada.post(f"/bookings/{first['id']}/approve").status_code == 403
    assert network.cy.post(f"/bookings/{first['id']}/approve").status_code == 404
    for path, body, state in (
        (f"/bookings/{first['id']}/approve", None, "confirmed"),
        (f"/bookings/{second['id']}/decline", {"reason": "A class needs it"}, "declined"),
        (f"/bookings/{first['id']}/cancel", {"reason": "Closed"}, "cancelled"),
    ):
        answers = [network.bo.post(path, body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert answers[0].get_json() == answers[1].get_json()
        assert answers[0].get_json()["state"] == state
    answer = network.bo.post(f"/bookings/{second['id']}/approve")
    assert (answer.status_code, answer.get_json()["refusals"][0]["code"]) == (409, "wrong_state")


def test_a_list_holds_ones_own_and_those_that_one_manages(network: Network) -> None:
    ids = [network.booked(who, TEN + turn * HOUR)["id"] for turn, who in enumerate((network.ada, network.bo))]
    listed = {
        name: [booking["id"] for booking in network.program(name).get("/bookings").get_json()["items"]]
        for name in ("Ada", "Bo", "Cy", "Dee")
    }
    assert listed == {"Ada": ids[:1], "Bo": ids, "Cy": [], "Dee": ids}
    assert [each["id"] for each in network.bo.get("/bookings", mine="true").get_json()["items"]] == ids[1:]


def test_a_list_is_narrowed_and_goes_on_by_cursor(network: Network) -> None:
    bookings = [network.booked(network.ada, TEN + turn * HOUR) for turn in range(5)]
    network.ada.post(f"/bookings/{bookings[0]['id']}/cancel")
    ids = [booking["id"] for booking in bookings]

    def listed(**query: object) -> list[str]:
        return [each["id"] for each in network.ada.get("/bookings", **query).get_json()["items"]]

    assert listed(state="cancelled") == ids[:1]
    assert listed(state=["cancelled", "confirmed"]) == ids
    assert listed(**{"from": told(TEN + HOUR), "to": told(TEN + 3 * HOUR)}) == ids[1:3]
    assert listed(tool=network.tool, space=network.space) == ids
    assert listed(tool="99999") == []
    found, cursor = [], {}
    while True:
        page = network.ada.get("/bookings", limit=2, **cursor).get_json()
        found.extend(each["id"] for each in page["items"])
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == ids


@pytest.mark.both_engines
def test_a_key_books_once(network: Network) -> None:
    key = {"headers": {"Idempotency-Key": "first try"}}
    first, again = (network.ada.post("/bookings", network.ask(), **key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert len(network.ada.get("/bookings").get_json()["items"]) == 1
    other = network.ada.post("/bookings", network.ask(TEN + HOUR), **key)
    assert (other.status_code, other.get_json()["errors"][0]["code"]) == (422, "idempotency_mismatch")
    # The key is Ada's: the same words of somebody else are another key. A refusal is not kept.
    assert network.bo.post("/bookings", network.ask(), **key).status_code == 409
    assert network.bo.post("/bookings", network.ask(TEN + HOUR), **key).status_code == 201


def test_strangers_find_nothing(network: Network) -> None:
    booking = network.booked(network.ada)
    path = f"/bookings/{booking['id']}"
    assert network.cy.get(path).status_code == 404
    assert network.cy.call("PATCH", path, {"purpose": "Mine"}).status_code == 404
    assert network.cy.post(f"{path}/cancel").status_code == 404
    assert network.nobody.get(path).status_code == 401


def test_a_token_that_only_reads_changes_nothing(network: Network) -> None:
    booking = network.booked(network.ada)
    reader = network.program("Ada", scope="read")
    assert reader.get(f"/bookings/{booking['id']}").status_code == 200
    before = network.rows()
    calls = [
        reader.post("/bookings", network.ask(TEN + HOUR)),
        reader.post("/bookings", network.ask(TEN + HOUR), headers={"Idempotency-Key": "a"}),
        reader.call("PATCH", f"/bookings/{booking['id']}", {"purpose": "More"}),
        reader.post(f"/bookings/{booking['id']}/cancel"),
        reader.post("/me/tokens", {"name": "Another", "scope": "write"}),
        reader.post("/me/feeds", {"view": "mine"}),
    ]
    assert [answer.status_code for answer in calls] == [403] * len(calls)
    assert network.rows() == before
