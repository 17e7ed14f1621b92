"""One very unit of a tool that has several, on a phone: chosen, held by somebody else, given up."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from booking.models.database import reading
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool, ToolCertificate, Unit
from tests.acting import engine_on
from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_one_very_unit_is_chosen_found_held_and_another_taken(
    seat: Seat, demo: Demo, maker: str, scripts: bool
) -> None:
    holder, page = (seat(who, size="phone", scripts=scripts) for who in ("maker92", maker))
    day = (datetime.now(UTC) + timedelta(days=41)).date().isoformat()
    start, end = ("10:00", "11:00") if scripts else ("14:00", "15:00")
    dialog = f"{pool(demo)}book?date={day}&start={start}&end={end}"
    unit = book_first_unit(holder, dialog)
    if scripts:
        assert violations(holder) == []
    page.goto(dialog)
    page.get_by_label("Which unit?").select_option(index=1)
    if scripts:
        expect(page.locator("#verdict")).to_contain_text("This unit is taken already")
        assert violations(page) == []
    page.locator("button.primary:visible").last.click()
    expect(page.locator("#verdict")).to_contain_text("This unit is taken already")
    page.get_by_role("button", name="another unit").click()
    expect(page).to_have_url(re.compile("/bookings/[0-9]+$"))
    expect(page.locator("dt", has_text="Unit")).to_be_visible()
    assert page.locator("dt:text-is('Unit') + dd").inner_text() != unit


def book_first_unit(page: Page, dialog: str) -> str:
    """Book the first of the units; its name."""
    page.goto(dialog)
    page.get_by_label("Which unit?").select_option(index=1)
    page.locator("button.primary:visible").last.click()
    expect(page).to_have_url(re.compile("/bookings/[0-9]+$"))
    return page.locator("dt:text-is('Unit') + dd").inner_text()


def pool(demo: Demo) -> str:
    """The page of a tool like the instant one, of which there are two."""
    space = demo.instant.split("/")[2]
    question = select(Tool.slug).join(Space, Tool.space_id == Space.id).join(Unit, Unit.tool_id == Tool.id)
    question = question.where(Space.slug == space, Tool.approval == "never", Tool.state == "working")
    question = question.where(Tool.id.not_in(select(ToolCertificate.tool_id)))
    question = question.group_by(Tool.id).having(func.count() == 2).order_by(Tool.slug).limit(1)
    with engine_on(demo.installation.database_url) as engine, reading(engine) as session:
        return f"/spaces/{space}/tools/{session.execute(question).scalar_one()}/"
