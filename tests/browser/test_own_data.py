"""Taking one's data along and deleting one's account, on a phone, with and without scripts."""

import re
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import SIZES, Seat
from tests.browser.demo import PASSWORD

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_somebody_takes_her_data_and_leaves(seat: Seat, scripts: bool) -> None:
    # Whoever leads a team has to hand it over first, as one of the first makers does.
    page = seat("maker86" if scripts else "maker87", size="phone", scripts=scripts)
    page.goto("/profile")
    page.get_by_role("link", name="Your data").click()
    if scripts:
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]
    page.locator("[name=download_password]").fill(PASSWORD)
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download").click()
    with ZipFile(coming.value.path()) as packed:
        assert {"account.json", "booking.json", "bookings.ics"} <= set(packed.namelist())
    page.locator("[name=erase_password]").fill("something else")
    page.get_by_role("button", name="Delete my account").click()
    expect(page.locator("main")).to_contain_text("password")
    expect(page).to_have_url("/profile/data/erase")
    page.locator("[name=erase_password]").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.locator("body")).to_contain_text("Your account is deleted.")
    page.goto("/profile")
    expect(page).to_have_url(re.compile("/sign-in"))
