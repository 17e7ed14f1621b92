"""Finding a tool in a real browser: over days, on the map, in timetables; on a phone, by keyboard, without scripts."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")
MANY_TABS = 80


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_on_a_phone_a_weekend_is_searched_on_the_map_and_leads_to_a_form(seat: Seat, maker: str, scripts: bool) -> None:
    page = seat(maker, size="phone", scripts=scripts)
    page.goto("/?kind=laser_cutter&place=")
    page.get_by_label("When").select_option(label="This weekend")
    page.get_by_label("At what time of day").select_option(label="Afternoon, 12–18")
    if not scripts:
        page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("part=afternoon"))
    page.get_by_role("link", name="On the map").click()
    dot = page.locator(".map a").first
    expect(dot).to_have_attribute("aria-label", re.compile(r": \d+ tools? (is|are) free"))
    if scripts:
        assert violations(page) == []
    # Whoever taps it sees the tools that are there.
    page.goto(str(dot.get_attribute("href")))
    found = page.locator(".results .act a").first
    expect(found).to_have_text(re.compile(r"(Book|Ask for) 1[2-7]:"))
    found.click()
    expect(page.locator("#booking-form")).to_be_visible()


def test_by_keyboard_alone_from_the_search_to_the_form(seat: Seat, maker: str) -> None:
    page = seat(maker)
    page.goto("/?kind=laser_cutter&place=")
    reach(page, page.get_by_label("When"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile("day=next"))
    reach(page, page.locator(".results .act a").first)
    page.keyboard.press("Enter")
    expect(page.locator("#booking-form")).to_be_visible()


def test_by_keyboard_alone_from_the_map_of_spaces_to_a_week_of_one(seat: Seat, demo: Demo) -> None:
    page = seat()
    page.goto("/spaces/")
    reach(page, page.locator(".map a").first)
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile("/spaces/$"))
    page.goto("/".join(demo.instant.split("/")[:3]) + "/")
    reach(page, page.get_by_role("link", name="Timetable"))
    page.keyboard.press("Enter")
    first = page.locator(".timetable th[scope=row] a").first
    reach(page, first)
    # A week has hundreds of days: one's own days are seven presses away, not hundreds.
    page.keyboard.press("Tab")
    expect(page.locator(".timetable th[scope=row] a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/tools/"))


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_a_manager_sees_the_day_of_every_unit_and_goes_to_a_booking(seat: Seat, demo: Demo, size: str) -> None:
    page = seat("manager", size=size, scripts=False)
    page.goto("/".join(demo.instant.split("/")[:3]) + "/timetable?view=day")
    page.get_by_role("link", name="Later").click()
    named = page.locator(".bar a:has(.named)").first
    page.goto(str(named.get_attribute("href")))
    expect(page).to_have_url(re.compile("/bookings/[0-9]+$"))


def test_ones_month_leads_to_a_booking(seat: Seat) -> None:
    page = seat("maker", size="phone")
    page.goto("/bookings/")
    page.get_by_role("link", name="My month").click()
    if not page.locator(".month ul a").count():
        page.get_by_role("link", name="Month after").click()
    page.locator(".month ul a").first.click()
    expect(page).to_have_url(re.compile("/bookings/[0-9]+$"))


def reach(page: Page, aim: Locator) -> None:
    """Press Tab until the aim has the focus."""
    for _ in range(MANY_TABS):
        if aim.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{aim} was not reached")
