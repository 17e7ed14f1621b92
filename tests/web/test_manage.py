"""Managers describe their spaces; nobody else even learns that these pages are there."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from booking.models import opening_days, spaces, tools
from booking.models.database import Session, db
from booking.models.tables.accounts import Account
from booking.models.tables.jobs import Job
from booking.models.tables.spaces import Space
from booking.rules.access import Role
from booking.rules.facts import MakeUpDay
from tests import factories


@dataclass
class Manager:
    """Bo's browser, her space and a session of the test's own."""

    client: FlaskClient
    session: Session
    space: Space
    account: Account

    def post(self, path: str, **form: object) -> TestResponse:
        """Send a form of the space's manager pages; the test's session then reads anew."""
        address = f"/manage/spaces/{self.space.slug}/{path}"
        self.session.rollback()
        answer = self.client.post(address, data=form)
        self.session.expire_all()
        return answer

    def get(self, path: str) -> TestResponse:
        return self.client.get(f"/manage/spaces/{self.space.slug}/{path}")


@pytest.fixture
def bo(app: Flask, client: FlaskClient) -> Iterator[Manager]:
    app.config["WTF_CSRF_ENABLED"] = False
    with factories.database(app) as session:
        account, space = factories.make_account(session, "Bo"), factories.make_space(session)
        factories.make_kind(session, "other")
        factories.make_member(session, account, space, Role.MANAGER)
        factories.sign_in(client, session, account)
        yield Manager(client, session, space, account)


def wish(**changed: object) -> dict[str, object]:
    """The form of a space, filled in."""
    return {
        "name": "Werkhof",
        "time_zone": "Europe/Berlin",
        "language": "en",
        "visibility": "busy",
        "joining": "request",
        "bookable_by": "network",
        "version": 1,
    } | changed


def text(answer: TestResponse) -> str:
    return BeautifulSoup(answer.data, "html.parser").get_text(" ", strip=True)


PAGES = ("", "hours/", "tools/", "tools/new?kind=laser_cutter", "photos/")


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("path", PAGES)
def test_a_manager_sees_the_pages_of_her_space(bo: Manager, path: str) -> None:
    factories.make_kind(bo.session)
    bo.session.commit()
    assert bo.get(path).status_code == 200


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.TRAINER])
def test_for_everybody_else_they_are_not_there(app: Flask, bo: Manager, path: str, role: Role | None) -> None:
    cy, browser = factories.make_account(bo.session, "Cy"), app.test_client()
    if role:
        factories.make_member(bo.session, cy, bo.space, role)
    factories.sign_in(browser, bo.session, cy)
    assert browser.get(f"/manage/spaces/{bo.space.slug}/{path}").status_code == 404
    assert browser.post(f"/manage/spaces/{bo.space.slug}/", data=wish()).status_code == 404
    assert app.test_client().get(f"/manage/spaces/{bo.space.slug}/{path}").status_code in (302, 303, 401)


@pytest.mark.usefixtures("clock")
def test_a_changed_space_gets_a_version_and_moves_its_calendars(bo: Manager) -> None:
    answer = bo.post("", **wish(name="Werkhof Nord", latitude="52,5", longitude="13,4", country="DE"))
    assert answer.status_code == 303
    card = spaces.space_card(bo.session, bo.space.slug)
    assert (card.name, card.version, card.latitude) == ("Werkhof Nord", 2, 52.5)
    assert [job.payload for job in bo.session.query(Job).filter_by(kind="render")] == [{"space_id": card.id}]


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", ""),
        ("latitude", "95"),
        ("latitude", "52.5"),
        ("longitude", "1e400"),
        ("country", "Deutschland"),
        ("country", "XX"),
        ("visibility", "nobody"),
        ("version", "9" * 30),
    ],
)
def test_what_cannot_be_taken_is_said_and_nothing_is_written(bo: Manager, field: str, value: str) -> None:
    answer = bo.post("", **wish(**{"name": "Other"} | {field: value}))
    assert (answer.status_code, "Please look at this again" in text(answer)) == (422, True)
    assert spaces.space_card(bo.session, bo.space.slug).version == 1


@pytest.mark.usefixtures("clock")
def test_everything_that_is_wrong_with_a_space_is_said_at_once(bo: Manager) -> None:
    answer = bo.post("", **wish(name="", country="AC", latitude="52.5"))
    assert (answer.status_code, "Please fill this in." in text(answer)) == (422, True)
    assert "Please choose one of the values in the list." in text(answer)
    assert "Please give latitude and longitude, or neither." in text(answer)


@pytest.mark.usefixtures("clock")
def test_two_managers_do_not_overwrite_one_another(bo: Manager) -> None:
    assert bo.post("", **wish(name="First")).status_code == 303
    assert bo.post("", **wish(name="Second")).status_code == 409
    assert spaces.space_card(bo.session, bo.space.slug).name == "First"


@pytest.mark.usefixtures("clock")
def test_the_week_takes_several_rows_nights_and_whole_days(bo: Manager) -> None:
    week = {
        "opens-0-0": "09:00",
        "closes-0-0": "12:00",
        "opens-0-1": "14:00",
        "closes-0-1": "02:00",
        "opens-6-0": "00:00",
        "closes-6-0": "24:00",
    }
    assert bo.post("hours/week", **week).status_code == 303
    rows = spaces.hours_of(bo.session, [bo.space.id])[bo.space.id].weekly
    assert [(row.weekday, row.opens, row.closes) for row in rows] == [(0, 540, 720), (0, 840, 1560), (6, 0, 1440)]
    assert 'value="02:00"' in bo.get("hours/").text or "selected>02:00" in bo.get("hours/").text


@pytest.mark.usefixtures("clock")
def test_half_a_row_of_the_week_is_asked_for_again(bo: Manager) -> None:
    assert bo.post("hours/week", **{"opens-2-0": "09:00"}).status_code == 422


def test_openings_that_overlap_are_said(bo: Manager) -> None:
    night = {"opens-6-0": "20:00", "closes-6-0": "02:00", "opens-0-0": "01:00", "closes-0-0": "09:00"}
    answer = bo.post("hours/week", **night)
    assert answer.status_code == 422
    assert "Two openings overlap, beginning with one on Sunday." in text(answer)
    assert len(spaces.hours_of(bo.session, [bo.space.id])[bo.space.id].weekly) == 7


@pytest.mark.usefixtures("clock")
def test_closures_and_special_days_come_and_go(bo: Manager) -> None:
    assert bo.post("hours/closures", first="2027-08-01", last="2027-08-14", reason="Holidays").status_code == 303
    assert bo.post("hours/days", day="2027-08-07", hours="0", note="As a Monday").status_code == 303
    hours = spaces.hours_of(bo.session, [bo.space.id])[bo.space.id]
    assert hours.make_up == (MakeUpDay(date(2027, 8, 7), 0),)
    assert "Holidays" in text(bo.get("hours/"))
    assert "Saturday, 7 August 2027, as on a Monday" in text(bo.get("hours/"))
    (closure,) = opening_days.closures(bo.session, bo.space.id, hours.closed[0].first)
    assert bo.post(f"hours/closures/{closure.id}/remove").status_code == 303
    assert bo.post(f"hours/closures/{closure.id}/remove").status_code == 404
    assert bo.post("hours/closures", first="2027-08-14", last="2027-08-01").status_code == 422


@pytest.mark.usefixtures("clock")
def test_an_admin_makes_a_space_and_invites_its_manager(app: Flask, bo: Manager) -> None:
    dee, browser = factories.make_account(bo.session, "Dee", is_admin=True), app.test_client()
    factories.sign_in(browser, bo.session, dee)
    answer = browser.post("/manage/spaces/new", data=wish(name="Nowa Pracownia", manager_email="ola@example.org"))
    assert answer.headers["Location"] == "/manage/spaces/nowa-pracownia/hours/"
    (mail,) = bo.session.query(Job).filter_by(kind="mail").all()
    assert (mail.payload["event"], mail.payload["email"]) == ("invitation", "ola@example.org")
    assert bo.client.post("/manage/spaces/new", data=wish(name="Mine")).status_code == 403


@pytest.mark.usefixtures("clock")
def test_lists_cost_the_same_for_one_row_and_for_three(app: Flask, bo: Manager) -> None:
    with app.app_context():
        engine = db.engine
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    pages = ("/manage/", f"/manage/spaces/{bo.space.slug}/tools/")
    counts = []
    bo.client.get("/manage/")  # leaves the mark of when she was last seen
    for rows in (1, 2):
        for _row in range(rows):
            further = factories.make_space(bo.session)
            factories.make_member(bo.session, bo.account, further, Role.MANAGER)
            factories.make_tool(bo.session, bo.space)
        bo.session.commit()
        statements.clear()
        assert [bo.client.get(page).status_code for page in pages] == [200, 200]
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.usefixtures("clock")
def test_a_file_is_checked_first_and_imported_after_a_yes(bo: Manager) -> None:
    factories.make_kind(bo.session, "kiln")
    bo.session.commit()
    table = f"space,kind,name\n{bo.space.slug},kiln,Etna\nelsewhere,kiln,Fuji\n".encode()
    answer = bo.client.post("/manage/import/tools/", data={"file": (io.BytesIO(table), "tools.csv")})
    page = BeautifulSoup(answer.data, "html.parser")
    assert (answer.status_code, "There is no space “elsewhere”" in page.get_text()) == (200, True)
    assert tools.tool_cards(bo.session, space_id=bo.space.id) == ()
    bo.session.rollback()
    (confirm,) = [each["action"] for each in page.select("form[action^='/manage/import/tools/']")][:1]
    done = bo.client.post(str(confirm))
    assert done.status_code == 303
    assert bo.client.post(str(confirm)).status_code == 410
    assert_told_line_by_line(bo, done.location)
    assert [card.name for card in tools.tool_cards(bo.session, space_id=bo.space.id)] == ["Etna"]


def assert_told_line_by_line(bo: Manager, report: str) -> None:
    """The report of the import says what became of each line, on its page and as a table, to her alone."""
    page = text(bo.client.get(report))
    for words in ("What became of each line", "1 line is imported.", "With a remark: 1", "Etna", "Refused: 1"):
        assert words in page
    assert "There is no space “elsewhere”" in page and "Check the file" in page
    table = bo.client.get(f"{report}.csv")
    assert (table.mimetype, table.headers["Content-Disposition"]) == ("text/csv", 'attachment; filename="tools.csv"')
    head, first, second = csv.reader(io.StringIO(table.data.decode("utf-8-sig")))
    assert (head[:3], first[:3], second[:2]) == (["Line", "Outcome", "About"], ["2", "New", "Etna"], ["3", "Refused"])
    assert "one was assumed" in first[3]
    for address in (report.replace("tools", "members"), report.replace("reports/", "reports/1")):
        assert bo.client.get(address).status_code == 410


@pytest.mark.usefixtures("clock")
def test_a_file_that_is_no_table_gets_one_clear_sentence(bo: Manager) -> None:
    answer = bo.client.post("/manage/import/tools/", data={"file": (io.BytesIO(b"\xff\xfe"), "tools.csv")})
    assert (answer.status_code, "not plain text in UTF-8" in text(answer)) == (422, True)
    assert bo.client.get("/manage/import/spaces/").status_code == 403
    assert bo.client.get("/manage/import/planets/").status_code == 404
