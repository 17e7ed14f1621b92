"""Every route says who may call it, lets nobody else in, and changes nothing when it is only read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.routing import AnyConverter, Rule

from booking.edge import Access
from booking.models.database import Base, db
from tests import factories

WRITES = re.compile(r"\b(?:INSERT\s+INTO|UPDATE(?!\s+SET\b)|DELETE\s+FROM)\s+\"?(\w+)\"?", re.IGNORECASE)
FREE = ("static",)
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def rules(app: Flask, *methods: str) -> list[Rule]:
    """The routes that answer one of these methods, without the files of the style."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in FREE and (rule.methods or set()) & set(methods)
    ]


def policy(app: Flask, rule: Rule) -> Access | None:
    """What the view declares."""
    return getattr(app.view_functions[rule.endpoint], "__access__", None)


def address(app: Flask, rule: Rule, known: dict[str, Any]) -> str:
    """The route's address, with what we know for its variable parts, and the first choice or 1 for the others."""
    choices = {name: sorted(part.items)[0] for name, part in rule._converters.items() if isinstance(part, AnyConverter)}
    values = {name: known.get(name, choices.get(name, 1)) for name in rule.arguments}
    with app.test_request_context(base_url="http://localhost"):
        return app.url_map.bind("localhost").build(rule.endpoint, values, method=None)


@pytest.fixture
def known(app: Flask, client: FlaskClient) -> dict[str, Any]:
    """A space with a tool, and the network's admin signed in: what variable parts of addresses can mean."""
    session = factories.database(app)
    admin = factories.make_account(session, "Dee", is_admin=True)
    space = factories.make_space(session)
    tool = factories.make_tool(session, space)
    account_id, tool_id, space_id = admin.id, tool.id, space.id
    found = {"space": space.slug, "tool": tool.slug, "tool_id": tool_id, "space_id": space_id, "code": tool.code}
    factories.sign_in(client, session, admin)
    session.close()
    return {**found, "account_id": account_id, "space_slug": found["space"], "tool_slug": found["tool"]}


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """The tables written to inside the block, but for the marks that reading may leave behind."""
    marks = {
        str(mapper.local_table.name)
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.rpartition(".")[2] == "traffic"
    }
    written: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        written.extend(table for table in WRITES.findall(statement) if table not in marks)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_every_route_declares_who_may_call_it(app: Flask) -> None:
    assert rules(app, "GET", *CHANGING), "there are no routes"
    assert [rule.rule for rule in rules(app, "GET", *CHANGING) if not isinstance(policy(app, rule), Access)] == []


def test_no_address_is_served_twice(app: Flask) -> None:
    served = [
        (rule.rule, method)
        for rule in rules(app, "GET", *CHANGING)
        for method in (rule.methods or set()) & ({"GET"} | CHANGING)
    ]
    assert sorted(pair for pair in set(served) if served.count(pair) > 1) == []


def test_strangers_get_in_nowhere(app: Flask, client: FlaskClient) -> None:
    open_to_strangers = []
    for rule in rules(app, "GET", *CHANGING):
        if policy(app, rule) is Access.PUBLIC:
            continue
        for method in sorted((rule.methods or set()) & ({"GET"} | CHANGING)):
            answer = client.open(address(app, rule, {}), method=method)
            turned_away = answer.status_code in (400, 401, 403, 404) or "/sign-in" in answer.headers.get("Location", "")
            if not turned_away:
                open_to_strangers.append((method, rule.rule, answer.status_code))
    assert open_to_strangers == []


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("who", ["admin", "nobody"])
def test_reading_writes_nothing(app: Flask, client: FlaskClient, known: dict[str, Any], who: str) -> None:
    reader = client if who == "admin" else app.test_client()
    faults = []
    for rule in rules(app, "GET"):
        with watched(app) as written:
            answer = reader.get(address(app, rule, known))
        if written or answer.status_code >= 500:
            faults.append((rule.rule, answer.status_code, written))
    assert faults == []


@pytest.mark.usefixtures("clock")
def test_the_admin_reads_every_page_that_needs_no_object(
    app: Flask, client: FlaskClient, known: dict[str, Any]
) -> None:
    closed = []
    for rule in rules(app, "GET"):
        if rule.arguments or policy(app, rule) is Access.TOKEN:
            continue
        answer = client.get(rule.rule)
        # 400 and 422: a page that asks for words in its address and got none.
        if answer.status_code >= 400 and answer.status_code not in (400, 422):
            closed.append((rule.rule, answer.status_code))
    assert closed == []


@pytest.mark.usefixtures("clock")
def test_a_changing_request_without_its_form_token_changes_nothing(
    app: Flask, client: FlaskClient, known: dict[str, Any]
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    changed = []
    for rule in rules(app, *CHANGING):
        if policy(app, rule) is Access.TOKEN or rule.rule.startswith(("/api/", "/dav/")):
            continue
        for method in sorted((rule.methods or set()) & CHANGING):
            with watched(app) as written:
                answer = client.open(address(app, rule, known), method=method, headers={"Sec-Fetch-Site": "cross-site"})
            if written or answer.status_code < 400:
                changed.append((method, rule.rule, answer.status_code, written))
    assert changed == []
