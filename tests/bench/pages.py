"""How many questions each page asks the database."""

from collections.abc import Iterable

from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.outside import clock
from tests.acting import counted
from tests.bench.ground import Ground
from tests.factories import sign_in


def questions(client: FlaskClient, engine: Engine, ground: Ground) -> list[tuple[str, str, int]]:
    """What a page is called, its address, and how many queries it takes for somebody who is signed in."""
    with Session(bind=engine) as session:
        sign_in(
            client, session, session.scalars(select(Account).where(Account.id == ground.account_id)).one(), clock.now()
        )
    return [(name, path, _asked(client, engine, path)) for name, path in _pages(ground)]


def _pages(ground: Ground) -> Iterable[tuple[str, str]]:
    space = f"/spaces/{ground.space}/"
    tool = f"{space}tools/{ground.busy}/"
    return (
        ("Find a tool", "/?kind=laser_cutter"),
        ("All spaces", "/spaces/"),
        ("A space", space),
        ("A tool with its week", tool),
        ("The booking dialog", f"{tool}book"),
        ("My bookings", "/bookings/"),
        ("A booking", "/bookings/1"),
        ("The approvals queue", "/approvals/"),
        ("My calendars", "/feeds/"),
        ("Profile", "/profile"),
        ("Tools of a managed space", f"/manage/spaces/{ground.space}/tools/"),
    )


def _asked(client: FlaskClient, engine: Engine, path: str) -> int:
    client.get(path)  # The first visit may leave a mark.
    with counted(engine) as statements:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status}")
    return len([statement for statement in statements if not statement.startswith("BEGIN")])
