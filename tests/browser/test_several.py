"""What repeats, and what needs several tools: booked, changed and called off on a phone, with and without scripts."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
# Nobody in the demo network books that far ahead.
DAYS_AHEAD = 24


def opened(page: Page, demo: Demo) -> None:
    """The booking dialog of a tool that is booked at once, far ahead."""
    day = (date.today() + timedelta(days=DAYS_AHEAD)).isoformat()  # noqa: DTZ011
    page.goto(f"{demo.instant}book?date={day}&start=12:00&end=13:00")


@SCRIPTS
def test_a_booking_is_repeated_looked_at_and_called_off(seat: Seat, maker: str, demo: Demo, scripts: bool) -> None:
    page = seat(maker, size="phone", scripts=scripts)
    opened(page, demo)
    page.get_by_label("Repeat").select_option("daily")
    page.locator(".dialog-actions .primary").click()
    expect(page.locator(".occasions > li")).to_have_count(5)
    page.locator("details summary").filter(has_text="How it repeats").click()
    page.get_by_label("How many dates").fill("3")
    page.get_by_role("button", name="Show all dates").click()
    expect(page.locator(".occasions > li")).to_have_count(3)
    page.locator(".occasions select").nth(1).select_option("out")
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Book these dates").click()
    expect(page).to_have_url(re.compile("/series/[0-9]+$"))
    expect(page.locator(".occasions")).to_contain_text("Left out")
    page.get_by_role("link", name="Change the time").click()
    page.get_by_label("From", exact=True).select_option("13:00")
    page.get_by_label("To", exact=True).select_option("14:00")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Save the changes").click()
    expect(page.locator("#toasts")).to_contain_text("2 dates are changed.")
    page.get_by_role("link", name="Call all off").click()
    page.locator(".dialog-actions .danger").click()
    expect(page.locator("#toasts")).to_contain_text("2 dates are called off.")


@SCRIPTS
def test_several_tools_are_put_together_moved_and_called_off(seat: Seat, maker: str, demo: Demo, scripts: bool) -> None:
    page = seat(maker, size="phone", scripts=scripts)
    opened(page, demo)
    page.get_by_role("button", name="Add another tool").click()
    expect(page).to_have_url(re.compile("/plans/new"))
    page.get_by_role("button", name="Add this tool").click()
    expect(page.locator(".plan-part")).to_have_count(2)
    page.get_by_label("Name of the plan").fill("A lamp")
    page.get_by_role("button", name="Check again").last.click()
    if page.locator("button[value^=shift]").count():
        page.locator("button[value^=shift]").click()
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name=re.compile("(Book|Ask for) all of it")).click()
    expect(page.get_by_role("heading", name="A lamp")).to_be_visible()
    page.get_by_role("link", name="Move all of it").click()
    page.get_by_label("From", exact=True).select_option("14:00")
    page.get_by_role("button", name="Show what changes").click()
    page.get_by_role("button", name="Move all of it").click()
    expect(page.locator("#toasts")).to_contain_text("The whole plan has moved.")
    page.get_by_role("link", name="Call all of it off").click()
    page.locator(".dialog-actions .danger").click()
    expect(page.locator("#toasts")).to_contain_text("The whole plan is called off.")
