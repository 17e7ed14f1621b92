"""Series and plans through the interface: all or nothing, every clash told, repeated calls done once."""

from datetime import timedelta
from typing import Any

import pytest

from tests.api.programs import TEN, Network, told

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def weekly(network: Network, **more: Any) -> dict[str, Any]:
    return network.ask(repeat="weekly", times=3, **more)


def parts(network: Network, *tools: str, start: Any = TEN) -> list[dict[str, str]]:
    """An hour on each tool, one after the other."""
    times = [start + place * HOUR for place in range(len(tools))]
    return [{"tool": tool, "start": told(at), "end": told(at + HOUR)} for tool, at in zip(tools, times, strict=True)]


# Series.


@pytest.mark.both_engines
def test_a_series_is_placed_read_and_called_off(network: Network) -> None:
    answer = network.ada.post("/series", weekly(network, purpose="Signs", skip=["2026-12-03"]))
    assert answer.status_code == 201
    series = answer.get_json()
    assert [booking["start"] for booking in series["bookings"]] == ["2026-11-26T09:00:00Z", "2026-12-10T09:00:00Z"]
    assert {booking["purpose"] for booking in series["bookings"]} == {"Signs"}
    assert series["left_out"] == ["2026-12-03"]
    assert (series["repeat"], series["times"], series["until"], series["starts"]) == ("weekly", 3, None, 600)
    path = f"/series/{series['id']}"
    assert network.ada.get(path).get_json() == series
    assert network.bo.get(path).status_code == 200
    assert network.cy.get(path).status_code == 404
    rest = network.ada.post(f"{path}/cancel", {"since": "2026-12-10", "reason": "Done"}).get_json()
    assert [booking["state"] for booking in rest["bookings"]] == ["confirmed", "cancelled"]
    over = network.ada.post(f"{path}/cancel", {}).get_json()
    assert over["called_off"] is True
    assert network.ada.post(f"{path}/cancel", {}).get_json() == over


def test_one_date_or_all_move_to_another_weekday(network: Network) -> None:
    path = f"/series/{network.ada.post('/series', weekly(network)).get_json()['id']}"
    one = network.ada.call("PATCH", path, {"which": "this", "date": "2026-12-03", "weekday": "friday"})
    assert [each["start"][:10] for each in one.get_json()["bookings"]] == ["2026-11-26", "2026-12-04", "2026-12-10"]
    every = network.ada.call("PATCH", path, {"weekday": "friday"}).get_json()
    assert [each["start"][:10] for each in every["bookings"]] == ["2026-11-27", "2026-12-04", "2026-12-11"]
    assert every["left_out"] == []
    wrong = network.ada.call("PATCH", path, {"weekday": "someday"})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["field"]) == (422, "weekday")


def test_a_date_that_was_left_out_is_added(network: Network) -> None:
    left_out = ["2026-12-03", "2026-12-10"]
    path = f"/series/{network.ada.post('/series', weekly(network, skip=left_out)).get_json()['id']}"
    network.booked(network.bo, TEN + 14 * DAY)
    refused = network.ada.post(f"{path}/dates", {"dates": left_out})
    assert (refused.status_code, [each["part"] for each in refused.get_json()["clashes"]]) == (409, ["2026-12-10"])
    late = TEN + 14 * DAY + 3 * HOUR
    instead = [{"date": "2026-12-10", "tool": network.tool, "start": told(late), "end": told(late + HOUR)}]
    added = network.ada.post(f"{path}/dates", {"dates": left_out, "instead": instead}).get_json()
    assert ([each["start"][8:13] for each in added["bookings"]], added["left_out"]) == (["26T09", "03T09", "10T12"], [])
    assert network.ada.post(f"{path}/dates", {"dates": ["2026-12-03"]}).status_code == 422
    assert network.bo.post(f"{path}/dates", {"dates": ["2026-12-03"]}).status_code == 404


def test_a_series_and_a_plan_show_as_much_as_is_said(network: Network) -> None:
    series = network.ada.post("/series", weekly(network, visibility="closed")).get_json()
    assert {booking["visibility"] for booking in series["bookings"]} == {"closed"}
    planned = {"parts": parts(network, network.tool, start=TEN + DAY), "visibility": "busy"}
    assert [each["visibility"] for each in network.ada.post("/plans", planned).get_json()["bookings"]] == ["busy"]


@pytest.mark.both_engines
def test_every_clash_of_a_series_is_told_with_ways_out_and_nothing_is_booked(network: Network) -> None:
    for week in (0, 2):
        network.booked(network.bo, TEN + week * 7 * DAY)
    before = network.rows()
    answer = network.ada.post("/series", weekly(network))
    assert answer.status_code == 409
    problem = answer.get_json()
    assert [clash["part"] for clash in problem["clashes"]] == ["2026-11-26", "2026-12-10"]
    for clash in problem["clashes"]:
        assert [refusal["code"] for refusal in clash["refusals"]] == ["slot_taken"]
        assert clash["alternatives"]
    assert network.rows() == before
    way = problem["clashes"][0]["alternatives"][0]
    instead = [{"date": "2026-11-26", **{name: way[name] for name in ("tool", "start", "end")}}]
    again = network.ada.post("/series", weekly(network, instead=instead, skip=["2026-12-10"]))
    assert again.status_code == 201


def test_what_somebody_else_reasons_add_is_no_conflict(network: Network) -> None:
    answer = network.ada.post("/series", network.ask(repeat="monthly_day", times=12))
    assert answer.status_code == 422
    codes = {refusal["code"] for clash in answer.get_json()["clashes"] for refusal in clash["refusals"]}
    assert codes == {"too_far_ahead"}


def test_a_series_is_placed_once_for_each_key(network: Network) -> None:
    headers = {"Idempotency-Key": "one"}
    answers = [network.ada.post("/series", weekly(network), headers=headers) for _ in range(2)]
    assert answers[0].get_json() == answers[1].get_json()
    assert network.ada.post("/series", weekly(network, every=2), headers=headers).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"repeat": "yearly"}, "repeat"),
        ({"repeat": None}, "repeat"),
        ({"every": "1"}, "every"),
        ({"every": True}, "every"),
        ({"every": 53}, "every"),
        ({"times": 201}, "times"),
        ({"until": "2026-12-24"}, "until"),
        ({"until": "soon"}, "until"),
        ({"weekdays": "monday"}, "weekdays"),
        ({"weekdays": ["someday"]}, "weekdays[0]"),
        ({"weekdays": ["monday"] * 8}, "weekdays"),
        ({"skip": [1]}, "skip[0]"),
        ({"instead": [{"date": "2026-11-26"}]}, "instead[0].tool"),
        ({"instead": ["x"]}, "instead[0]"),
        ({"start": "2026-11-26T10:00:30+01:00"}, "start"),
        ({"start": "9999-12-31T22:00:00Z", "end": "9999-12-31T23:30:00Z"}, "start"),
    ],
)
def test_what_is_no_series_is_said_by_its_field(network: Network, wrong: dict[str, Any], field: str) -> None:
    answer = network.ada.post("/series", weekly(network) | wrong)
    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.get_json()["errors"]}


# Plans.


@pytest.mark.both_engines
def test_a_plan_is_placed_moved_and_called_off_as_one(network: Network) -> None:
    beam = network.add_tool()
    body = {"parts": parts(network, network.tool, beam), "name": "A box", "purpose": "Box"}
    answer = network.ada.post("/plans", body)
    assert answer.status_code == 201
    plan = answer.get_json()
    assert (plan["name"], plan["state"], plan["start"]) == ("A box", "confirmed", "2026-11-26T09:00:00Z")
    assert [booking["tool"] for booking in plan["bookings"]] == [network.tool, beam]
    path = f"/plans/{plan['id']}"
    assert network.ada.get(path).get_json() == plan
    assert network.bo.get(path).status_code == 404
    moved = network.ada.call("PATCH", path, {"start": told(TEN + 2 * HOUR)}).get_json()
    assert [booking["start"] for booking in moved["bookings"]] == ["2026-11-26T11:00:00Z", "2026-11-26T12:00:00Z"]
    network.booked(network.bo, TEN + 5 * HOUR)
    refused = network.ada.call("PATCH", path, {"start": told(TEN + 5 * HOUR)})
    assert refused.status_code == 409
    assert [clash["part"] for clash in refused.get_json()["clashes"]] == [plan["bookings"][0]["id"]]
    over = network.ada.post(f"{path}/cancel", {"reason": "Rain"}).get_json()
    assert (over["state"], over["start"]) == ("over", None)
    assert network.ada.post(f"{path}/cancel", {}).get_json() == over
    assert network.ada.call("PATCH", path, {"start": told(TEN)}).status_code == 409


def test_every_clash_of_a_plan_is_told_and_nothing_is_booked(network: Network) -> None:
    beam = network.add_tool()
    network.booked(network.bo)
    before = network.rows()
    answer = network.ada.post("/plans", {"parts": parts(network, network.tool, network.tool, beam, beam)})
    assert [clash["part"] for clash in answer.get_json()["clashes"]] == ["1"]
    wrong = parts(network, network.tool, beam, start=TEN + 12 * HOUR)
    both = network.ada.post("/plans", {"parts": wrong})
    assert both.status_code == 422
    assert [clash["part"] for clash in both.get_json()["clashes"]] == ["1", "2"]
    assert network.rows() == before


def test_a_broken_plan_is_kept(network: Network) -> None:
    beam = network.add_tool(approval="always")
    plan = network.ada.post("/plans", {"parts": parts(network, network.tool, beam)}).get_json()
    assert plan["state"] == "pending"
    network.bo.post(f"/bookings/{plan['bookings'][1]['id']}/decline", {"reason": "Service"})
    path = f"/plans/{plan['id']}"
    assert network.ada.get(path).get_json()["state"] == "broken"
    kept = network.ada.post(f"{path}/keep", {}).get_json()
    assert kept["state"] == "confirmed"
    assert network.ada.post(f"{path}/keep", {}).get_json() == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"parts": []},
        {"parts": {}},
        {"parts": [{"tool": "1"}]},
        {"parts": [{"tool": "1", "start": told(TEN), "end": told(TEN)}]},
        {"parts": [{"tool": "1", "start": told(TEN), "end": told(TEN + HOUR), "more": 1}]},
        {"parts": [{"tool": "1", "start": told(TEN), "end": told(TEN + HOUR)}] * 13},
    ],
)
def test_what_is_no_plan_is_said(network: Network, wrong: dict[str, Any]) -> None:
    assert network.ada.post("/plans", wrong).status_code == 422


def test_a_tool_or_a_team_that_is_not_there_is_not_found(network: Network) -> None:
    absent = [{"tool": "999999", "start": told(TEN), "end": told(TEN + HOUR)}]
    assert network.ada.post("/plans", {"parts": absent}).status_code == 404
    assert network.ada.post("/plans", {"parts": parts(network, network.tool), "team": "999999"}).status_code == 404
    assert network.ada.post("/series", weekly(network) | {"tool": "999999"}).status_code == 404
    assert network.ada.get("/series/999999").status_code == 404
    assert network.program("Ada", scope="read").post("/series", weekly(network)).status_code == 403
