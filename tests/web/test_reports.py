"""Makers report what is wrong; the staff of the space reads it, sees the photo and answers."""

import io
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from booking.models.database import db
from booking.models.tables.jobs import Job
from booking.models.tables.reports import Report
from booking.rules.access import Role
from booking.worker import Worker
from config import Settings
from tests import factories
from tests.acting import counted
from tests.calendars import Workshop
from tests.factories import NOW, sign_in

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def shop(app: Flask, workshop: Workshop) -> Workshop:
    app.config["WTF_CSRF_ENABLED"] = False
    return workshop


@pytest.fixture
def ada(shop: Workshop, client: FlaskClient) -> FlaskClient:
    sign_in(client, shop.session, shop.ada)
    return client


@pytest.fixture
def tia(app: Flask, shop: Workshop) -> FlaskClient:
    """A trainer of the space."""
    account, client = factories.make_account(shop.session, "Tia"), app.test_client()
    factories.make_member(shop.session, account, shop.space, Role.TRAINER)
    sign_in(client, shop.session, account)
    return client


def words(answer: TestResponse) -> str:
    return " ".join(BeautifulSoup(answer.data, "html.parser").get_text(" ").split())


def picture() -> io.BytesIO:
    target = io.BytesIO()
    Image.new("RGB", (400, 300), "teal").save(target, "PNG")
    target.seek(0)
    return target


def tool_page(shop: Workshop) -> str:
    return f"/spaces/{shop.space.slug}/tools/{shop.tool.slug}/"


def reports(shop: Workshop) -> list[Report]:
    shop.session.rollback()
    return list(shop.session.scalars(select(Report).order_by(Report.id)))


def mails(shop: Workshop) -> list[str]:
    shop.session.rollback()
    return [job.payload["event"] for job in shop.session.scalars(select(Job).order_by(Job.id))]


def test_what_is_reported_stands_on_the_tool_without_a_name(ada: FlaskClient, shop: Workshop, app: Flask) -> None:
    assert f"{tool_page(shop)}report" in ada.get(tool_page(shop)).text
    sent = ada.post(f"{tool_page(shop)}report", data={"words": "It smells of\nsmoke"})
    assert sent.headers["Location"] == f"{tool_page(shop)}report/thanks"
    assert "Thank you" in words(ada.get(sent.headers["Location"]))
    shown = words(ada.get(tool_page(shop)))
    assert "It smells of smoke" in shown
    assert "Ada" not in shown.split("Reported, and not dealt with yet")[1]
    assert "It smells of smoke" not in words(app.test_client().get(tool_page(shop)))
    assert mails(shop) == ["fault_reported"]


@pytest.mark.parametrize("form", [{"words": ""}, {"words": "x" * 501}, {"words": "It", "unit": "7"}])
def test_what_says_too_little_or_too_much_is_asked_for_again(
    ada: FlaskClient, shop: Workshop, form: dict[str, str]
) -> None:
    assert ada.post(f"{tool_page(shop)}report", data=form).status_code == 422
    assert reports(shop) == []


def test_nobody_reports_the_same_tool_again_and_again(ada: FlaskClient, shop: Workshop, settings: Settings) -> None:
    answers = [
        ada.post(f"{tool_page(shop)}report", data={"words": "It", "photo": (picture(), "a.png")}).status_code
        for _ in range(4)
    ]
    assert answers == [303, 303, 303, 422]
    assert len(list(photos(settings).glob("*.jpg"))) == 6


def photos(settings: Settings) -> Path:
    return settings.instance / "reports"


def test_the_photo_is_for_the_staff_of_the_space_alone(
    ada: FlaskClient, tia: FlaskClient, shop: Workshop, settings: Settings, app: Flask
) -> None:
    assert ada.post(f"{tool_page(shop)}report", data={"words": "It", "photo": (picture(), "a.png")}).status_code == 303
    [report] = reports(shop)
    address = f"/reports/{report.id}/large.jpg"
    with tia.get(address) as shown, tia.get(f"/reports/{report.id}/small.jpg") as small:
        assert (shown.status_code, shown.mimetype, small.status_code) == (200, "image/jpeg", 200)
        assert "private" in shown.headers["Cache-Control"]
    assert ada.get(address).status_code == 403
    assert app.test_client().get(f"/photos/{report.photo}").status_code == 404
    assert ada.get(f"/photos/{report.photo}").status_code == 404
    no_photo = {"words": "It", "photo": (io.BytesIO(b"no"), "a.png")}
    assert ada.post(f"{tool_page(shop)}report", data=no_photo).status_code == 422


def test_staff_answers_and_the_maker_hears_of_it(ada: FlaskClient, tia: FlaskClient, shop: Workshop) -> None:
    ada.post(f"{tool_page(shop)}report", data={"words": "It smells"})
    [report] = reports(shop)
    listed = words(tia.get("/reports/"))
    assert "It smells" in listed
    assert "Ada" in listed
    assert tia.post(f"/reports/{report.id}/close", data={"reply": "x" * 501}).status_code == 422
    assert tia.post(f"/reports/{report.id}/close", data={"reply": "A new filter is in."}).status_code == 303
    assert mails(shop) == ["fault_reported", "report_answered"]
    assert "It smells" not in words(ada.get(tool_page(shop)))
    assert "A new filter is in." in words(tia.get("/reports/?view=handled"))
    assert tia.post(f"/reports/{report.id}/close", data={"reply": "Again"}).status_code == 303
    assert mails(shop) == ["fault_reported", "report_answered"]


def test_reports_of_other_spaces_are_not_listed(tia: FlaskClient, shop: Workshop) -> None:
    other = factories.make_space(shop.session, "Fablab")
    tool = factories.make_tool(shop.session, other)
    shop.session.add(Report(space_id=other.id, tool_id=tool.id, words="Else", state="open", created_at=NOW))
    shop.session.commit()
    assert "Else" not in words(tia.get("/reports/"))
    assert tia.get(f"/reports/?space={other.slug}").status_code == 404
    assert tia.get(f"/reports/?space={shop.space.slug}").status_code == 200


def test_the_list_asks_the_same_however_long_it_is(app: Flask, tia: FlaskClient, shop: Workshop) -> None:
    tia.get("/reports/")
    numbers = []
    for turn in range(3):
        where = {"space_id": shop.space.id, "tool_id": shop.tool.id, "account_id": shop.ada.id}
        shop.session.add(Report(words=f"It {turn}", state="open", created_at=NOW, **where))
        shop.session.commit()
        with app.app_context(), counted(db.engine) as statements:
            tia.get("/reports/")
        numbers.append(len(statements))
    assert numbers[0] == numbers[2]


def test_staff_hears_of_a_report_by_mail(app: Flask, ada: FlaskClient, tia: FlaskClient, shop: Workshop) -> None:
    ada.post(f"{tool_page(shop)}report", data={"words": "It smells"})
    Worker(app).run_due()
    folder = Path(app.config["SETTINGS"].mail_url.removeprefix("file://"))
    texts = [path.read_text() for path in sorted(folder.glob("*.eml"))]
    assert len(texts) == 2
    assert all("A problem is reported" in text and "It smells" in text for text in texts)
