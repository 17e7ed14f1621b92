"""A training from lacking to held and back: what a maker reads, what trainers and managers do, on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat

pytestmark = pytest.mark.needs("chromium")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
METAL, LASER = "金工安全培训", "激光安全培训"


@SCRIPTS
def test_what_is_lacking_is_told_granted_and_revoked(seat: Seat, maker: str, scripts: bool) -> None:
    hers, theirs = (seat(who, size="phone", scripts=scripts) for who in (maker, "trainer"))
    grant(theirs, f"{maker}@example.org")
    hers.goto("/certificates/")
    expect(card(hers)).to_contain_text("Valid")
    revoke(theirs, f"{maker}@example.org")
    hers.goto("/certificates/")
    lacking = hers.locator("li.certificate", has=hers.locator("h3", has_text=METAL))
    expect(lacking).to_contain_text(re.compile("The next briefing is on Thu .* 19:00"))
    lacking.locator("summary").click()
    lacking.locator("ul a").first.click()
    expect(hers.locator(".card.next")).to_contain_text("The next briefing is on Thu")
    hers.get_by_role("link", name="How to get the training").click()
    expect(hers.locator("#training")).to_be_in_viewport()
    expect(hers.locator("#training")).to_contain_text("Who trains: ")


@SCRIPTS
def test_a_manager_lets_a_certificate_of_another_space_count(seat: Seat, scripts: bool) -> None:
    page = seat("manager", size="phone", scripts=scripts)
    page.goto("/spaces/silu/certificates/")
    page.get_by_role("link", name=re.compile(f"What else counts.*{LASER}")).click()
    page.get_by_label("Space, city or certificate").fill("sheffield")
    page.locator("main").get_by_role("button", name="Search").click()
    page.get_by_label("Laser induction").check()
    page.get_by_label("What is asked on top?").select_option(METAL)
    page.get_by_role("button", name="Let it count").click()
    taken = page.locator("li.certificate", has_text="Laser induction")
    expect(taken).to_contain_text(f"With your briefing on top: {METAL}")
    # Whoever comes next on this network finds it as it was.
    taken.get_by_role("button", name="Remove").click()
    expect(taken).to_have_count(0)


def test_what_is_wrong_with_a_form_is_said_and_axe_finds_nothing(seat: Seat) -> None:
    page = seat("manager", size="phone")
    page.goto("/spaces/silu/certificates/new")
    page.get_by_label("Day of the next briefing").fill("2030-05-05")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".summary")).to_contain_text("Please fill this in.")
    assert violations(page) == []


def card(page: Page) -> Locator:
    return page.locator("li.certificate", has=page.locator("h2", has_text=METAL))


def grant(page: Page, email: str) -> None:
    """Tick somebody on the page of those who were there."""
    page.goto("/spaces/silu/certificates/")
    page.get_by_role("link", name=re.compile(f"Grant.*{METAL}")).click()
    page.get_by_label("Name or mail address").fill(email)
    page.get_by_role("button", name="Search").click()
    page.locator("[name=people]").first.check()
    page.get_by_role("button", name="Grant").click()
    expect(page.locator("#toasts")).to_contain_text(re.compile("Granted to|holds it already"))


def revoke(page: Page, email: str) -> None:
    """Take it back on the list of holders."""
    page.get_by_label("Name or mail address").fill(email)
    page.get_by_role("button", name="Search").click()
    page.get_by_text("Change…").first.click()
    page.get_by_role("button", name="Revoke").first.click()
    expect(page.locator("#toasts")).to_contain_text("The certificate is revoked")
