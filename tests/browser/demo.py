"""The demo network behind the real server, as the browser's people find it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import StorageState
from sqlalchemy import func, select, update

from booking.models.database import Session, reading, writing
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Membership, Space
from booking.models.tables.tools import Tool, ToolCertificate, Unit
from tests.acting import engine_on
from tests.installation import Installation
from tests.visitor import Visitor

PASSWORD = "a quiet workshop 7"


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


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[Demo]:
    """The demo network, filled and served."""
    installation = Installation(folder)
    installation.variables["BOOKING_DEMO_PASSWORD"] = PASSWORD
    installation.command("seed", "--size", "demo")
    with engine_on(installation.database_url) as engine, writing(engine) as session:
        # People of the demo read four languages; the journeys are told in one.
        session.execute(update(Account).values(language="en"))
        instant, asking = (_tool(session, approval) for approval in ("never", "always"))
    with installation.served():
        yield Demo(installation, instant, asking)


def cookies(demo: Demo, who: str) -> StorageState:
    """The cookies of somebody who has signed in by the form, which each does once."""
    if who not in demo.cookies:
        with Visitor(demo.address) as visitor:
            visitor.go("/sign-in").send(email=f"{who}@example.org", password=PASSWORD)
            value = visitor.client.cookies["session"]
        cookie = {"name": "session", "value": value, "domain": "127.0.0.1", "path": "/"}
        rest = {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
        demo.cookies[who] = {"cookies": [cookie | rest], "origins": []}  # type: ignore[typeddict-item]
    return demo.cookies[who]


def _tool(session: Session, approval: str) -> str:
    """The page of a working tool of the largest space with this approval, for which nobody has to be trained."""
    largest = select(Membership.space_id).group_by(Membership.space_id).order_by(func.count().desc()).limit(1)
    asks = select(ToolCertificate.tool_id)
    question = select(Space.slug, Tool.slug).join_from(Tool, Space, Tool.space_id == Space.id)
    question = question.where(Tool.space_id.in_(largest), Tool.approval == approval, Tool.state == "working")
    space, tool = session.execute(question.where(Tool.id.not_in(asks)).order_by(Tool.id).limit(1)).one()
    return f"/spaces/{space}/tools/{tool}/"


def of_one_unit(demo: Demo) -> str:
    """The page of a tool like the instant one, of which there is one only: who waits for it waits for somebody."""
    space = demo.instant.split("/")[2]
    question = select(Tool.slug).join(Space, Tool.space_id == Space.id).join(Unit, Unit.tool_id == Tool.id)
    question = question.where(Space.slug == space, Tool.approval == "never", Tool.state == "working")
    question = question.where(Tool.id.not_in(select(ToolCertificate.tool_id)))
    question = question.group_by(Tool.id).having(func.count() == 1).order_by(Tool.slug.desc()).limit(1)
    with engine_on(demo.installation.database_url) as engine, reading(engine) as session:
        return f"/spaces/{space}/tools/{session.execute(question).scalar_one()}/"
