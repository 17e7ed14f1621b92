"""Managers plan opening hours on pages: what touches bookings is shown first, and makers read what holds."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from booking.models import spaces
from booking.models.database import db
from booking.rules.facts import ClosedDays, Hours, WeeklyOpening
from booking.web import opening_words
from tests import factories
from tests.calendars import Workshop, make_booking

pytestmark = pytest.mark.usefixtures("clock")
THURSDAY = date(2026, 11, 26)
WEEK = {f"opens-{day}-0": "10:00" for day in range(7)} | {f"closes-{day}-0": "12:00" for day in range(7)}


class Desk:
    """Bo's browser at the pages of her space's opening hours."""

    def __init__(self, client: FlaskClient, workshop: Workshop) -> None:
        self.client, self.workshop = client, workshop
        self.home = f"/manage/spaces/{workshop.space.slug}/hours/"
        self.address = f"/spaces/{workshop.space.slug}/"

    def post(self, path: str, **form: str) -> TestResponse:
        self.workshop.session.rollback()
        answer = self.client.post(self.home + path, data=form)
        self.workshop.session.expire_all()
        return answer

    def page(self, path: str = "") -> BeautifulSoup:
        answer = self.client.get(path if path.startswith("/") else self.home + path)
        assert answer.status_code == 200
        return BeautifulSoup(answer.data, "html.parser")

    @property
    def hours(self) -> Hours:
        space_id = self.workshop.space.id
        return spaces.hours_of(self.workshop.session, [space_id])[space_id]


def words(page: BeautifulSoup | TestResponse) -> str:
    soup = BeautifulSoup(page.data, "html.parser") if isinstance(page, TestResponse) else page
    return soup.get_text(" ", strip=True)


@pytest.fixture
def desk(app: Flask, client: FlaskClient, workshop: Workshop) -> Iterator[Desk]:
    app.config["WTF_CSRF_ENABLED"] = False
    factories.sign_in(client, workshop.session, workshop.bo)
    yield Desk(client, workshop)


def test_what_touches_a_booking_is_shown_first_and_saved_after_a_second_yes(desk: Desk) -> None:
    booking = make_booking(desk.workshop, start=factories.NOW + timedelta(days=1))
    desk.workshop.session.commit()
    asked = desk.post("closures", first=THURSDAY.isoformat(), reason="Holiday")
    page = BeautifulSoup(asked.data, "html.parser")
    assert (asked.status_code, "1 booking would then be outside" in words(page)) == (200, True)
    assert page.select(f"a[href='/bookings/{booking.id}']")
    assert desk.hours.closed == ()
    again = {str(each["name"]): str(each["value"]) for each in page.select("main form input[type=hidden]")}
    assert desk.post("closures", **again).status_code == 303
    assert desk.hours.closed == (ClosedDays(THURSDAY, THURSDAY, "Holiday"),)
    after = desk.page()
    assert "1 booking is outside the opening hours." in words(after)
    assert after.select(f"a[href='/bookings/{booking.id}']")


def test_a_week_is_planned_for_a_date_told_to_makers_and_taken_back(desk: Desk) -> None:
    since = THURSDAY + timedelta(days=40)
    assert desk.post("week", **WEEK, since=since.isoformat()).status_code == 303
    assert desk.hours.weekly[-1] == WeeklyOpening(6, 600, 720, since)
    page = desk.page()
    # The form shows what holds today.
    assert page.select_one("#field-opens-0-0 option[selected]").text == "08:00"
    assert "From Tuesday, 5 January 2027 on" in words(page)
    assert "From Tue 5 Jan on" in words(desk.page(desk.address))
    assert desk.post(f"week/{since}/remove").status_code == 303
    assert {(row.first, row.last) for row in desk.hours.weekly} == {(None, None)}
    assert desk.post(f"week/{since}/remove").status_code == 404
    assert desk.post("week/tomorrow/remove").status_code == 404


def test_a_make_up_day_is_told_to_makers(desk: Desk) -> None:
    assert desk.post("days", day="2026-11-28", hours="0", note="Makes up for Monday").status_code == 303
    assert "Sat 28 Nov As on a Monday · Makes up for Monday" in words(desk.page(desk.address))
    form = desk.page().select_one("form[action*='/make-up-days/']")
    assert desk.post(str(form["action"]).removeprefix(desk.home)).status_code == 303
    assert desk.hours.make_up == ()


def test_staffed_hours_are_set_told_and_kept_when_something_is_missing(desk: Desk) -> None:
    assert desk.post("staffed", **WEEK).status_code == 303
    assert len(desk.hours.staffed) == 7
    assert "Somebody is there Monday to Sunday 10:00–12:00" in words(desk.page(desk.address))
    refused = desk.post("staffed", **{"opens-2-0": "09:00"})
    assert (refused.status_code, "Please fill this in." in words(refused)) == (422, True)
    assert len(desk.hours.staffed) == 7


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("week", WEEK | {"since": "2026-11-01"}, "This day is over. Please choose today or a later one."),
        ("week", WEEK | {"since": "2099-01-01"}, "Please choose a day within the next three years."),
        ("week", WEEK | {"opens-0-1": "11:00", "closes-0-1": "13:00"}, "Two openings overlap"),
        ("closures", {"first": "2026-11-01"}, "This day is over."),
        ("closures", {"first": "2026-12-24", "last": "2026-12-20"}, "The end must be later than the start."),
        ("days", {"day": "2026-11-01", "hours": "0"}, "This day is over."),
        ("days", {"day": "2026-11-28", "hours": "5"}, "The date is that weekday anyway."),
        ("days", {"day": "2026-11-28", "hours": "own", "opens": "25:00", "closes": "12:00"}, "a time of day"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence_and_kept_in_the_form(
    desk: Desk, path: str, form: dict[str, str], sentence: str
) -> None:
    before = desk.hours
    refused = desk.post(path, **form)
    assert (refused.status_code, sentence in words(refused)) == (422, True)
    assert desk.hours == before


def test_the_page_costs_the_same_for_one_row_and_for_three(app: Flask, desk: Desk) -> None:
    with app.app_context():
        engine = db.engine
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    counts = []
    for days in ((5,), (12, 19)):
        for ahead in days:
            day = THURSDAY + timedelta(days=ahead)
            desk.post("days", day=day.isoformat(), hours="0")
            desk.post("closures", first=(day + timedelta(days=1)).isoformat())
            desk.post("week", **WEEK, since=day.isoformat())
            make_booking(desk.workshop, start=factories.NOW.replace(hour=23) + timedelta(days=ahead))
        desk.workshop.session.commit()
        statements.clear()
        desk.page()
        counts.append(len(statements))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("closes", "told"),
    [({}, "Open day and night"), ({2: 1080}, "Open until 18:00"), ({3: 1080}, "Open until Thu, 18:00")],
    ids=["never closes", "today", "tomorrow"],
)
def test_a_space_that_is_open_at_midnight_is_not_said_to_close_then(
    app: Flask, closes: dict[int, int], told: str
) -> None:
    week = tuple(WeeklyOpening(day, 0, closes.get(day, 1440)) for day in range(7))
    with app.test_request_context():
        assert opening_words.doors(Hours("Europe/Berlin", week), factories.NOW).words == told
        assert opening_words.weekly(week[:2])[0] == ("Monday to Tuesday", "All day")
