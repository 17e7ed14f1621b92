"""When a tool breaks: a maker reports it, a manager declares it out of order, whoever booked moves with one tap."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import PASSWORD, Demo
from tests.visitor import Visitor

pytestmark = pytest.mark.needs("chromium")
# Nobody in the demo network books that far ahead, and each run of the story takes a day of its own.
DAYS = {True: 20, False: 24}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_from_a_report_to_another_tool(seat: Seat, demo: Demo, maker: str, scripts: bool) -> None:
    day = date.today() + timedelta(days=DAYS[scripts])  # noqa: DTZ011
    booking, day = book(demo, maker, day)
    page = seat(maker, size="phone", scripts=scripts)
    words = f"It smells of smoke ({maker})"
    report(page, demo, words)
    manager = seat("manager", size="phone", scripts=scripts)
    declare(manager, words, day)
    page.goto("/bookings/")
    expect(page.locator("main")).to_contain_text("Out of order")
    page.locator(f"a[href='/bookings/{booking}/rescue']").click()
    if scripts:
        assert violations(page) == []
    move_or_give_back(page, booking)
    solve(manager, demo)


def book(demo: Demo, maker: str, day: date) -> tuple[int, date]:
    """An hour on the tool that anybody may book, from two on, that day or soon after; its number and its day."""
    with Visitor(demo.address) as visitor:
        visitor.go("/sign-in").send(email=f"{maker}@example.org", password=PASSWORD)
        for more in range(7):  # A space is closed on some weekday.
            when = day + timedelta(days=more)
            visitor.go(f"{demo.instant}book?date={when}&start=14:00&end=15:00").send("/book", purpose="A sign")
            if match := re.fullmatch("/bookings/([0-9]+)", visitor.path):
                return int(match[1]), when
    raise LookupError("no time was free")


def report(page: Page, demo: Demo, words: str) -> None:
    """Say on the tool's page what is wrong; the words stand there at once."""
    page.goto(demo.instant)
    page.get_by_role("link", name="Report a problem").click()
    page.get_by_label("What is wrong?").fill(words)
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("main")).to_contain_text("Thank you")
    page.goto(demo.instant)
    expect(page.locator("main")).to_contain_text(words)


def declare(page: Page, words: str, day: date) -> None:
    """Make an outage of the booked hour of the report, having seen whom it touches."""
    page.goto("/reports/")
    card = page.locator("article").filter(has_text=words)
    card.get_by_role("link", name="Declare it out of order").click()
    expect(page.get_by_label("Why?")).to_have_value(words)
    for name, time in (("from", "14:00"), ("until", "15:00")):
        page.locator(f"#field-{name}_day").fill(day.isoformat())
        page.locator(f"#field-{name}_time").select_option(time)
    page.get_by_role("button", name="See whom another time touches").click()
    expect(page.get_by_role("button", name="Declare it and tell 1 person")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Declare it and tell 1 person").click()
    expect(page.locator("#toasts")).to_contain_text("1 person hears of it by mail")


def move_or_give_back(page: Page, booking: int) -> None:
    """Take the first tool that is free; where the demo has none that can do the same, give the time back."""
    ways = page.get_by_role("button", name="Move it here")
    if ways.count():
        ways.first.click()
        expect(page.locator("#toasts")).to_contain_text("Moved: ")
        expect(page.locator("main .chip").first).to_contain_text("Confirmed")
    else:
        page.get_by_role("link", name="Give it back").click()
        page.get_by_role("button", name="Cancel it").click()
        expect(page.locator("#toasts")).to_contain_text("Cancelled: ")
    page.goto(f"/bookings/{booking}")
    expect(page.locator("main")).not_to_contain_text("Out of order")


def solve(page: Page, demo: Demo) -> None:
    """Take the outage back, so that whoever comes next on this network finds it as it was."""
    _, space, _, tool = demo.instant.strip("/").split("/")
    page.goto(f"/manage/spaces/{space}/tools/{tool}/state/")
    page.get_by_role("button", name="Take back").first.click()
    expect(page.locator("#toasts")).to_contain_text("It is in order again")
