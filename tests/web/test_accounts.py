"""Registering, confirming an address, and one's own profile."""

import re
import statistics
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.accounts import Account
from tests.browsing import PASSWORD, enter, form_token, link_path, mails, make_person, post
from tests.factories import database

EVE = {
    "name": "Eve",
    "email": "eve@example.org",
    "password": "a long sentence of words",
    "language": "de",
    "time_zone": "Europe/Berlin",
}


def without_token(page: str) -> str:
    """The page without what differs each time it is shown."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page)


def account(app: Flask, email: str) -> Account:
    """The row of the account with this address."""
    with database(app) as session:
        return session.query(Account).filter_by(email=email).one()


def test_register_confirm_sign_in(app: Flask, client: FlaskClient) -> None:
    assert client.get("/register").status_code == 200
    assert "eve@example.org" in post(client, "/register", **EVE).text
    path = link_path(mails(app, "confirm_address")[0])
    assert "eve@example.org" in client.get(path).text
    assert account(app, "eve@example.org").confirmed_at is None
    assert post(client, path).status_code == 303
    assert client.get(path).status_code == post(client, path).status_code == 410
    assert enter(client, account(app, "eve@example.org"), EVE["password"]).status_code == 303
    assert 'lang="de"' in client.get("/profile").text


def test_a_known_address_gets_the_same_answer_in_the_same_time(app: Flask, client: FlaskClient) -> None:
    make_person(app, email="known@example.org")
    durations: dict[str, list[float]] = {"known@example.org": [], "new{}@example.org": []}
    pages = set()
    for number in range(3):
        for form, taken in durations.items():
            email = form.format(number)
            begin = time.perf_counter()
            answer = post(client, "/register", **{**EVE, "email": email})
            taken.append(time.perf_counter() - begin)
            pages.add((answer.status_code, without_token(answer.text.replace(email, ""))))
    assert len(pages) == 1
    known, new = (statistics.median(taken) for taken in durations.values())
    assert 0.3 < known / new < 3
    assert len(mails(app, "already_registered")) == len(mails(app, "confirm_address")) == 3


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Please fill this in."),
        ("name", "x" * 81, "Please use at most 80 characters."),
        ("email", "eve@example.org,ada@example.org", "Please give one mail address"),
        ("email", "eve", "Please give one mail address"),
        ("password", "1234567", "Please use at least 8 characters."),
        ("password", "iloveyou", "one of the first that a stranger would try"),
        ("password", "eve@example.org", "is easy to guess"),
        ("password", "benchtime2026!", "is easy to guess"),
        ("password", "x" * 1025, "Please use at most 1,024 characters."),
        ("language", "xx", "Please choose one of the values"),
        ("time_zone", "Mars/Olympus", "Please choose a time zone"),
    ],
)
def test_what_cannot_be_taken_gets_one_sentence_and_keeps_the_rest(
    app: Flask, client: FlaskClient, field: str, typed: str, sentence: str
) -> None:
    answer = post(client, "/register", **{**EVE, field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert field == "name" or 'value="Eve"' in answer.text
    assert EVE["password"] not in answer.text
    assert mails(app) == []


def test_the_confirming_mail_is_sent_again_and_the_older_link_dies(app: Flask, client: FlaskClient) -> None:
    post(client, "/register", **EVE)
    post(client, "/confirm-again", email=EVE["email"])
    post(client, "/confirm-again", email="nobody@example.org")
    first, second = (link_path(payload) for payload in mails(app, "confirm_address"))
    assert (client.get(first).status_code, client.get(second).status_code) == (410, 200)


def test_the_profile_is_changed_by_its_owner(app: Flask, client: FlaskClient) -> None:
    ada = make_person(app)
    enter(client, ada)
    answer = post(client, "/profile", name="Ada L.", language="pl", time_zone="Asia/Shanghai", is_admin="1")
    assert answer.status_code == 303
    changed = account(app, ada.email)
    assert (changed.name, changed.language, changed.time_zone) == ("Ada L.", "pl", "Asia/Shanghai")
    assert not changed.is_admin
    assert "Your profile is saved." not in client.get("/profile").text, "the answer speaks the chosen language"
    assert post(client, "/profile", name="", language="pl", time_zone="Asia/Shanghai").status_code == 422


def test_another_address_needs_the_password_and_a_followed_link(app: Flask, client: FlaskClient) -> None:
    ada = make_person(app)
    enter(client, ada)
    wrong = post(client, "/profile/email", email="new@example.org", email_password="not the password")
    assert (wrong.status_code, mails(app)) == (422, [])
    assert "This is not your present password." in wrong.text
    assert post(client, "/profile/email", email="new@example.org", email_password=PASSWORD).status_code == 200
    payload = mails(app, "confirm_address")[0]
    assert (payload["email"], account(app, ada.email).id) == ("new@example.org", ada.id)
    assert post(client, link_path(payload)).status_code == 303
    assert account(app, "new@example.org").id == ada.id


def test_another_password_needs_the_present_one_and_ends_other_browsers(app: Flask, client: FlaskClient) -> None:
    ada, phone = make_person(app), app.test_client()
    enter(client, ada)
    enter(phone, ada)
    wished = "quite another sentence"
    assert post(client, "/profile/password", present_password="not this one", password=wished).status_code == 422
    assert post(client, "/profile/password", present_password=PASSWORD, password="short").status_code == 422
    assert phone.get("/profile").status_code == 200
    assert post(client, "/profile/password", present_password=PASSWORD, password=wished).status_code == 303
    assert client.get("/profile").status_code == 200
    assert phone.get("/profile").status_code == 302
    assert enter(phone, ada, wished).status_code == 303


def test_guessing_the_present_password_is_slowed_down(app: Flask, client: FlaskClient) -> None:
    enter(client, make_person(app))
    statuses = [
        post(client, "/profile/password", present_password="not this one", password="x" * 9).status_code
        for _ in range(11)
    ]
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize("path", ["/profile", "/profile/email", "/profile/password"])
def test_nobody_changes_a_profile_signed_out(client: FlaskClient, path: str) -> None:
    assert post(client, path).status_code == 401


def test_asking_for_the_head_of_a_mailed_link_confirms_nothing(app: Flask, client: FlaskClient) -> None:
    post(client, "/register", **EVE)
    path = link_path(mails(app, "confirm_address")[0])
    answer = client.head(path)
    assert (answer.status_code, answer.data) == (200, b"")
    assert account(app, "eve@example.org").confirmed_at is None


def test_a_burst_of_strangers_cannot_keep_everybody_waiting_for_hashes(client: FlaskClient) -> None:
    token = form_token(client)
    answers = []
    for number in range(32):
        typed = EVE | {"email": f"eve{number}@example.org", "csrf_token": token}
        answers.append(client.post("/register", data=typed).status_code)
    assert (answers[:30], answers[-1]) == ([200] * 30, 429)


def test_everything_that_is_wrong_with_a_form_is_said_at_once(app: Flask, client: FlaskClient) -> None:
    answer = post(client, "/register", **EVE | {"name": "", "email": "eve", "password": "short"})
    for sentence in ("Please fill this in.", "Please give one mail address", "Please use at least 8 characters."):
        assert sentence in answer.text
    enter(client, make_person(app))
    answer = post(client, "/profile/password", present_password="not this one", password="short")
    assert "This is not your present password." in answer.text and "at least 8 characters" in answer.text
    answer = post(client, "/profile/email", email="new", email_password="not this one")
    assert "This is not your present password." in answer.text and "one mail address" in answer.text


def test_another_device_asks_for_the_password_before_it_confirms(app: Flask, client: FlaskClient) -> None:
    post(client, "/register", **EVE)
    path, phone = link_path(mails(app, "confirm_address")[0]), app.test_client()
    assert 'name="password"' not in client.get(path).text
    assert 'name="password"' in phone.get(path).text
    for typed, sentence in (("", "Please fill this in."), ("another sentence", "chosen in this registration")):
        refused = post(phone, path, password=typed)
        assert (refused.status_code, sentence in refused.text) == (422, True)
    assert account(app, EVE["email"]).confirmed_at is None
    assert post(phone, path, password=EVE["password"]).status_code == 303
    assert account(app, EVE["email"]).confirmed_at is not None


def test_guessing_the_password_of_a_registration_is_slowed_down(app: Flask, client: FlaskClient) -> None:
    post(client, "/register", **EVE)
    path, phone = link_path(mails(app, "confirm_address")[0]), app.test_client()
    statuses = [post(phone, path, password=f"guess {number}").status_code for number in range(11)]
    assert statuses == [422] * 10 + [429]


def test_who_registers_with_somebody_elses_address_gets_no_way_in(app: Flask, client: FlaskClient) -> None:
    mallory = app.test_client()
    post(client, "/register", **EVE)
    post(mallory, "/register", **EVE | {"name": "Mallory", "password": "a sentence of mallory"})
    own, planted = (link_path(payload) for payload in mails(app, "confirm_address"))
    assert post(client, planted).status_code == 422
    assert post(client, own).status_code == 303
    assert client.get(planted).status_code == 410
    assert enter(mallory, account(app, EVE["email"]), "a sentence of mallory").status_code == 422
    assert enter(client, account(app, EVE["email"]), EVE["password"]).status_code == 303
