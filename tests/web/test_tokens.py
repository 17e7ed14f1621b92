"""API tokens: shown once, listed without their secret, revoked by their owner."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.accounts import Token
from booking.outside.secrets import digest
from tests.browsing import enter, make_person, post
from tests.factories import database

SCRIPT = {"name": "My script", "scope": "read", "days": "30"}


@pytest.fixture
def ada_client(app: Flask, client: FlaskClient) -> FlaskClient:
    """Ada's browser."""
    enter(client, make_person(app))
    return client


def test_a_token_is_shown_once_and_kept_as_its_hash(app: Flask, ada_client: FlaskClient) -> None:
    answer = post(ada_client, "/profile/tokens/", **SCRIPT)
    assert answer.status_code == 201
    assert "no-store" in answer.headers["Cache-Control"]
    found = re.search(r'class="secret">([^<]+)<', answer.text)
    assert found is not None
    with database(app) as session:
        row = session.query(Token).one()
    assert (row.token_hash, row.scope) == (digest(found.group(1)), "read")
    listed = ada_client.get("/profile/tokens/").text
    assert "My script" in listed
    assert "Never used" in listed
    assert found.group(1) not in listed


@pytest.mark.parametrize(("field", "typed"), [("name", ""), ("scope", "admin"), ("days", "99999"), ("days", "-1")])
def test_what_cannot_be_taken_makes_no_token(app: Flask, ada_client: FlaskClient, field: str, typed: str) -> None:
    assert post(ada_client, "/profile/tokens/", **{**SCRIPT, field: typed}).status_code == 422
    with database(app) as session:
        assert session.query(Token).count() == 0


def test_a_token_is_revoked_by_its_owner_only(app: Flask, ada_client: FlaskClient) -> None:
    post(ada_client, "/profile/tokens/", **SCRIPT)
    with database(app) as session:
        number = session.query(Token.id).scalar()
    stranger = app.test_client()
    enter(stranger, make_person(app, "Cy"))
    assert post(stranger, f"/profile/tokens/{number}/revoke").status_code == 404
    assert "My script" in ada_client.get("/profile/tokens/").text
    assert ada_client.get(f"/profile/tokens/{number}/revoke").status_code == 405
    assert post(ada_client, f"/profile/tokens/{number}/revoke").status_code == 303
    assert post(ada_client, f"/profile/tokens/{number}/revoke").status_code == 404
    assert "My script" not in ada_client.get("/profile/tokens/").text


def test_tokens_are_for_people_who_are_signed_in(client: FlaskClient) -> None:
    assert client.get("/profile/tokens/").status_code == 302
    assert post(client, "/profile/tokens/", **SCRIPT).status_code == 401
