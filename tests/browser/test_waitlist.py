"""The waitlist on a phone: into the line, out of it again, and from a mailed offer to the booking by one tap."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo, of_one_unit

pytestmark = pytest.mark.needs("chromium")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
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


@SCRIPTS
def test_cancelled_time_is_offered_to_who_waits_and_taken_by_one_tap(
    seat: Seat, demo: Demo, maker: str, scripts: bool
) -> None:
    holder, page = (seat(who, size="phone", scripts=scripts) for who in ("maker91", maker))
    tool, day = of_one_unit(demo), (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    start, end = ("10:00", "12:00") if scripts else ("14:00", "16:00")
    holder.goto(f"{tool}book?date={day}&start={start}&end={end}")
    holder.locator("button.primary:visible").last.click()
    expect(holder).to_have_url(re.compile("/bookings/[0-9]+$"))
    wait_for_it(page, tool, day, start, end)
    holder.get_by_role("link", name="Cancel").first.click()
    holder.get_by_role("button", name="Cancel it").click()
    expect(holder.locator("#toasts")).to_contain_text("Cancelled: ")
    page.goto(last_offer(demo, maker))
    expect(page.locator("main")).to_contain_text("It is held for you until")
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Take it").click()
    expect(page.locator("main")).to_contain_text("You have it.")
    page.goto("/bookings/")
    mine = page.locator("main li", has_text=f"{start}–{end}")
    expect(mine.first).to_contain_text("Confirmed")


def wait_for_it(page: Page, tool: str, day: str, start: str, end: str) -> None:
    """Stand in line for the whole of a time that is taken."""
    page.goto(f"{tool}wait")
    page.get_by_label("How many minutes do you need?").fill("120")
    for label, value in (("From this day", day), ("From this time", start), ("Until this day", day)):
        page.get_by_label(label).fill(value)
    page.get_by_label("Until this time").fill(end)
    page.get_by_role("button", name="Stand in line").click()
    expect(page.locator("main li.card").first).to_contain_text("You are number 1 in line.")


def last_offer(demo: Demo, maker: str) -> str:
    """The path of the offer that was mailed to her last; others may have heard of other time meanwhile."""
    hers = (mail for mail in demo.installation.mails() if f"{maker}@" in str(mail["To"]))
    bodies = (mail.get_body(("plain",)) for mail in hers)
    texts = [str(body.get_content()) for body in bodies if isinstance(body, EmailMessage)]
    return re.findall(r"/offers/[\w-]+", "\n".join(texts))[-1]
