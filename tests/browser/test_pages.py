"""Every page, as somebody sees it who may: axe finds nothing in either theme and size, and nothing scrolls sideways."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import ROLES, Sight, sights
from tests.browser.axe import violations
from tests.browser.conftest import SIZES, Seat
from tests.browser.demo import Demo

pytestmark = [pytest.mark.needs("chromium"), pytest.mark.timeout(400)]


@pytest.fixture(scope="session")
def all_sights(demo: Demo) -> list[Sight]:
    """Every page and who looks at it."""
    return sights(demo)


@pytest.mark.parametrize("who", ROLES, ids=["nobody", *ROLES[1:]])
def test_axe_finds_nothing_on_any_page(seat: Seat, all_sights: list[Sight], who: str) -> None:
    page = seat(who)
    found = []
    for sight in all_sights:
        if sight.who == who:
            answer = page.goto(sight.address)
            assert answer is not None
            assert answer.status == sight.status, sight
            found += [*violations(page), *wider(page, sight)]
    assert found == []


def wider(page: Page, sight: Sight) -> list[str]:
    """The address where a phone would scroll sideways."""
    page.set_viewport_size(SIZES["phone"])
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{sight.address} is {width} wide on a phone"] if width > SIZES["phone"]["width"] else []


def test_axe_finds_nothing_in_open_dialogs(seat: Seat, demo: Demo) -> None:
    page = seat("maker")
    for address in (demo.instant, demo.asking):
        page.goto(address)
        page.locator("a.gap-link").first.click()
        expect(page.locator("dialog")).to_be_visible()
        assert violations(page) == []


def test_axe_would_tell(seat: Seat) -> None:
    page = seat()
    page.set_content("<html lang=en><title>Planted</title><main><h1>Planted</h1><input></main></html>")
    assert len([one for one in violations(page) if "label at input" in one]) == 4
