"""At the tool with a phone: the code on its label, which the manager prints, says what one can do there."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_the_label_to_the_tool(seat: Seat, maker: str, scripts: bool) -> None:
    manager = seat("manager", size="phone", scripts=scripts)
    manager.goto("/manage/spaces/silu/tools/")
    manager.get_by_role("link", name="Labels").click()
    label = manager.locator(".label", has_text="工业缝纫机")
    expect(label.locator("svg.qr")).to_be_visible()
    address = re.search(r"/q/\w+", label.inner_text())
    assert address is not None
    page = seat(maker, size="phone", scripts=scripts)
    page.goto(address[0])
    # At any hour of the day: free, taken, or closed.
    expect(page.get_by_role("heading", level=2)).to_have_text(re.compile("Free now|Not to be had now"))
    expect(page.get_by_role("link", name="Report a problem")).to_be_visible()
    manager.goto("/manage/spaces/silu/strikes/")
    button = manager.get_by_role("button", name=re.compile("^Forgive"))
    before = button.count()
    assert before > 0
    button.first.click()
    expect(button).to_have_count(before - 1)
    if scripts:
        assert violations(page) + violations(manager) == []
