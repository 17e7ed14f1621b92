"""A browser without scripts: forms are posted with the token that the page carries."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.models.tables.accounts import Account
from booking.models.tables.jobs import Job
from booking.outside import passwords
from tests import factories

PASSWORD = "correct horse battery"
# Hashing is slow on purpose, so all people of a run share one hash.
HASH = passwords.hashed(PASSWORD)


def form_token(client: FlaskClient) -> str:
    """The token that this browser's forms carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/confirm-again").text)
    assert found is not None
    return found.group(1)


def post(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Send a form as its page would."""
    return client.post(path, data={"csrf_token": form_token(client), **fields})


def make_person(app: Flask, name: str = "Ada", **columns: Any) -> Account:
    """Somebody with the password PASSWORD; committed."""
    with factories.database(app) as session:
        account = factories.make_account(session, name, **{"password_hash": HASH} | columns)
        session.commit()
        return account


def enter(client: FlaskClient, account: Account, password: str = PASSWORD, **fields: Any) -> TestResponse:
    """Sign in through the form."""
    return post(client, "/sign-in", email=account.email, password=password, **fields)


def mails(app: Flask, event: str | None = None) -> list[dict[str, Any]]:
    """The mails left to the worker, oldest first."""
    with factories.database(app) as session:
        payloads = list(session.scalars(select(Job.payload).where(Job.kind == "mail").order_by(Job.id)))
    return [payload for payload in payloads if event in (None, payload["event"])]


def link_path(payload: dict[str, Any]) -> str:
    """The path of the link in a mail."""
    return "/" + str(payload["link"]).split("/", 3)[3]
