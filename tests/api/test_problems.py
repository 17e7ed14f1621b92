"""Problem documents: for everything that goes wrong, in the language of whoever asked."""

from datetime import timedelta

import pytest
from flask import Flask

from booking.models.tables.accounts import Account, Token
from booking.models.tables.traffic import Traffic
from tests import factories
from tests.api.programs import TEN, Network
from tests.factories import NOW


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/spaces/nowhere", 404),
        ("GET", "/spaces/nowhere/tools/nothing", 404),
        ("GET", "/tools/99999/schedule?from=2026-11-26T10:00:00Z&to=2026-11-27T10:00:00Z", 404),
        ("DELETE", "/spaces", 405),
        ("POST", "/tools", 405),
        ("GET", "/bookings/check", 404),
        ("GET", "/me", 401),
        ("POST", "/bookings", 401),
    ],
)
def test_whatever_goes_wrong_is_a_document(network: Network, method: str, path: str, status: int) -> None:
    program = network.nobody if status == 401 else network.ada
    answer = program.app.test_client().open(
        f"/api/v1{path}",
        method=method,
        headers={"Authorization": f"Bearer {program.token}"} if program.token else {},
    )
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    problem = answer.get_json()
    assert problem.keys() >= {"type", "title", "status", "detail"}
    assert problem["type"].startswith("http://localhost/api/docs#")
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert ("Allow" in answer.headers) == (status == 405)


def test_a_fault_of_ours_tells_a_reference_and_nothing_else(app: Flask, network: Network) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_: object) -> None:
        raise ValueError("the secret of the fault")

    app.view_functions["api.me_show"] = _declared(broken, app.view_functions["api.me_show"])
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {network.ada.token}"})
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert answer.get_json()["reference"]
    assert "secret" not in answer.text


def _declared(view: object, like: object) -> object:
    def serve(**_: object) -> object:
        return view()  # type: ignore[operator]

    serve.__access__ = like.__access__  # type: ignore[attr-defined]
    return serve


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("", "There is no such thing"), ("en", "There is"), ("xx", "There is"), ("fr;q=1", "There")],
)
def test_sentences_are_in_the_language_that_was_asked_for(network: Network, language: str, sentence: str) -> None:
    answer = network.ada.call("GET", "/bookings/1", headers={"Accept-Language": language})
    assert answer.get_json()["detail"].startswith(sentence)
    assert "Accept-Language" in answer.headers["Vary"]


def test_sentences_are_not_in_the_language_of_the_account(network: Network) -> None:
    with factories.database(network.app) as session:
        session.get_one(Account, network.account_ids["Ada"]).language = "de"
        session.commit()
    assert network.ada.get("/bookings/1").get_json()["detail"].startswith("There is no such thing")


@pytest.mark.parametrize("header", ["Bearer nothing", "Bearer ", "Basic YWRhOnBhc3N3b3Jk", "Bearer " + "x" * 300, "é"])
def test_a_token_that_does_not_work_opens_nothing_not_even_what_is_public(network: Network, header: str) -> None:
    for path in ("/me", "/spaces"):
        answer = network.nobody.call("GET", path, headers={"Authorization": header})
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("change", ["revoked", "expired", "disabled"])
def test_a_token_that_ended_opens_nothing(network: Network, change: str) -> None:
    assert network.ada.get("/me").status_code == 200
    with factories.database(network.app) as session:
        account = session.get_one(Account, network.account_ids["Ada"])
        token = session.query(Token).filter_by(account_id=account.id).one()
        if change == "disabled":
            account.disabled_at = NOW
        else:
            setattr(token, {"revoked": "revoked_at", "expired": "expires_at"}[change], NOW)
        session.commit()
    assert network.ada.get("/me").status_code == 401


def test_a_sign_in_is_no_token(network: Network) -> None:
    with factories.database(network.app) as session:
        client = network.app.test_client()
        factories.sign_in(client, session, session.get_one(Account, network.account_ids["Ada"]))
    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/bookings", json=network.ask(TEN)).status_code == 401


def test_the_last_use_of_a_token_is_noted_at_most_every_five_minutes(network: Network, clock: object) -> None:
    def seen() -> list[object]:
        with factories.database(network.app) as session:
            return [mark.seen_at for mark in session.query(Traffic).filter_by(kind="token")]

    network.ada.get("/me")
    assert seen() == [NOW]
    clock.shift(timedelta(minutes=4))  # type: ignore[attr-defined]
    network.ada.get("/me")
    assert seen() == [NOW]
    clock.shift(timedelta(minutes=2))  # type: ignore[attr-defined]
    network.ada.get("/me")
    assert seen() == [NOW + timedelta(minutes=6)]


def test_other_sites_get_no_leave_to_read(network: Network) -> None:
    answer = network.ada.call("GET", "/me", headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers.keys() if name.startswith("Access-Control")]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in answer.headers
