"""A manager plans ahead on a phone: a day off that touches bookings, a make-up day, a week, staff, public holidays."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
# Nobody in the demo network plans anything for these days, and few have booked the first.
TODAY = datetime.now(UTC).date()
NEAR, FAR = TODAY + timedelta(days=4), TODAY + timedelta(days=30)
HOLIDAYS = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Days off\r\n{}END:VCALENDAR\r\n"
HOLIDAY = "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{:%Y%m%d}\r\nSUMMARY:{}\r\nEND:VEVENT\r\n"


@SCRIPTS
def test_a_manager_plans_days_that_are_not_as_others(seat: Seat, demo: Demo, tmp_path: Path, scripts: bool) -> None:
    page = seat("manager", size="phone", scripts=scripts)
    page.goto(f"{demo.instant.partition('/tools/')[0]}/")
    page.get_by_role("link", name="Manage").first.click()
    page.get_by_role("link", name="Opening hours").click()
    home = page.url
    see_what_a_day_off_touches(page, home, scripts)
    make_up_for_a_day(page, home)
    plan_a_week(page, home)
    page.get_by_role("link", name="Staffed hours").click()
    for time in ("11:00", "10:00"):  # as it was
        page.get_by_label("Monday, From").first.select_option(time)
        page.get_by_role("button", name="Save the staffed hours").click()
        expect(page.locator("#toasts")).to_contain_text("Saved.")
        expect(page.get_by_label("Monday, From").first).to_have_value(time)
    import_holidays(page, home, tmp_path, scripts)


def see_what_a_day_off_touches(page: Page, home: str, scripts: bool) -> None:
    """The bookings stand there before anything is saved, and nothing is."""
    page.locator("#field-first").fill(NEAR.isoformat())
    page.get_by_role("button", name="Close these days").click()
    expect(page.get_by_role("heading", name="Before you save")).to_be_visible()
    expect(page.locator("main")).to_contain_text("would then be outside the opening hours")
    if scripts:
        assert violations(page) == []
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(home)


def make_up_for_a_day(page: Page, home: str) -> None:
    """Open on a date as on another weekday, see it, and take it back."""
    weekday = (FAR.weekday() + 1) % 7
    page.locator("#field-day").fill(FAR.isoformat())
    page.locator("#field-hours").select_option(str(weekday))
    page.get_by_role("button", name="Open on this day").click()
    sure(page, home)
    card = page.locator("li.card").filter(has_text="as on a").last
    expect(card).to_be_visible()
    card.get_by_role("button", name="Take back").click()
    sure(page, home)


def plan_a_week(page: Page, home: str) -> None:
    """Let the week change on a date, see it planned, and take it back."""
    page.locator("#field-since").fill(FAR.isoformat())
    page.get_by_label("Monday, Opens").first.select_option("08:00")
    page.get_by_role("button", name="Save the week").click()
    sure(page, home)
    planned = page.locator("li.card").filter(has=page.get_by_role("heading", name=f"{FAR.day} {FAR:%B %Y} on"))
    expect(planned).to_contain_text("08:00")
    planned.get_by_role("button", name="Take back").click()
    sure(page, home)
    expect(planned).to_have_count(0)


def import_holidays(page: Page, home: str, folder: Path, scripts: bool) -> None:
    """Check a file, leave one of its dates out, close on the other, and take that back."""
    file = folder / "days.ics"
    days = (FAR, "Founders’ day"), (FAR + timedelta(days=1), "Spring clean")
    file.write_text(HOLIDAYS.format("".join(HOLIDAY.format(*day) for day in days)), encoding="utf-8", newline="")
    page.goto(home)
    page.get_by_role("link", name="Import public holidays").click()
    page.locator("#field-file").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    if scripts:
        assert violations(page) == []
        page.set_viewport_size({"width": 390, "height": 844})
    page.locator("tbody input[type=checkbox]").last.uncheck()
    page.get_by_role("button", name="Close on the chosen dates").click()
    closure = page.locator("li.card").filter(has_text="From the calendar “Days off”")
    expect(closure).to_have_count(1)
    expect(closure).to_contain_text("Founders’ day")
    closure.get_by_role("button", name="Take back").click()
    expect(closure).to_have_count(0)


def sure(page: Page, home: str) -> None:
    """Be sure where bookings are touched; the hours are there again."""
    page.wait_for_load_state()
    if page.get_by_role("button", name="Save all the same").count():
        page.get_by_role("button", name="Save all the same").click()
    expect(page).to_have_url(home)
    expect(page.locator("#toasts")).to_contain_text(re.compile("Saved|taken back"))
