"""Handing a booking over, on a phone, with and without scripts: from the booking to the one who takes it."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_booking_goes_to_somebody_else_by_one_tap(seat: Seat, demo: Demo, maker: str, scripts: bool) -> None:
    giver, page = seat(maker, size="phone", scripts=scripts), seat("maker92", size="phone", scripts=scripts)
    day = (datetime.now(UTC) + timedelta(days=24 if scripts else 25)).date().isoformat()
    giver.goto(f"{demo.instant}book?date={day}&start=10:00&end=11:00")
    giver.locator("button.primary:visible").last.click()
    expect(giver).to_have_url(re.compile("/bookings/[0-9]+$"))
    booking = giver.url
    giver.get_by_role("link", name="Hand over").click()
    if scripts:
        assert violations(giver) == []
    giver.get_by_label("To which mail address?").fill("maker92@example.org")
    giver.get_by_role("button", name="Send the offer").click()
    expect(giver.locator("main")).to_contain_text("maker92@example.org is asked to take this booking over")
    page.goto(last_handover(demo))
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("link", name="See the booking").click()
    expect(page).to_have_url(booking)
    giver.goto("/bookings/")
    expect(giver.locator(f"main a[href$='{booking.rsplit('/', 1)[1]}']")).to_have_count(0)


def last_handover(demo: Demo) -> str:
    """The path of the booking that was handed over by mail last."""
    bodies = (mail.get_body(("plain",)) for mail in demo.installation.mails())
    texts = [str(body.get_content()) for body in bodies if isinstance(body, EmailMessage)]
    return re.findall(r"/handovers/[\w-]+", "\n".join(texts))[-1]
