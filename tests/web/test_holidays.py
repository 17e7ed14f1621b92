"""Public holidays come from a file: each date says what becomes of it, and only what is chosen closes the space."""

import io
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booking.models import opening_days
from booking.models.opening_days import ClosureRow
from booking.models.tables.spaces import Closure
from tests import factories
from tests.calendars import Workshop, make_booking

pytestmark = pytest.mark.usefixtures("clock")


def calendar(*days: tuple[str, str]) -> bytes:
    """A calendar of whole days, as "20261225", with their titles."""
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
        for day, title in days
    )
    return f"BEGIN:VCALENDAR\r\nX-WR-CALNAME:Holidays\r\n{events}END:VCALENDAR\r\n".encode()


CHRISTMAS, BOXING = ("20261225", "Christmas"), ("20261226", "Boxing Day")
TWO = calendar(CHRISTMAS, BOXING)


class Desk:
    """Bo's browser at the import of her space."""

    def __init__(self, client: FlaskClient, workshop: Workshop) -> None:
        self.client, self.workshop = client, workshop
        self.address = f"/manage/spaces/{workshop.space.slug}/hours/holidays/"

    def check(self, data: bytes, source: str = "") -> TestResponse:
        self.workshop.session.rollback()
        form = {"file": (io.BytesIO(data), "days.ics"), "source": source}
        return self.client.post(self.address, data=form)

    def bring(self, data: bytes, leave_out: str = "", source: str = "") -> TestResponse:
        """Check the file, take the mark from one date, and confirm."""
        page = BeautifulSoup(self.check(data, source).data, "html.parser")
        form = page.select_one("form[action$='/confirm']")
        assert isinstance(form, Tag)
        fields = {str(each["name"]): str(each["value"]) for each in form.select("input[type=hidden]")}
        days = [str(each["value"]) for each in form.select("input[name=day]")]
        chosen = [day for day in days if not leave_out or not day.startswith(leave_out)]
        answer = self.client.post(str(form["action"]), data=fields | {"day": chosen})
        self.workshop.session.expire_all()
        return answer

    @property
    def closures(self) -> tuple[ClosureRow, ...]:
        return opening_days.closures(self.workshop.session, self.workshop.space.id, date(2000, 1, 1))

    @property
    def days(self) -> list[tuple[str, str, str]]:
        return [(row.first.isoformat(), row.reason, row.source) for row in self.closures]


@pytest.fixture
def desk(app: Flask, client: FlaskClient, workshop: Workshop) -> Iterator[Desk]:
    app.config["WTF_CSRF_ENABLED"] = False
    factories.sign_in(client, workshop.session, workshop.bo)
    yield Desk(client, workshop)


def outcomes(answer: TestResponse) -> list[list[str]]:
    """The lines of the table: outcome, date, title, and why where it is left out."""
    rows = BeautifulSoup(answer.data, "html.parser").select("main tbody tr")
    return [[each.get_text(" ", strip=True) for each in row.select("td")[1:]] for row in rows]


def test_a_file_is_shown_first_and_closes_on_what_is_chosen(desk: Desk) -> None:
    answer = desk.check(calendar(CHRISTMAS, BOXING, ("20251225", "Last year"), ("20261010", "国庆节（班）")))
    assert outcomes(answer)[-2:] == [
        ["New", "Friday, 25 December 2026 Christmas"],
        ["New", "Saturday, 26 December 2026 Boxing Day"],
    ]
    assert "2 dates that are over are left out." in answer.text or "1 date that is over is left out." in answer.text
    assert desk.closures == ()
    assert desk.bring(TWO, leave_out="2026-12-26").status_code == 303
    assert desk.days == [("2026-12-25", "Christmas", "Holidays")]


def test_the_same_calendar_again_replaces_what_is_to_come_and_keeps_what_is_over(desk: Desk) -> None:
    session, space = desk.workshop.session, desk.workshop.space
    for first, last, source in ((date(2026, 1, 1), date(2026, 1, 1), "Holidays"), (date(2027, 5, 1),) * 2 + ("",)):
        session.add(Closure(space_id=space.id, first_day=first, last_day=last, reason="Kept", source=source))
    session.commit()
    desk.bring(TWO)
    again = calendar(("20261225", "Christmas Day"), ("20270101", "New Year"), ("20270501", "May Day"))
    answer = desk.check(again)
    assert [line[0] for line in outcomes(answer)] == ["Changed", "Goes", "New", "Left out"]
    assert "The space is closed then already." in answer.text
    desk.bring(again)
    assert desk.days == [
        ("2026-01-01", "Kept", "Holidays"),
        ("2026-12-25", "Christmas Day", "Holidays"),
        ("2027-01-01", "New Year", "Holidays"),
        ("2027-05-01", "Kept", ""),
    ]
    assert "No date of this calendar would change anything." in desk.check(calendar(CHRISTMAS), source="Others").text
    assert len(desk.closures) == 4


def test_bookings_that_it_touches_are_listed_and_stay(desk: Desk) -> None:
    christmas = factories.NOW + timedelta(days=30)
    booking = make_booking(desk.workshop, start=christmas)
    desk.workshop.session.commit()
    answer = desk.check(TWO)
    assert "1 booking would be outside the opening hours." in answer.text
    assert f"/bookings/{booking.id}" in answer.text
    desk.bring(TWO)
    assert desk.workshop.session.get_one(type(booking), booking.id).state == "confirmed"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty."),
        (b"first,last\n", "This is not one whole calendar file."),
        (TWO[:-20], "This is not one whole calendar file."),
        (calendar(), "There is no whole day in this calendar"),
        (
            b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 6000 + b"END:VCALENDAR",
            "not one whole calendar",
        ),
    ],
    ids=["nothing", "a table", "cut off", "no day", "too many events"],
)
def test_what_is_no_calendar_of_holidays_gets_one_sentence(desk: Desk, data: bytes, sentence: str) -> None:
    answer = desk.check(data)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_a_file_that_is_gone_is_asked_for_again(desk: Desk) -> None:
    answer = desk.client.post(f"{desk.address}confirm", data={"name": "1-" + "0" * 32, "source": "Holidays"})
    assert (answer.status_code, "Please send it again." in answer.text) == (410, True)
