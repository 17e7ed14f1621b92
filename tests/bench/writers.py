"""Whether those who search hold up those who book."""

import itertools
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from booking.models.database import writing
from booking.models.tables.accounts import Token
from booking.outside import clock
from booking.outside.secrets import digest, new_secret
from booking.rules.access import Role
from tests import factories
from tests.acting import engine_on
from tests.installation import Installation

PROCESSES, SEARCHERS, PAUSE = 3, 8, 1.0
NUMBER, ROUNDS = 60, 3


@dataclass(frozen=True)
class Share:
    """Of the bookings a second that one makes alone, so many are left while others search."""

    ratio: float
    detail: str


def share(home: Installation, search: str) -> Share:
    """Book one after the other, alone and while eight people search, in turns."""
    token, tool_id = _writer(home)
    slots = itertools.count()
    alone, beside = 0.0, 0.0
    with home.served("tests.bench.server", str(home.port), str(PROCESSES)):
        _book(home, token, tool_id, slots)
        for _ in range(ROUNDS):
            alone += _book(home, token, tool_id, slots)
            over = threading.Event()
            people = [
                threading.Thread(target=_search, args=(home.address + search, over, number * PAUSE / SEARCHERS))
                for number in range(SEARCHERS)
            ]
            for each in people:
                each.start()
            beside += _book(home, token, tool_id, slots)
            over.set()
            for each in people:
                each.join()
    made = NUMBER * ROUNDS
    return Share(alone / beside, f"{made / beside:.0f} a second, {made / alone:.0f} alone")


def _writer(home: Installation) -> tuple[str, int]:
    """A maker with a token, and a tool that is always open."""
    now, token = clock.now(), new_secret()
    with engine_on(home.database_url) as engine, writing(engine) as session:
        space = factories.make_space(session, name="Bench", slug="bench", time_zone="UTC")
        maker = factories.make_account(session, email="bench@example.org")
        factories.make_member(session, maker, space, Role.MANAGER)
        tool = factories.make_tool(session, space, window_days=730)
        session.add(Token(account_id=maker.id, name="Bench", token_hash=digest(token), scope="write", created_at=now))
        return token, tool.id


def _book(home: Installation, token: str, tool_id: int, slots: "itertools.count[int]") -> float:
    """How many seconds so many bookings take."""
    first = datetime.combine(clock.now().date() + timedelta(days=1), datetime.min.time(), UTC)
    with httpx.Client(base_url=home.address, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client:
        began = time.perf_counter()
        for number in itertools.islice(slots, NUMBER):
            day, hour = divmod(number, 13)
            start = first + timedelta(days=day, hours=8 + hour)
            body = {"tool": str(tool_id), "start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
            client.post("/api/v1/bookings", json=body).raise_for_status()
        return time.perf_counter() - began


def _search(address: str, over: threading.Event, later: float) -> None:
    over.wait(later)
    with httpx.Client(timeout=60) as client:
        while not over.is_set():
            began = time.perf_counter()
            with suppress(httpx.TransportError):
                client.get(address)
            over.wait(max(0.0, PAUSE - (time.perf_counter() - began)))
