"""A demo network behind the real server, a Chromium, and people who sit at it.

Whatever they do, no page may complain to the console, ask a stranger for anything or break its own content policy.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, StorageState, sync_playwright
from sqlalchemy import func, select, update

from booking.models.database import Session, writing
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Membership, Space
from booking.models.tables.tools import Tool, ToolCertificate
from tests import parts
from tests.acting import engine_on
from tests.installation import Installation
from tests.visitor import Visitor

PASSWORD = "a quiet workshop 7"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
# A refusal is an answer like others; the browser's console calls it a failure to load.
REFUSALS = ("status of 409", "status of 422")
Seat = Callable[..., Page]
_makers = itertools.count(1)


@dataclass
class Demo:
    """The demo network: where it answers, pages of its largest space, and the cookies of those who signed in already.

    `instant` is a tool that anybody may book at once, `asking` one that a manager has to approve.
    """

    installation: Installation
    instant: str = ""
    asking: str = ""
    cookies: dict[str, StorageState] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it answers."""
        return self.installation.address


@dataclass
class Complaints:
    """What pages must never give rise to."""

    home: str
    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note what this page does from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda problem: self.found.append(f"{page.url}: {problem}"))
        page.on("request", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        is_refusal = message.text.startswith("Failed to load resource") and any(s in message.text for s in REFUSALS)
        if message.type in ("error", "warning") and not is_refusal:
            self.found.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        if urlsplit(request.url).scheme not in ("data", "blob") and not request.url.startswith(f"{self.home}/"):
            self.found.append(f"a request to {request.url}")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo network with its server, once for each process of the run."""
    installation = Installation(tmp_path_factory.mktemp("demo"))
    installation.variables["BOOKING_DEMO_PASSWORD"] = PASSWORD
    installation.command("seed", "--size", "demo")
    with engine_on(installation.database_url) as engine, writing(engine) as session:
        # People of the demo read four languages; the journeys are told in one.
        session.execute(update(Account).values(language="en"))
        instant, asking = (_tool(session, approval) for approval in ("never", "always"))
    with installation.served():
        yield Demo(installation, instant, asking)


def _tool(session: Session, approval: str) -> str:
    """The page of a working tool of the largest space with this approval, for which nobody has to be trained."""
    largest = select(Membership.space_id).group_by(Membership.space_id).order_by(func.count().desc()).limit(1)
    asks = select(ToolCertificate.tool_id)
    question = select(Space.slug, Tool.slug).join_from(Tool, Space, Tool.space_id == Space.id)
    question = question.where(Tool.space_id.in_(largest), Tool.approval == approval, Tool.state == "working")
    space, tool = session.execute(question.where(Tool.id.not_in(asks)).order_by(Tool.id).limit(1)).one()
    return f"/spaces/{space}/tools/{tool}/"


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
            storage_state=_cookies(demo, who) if who else None,
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


def _cookies(demo: Demo, who: str) -> StorageState:
    """The cookies of somebody who has signed in by the form, which each does once."""
    if who not in demo.cookies:
        with Visitor(demo.address) as visitor:
            visitor.go("/sign-in").send(email=f"{who}@example.org", password=PASSWORD)
            value = visitor.client.cookies["session"]
        cookie = {"name": "session", "value": value, "domain": "127.0.0.1", "path": "/"}
        rest = {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
        demo.cookies[who] = {"cookies": [cookie | rest], "origins": []}  # type: ignore[typeddict-item]
    return demo.cookies[who]
