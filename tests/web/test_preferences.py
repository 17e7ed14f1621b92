"""The switches for language and theme: a cookie for strangers, the account for people we know."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.accounts import Account
from tests.browsing import enter, make_person, post
from tests.factories import database


def test_a_stranger_keeps_her_language_in_a_cookie(client: FlaskClient) -> None:
    answer = post(client, "/preferences/language", language="zh", next="/register")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/register")
    assert 'lang="zh"' in client.get("/register").text


def test_without_a_choice_the_browser_decides(client: FlaskClient) -> None:
    asked = {"Accept-Language": "fr;q=0.9, pl;q=0.5"}
    assert '<html lang="pl"' in client.get("/register", headers=asked).text
    assert '<html lang="en"' in client.get("/register", headers={"Accept-Language": "fr"}).text


def test_choices_of_people_we_know_go_with_them(app: Flask, client: FlaskClient) -> None:
    ada = make_person(app)
    enter(client, ada)
    post(client, "/preferences/language", language="de")
    post(client, "/preferences/theme", theme="dark")
    with database(app) as session:
        row = session.get_one(Account, ada.id)
        assert (row.language, row.theme) == ("de", "dark")
    elsewhere = app.test_client()
    enter(elsewhere, ada)
    page = elsewhere.get("/profile").text
    assert 'lang="de"' in page
    assert 'data-theme="dark"' in page
    post(elsewhere, "/preferences/theme", theme="")
    assert "data-theme=" not in elsewhere.get("/profile").text.split("<body")[0]


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ("/preferences/language", "language", "xx"),
        ("/preferences/language", "language", ""),
        ("/preferences/theme", "theme", "<script>"),
    ],
)
def test_other_choices_are_refused(client: FlaskClient, path: str, field: str, value: str) -> None:
    assert post(client, path, **{field: value}).status_code == 422


def test_a_switch_never_leads_elsewhere(client: FlaskClient) -> None:
    for wanted in ("//evil.example", "/\\evil.example", "https:evil.example"):
        assert post(client, "/preferences/language", language="de", next=wanted).headers["Location"] == "/"


def test_reading_switches_nothing(client: FlaskClient) -> None:
    assert client.get("/preferences/language?language=zh").status_code == 405
