"""A month of one's own bookings."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booking.rules.states import State
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_space, make_tool, sign_in
from tests.pages import counted, soup

pytestmark = pytest.mark.usefixtures("clock")
DAY = timedelta(days=1)


@pytest.fixture
def ada(client: FlaskClient, workshop: Workshop) -> FlaskClient:
    """Ada's browser."""
    sign_in(client, workshop.session, workshop.ada)
    return client


def said(client: FlaskClient, query: str = "") -> dict[str, str]:
    """What each day that has something says, by its date."""
    days = soup(client.get(f"/bookings/month{query}")).select(".month > li:not(.empty-day)")
    return {day.time["datetime"]: " ".join(day.ul.text.split()) for day in days if day.time and day.ul}


def test_each_booking_stands_on_its_day_by_the_clock_of_its_space(ada: FlaskClient, workshop: Workshop) -> None:
    far = make_space(workshop.session, name="Shed", slug="shed", time_zone="Australia/Sydney", city="Sydney")
    tool = make_tool(workshop.session, far, name="Kiln")
    make_booking(workshop, start=NOW + timedelta(hours=2))
    make_booking(workshop, start=NOW + timedelta(hours=10), state=State.PENDING, tool_id=tool.id, space_id=far.id)
    assert said(ada) == {
        "2026-11-25": "11:00–13:00 Lumi Werkhof",
        "2026-11-26": "05:00–07:00 Kiln Shed · Sydney, GMT+11 Waiting",
    }


def test_a_booking_over_midnight_stands_on_both_days_and_what_was_called_off_on_none(
    ada: FlaskClient, workshop: Workshop
) -> None:
    make_booking(workshop, start=NOW + timedelta(hours=13), hours=4)
    make_booking(workshop, start=NOW + 3 * DAY, state=State.CANCELLED)
    make_booking(workshop, start=NOW + 4 * DAY, account=workshop.bo)
    assert list(said(ada)) == ["2026-11-25", "2026-11-26"]


def test_months_follow_one_another(ada: FlaskClient, workshop: Workshop) -> None:
    make_booking(workshop, start=NOW - 30 * DAY)
    page = soup(ada.get("/bookings/month"))
    assert page.h1.text == "November 2026"
    assert [link["href"] for link in page.select(".page-head .square")] == [
        "/bookings/month?month=2026-10",
        "/bookings/month?month=2026-12",
    ]
    assert said(ada, "?month=2026-10") == {"2026-10-26": "09:00–11:00 Lumi Werkhof Finished"}
    assert "Nothing of yours" in soup(ada.get("/bookings/month?month=2027-02")).text
    assert page.select_one("[aria-current=date] time")["datetime"] == "2026-11-25"


@pytest.mark.parametrize("month", ["2026-13", "2026-1", "soon", "1999-01", "2200-01", "2026-11-01"])
def test_what_is_no_month_gets_a_sentence(ada: FlaskClient, month: str) -> None:
    assert ada.get(f"/bookings/month?month={month}").status_code == 422


@pytest.mark.parametrize("month", ["2000-01", "2199-12"])
def test_the_first_and_the_last_sheet_are_drawn(ada: FlaskClient, month: str) -> None:
    assert len(soup(ada.get(f"/bookings/month?month={month}")).select(".page-head .square")) == 1


def test_a_month_asks_the_same_few_questions_however_full_it_is(
    app: Flask, ada: FlaskClient, workshop: Workshop
) -> None:
    numbers = []
    for number in range(3):
        make_booking(workshop, start=NOW + (number + 1) * DAY)
        ada.get("/bookings/month")
        with counted(app) as statements:
            ada.get("/bookings/month")
        numbers.append(len(statements))
    assert len(set(numbers)) == 1
    assert numbers[0] <= 5
