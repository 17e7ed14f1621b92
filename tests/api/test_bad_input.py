"""Whatever is sent: one clear sentence, a status of 4xx, and nothing written."""

import json
from datetime import timedelta
from typing import Any

import pytest

from booking.rules import cursors
from tests.api.programs import TEN, Network, told
from tests.factories import NOW

LATER = TEN + timedelta(hours=1)
TIMES = {
    "empty": "",
    "a word": "tomorrow",
    "a day": "2026-11-26",
    "no offset": "2026-11-26T10:00:00",
    "no seconds": "2026-11-26T10:00+01:00",
    "a zone by name": "2026-11-26T10:00:00[Europe/Berlin]",
    "a zone of Mars": "2026-11-26T10:00:00+01:00[Mars/Base]",
    "an offset of 99 hours": "2026-11-26T10:00:00+99:00",
    "month 13": "2026-13-01T10:00:00Z",
    "30 February": "2027-02-30T10:00:00Z",
    "hour 24": "2026-11-26T24:00:00Z",
    "a leap second": "2026-12-31T23:59:60Z",
    "year 0": "0000-01-01T00:00:00Z",
    "before year 1": "0001-01-01T00:00:00+14:00",
    "year 1": "0001-01-01T00:00:00Z",
    "year 9999": "9999-12-31T23:00:00Z",
    "after year 9999": "9999-12-31T23:59:59-14:00",
    "year 10000": "10000-01-01T00:00:00Z",
    "NUL": "2026-11-26T10:00:00Z\0",
    "other digits": "２０２６-11-26T10:00:00Z",
    "a number": 1795770000,
    "a huge number": 2**80,
    "a list": ["2026-11-26T10:00:00Z"],
    "an object": {"at": "2026-11-26T10:00:00Z"},
    "nothing": None,
    "true": True,
    "huge": "9" * 60_000,
}
IDS: dict[str, Any] = {
    "empty": "",
    "a word": "laser",
    "zero": "0",
    "below zero": "-1",
    "of nobody": "4611686018427387904",
    "beyond 64 bit": str(2**63),
    "far beyond": "9" * 60,
    "huge": "9" * 60_000,
    "NUL": "1\0",
    "a number": 1,
    "a number beyond 64 bit": 2**64,
    "a fraction": 1.5,
    "nothing": None,
    "a list": ["1"],
    "true": True,
    "half a character": "\ud800",
}
BODIES = {
    "nothing": b"",
    "no JSON": b"tool=1",
    "half of it": b'{"tool": "1"',
    "a list": b"[]",
    "a text": b'"booking"',
    "null": b"null",
    "NaN": b'{"tool": NaN}',
    "infinity": b'{"tool": Infinity}',
    "a name twice": b'{"tool": "1", "tool": "2"}',
    "no UTF-8": b'{"tool": "\xff"}',
    "UTF-16": '{"tool": "1"}'.encode("utf-16"),
    "deep lists": b'{"tool": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
    "deep objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "an endless number": b'{"tool": ' + b"9" * 50_000 + b"}",
    "huge": b'{"purpose": "' + b"x" * 70_000 + b'"}',
    "huge beyond all": b'{"purpose": "' + b"x" * 2_000_000 + b'"}',
}


def assert_refused(network: Network, answer: Any, before: dict[str, int]) -> None:
    """One clear sentence, 4xx, and the same rows as before."""
    assert 400 <= answer.status_code < 500, answer.text
    problem = answer.get_json()
    assert problem["status"] == answer.status_code
    assert problem["detail"].endswith((".", ")"))
    assert len(problem["detail"]) < 300
    assert network.rows() == before


@pytest.mark.parametrize("name", ["start", "end"])
def test_times_that_are_none(network: Network, name: str) -> None:
    before = network.rows()
    for value in TIMES.values():
        assert_refused(network, network.ada.post("/bookings", {**network.ask(), name: value}), before)


@pytest.mark.both_engines
def test_ids_that_are_none(network: Network) -> None:
    before = network.rows()
    for value in IDS.values():
        assert_refused(network, network.ada.post("/bookings", {**network.ask(), "tool": value}), before)


@pytest.mark.both_engines
def test_what_both_databases_refuse_or_cannot_hold(network: Network) -> None:
    before = network.rows()
    for more in (
        {"tool": IDS["beyond 64 bit"]},
        {"tool": IDS["of nobody"]},
        {"purpose": "a\0b"},
        {"start": TIMES["year 1"]},
        {"start": TIMES["year 9999"], "end": "9999-12-31T23:30:00Z"},
        {"start": "0001-01-01T00:00:00Z", "end": "9999-12-31T23:00:00Z"},
    ):
        assert_refused(network, network.ada.post("/bookings", {**network.ask(), **more}), before)
        assert_refused(network, network.ada.post("/bookings/check", {**network.ask(), "tool": "0", **more}), before)


@pytest.mark.parametrize("path", ["/bookings", "/me/feeds"])
def test_bodies_that_are_none(network: Network, path: str) -> None:
    before = network.rows()
    for what, body in BODIES.items():
        answer = network.ada.post(path, data=body, content_type="application/json")
        assert_refused(network, answer, before)
        assert answer.status_code in (400, 413, 422), what


def test_bodies_of_another_type(network: Network) -> None:
    before = network.rows()
    body = json.dumps(network.ask())
    for mimetype in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", None):
        answer = network.ada.post("/bookings", data=body, content_type=mimetype)
        assert_refused(network, answer, before)
        assert answer.status_code == 415


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"id": "5"}, "id"),
        ({"state": "confirmed"}, "state"),
        ({"account": "1"}, "account"),
        ({"time_zone": "Mars/Base"}, "time_zone"),
        ({"x" * 5_000: 1}, "x" * 64),
        ({"\0": 1}, "\0"),
        ({"purpose": 5}, "purpose"),
        ({"purpose": None}, "purpose"),
        ({"purpose": "x" * 201}, "purpose"),
        ({"purpose": "bell \x07"}, "purpose"),
        ({"start": told(LATER), "end": told(TEN)}, "end"),
        ({"end": told(TEN)}, "end"),
    ],
)
def test_members_that_cannot_be_taken_are_named(network: Network, change: dict[str, Any], field: str) -> None:
    before = network.rows()
    answer = network.ada.post("/bookings", {**network.ask(), **change})
    assert_refused(network, answer, before)
    assert [each["field"] for each in answer.get_json()["errors"]] == [field]


def test_all_that_is_missing_is_said_at_once(network: Network) -> None:
    answer = network.ada.post("/bookings", {"purpose": "Signs"})
    assert [each["field"] for each in answer.get_json()["errors"]] == ["tool", "start", "end"]


@pytest.mark.parametrize(
    ("start", "hours", "code"),
    [
        (NOW - timedelta(hours=1), 1, "in_the_past"),
        (TEN + timedelta(minutes=7), 1, "off_grain"),
        (TEN + timedelta(microseconds=1), 1, "off_grain"),
        (TEN + timedelta(days=200), 1, "too_far_ahead"),
        (TEN, 100, "too_long"),
        (TEN, 0.05, "too_short"),
        # Clocks go forward at 01:00 UTC: 02:30 is on no wall in Berlin, but as an instant it is 03:30, at night.
        (NOW.replace(month=3, day=28, hour=1, minute=30, year=2027), 1, "outside_opening_hours"),
    ],
)
def test_times_that_the_rules_refuse(network: Network, start: Any, hours: float, code: str) -> None:
    before = network.rows()
    answer = network.ada.post("/bookings", network.ask(start, hours))
    assert_refused(network, answer, before)
    assert answer.status_code == 422
    assert code in [refusal["code"] for refusal in answer.get_json()["refusals"]]


SPAN = {"from": told(NOW), "to": told(TEN)}


ADDRESSES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/spaces", {"limit": "0"}),
    ("/spaces", {"limit": "201"}),
    ("/spaces", {"limit": "9" * 40}),
    ("/spaces", {"limit": "ten"}),
    ("/spaces", {"limit": ["1", "2"]}),
    ("/spaces", {"near": "91,0"}),
    ("/spaces", {"near": "1"}),
    ("/spaces", {"near": "nan,0"}),
    ("/spaces", {"near": "1e5,0"}),
    ("/spaces", {"within_km": "5"}),
    ("/spaces", {"q": "x" * 81}),
    ("/spaces", {"q": "\0"}),
    ("/spaces", {"\0": "x"}),
    ("/spaces", {"page": "2"}),
    ("/tools", {"kind": "teleporter"}),
    ("/tools", {"min.": "1"}),
    ("/tools", {"min.bed_width_mm": "wide"}),
    ("/tools", {"min.bed_width_mm": "inf"}),
    ("/tools", {"min.bed_width_mm": "-1"}),
    ("/availability", {}),
    ("/availability", {"kind": "laser_cutter"}),
    ("/availability", SPAN),
    ("/availability", {**SPAN, "kind": "laser_cutter", "minutes": "0"}),
    ("/availability", {**SPAN, "kind": "laser_cutter", "mine": "yes"}),
    ("/availability", {**SPAN, "tool": "99999"}),
    ("/availability", {**SPAN, "tool": str(2**64)}),
    ("/availability", {**SPAN, "tool": [str(number) for number in range(1, 150)]}),
    ("/availability", {"kind": "laser_cutter", "from": told(TEN), "to": told(NOW)}),
    ("/availability", {"kind": "laser_cutter", "from": told(NOW), "to": told(NOW + timedelta(days=40))}),
    ("/bookings", {"state": "finished"}),
    ("/bookings", {"from": "soon"}),
    ("/bookings", {"space": "nowhere"}),
    ("/bookings/0", {}),
    ("/bookings/-1", {}),
    ("/bookings/one", {}),
    (f"/bookings/{2**63}", {}),
    ("/bookings/" + "9" * 3_000, {}),
    ("/bookings/1%00", {}),
)


@pytest.mark.both_engines
def test_addresses_that_cannot_be_answered(network: Network) -> None:
    before = network.rows()
    for path, query in ADDRESSES:
        assert_refused(network, network.ada.get(path, **query), before)


def test_schedules_of_times_that_are_none(network: Network) -> None:
    before = network.rows()
    for value in (each for each in TIMES.values() if isinstance(each, str) and len(each) < 100):
        for query in ({"from": value, "to": told(TEN)}, {"from": told(NOW), "to": value}, {"from": value, "to": value}):
            assert_refused(network, network.ada.get(f"/tools/{network.tool}/schedule", **query), before)


CURSORS = (
    *("", "x", "=", "é", "W10", "bnVsbA", "W" * 700, "[" * 600),
    *(cursors.encoded(*key) for key in ((), ("a",), ("a", "b"), ("a", 2**63), ("a\0", 1), (1, 2, 3), (2**64, 1))),
    "W1tbMV1dXQ",  # [[[1]]]
)


@pytest.mark.both_engines
@pytest.mark.parametrize("path", ["/spaces", "/tools", "/bookings", "/me/tokens"])
def test_cursors_that_we_never_gave(network: Network, path: str) -> None:
    assert [cursor for cursor in CURSORS if network.ada.get(path, cursor=cursor).status_code != 422] == []


@pytest.mark.both_engines
def test_cursors_of_no_time_at_all(network: Network) -> None:
    for ticks in (2**62, -(2**62)):
        assert network.ada.get("/bookings", cursor=cursors.encoded(ticks, 1)).status_code == 422


def test_keys_that_are_none(network: Network) -> None:
    before = network.rows()
    for key in ("", "x" * 201):
        answer = network.ada.post("/bookings", network.ask(), headers={"Idempotency-Key": key})
        assert_refused(network, answer, before)
        assert ("at most" in answer.get_json()["detail"]) is bool(key)
