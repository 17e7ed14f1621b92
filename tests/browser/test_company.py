"""Not alone: a team that books together, and a guest whose home space vouches; on a phone, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from booking.models.database import reading
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool, ToolCertificate
from tests.acting import engine_on
from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import Demo

pytestmark = pytest.mark.needs("chromium")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@SCRIPTS
def test_a_team_is_made_joined_booked_for_and_left(seat: Seat, demo: Demo, maker: str, scripts: bool) -> None:
    page, mate = seat(maker, size="phone", scripts=scripts), seat("maker90", size="phone", scripts=scripts)
    page.goto("/teams/")
    page.get_by_label("Name of the team").fill("Kite club")
    page.get_by_role("button", name="Make the team").click()
    team = page.url
    page.get_by_label("E-mail").fill("maker90@example.org")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.locator("#toasts")).to_contain_text("maker90@example.org")
    mate.goto(last_link(demo))
    mate.get_by_role("button", name="Join the team").click()
    expect(mate).to_have_url(team)
    book_for(page, demo, "Kite club")
    mate.reload()
    expect(mate.locator(".booking-line")).to_contain_text("A kite")
    if scripts:
        assert violations(mate) == []
    mate.locator(".booking-line h3 a").click()
    mate.get_by_role("link", name=re.compile("Cancel|Withdraw")).click()
    mate.get_by_role("button", name=re.compile("Cancel it|Withdraw it")).click()
    expect(mate.locator("#toasts")).to_contain_text(re.compile("Cancelled|Withdrawn"))
    mate.goto(team)
    mate.locator("summary", has_text="Leave the team").click()
    mate.get_by_role("button", name="Leave it").click()
    expect(mate).to_have_url(re.compile("/teams/$"))


def last_link(demo: Demo) -> str:
    """The path of the link into a team that was mailed last."""
    texts = [str(mail.get_body(("plain",))) for mail in demo.installation.mails()]
    return re.findall(r"/teams/join/[\w-]+", "\n".join(texts))[-1]


def book_for(page: Page, demo: Demo, team: str) -> None:
    """Book the instant tool for the team, on a day that nobody else takes."""
    page.goto(f"{demo.instant}book")
    page.get_by_label("For whom?").select_option(team)
    page.get_by_label("What will you make?").fill("A kite")
    page.locator("button.primary:visible").last.click()
    page.wait_for_load_state()
    if not re.search("/bookings/[0-9]+$", page.url):
        page.locator("#verdict .alternative").first.click()
    expect(page).to_have_url(re.compile("/bookings/[0-9]+$"))
    expect(page.locator("dl").first).to_contain_text(team)


@SCRIPTS
def test_a_guest_asks_her_home_space_vouches_and_the_host_agrees(
    seat: Seat, demo: Demo, maker: str, scripts: bool
) -> None:
    guest = seat(maker, size="phone", scripts=scripts)
    tool = tool_for_members(demo)
    guest.goto(tool)
    guest.get_by_role("link", name="Ask to visit").click()
    guest.get_by_label("What do you want to make, and when?").fill("Kite bones, next week")
    guest.get_by_role("button", name="Ask to visit").click()
    visit = guest.url
    answer(seat("manager", size="phone", scripts=scripts), visit, "Vouch")
    host = seat("admin", size="phone", scripts=scripts)
    host.goto(visit)
    host.get_by_label("Fee").fill("2 EUR an hour")
    host.get_by_label("From").select_option("08:00")
    host.get_by_label("To").select_option("22:00")
    answer(host, visit, "Agree to the visit", is_open=True)
    host.locator("summary", has_text="Change the conditions").click()
    host.get_by_label("To").select_option("06:00")
    host.get_by_label("From").select_option("22:00")
    if scripts:
        assert violations(host) == []
    answer(host, visit, "Change the conditions", is_open=True)
    guest.reload()
    expect(guest.get_by_text("Agreed")).to_be_visible()
    expect(guest.get_by_text("22:00–06:00")).to_be_visible()
    if scripts:
        assert violations(host) == []
    guest.get_by_role("link", name="Book the tool").click()
    expect(guest.get_by_text("2 EUR an hour")).to_be_visible()
    guest.goto(visit)
    guest.get_by_role("button", name="Do without it").click()
    expect(guest.get_by_text("Withdrawn")).to_be_visible()


def answer(page: Page, visit: str, button: str, *, is_open: bool = False) -> None:
    """Say a word on the page of a visit; what is asked for in writing has something in it."""
    if not is_open:
        page.goto(visit)
        page.locator("textarea").first.fill("Known here as careful")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#toasts")).to_be_visible()


def tool_for_members(demo: Demo) -> str:
    """The page of a working tool of a space for members for which nobody has to be trained."""
    question = select(Space.slug, Tool.slug).join_from(Tool, Space, Tool.space_id == Space.id)
    question = question.where(Space.bookable_by == "members", Tool.state == "working")
    question = question.where(Tool.id.not_in(select(ToolCertificate.tool_id))).order_by(Tool.id.desc())
    with engine_on(demo.installation.database_url) as engine, reading(engine) as session:
        space, tool = session.execute(question.limit(1)).one()
    return f"/spaces/{space}/tools/{tool}/"
