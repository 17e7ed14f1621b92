"""The waitlist on a phone: from the tool's page into the line, and out of it again."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_into_the_line_and_out_again(seat: Seat, demo: Demo, maker: str, scripts: bool) -> None:
    page = seat(maker, size="phone", scripts=scripts)
    page.goto(demo.instant)
    page.get_by_role("link", name="Wait for it").click()
    page.get_by_label("How many minutes do you need?").fill("45")
    # Nobody is there at three at night, so nothing is offered at once.
    page.get_by_label("From this time").fill("03:00")
    page.get_by_label("Until this day").fill(page.get_by_label("From this day").input_value())
    page.get_by_label("Until this time").fill("04:00")
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Stand in line").click()
    entry = page.locator("main li.card", has_text="45").first
    expect(entry).to_contain_text("You are number")
    if scripts:
        assert violations(page) == []
    entry.get_by_role("button", name="Wait no more").click()
    expect(page.locator("body")).to_contain_text("You don't wait for this any more.")
