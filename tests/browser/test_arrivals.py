"""At the tool with a phone: the code on its label, which the manager prints, says what one can do there."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from booking.actions import bookings
from booking.actions.call import Call
from booking.models.database import writing
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Opening
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.facts import Ask
from booking.rules.spans import Span
from config import load_settings
from tests import factories
from tests.acting import HOUR, engine_on
from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")
QUARTER = timedelta(minutes=15)


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


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_who_comes_checks_in_stays_longer_and_gives_the_rest_back(
    seat: Seat, demo: Demo, maker: str, scripts: bool
) -> None:
    page = seat(maker, size="phone", scripts=scripts)
    page.goto(f"/bookings/{booked(demo, maker, before=timedelta())}")
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Check in").click()
    expect(page.locator("body")).to_contain_text("Checked in. Enjoy your work.")
    page.get_by_role("button", name=re.compile("^Stay until")).first.click()
    expect(page.locator("body")).to_contain_text("The tool is yours until")
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Done: give the rest back").click()
    expect(page.locator("body")).to_contain_text("Thank you. The rest is free for others.")
    expect(page.get_by_role("button", name="Check in")).to_have_count(0)


def test_who_does_not_come_in_time_loses_the_booking(seat: Seat, demo: Demo, maker: str) -> None:
    booking = booked(demo, maker, before=2 * QUARTER)
    demo.installation.command("worker", "--once")
    page = seat(maker, size="phone")
    page.goto(f"/bookings/{booking}")
    expect(page.locator("main")).to_contain_text(re.compile("missed", re.IGNORECASE))
    assert violations(page) == []


def booked(demo: Demo, maker: str, before: timedelta) -> int:
    """A booking of two hours that began this quarter of an hour, or so long before, where the doors never close."""
    now = clock.now()
    start = now - timedelta(minutes=now.minute % 15, seconds=now.second, microseconds=now.microsecond) - before
    settings = load_settings(demo.installation.variables)
    with engine_on(demo.installation.database_url) as engine, writing(engine) as session:
        account = session.scalars(select(Account).where(Account.email == f"{maker}@example.org")).one()
        long_ago = start - timedelta(days=30)
        space = factories.make_space(session, "Nightshift", hours=False, created_at=long_ago, changed_at=long_ago)
        session.add_all(Opening(space_id=space.id, weekday=day, opens=0, closes=1440) for day in range(7))
        factories.make_member(session, account, space)
        tool = factories.make_tool(session, space, name="Kiln", check_in_minutes=20, changed_at=long_ago)
        actor = replace(factories.actor_of(account), roles={space.id: Role.MEMBER})
        call = Call(session, actor, start, settings)
        return bookings.place(call, Ask(tool.id, Span(start, start + 2 * HOUR))).id
