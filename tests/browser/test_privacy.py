"""Who sees whom, on a phone, with and without scripts: a level chosen in the dialog, and a booking for a member."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from booking.models.database import reading
from booking.models.tables.accounts import Account
from tests.acting import engine_on
from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo, of_one_unit

pytestmark = pytest.mark.needs("chromium")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
def test_a_stricter_level_hides_the_name_from_others_but_not_from_the_manager(
    seat: Seat, demo: Demo, maker: str, scripts: bool
) -> None:
    page, tool, day, name = (
        seat(maker, size="phone", scripts=scripts),
        of_one_unit(demo),
        ahead(44),
        name_of(demo, maker),
    )
    shown, hidden = ("10:00", "12:00") if scripts else ("14:00", "16:00")
    book(page, tool, day, shown, "")
    book(page, tool, day, hidden, "Only that the time is taken")
    other, manager = (seat(who, size="phone", scripts=scripts) for who in ("maker89", "manager"))
    expect(taken(other, tool, day, shown)).to_contain_text(name)
    stretch = taken(other, tool, day, hidden)
    expect(stretch).to_contain_text("Booked")
    expect(stretch).not_to_contain_text(name)
    expect(taken(manager, tool, day, hidden)).to_contain_text(name)
    if scripts:
        assert violations(other) == []


@SCRIPTS
def test_a_manager_books_for_a_member_who_finds_it_among_hers(
    seat: Seat, demo: Demo, maker: str, scripts: bool
) -> None:
    manager, hers = (seat(who, size="phone", scripts=scripts) for who in ("manager", maker))
    start = "10:00" if scripts else "12:00"
    manager.goto(f"{of_one_unit(demo)}book?date={ahead(46)}&start={start}&end={ended(start)}")
    manager.get_by_label("For which member?").fill(f"{maker}@example.org")
    manager.get_by_label("What will you make?").fill("Lanterns for the feast")
    if scripts:
        assert violations(manager) == []
    manager.locator("button.primary:visible").last.click()
    expect(manager).to_have_url(re.compile("/bookings/[0-9]+$"))
    expect(manager.locator("dl").first).to_contain_text(name_of(demo, maker))
    hers.goto("/bookings/")
    hers.locator(f"main a[href$='/bookings/{manager.url.rsplit('/', 1)[1]}']").first.click()
    expect(hers.locator("main")).to_contain_text("Lanterns for the feast")


def ahead(days: int) -> str:
    """A day on which no other journey books the tool."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def ended(start: str) -> str:
    return f"{int(start[:2]) + 1}:00"


def book(page: Page, tool: str, day: str, start: str, level: str) -> None:
    """Book an hour, showing others what this level says; without one, what the space shows."""
    page.goto(f"{tool}book?date={day}&start={start}&end={ended(start)}")
    if level:
        page.get_by_label("What may others see?").select_option(level)
    page.locator("button.primary:visible").last.click()
    expect(page).to_have_url(re.compile("/bookings/[0-9]+$"))


def taken(page: Page, tool: str, day: str, start: str) -> Locator:
    """The stretch of the tool's week that begins then."""
    page.goto(f"{tool}?day={day}")
    return page.locator(f"#day-{day} .slots li", has_text=f"{start}–")


def name_of(demo: Demo, maker: str) -> str:
    """Under which name others know the maker."""
    question = select(Account.name).where(Account.email == f"{maker}@example.org")
    with engine_on(demo.installation.database_url) as engine, reading(engine) as session:
        return session.execute(question).scalar_one()
