"""What people come for: a maker finds, books, is refused, takes what is near, moves, cancels; a manager answers."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Seat
from tests.browser.demo import PASSWORD, Demo
from tests.visitor import Visitor

pytestmark = pytest.mark.needs("chromium")
WAYS = pytest.mark.parametrize("size", ["desktop", "phone"])
SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
# Nobody in the demo network books that far ahead.
DAYS_AHEAD = 18
MOST_KEYS = 8


@WAYS
@SCRIPTS
def test_a_maker_finds_books_is_refused_takes_an_alternative_moves_and_cancels(
    seat: Seat, maker: str, size: str, scripts: bool
) -> None:
    page = seat(maker, size=size, scripts=scripts)
    address = find(page, scripts)
    time = book(page)
    expect(page.locator("#toasts")).to_contain_text("Booked: ")
    booking = page.url
    other = see_refusal_and_take_an_alternative(page, address, time)
    move(page, booking)
    # Whoever comes next on this network finds it as it was.
    for each in (booking, other):
        cancel(page, each)


@pytest.mark.parametrize("size", ["phone"])
def test_without_scripts_the_button_names_no_time_and_the_chosen_one_is_booked(
    seat: Seat, maker: str, size: str
) -> None:
    page = seat(maker, size=size, scripts=False)
    find(page, scripts=False)
    first = page.locator("#field-start").input_value()
    expect(main_button(page)).to_have_text("Book", use_inner_text=True)
    expect(page.locator("#verdict")).to_contain_text(re.compile(f"This is about .*{first}.* is checked when you send"))
    later = choose_after(page, "start", "13:59" if first < "14" else "15:59")
    choose_after(page, "end", f"{later[:3]}59")
    day = date.fromisoformat(page.locator("#field-date").input_value()) + timedelta(days=DAYS_AHEAD // 7 * 7 + 7)
    page.locator("#field-date").fill(day.isoformat())
    expect(main_button(page)).to_have_text("Book", use_inner_text=True)
    main_button(page).click()
    expect(page.locator(".booking-time")).to_contain_text(later)
    cancel(page, page.url)


def choose_after(page: Page, name: str, time: str) -> str:
    """Choose what follows a time in a list of times; the time that was chosen."""
    times = [str(each.get_attribute("value")) for each in page.locator(f"#field-{name} option").all()]
    chosen = next(each for each in times if each > time)
    page.locator(f"#field-{name}").select_option(chosen)
    return chosen


def find(page: Page, scripts: bool) -> str:
    """Search for what can be had at once on another day, and open the first find; the address of its form."""
    page.goto("/")
    page.get_by_label("When").select_option(index=8)
    if not scripts:
        page.get_by_role("button", name="Search").click()
    for wish in ("I am trained on it", "No approval needed"):
        page.get_by_label(wish).check()
        if not scripts:
            page.get_by_role("button", name="Search").click()
    found = page.locator(".results .act a").filter(has_text=re.compile("^Book ")).first
    address = str(found.get_attribute("href"))
    if scripts:
        page.wait_for_url(re.compile("instant="))
    found.click()
    return address


def book(page: Page) -> tuple[str, str, str]:
    """Press the one main button of the form that is open; the time that was booked: day, start and end."""
    form = page.locator("#booking-form")
    expect(page.locator("#verdict .green")).to_contain_text("Free")
    fields = (form.locator(f"[name={name}]").input_value() for name in ("date", "start", "end"))
    time = (next(fields), next(fields), next(fields))
    form.get_by_label("What will you make?").fill("A lamp")
    main_button(page).click()
    expect(page).to_have_url(re.compile("/bookings/[0-9]+$"))
    return time


def see_refusal_and_take_an_alternative(page: Page, address: str, time: tuple[str, str, str]) -> str:
    """Ask for the same time once more: it is taken, and the nearest other time is one press away; its booking."""
    day, start, end = time
    page.goto(f"{address.split('?')[0]}?date={day}&start={start}&end={end}")
    main_button(page).click()
    expect(page.locator("#verdict .red")).to_be_visible()
    expect(page.locator("#verdict")).to_contain_text("Nearest free times")
    page.locator("#verdict .alternative").first.click()
    expect(page.locator("#toasts")).to_contain_text(re.compile("Booked: |Asked for: "))
    return page.url


def move(page: Page, booking: str) -> None:
    """Move a booking to the same time of a day on which nobody has booked."""
    page.goto(booking)
    before = page.locator(".booking-time").inner_text()
    page.get_by_role("link", name="Move").first.click()
    day = date.fromisoformat(page.locator("#field-date").input_value()) + timedelta(days=DAYS_AHEAD)
    for _ in range(7):  # A space is closed on some weekday.
        page.locator("#field-date").fill(day.isoformat())
        page.locator("#field-date").dispatch_event("change")
        main_button(page).click()
        page.wait_for_load_state()
        page.wait_for_timeout(500)
        if re.search("/bookings/[0-9]+$", page.url) and page.locator("dialog").count() == 0:
            break
        day += timedelta(days=1)
    expect(page.locator("#toasts")).to_contain_text("Moved: ")
    expect(page.locator(".booking-time")).not_to_have_text(before)


def cancel(page: Page, booking: str) -> None:
    """Cancel a booking, or withdraw what still waits for a yes, with a reason."""
    page.goto(booking)
    page.get_by_role("link", name=re.compile("^(Cancel|Withdraw)")).first.click()
    page.get_by_label("Why?").fill("The wood did not arrive")
    page.get_by_role("button", name=re.compile("^(Cancel|Withdraw) it")).click()
    expect(page.locator("#toasts")).to_contain_text(re.compile("(Cancelled|Withdrawn): "))
    page.goto(booking)
    expect(page.locator("main .chip").first).to_contain_text(re.compile("Cancelled|Withdrawn"))
    expect(page.locator("main")).to_contain_text("The wood did not arrive")


def main_button(page: Page) -> Locator:
    """The button that sends the form which is open."""
    return page.locator("button[type=submit][form=booking-form]")


@WAYS
@SCRIPTS
def test_a_manager_approves_and_declines(seat: Seat, demo: Demo, maker: str, size: str, scripts: bool) -> None:
    first, second = request(demo, maker), request(demo, maker)
    page = seat("manager", size=size, scripts=scripts)
    card = in_the_queue(page, first)
    card.get_by_role("button", name="Approve").click()
    expect(page.locator("#toasts, .request.done").filter(has_text="Undo").first).to_be_visible()
    card = in_the_queue(page, second)
    card.get_by_text("Decline…").click()
    card.get_by_label("Or write your own").fill("We show the workshop to a school then")
    card.get_by_role("button", name="Send").click()
    expect(page.locator("#toasts, .request.done").filter(has_text="Undo").first).to_be_visible()
    for number, state in ((first, "Confirmed"), (second, "Declined")):
        page.goto(f"/bookings/{number}")
        expect(page.locator("main .chip").first).to_contain_text(state)


def in_the_queue(page: Page, number: int) -> Locator:
    """A request in the queue, on whichever of its pages it is."""
    page.goto("/approvals/")
    while not page.locator(f"#request-{number}").count():
        # By its address: a click comes back before the next page is there.
        page.goto(str(page.locator(".pager").get_by_role("link", name="More").get_attribute("href")))
    return page.locator(f"#request-{number}")


def request(demo: Demo, maker: str) -> int:
    """A request of the maker on the tool that asks for approval, at the next time that is free; its number."""
    with Visitor(demo.address) as visitor:
        visitor.go("/sign-in").send(email=f"{maker}@example.org", password=PASSWORD)
        visitor.go(f"{demo.asking}book").send("/book", purpose="A sign for the door")
        assert re.fullmatch("/bookings/[0-9]+", visitor.path), visitor.text("#verdict")
        return int(visitor.path.rsplit("/", 1)[-1])


def test_from_the_week_to_booked_by_few_keys(seat: Seat, demo: Demo, maker: str) -> None:
    page = seat(maker)
    page.goto(f"{demo.instant}?day={date.today() + timedelta(days=8)}")  # noqa: DTZ011
    page.locator("a.gap-link").first.focus()
    keys = ["Enter"]
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    expect(page.locator("dialog :focus")).to_have_count(1)
    while not page.evaluate("document.activeElement.matches('input[name=purpose], button[form=booking-form]')"):
        keys.append("Tab")
        page.keyboard.press("Tab")
        assert len(keys) < MOST_KEYS
    keys.append("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("Booked: ")
    assert len(keys) <= MOST_KEYS


@SCRIPTS
def test_signing_in_leads_back_to_what_was_wanted(seat: Seat, demo: Demo, scripts: bool) -> None:
    page = seat(scripts=scripts)
    page.goto(f"{demo.instant}book")
    page.get_by_label("E-mail").fill("maker@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    expect(page.locator("#booking-form")).to_be_visible()
