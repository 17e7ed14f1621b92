"""What every answer carries whatever its status, and what no request gets past."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from booking import create_app
from booking.edge import Access, access
from booking.models.database import db
from booking.models.tables.accounts import SignIn
from config import Settings
from tests.browsing import enter, form_token, make_person, post
from tests.factories import database

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def broken() -> str:
    """A view with a fault."""
    raise ValueError("the secret of the fault")


@pytest.fixture
def faulty(app: Flask) -> FlaskClient:
    """A browser on an application in which one page is broken and one forgot to say whom it is for."""
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/broken", "broken", access(Access.PUBLIC)(broken))
    app.add_url_rule("/forgotten", "forgotten", lambda: "nobody checks")
    return app.test_client()


@pytest.fixture
def in_public(settings: Settings) -> Iterator[Flask]:
    """The application as it runs behind one proxy at an https address."""
    chosen = replace(settings, base_url="https://bench.example.org", trusted_proxies=1)
    application = create_app(chosen)
    yield application
    with application.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/register", 200),
        ("/profile", 302),
        ("/%00", 400),
        ("/register?x=%00", 400),
        ("/forgotten", 403),
        ("/nothing/here", 404),
        ("/sign-out", 405),
        ("/reset/unknown", 410),
        ("/broken", 500),
    ],
)
def test_every_answer_is_protected(faulty: FlaskClient, path: str, status: int) -> None:
    answer = faulty.get(path)
    assert answer.status_code == status
    assert HEADERS.items() <= dict(answer.headers).items()
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy
    assert "Cookie" in answer.headers["Vary"]
    assert "Traceback" not in answer.text


def test_a_fault_tells_the_reader_a_reference_and_the_log_the_rest(faulty: FlaskClient) -> None:
    root = logging.getLogger()
    stream = next(handler for handler in root.handlers if handler.get_name() == "benchtime")
    assert isinstance(stream, logging.StreamHandler)
    told: list[str] = []
    stream.emit = lambda record: told.append(stream.format(record))  # type: ignore[method-assign]
    page = faulty.get("/broken").text
    line = json.loads(told[-1])
    assert line["reference"] in page
    assert "the secret of the fault" in line["fault"]
    assert "the secret of the fault" not in page


def test_people_who_are_signed_in_leave_nothing_in_caches(app: Flask, client: FlaskClient) -> None:
    enter(client, make_person(app))
    assert client.get("/profile").headers["Cache-Control"] == "private, no-store"


def test_a_strange_host_is_refused(client: FlaskClient) -> None:
    for method in ("GET", "POST"):
        answer = client.open("/register", method=method, headers={"Host": "evil.example"})
        assert (answer.status_code, "evil" in answer.text) == (400, False)
        assert HEADERS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}]
    + [{"Origin": "null"}, {"Origin": "http://["}, {"Origin": "localhost"}],
)
def test_forms_of_other_sites_are_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    fields = {"csrf_token": form_token(client), "language": "de"}
    assert client.post("/preferences/language", data=fields, headers=headers).status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/preferences/language", data=fields, headers=own).status_code == 303


def test_a_form_without_its_token_is_refused_with_advice(client: FlaskClient) -> None:
    answer = client.post("/preferences/language", data={"language": "de"})
    assert answer.status_code == 400
    assert "This page was open for too long." in answer.text


@pytest.mark.parametrize(
    ("fields", "status"), [({"language": "de\0"}, 400), ({"x\0": "de"}, 400), ({"language": "x" * 2_000_000}, 413)]
)
def test_strange_and_huge_forms_are_refused(client: FlaskClient, fields: dict[str, str], status: int) -> None:
    assert post(client, "/preferences/language", **fields).status_code == status


def test_a_field_with_a_nul_is_named(client: FlaskClient) -> None:
    answer = post(client, "/preferences/language", language="de\0")
    assert "“language” holds the character U+0000." in answer.text


def test_an_address_with_a_nul_is_told_so(client: FlaskClient) -> None:
    assert "The address holds the character U+0000." in client.get("/spaces/x%00/").text
    told = client.get("/api/v1/bookings/x%00").get_json()
    assert (told["status"], told["detail"][:43]) == (400, "The address holds the character U+0000. Tak")


def test_an_upload_of_too_many_parts_is_refused(client: FlaskClient) -> None:
    parts = {"csrf_token": form_token(client)} | {f"x{number}": "" for number in range(300)}
    answer = client.post("/preferences/language", data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


def test_a_huge_body_is_refused(client: FlaskClient) -> None:
    body = b"x" * (10 * 1024 * 1024)
    kinds = ("application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=b")
    for kind in kinds:
        answer = client.post("/sign-in", data=body, content_type=kind)
        assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("path", ["/x" * 3000, "/sign-in?" + "a=b&" * 5000, "/profile/sign-ins/" + "9" * 5000 + "/end"])
def test_long_addresses_are_no_fault(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (200, 404, 414)


@pytest.mark.parametrize("path", ["/sign-in.ics", "/reset/x.ics", "/photos/x.ics", "/feeds/x/y.ics", "/x.ics"])
def test_an_unknown_address_that_ends_like_a_calendar_is_no_fault(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (404, 410)
    assert client.post(path).status_code in (400, 404)


def test_a_program_that_sends_to_an_address_with_a_slash_too_many_is_told_so(client: FlaskClient) -> None:
    assert client.post("/api/v1/bookings///1/cancel").status_code == 400


def test_a_broken_cookie_is_a_stranger(client: FlaskClient) -> None:
    for value in ("", "x" * 4000, ".eJw", "\x7f"):
        client.set_cookie("session", value)
        assert client.get("/profile").status_code == 302


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/profile", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/profile")


def test_in_public_cookies_and_transport_are_safe_and_the_proxy_tells_the_address(in_public: Flask) -> None:
    client = in_public.test_client()
    home = {"base_url": "https://bench.example.org"}
    page = client.get("/sign-in", **home)
    assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}
    ada = make_person(in_public)
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = {"csrf_token": token, "email": ada.email, "password": "correct horse battery"}
    spoofed = {"X-Forwarded-For": "203.0.113.66, 198.51.100.7"}
    assert client.post("/sign-in", data=fields, headers=spoofed, **home).status_code == 303
    with database(in_public) as session:
        assert session.query(SignIn).one().address == "198.51.100.7"


def test_templates_put_values_of_any_name_into_messages(app: Flask) -> None:
    plural = (
        "{{ ngettext('%(number)s tool of %(space)s', '%(number)s tools of %(space)s', 3, number='3', space='<b>') }}"
    )
    with app.test_request_context("/"):
        assert render_template_string(plural) == "3 tools of &lt;b&gt;"
        assert render_template_string("{{ _('At %(place)s', place='<b>') }}") == "At &lt;b&gt;"
        assert render_template_string("{{ pgettext('space', 'At %(place)s', place='<b>') }}") == "At &lt;b&gt;"
        counted = "{{ npgettext('space', '%(how)s day', '%(how)s days', 2, how='<b>') }}"
        assert render_template_string(counted) == "&lt;b&gt; days"
