"""Approvals on a phone, with and without scripts: taken back, several at once, by mailed link, and another time."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axe import violations
from tests.browser.conftest import Seat
from tests.browser.demo import PASSWORD, Demo
from tests.visitor import Visitor

pytestmark = pytest.mark.needs("chromium")
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
# A smaller space, whose queue no other test looks at; its embroidery machine waits for a yes, each time.
MANAGER, MACHINE = "sora.yoshida", "/spaces/kamogawa-lab/tools/brother-pr680w/"


def request(demo: Demo, maker: str, weeks: int, hour: int) -> int:
    """A request of the maker for an hour of a Wednesday so many weeks ahead; its number."""
    today = datetime.now(UTC).date()
    day = today + timedelta(days=(2 - today.weekday()) % 7, weeks=weeks)
    with Visitor(demo.address) as visitor:
        visitor.go("/sign-in").send(email=f"{maker}@example.org", password=PASSWORD)
        visitor.go(f"{MACHINE}book?date={day}&start={hour}:00&end={hour + 1}:00").send("/book", purpose="Name tags")
        assert re.fullmatch("/bookings/[0-9]+", visitor.path), visitor.text("#verdict")
        return int(visitor.path.rsplit("/", 1)[-1])


def in_the_queue(page: Page, number: int) -> Locator:
    page.goto("/approvals/")
    return page.locator(f"#request-{number}")


def last_link(demo: Demo, path: str, to: str) -> str:
    """The path of the link of this kind that was mailed to somebody last."""
    mails = [mail for mail in demo.installation.mails() if to in str(mail["To"]) and isinstance(mail, EmailMessage)]
    bodies = [mail.get_body(("plain",)) for mail in mails]
    return re.findall(path + r"[\w.-]+", "\n".join(str(body.get_content()) for body in bodies if body))[-1]


def state(page: Page, number: int) -> Locator:
    page.goto(f"/bookings/{number}")
    return page.locator("main .chip").first


@SCRIPTS
def test_a_yes_is_taken_back_within_ten_seconds(seat: Seat, demo: Demo, maker: str, scripts: bool) -> None:
    number, page = request(demo, maker, 4, 11 + scripts), seat(MANAGER, size="phone", scripts=scripts)
    in_the_queue(page, number).get_by_role("button", name=re.compile("^Approve")).click()
    # Ten seconds are few on a busy machine: nothing is measured before they are used.
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("#toasts")).to_contain_text("Waiting again")
    if scripts:
        assert violations(page) == []
    expect(in_the_queue(page, number)).to_be_visible()


@SCRIPTS
def test_all_without_remarks_get_their_yes_together(seat: Seat, demo: Demo, maker: str, scripts: bool) -> None:
    numbers = [request(demo, maker, 5, hour + 2 * scripts) for hour in (11, 12)]
    page = seat(MANAGER, size="phone", scripts=scripts)
    page.goto("/approvals/")
    page.locator("summary", has_text="without remarks").click()
    if scripts:
        assert violations(page) == []
    page.get_by_role("button", name="Approve them all").click()
    for number in numbers:
        expect(state(page, number)).to_contain_text("Confirmed")


@SCRIPTS
@pytest.mark.parametrize("answer", ["Approve", "Decline"])
def test_the_link_of_a_mail_shows_the_request_and_a_press_answers_it_once(
    seat: Seat, demo: Demo, maker: str, scripts: bool, answer: str
) -> None:
    number = request(demo, maker, 6, 11 + scripts + 2 * (answer == "Approve"))
    page = seat(size="phone", scripts=scripts)
    link, own = last_link(demo, "/answers/", MANAGER), seat(MANAGER, scripts=False)
    page.goto(link)
    expect(page.locator("main")).to_contain_text("Name tags")
    expect(state(own, number)).to_contain_text("Waiting")
    if scripts:
        assert violations(page) == []
    if answer == "Decline":
        page.get_by_label("Why not?").fill("The machine rests that day")
    page.get_by_role("button", name=answer).click()
    expect(state(own, number)).to_contain_text("Confirmed" if answer == "Approve" else "Declined")
    page.goto(link)
    expect(page.locator("h1")).to_have_text("This link answers no more")
    expect(page.get_by_role("button", name=answer)).to_have_count(0)


@SCRIPTS
def test_another_time_is_offered_and_taken_by_the_link_of_the_mail(
    seat: Seat, demo: Demo, maker: str, scripts: bool
) -> None:
    number, page = request(demo, maker, 7, 11 + scripts), seat(MANAGER, size="phone", scripts=scripts)
    card = in_the_queue(page, number)
    card.get_by_text("Decline…").click()
    card.get_by_role("link", name="Offer another time…").click()
    if scripts:
        assert violations(page) == []
    page.get_by_label("From", exact=True).select_option(f"{14 + 2 * scripts}:00")
    page.get_by_label("To", exact=True).select_option(f"{15 + 2 * scripts}:00")
    page.get_by_label("A word with it").fill("Then I can help you thread it")
    page.get_by_role("button", name="Offer it").click()
    expect(in_the_queue(page, number)).to_contain_text(
        f"{14 + 2 * scripts}:00–{15 + 2 * scripts}:00 is offered instead"
    )
    hers = seat(size="phone", scripts=scripts)
    hers.goto(last_link(demo, "/proposals/", maker))
    expect(hers.locator("main")).to_contain_text("Then I can help you thread it")
    if scripts:
        assert violations(hers) == []
    hers.get_by_role("button", name="Take it").click()
    expect(hers.locator("main")).to_contain_text("confirmed")
    expect(state(page, number)).to_contain_text("Confirmed")
