"""A manager sets a limit; makers see what is left of it, and grey time says which rule blocks it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")
# Wide enough for everybody else who books the tool meanwhile, and told apart by its number.
HOURS = {True: "47", False: "46"}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_a_limit_to_what_is_left_and_why_not(seat: Seat, demo: Demo, maker: str, scripts: bool) -> None:
    manager = seat("manager", size="phone", scripts=scripts)
    limit = set_limit(manager, demo, HOURS[scripts])
    if scripts:
        assert violations(manager) == []
    page = seat(maker, size="phone", scripts=scripts)
    page.goto(demo.instant)
    expect(page.locator("main")).to_contain_text(f"of {HOURS[scripts]} hours left this week, on this tool")
    if scripts:
        assert violations(page) == []
    ask_why(page)
    manager.get_by_role("button", name=limit).click()
    expect(manager.locator("main")).not_to_contain_text(f"{HOURS[scripts]} hours a week")


def set_limit(page: Page, demo: Demo, hours: str) -> re.Pattern[str]:
    """Limit everybody to so many hours a week of the tool; the name of the button that takes it away."""
    page.goto(demo.instant)
    tool = page.locator("h1").inner_text()
    page.goto("/manage/")
    page.get_by_role("link", name="Limits").first.click()
    page.get_by_label("What is limited?").select_option("person-minutes_week")
    page.get_by_label("How much of it?").fill(hours)
    page.get_by_label("Where?").select_option(label=tool)
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("main")).to_contain_text(f"Each person: {hours} hours a week")
    return re.compile(f"Remove: .* {hours} hours a week")


def ask_why(page: Page) -> None:
    """Closed time of a coming week names its rule, and leads to a dialog that says so."""
    page.get_by_role("link", name="Week after").click()
    closed = page.locator(".slots a.event.closed").first
    reason = closed.get_attribute("title") or ""
    assert "It opens next on" in reason and "A manager of the space" in reason
    page.goto(closed.get_attribute("href") or "")
    expect(page.locator("#verdict")).to_contain_text("not open for all of this time")
