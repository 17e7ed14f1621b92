"""A demo network behind the real server, a Chromium, and people who sit at it.

Whatever they do, no page may complain to the console, ask a stranger for anything or break its own content policy.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from tests import parts
from tests.browser.demo import Demo, cookies, opened

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
# A refusal is an answer like others, and so is a page that says no; the browser calls both a failure to load.
REFUSALS = ("status of 409", "status of 422")
Seat = Callable[..., Page]
_makers = itertools.count(1)


@dataclass
class Complaints:
    """What pages must never give rise to."""

    home: str
    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note what this page does from now on."""
        page.on("console", lambda message: self._said(page, message))
        page.on("pageerror", lambda problem: self.found.append(f"{page.url}: {problem}"))
        page.on("request", self._asked)

    def _said(self, page: Page, message: ConsoleMessage) -> None:
        is_answer = any(status in message.text for status in REFUSALS) or message.location["url"] == page.url
        is_refusal = message.text.startswith("Failed to load resource") and is_answer
        if message.type in ("error", "warning") and not is_refusal:
            self.found.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and not request.url.startswith(f"{self.home}/"):
            self.found.append(f"a request to {request.url}")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo network with its server, once for each process of the run."""
    with opened(tmp_path_factory.mktemp("demo")) as network:
        yield network


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for each process of the run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=parts.find("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def seat(demo: Demo, chromium: Browser) -> Iterator[Seat]:
    """Seats somebody at a browser: seat("maker1", size="phone", scripts=False). Complaints of pages fail the test."""
    complaints, contexts = Complaints(demo.address), list[BrowserContext]()

    def take(who: str = "", *, size: str = "desktop", scripts: bool = True, theme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=demo.address,
            viewport=SIZES[size],
            has_touch=size == "phone",
            java_script_enabled=scripts,
            color_scheme=theme,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            storage_state=cookies(demo, who) if who else None,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield take
    for context in contexts:
        context.close()
    assert complaints.found == []


@pytest.fixture
def maker() -> str:
    """A member of the largest space whom no other test of this process is."""
    return f"maker{next(_makers)}"
