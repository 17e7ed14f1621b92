"""Feeds and tokens of one's own: secrets are told once and kept nowhere."""

from datetime import timedelta

import pytest

from booking.models.idempotency import _kept
from tests import factories
from tests.api.programs import Network, Program, told
from tests.factories import NOW


def test_a_feed_is_made_read_listed_and_revoked(network: Network) -> None:
    answer = network.ada.post("/me/feeds", {"view": "tool", "id": network.tool, "name": "Lumi", "busy_only": True})
    feed = answer.get_json()
    assert answer.status_code == 201
    path = feed["address"].removeprefix("http://localhost")
    client = network.app.test_client()
    assert client.get(path).mimetype == "text/calendar"
    [listed] = network.ada.get("/me/feeds").get_json()["items"]
    assert (listed["address"], listed["last_read"]) == (None, told(NOW).replace("+00:00", "Z"))
    assert (listed["name"], listed["view"], listed["tool"], listed["space"]) == (
        "Lumi",
        "tool",
        network.tool,
        network.space,
    )
    assert network.cy.call("DELETE", f"/me/feeds/{feed['id']}").status_code == 404
    assert network.ada.call("DELETE", f"/me/feeds/{feed['id']}").status_code == 204
    assert client.get(path).status_code == 410
    assert network.ada.get("/me/feeds").get_json()["items"] == []


@pytest.mark.parametrize(
    ("who", "wish", "status"),
    [
        ("Ada", {"view": "mine"}, 201),
        ("Ada", {"view": "tool"}, 422),
        ("Ada", {"view": "mine", "id": "1"}, 422),
        ("Ada", {"view": "tool", "id": "99999"}, 404),
        ("Ada", {"view": "tool", "id": "x\0"}, 422),
        ("Ada", {"view": "space", "id": "nowhere"}, 404),
        ("Ada", {"view": "approvals"}, 403),
        ("Bo", {"view": "approvals"}, 201),
        ("Ada", {"view": "everything"}, 422),
        ("Ada", {"view": "mine", "busy_only": "yes"}, 422),
        ("Ada", {"view": "mine", "name": "x" * 81}, 422),
        ("Ada", {}, 422),
    ],
)
def test_a_feed_is_about_what_one_may_see(network: Network, who: str, wish: dict[str, str], status: int) -> None:
    assert network.program(who).post("/me/feeds", wish).status_code == status


def test_a_space_is_named_by_its_id_or_its_slug(network: Network) -> None:
    for subject in (network.space, str(network.space_id)):
        feed = network.ada.post("/me/feeds", {"view": "space", "id": subject}).get_json()
        assert (feed["view"], feed["space"]) == ("space", network.space)


def test_a_token_is_made_used_and_revoked(network: Network) -> None:
    wish = {"name": "Door", "scope": "read", "expires_at": told(NOW + timedelta(days=30))}
    answer = network.ada.post("/me/tokens", wish)
    token = answer.get_json()
    assert answer.status_code == 201
    program = Program(network.app, token["token"])
    assert program.get("/me").get_json()["scope"] == "read"
    listed = network.ada.get("/me/tokens").get_json()["items"]
    assert [each["name"] for each in listed] == ["Door", "A program"]
    assert listed[0] == token | {"token": None, "last_used": "2026-11-25T08:00:00Z"}
    assert network.ada.call("DELETE", f"/me/tokens/{token['id']}").status_code == 204
    assert program.get("/me").status_code == 401
    assert network.ada.call("DELETE", f"/me/tokens/{token['id']}").status_code == 404


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"name": ""},
        {"name": "  "},
        {"name": "x" * 81},
        {"name": "Door", "scope": "admin"},
        {"name": "Door", "expires_at": told(NOW - timedelta(days=1))},
        {"name": "Door", "expires_at": told(NOW + timedelta(days=800))},
        {"name": "Door", "expires_at": "9999-12-31T23:59:59Z"},
        {"name": "Door", "account": "1"},
    ],
)
def test_a_token_that_cannot_be_is_not_made(network: Network, wish: dict[str, str]) -> None:
    before = network.rows()
    assert network.ada.post("/me/tokens", wish).status_code == 422
    assert network.rows() == before


def test_a_repeat_makes_nothing_and_tells_no_secret(network: Network) -> None:
    key = {"headers": {"Idempotency-Key": "once"}}
    first, again = (network.ada.post("/me/tokens", {"name": "Door"}, **key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.get_json() == first.get_json() | {"token": None}
    with factories.database(network.app) as session:
        kept = str(session.execute(_kept.select()).all())
    assert first.get_json()["token"] not in kept


def test_a_page_of_feeds_goes_on(network: Network) -> None:
    ids = [network.ada.post("/me/feeds", {"view": "mine"}).get_json()["id"] for _ in range(3)]
    first = network.ada.get("/me/feeds", limit=2).get_json()
    rest = network.ada.get("/me/feeds", limit=2, cursor=first["next"]).get_json()
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None
