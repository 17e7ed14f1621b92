"""One's own data: downloaded with the password and without anybody else's, and erased for good."""

import io
import json
import re
from pathlib import Path
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from booking.models.reports import FOLDER
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.reports import Report
from booking.models.tables.tools import Tool
from booking.outside import images
from booking.worker import Worker
from tests.acting import HOUR, TEN
from tests.browsing import HASH, PASSWORD, enter, make_person, post
from tests.factories import NOW, database, make_account, make_space, make_tool

OTHER = "Cyprian"


@pytest.fixture
def ada_client(app: Flask, client: FlaskClient) -> FlaskClient:
    """The browser of Ada, who has booked Lumi, as somebody else has."""
    ada = make_person(app)
    with database(app) as session:
        tool = make_tool(session, make_space(session))
        other = make_account(session, OTHER)
        place = {"space_id": tool.space_id, "tool_id": tool.id, "created_at": NOW, "changed_at": NOW}
        for account_id, words in ((ada.id, "A lamp"), (other.id, "A secret of his")):
            times = {"starts_at": TEN, "ends_at": TEN + HOUR, "state": "cancelled"}
            session.add(Booking(uid=words, account_id=account_id, purpose=words, **times, **place))
        session.commit()
    enter(client, ada)
    return client


def test_the_download_holds_all_of_hers_and_nothing_of_others(ada_client: FlaskClient) -> None:
    answer = post(ada_client, "/profile/data/download", download_password=PASSWORD)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    content = answer.data
    answer.close()
    with ZipFile(io.BytesIO(content)) as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    assert json.loads(files["account.json"])[0]["name"] == "Ada"
    assert [row["purpose"] for row in json.loads(files["booking.json"])] == ["A lamp"]
    assert len(json.loads(files["sign_in.json"])) == 1
    assert files["bookings.ics"].count("BEGIN:VEVENT") == 1
    everything = "".join(files.values())
    assert OTHER not in everything
    assert "A secret of his" not in everything
    assert HASH not in everything
    assert not re.search(r"_hash", everything)


@pytest.fixture
def photo(app: Flask, ada_client: FlaskClient) -> Path:
    """A photo in a report of Ada's."""
    folder = app.config["SETTINGS"].instance / FOLDER
    file = images.keep(folder, images.prepared(picture()))
    with database(app) as session:
        ada = session.scalars(select(Account).where(Account.name == "Ada")).one()
        tool = session.scalars(select(Tool)).one()
        values = {"space_id": tool.space_id, "tool_id": tool.id, "words": "It smells", "state": "open"}
        session.add(Report(account_id=ada.id, photo=file, created_at=NOW, **values))
        session.commit()
    return folder / file


def picture() -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(target, "PNG")
    return target.getvalue()


def test_the_download_holds_the_photos_that_she_sent(ada_client: FlaskClient, photo: Path) -> None:
    answer = post(ada_client, "/profile/data/download", download_password=PASSWORD)
    with ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.read(f"photos/{photo.name}") == photo.read_bytes()
    answer.close()


def test_the_photos_that_she_sent_are_removed_with_her_account(
    app: Flask, ada_client: FlaskClient, photo: Path
) -> None:
    assert photo.exists()
    post(ada_client, "/profile/data/erase", erase_password=PASSWORD)
    Worker(app).run_due()
    assert not list(photo.parent.iterdir())
    with database(app) as session:
        assert session.scalars(select(Report.photo)).all() == [None]


@pytest.mark.parametrize("what", ["download", "erase"])
def test_a_wrong_password_opens_nothing(app: Flask, ada_client: FlaskClient, what: str) -> None:
    for typed in ("", "wrong horse battery"):
        answer = post(ada_client, f"/profile/data/{what}", **{f"{what}_password": typed})
        assert (answer.status_code, answer.mimetype) == (422, "text/html")
    with database(app) as session:
        assert session.query(Account).filter_by(name="Ada").one().erased_at is None


def test_who_erases_her_account_is_signed_out_for_good(app: Flask, ada_client: FlaskClient) -> None:
    with database(app) as session:
        email = session.query(Account).filter_by(name="Ada").one().email
    page = ada_client.get("/profile/data").text
    assert "without a name, for the statistics of its space" in page
    answer = post(ada_client, "/profile/data/erase", erase_password=PASSWORD)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "Your account is deleted." in ada_client.get("/sign-in").text
    assert ada_client.get("/profile/data").status_code in (302, 303)
    assert post(ada_client, "/sign-in", email=email, password=PASSWORD).status_code == 422
    with database(app) as session:
        assert session.query(Account).filter_by(name="Former maker").one().erased_at is not None
        assert {row.purpose for row in session.query(Booking)} == {"", "A secret of his"}


def test_the_last_admin_reads_whom_to_ask_first_and_erases_others(app: Flask, client: FlaskClient) -> None:
    dee, ada = make_person(app, "Dee", is_admin=True), make_person(app, "Ada")
    enter(client, dee)
    assert "Let somebody else run it first." in client.get("/profile/data").text
    refused = post(client, "/profile/data/erase", erase_password=PASSWORD)
    assert refused.status_code == 409
    assert "Let somebody else run it first." in refused.text
    assert f"/admin/accounts/{ada.id}/erase" in client.get("/admin/accounts/").text
    assert post(client, f"/admin/accounts/{ada.id}/erase").status_code == 303
    listed = client.get("/admin/accounts/").text
    assert "The account is deleted for good." in listed
    assert f"/admin/accounts/{ada.id}/erase" not in listed
    assert post(client, f"/admin/accounts/{ada.id}/enable").status_code == 404
