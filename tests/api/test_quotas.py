"""What the interface tells of quotas: with a tool's limits, in its calendar for who asks, and as a refusal."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from booking.models.tables.spaces import Opening
from tests import factories
from tests.api.programs import TEN, Network, told
from tests.factories import NOW

HOUR = timedelta(hours=1)
DAY = {"from": told(NOW), "to": told(NOW + timedelta(days=2))}


def limit(network: Network, *kind: str, **columns: Any) -> None:
    """An hour a day for each person, or another quota."""
    with factories.database(network.app) as session:
        factories.make_quota(session, *(kind or ("person", "minutes_day")), **columns)
        session.commit()


def test_a_tool_says_which_quotas_hold_for_it(network: Network) -> None:
    limit(network, space_id=network.space_id)
    limit(network, "visitors", "percent_week", amount=30, tool_id=int(network.tool), space_id=network.space_id)
    limit(network, tool_id=int(network.add_tool("Ruby")))
    tool = network.nobody.get(f"/spaces/{network.space}/tools/{network.tool_slug}").get_json()
    assert tool["limits"]["quotas"] == [
        {"counted": "person", "measure": "minutes_day", "amount": 60, "scope": "space"},
        {"counted": "visitors", "measure": "percent_week", "amount": 30, "scope": "tool"},
    ]


def test_free_time_of_the_calendar_names_what_keeps_its_reader_from_it(network: Network) -> None:
    limit(network)
    network.booked(network.ada, TEN)
    path, free = f"/tools/{network.tool}/schedule", []
    for program in (network.ada, network.bo, network.nobody):
        spans = program.get(path, **DAY).get_json()["spans"]
        free.append([each.get("why") for each in spans if each["kind"] == "free" and each["start"] > told(TEN)])
    assert free == [[["quota_used"], None], [None, None], [None, None]]


def test_a_day_that_is_used_up_leaves_the_night_that_follows_free(network: Network) -> None:
    limit(network)
    with factories.database(network.app) as session:
        session.execute(update(Opening).values(opens=0, closes=1440))
        session.commit()
    network.booked(network.ada, TEN)
    days = {"from": DAY["from"], "to": told(TEN + 40 * HOUR)}
    spans = network.ada.get(f"/tools/{network.tool}/schedule", **days).get_json()["spans"]
    after = [(each["start"], each["end"], each.get("why")) for each in spans][-2:]
    assert after == [
        ("2026-11-26T10:00:00Z", "2026-11-26T23:00:00Z", ["quota_used"]),
        ("2026-11-26T23:00:00Z", "2026-11-28T01:00:00Z", None),
    ]


def test_a_refusal_tells_what_is_used_and_when_there_is_room(network: Network) -> None:
    limit(network)
    network.booked(network.ada, TEN)
    body = {"tool": network.tool, "start": told(TEN + 2 * HOUR), "end": told(TEN + 3 * HOUR)}
    answer = network.ada.post("/bookings", body)
    [refusal] = answer.get_json()["refusals"]
    assert (answer.status_code, refusal["code"], refusal["overridable_by"]) == (422, "quota_used", "manager")
    assert refusal["lifts_at"] == "2026-11-26T23:00:00Z"
    assert refusal["message"].startswith(
        "You may have 1 hour a day at all spaces of the network. Booked already: 1 hour;"
    )
    assert {each["why"] for each in answer.get_json()["alternatives"]} == {"other_day"}
