"""Signing in and out, resetting a password, seeing where one is signed in; how guessing is slowed down."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from booking import create_app
from booking.models.database import db
from booking.models.tables.accounts import Account, SignIn
from config import Settings
from tests.browsing import PASSWORD, enter, link_path, mails, make_person, post
from tests.factories import database


@pytest.fixture
def ada(app: Flask) -> Account:
    """Ada, who has a password and has confirmed her address."""
    return make_person(app)


@pytest.fixture
def other_worker(settings: Settings) -> Iterator[Flask]:
    """The application once more, as another process on the same database would run it."""
    application = create_app(settings)
    yield application
    with application.app_context():
        db.engine.dispose()


def token_in(client: FlaskClient) -> str:
    """The secret in this browser's cookie."""
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def test_signing_in_leads_to_where_one_wanted_to_go(app: Flask, client: FlaskClient, ada: Account) -> None:
    sent = client.get("/profile")
    assert (sent.status_code, sent.headers["Location"]) == (302, "/sign-in?next=/profile")
    answer = enter(client, ada, next="/profile")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/profile")
    assert "Ada" in client.get("/profile").text


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https:evil.example", "javascript:alert(1)"])
def test_signing_in_never_leads_elsewhere(client: FlaskClient, ada: Account, wanted: str) -> None:
    assert enter(client, ada, next=wanted).headers["Location"] == "/"
    assert client.get("/sign-in", query_string={"next": wanted}).headers["Location"] == "/"


@pytest.mark.parametrize("email", ["known", "unknown@example.org"])
def test_known_and_unknown_addresses_get_the_same_answer(client: FlaskClient, ada: Account, email: str) -> None:
    typed = ada.email if email == "known" else email
    answer = post(client, "/sign-in", email=typed, password="not the password")
    assert answer.status_code == 422
    assert "This address and this password don&#39;t belong together." in answer.text
    assert "not the password" not in answer.text
    assert typed in answer.text


def test_a_disabled_account_is_signed_out_at_once_and_stays_out(app: Flask, client: FlaskClient, ada: Account) -> None:
    enter(client, ada)
    with database(app) as session:
        session.get_one(Account, ada.id).disabled_at = ada.created_at
        session.commit()
    assert client.get("/profile").status_code == 302
    assert enter(client, ada).status_code == 422


def test_an_unconfirmed_address_lets_nobody_in_but_offers_the_link(app: Flask, client: FlaskClient) -> None:
    eve = make_person(app, "Eve", confirmed_at=None)
    answer = enter(client, eve)
    assert answer.status_code == 422
    assert "confirmed yet" in answer.text
    assert client.get("/profile").status_code == 302


def test_each_sign_in_is_a_new_session_and_an_old_cookie_is_worth_nothing(
    app: Flask, client: FlaskClient, ada: Account
) -> None:
    planted = post(client, "/sign-in", email=ada.email, password="wrong password").headers.get("Set-Cookie")
    enter(client, ada)
    first = token_in(client)
    post(client, "/sign-out")
    assert client.get("/profile").status_code == 302
    enter(client, ada)
    assert token_in(client) != first
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = first
    assert thief.get("/profile").status_code == 302
    assert planted is None or first not in planted


def test_the_cookie_is_for_this_site_only_and_out_of_reach_of_scripts(client: FlaskClient, ada: Account) -> None:
    cookies = enter(client, ada).headers.getlist("Set-Cookie")
    kept = next(cookie for cookie in cookies if cookie.startswith("session="))
    assert "HttpOnly" in kept
    assert "SameSite=Lax" in kept


def test_the_eleventh_guess_is_too_many_over_all_workers(
    clock: time_machine.Traveller, client: FlaskClient, other_worker: Flask, ada: Account
) -> None:
    workers = [client, other_worker.test_client()]
    for guess in range(10):
        assert enter(workers[guess % 2], ada, "not the password").status_code == 422
    for worker in workers:
        answer = enter(worker, ada)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
        assert "You can try again in 60 seconds." in answer.text
    clock.shift(timedelta(seconds=60))
    assert enter(client, ada).status_code == 303


def test_guesses_at_the_same_moment_are_counted_too(app: Flask, settings: Settings, ada: Account) -> None:
    def guess(_: int) -> int:
        return enter(app.test_client(), ada, "not the password").status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(guess, range(16)))
    assert statuses.count(422) <= 11
    assert statuses.count(429) >= 5


def test_one_network_address_guesses_for_thirty_accounts_at_most(app: Flask, client: FlaskClient) -> None:
    statuses = [
        post(client, "/sign-in", email=f"maker{number}@example.org", password="not the password").status_code
        for number in range(33)
    ]
    assert 429 in statuses[29:]
    assert 429 not in statuses[:29]


def test_a_header_does_not_change_the_address_unless_a_proxy_is_trusted(app: Flask, ada: Account) -> None:
    client = app.test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
    enter(client, ada)
    with database(app) as session:
        assert session.query(SignIn).one().address == "127.0.0.1"


def test_a_reset_sets_a_password_by_mail_once(app: Flask, client: FlaskClient, ada: Account) -> None:
    browser = app.test_client()
    enter(browser, ada)
    assert post(client, "/reset", email=ada.email).status_code == 200
    path = link_path(mails(app, "reset_password")[0])
    assert client.get(path).status_code == 200
    assert "no-store" in client.get(path).headers["Cache-Control"]
    assert post(client, path, password="12345678").status_code == 422
    assert post(client, path, password="a new long sentence").headers["Location"] == "/sign-in"
    assert browser.get("/profile").status_code == 302
    assert client.get(path).status_code == post(client, path, password="another sentence").status_code == 410
    assert enter(client, ada).status_code == 422
    assert enter(client, ada, "a new long sentence").status_code == 303


def test_asking_to_reset_an_unknown_address_looks_the_same(app: Flask, client: FlaskClient, ada: Account) -> None:
    known = post(client, "/reset", email=ada.email).text.replace(ada.email, "")
    unknown = post(client, "/reset", email="nobody@example.org").text.replace("nobody@example.org", "")
    assert len(mails(app)) == 1
    without_tokens = [page.split('name="csrf_token"')[0] for page in (known, unknown)]
    assert without_tokens[0] == without_tokens[1]


def test_a_mailbox_is_not_flooded(client: FlaskClient, ada: Account) -> None:
    assert [post(client, "/reset", email=ada.email).status_code for _ in range(5)] == [200] * 4 + [429]


def test_the_list_shows_each_browser_and_ends_the_others(app: Flask, client: FlaskClient, ada: Account) -> None:
    phone = app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Safari/604.1"
    enter(phone, ada)
    enter(client, ada)
    page = client.get("/profile/sign-ins").text
    assert "Safari on iPhone" in page
    assert "127.0.0.1" in page
    assert page.count("This one") == 1
    post(client, "/profile/sign-ins/end-others")
    assert phone.get("/profile").status_code == 302
    assert client.get("/profile").status_code == 200


def test_one_browser_is_ended_by_its_owner_only(app: Flask, client: FlaskClient, ada: Account) -> None:
    phone, stranger = app.test_client(), app.test_client()
    enter(phone, ada)
    with database(app) as session:
        number = session.query(SignIn.id).scalar()
    enter(stranger, make_person(app, "Cy"))
    enter(client, ada)
    path = f"/profile/sign-ins/{number}/end"
    assert post(stranger, path).status_code == 404
    assert phone.get("/profile").status_code == 200
    assert client.get(path).status_code == 405
    assert post(client, path).status_code == 303
    assert phone.get("/profile").status_code == 302
    assert post(client, f"/profile/sign-ins/{2**63}/end").status_code == 404


def test_a_password_made_with_older_parameters_is_hashed_anew(app: Flask, client: FlaskClient) -> None:
    import argon2

    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    eve = make_person(app, "Eve", password_hash=older)
    assert enter(client, eve).status_code == 303
    with database(app) as session:
        assert "m=19456,t=2,p=1" in str(session.get_one(Account, eve.id).password_hash)
    assert enter(app.test_client(), eve).status_code == 303
