"""What requests cost: processor time of the web process and of the database's, in turns, by medians."""

import contextlib
import http.client
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tests.bench.ground import Ground
from tests.bench.processor import spent

WARM, TURNS = 2, 15
JSON = "application/json"


@dataclass
class Kind:
    """One kind of request: how often it is sent in a turn, what its answer has to be, and what is measured of it."""

    name: str
    number: int
    send: Callable[[], tuple[int, bytes]]
    expected: int
    milliseconds: list[float] = field(default_factory=list)
    of_web: list[float] = field(default_factory=list)
    passed: list[float] = field(default_factory=list)

    def over(self, other: "Kind") -> float:
        """How many times the other's processor time it takes: the median of what each turn says."""
        return statistics.median(one / two for one, two in zip(self.milliseconds, other.milliseconds, strict=True))

    def over_in_web(self, other: "Kind") -> float:
        """The same of the web process alone."""
        return statistics.median(one / two for one, two in zip(self.of_web, other.of_web, strict=True))

    @property
    def cost_in_web(self) -> float:
        """The median: milliseconds of the web process's processor time a request."""
        return statistics.median(self.of_web)

    @property
    def wait(self) -> float:
        """The median: milliseconds that pass until a request is answered."""
        return statistics.median(self.passed)

    @property
    def cost(self) -> float:
        """The median: milliseconds of processor time a request."""
        return statistics.median(self.milliseconds)


class Caller:
    """Sends requests of all kinds to one server, one after the other."""

    def __init__(self, address: str, ground: Ground) -> None:
        self._host = address.removeprefix("http://")
        self._ground = ground
        self._slots = itertools.count()
        self._tag = ""

    def kinds(self) -> dict[str, Kind]:
        """Everything that is measured over HTTP."""
        ground = self._ground
        # A whole week that is full, on whichever day it is measured.
        year, number, _ = (ground.first + timedelta(days=7)).isocalendar()
        week = f"/spaces/{ground.space}/tools/{ground.busy}/?week={year}-W{number:02d}"
        made = (
            Kind("empty", 100, lambda: self._get("/bare/empty"), 200),
            Kind("create", 20, self._create, 201),
            Kind("week", 15, lambda: self._get(week), 200),
            Kind("unchanged", 60, self._unchanged, 304),
            Kind("feed", 3, lambda: self._get(f"/feeds/{ground.feed}.ics"), 200),
            Kind("join", 3, lambda: self._get(f"/bare/join?account={ground.account_id}"), 200),
        )
        return {kind.name: kind for kind in made}

    def _create(self) -> tuple[int, bytes]:
        start, end = self._ground.slot(next(self._slots))
        body = {"tool": str(self._ground.fresh_id), "start": start.isoformat(), "end": end.isoformat()}
        headers = {"Authorization": f"Bearer {self._ground.token}", "Content-Type": JSON}
        return self._sent("POST", "/api/v1/bookings", headers, json.dumps(body))[:2]

    def _unchanged(self) -> tuple[int, bytes]:
        address = f"/feeds/{self._ground.still_feed}.ics"
        if not self._tag:
            self._tag = self._sent("GET", address, {})[2]
        return self._sent("GET", address, {"If-None-Match": self._tag})[:2]

    def _get(self, path: str) -> tuple[int, bytes]:
        return self._sent("GET", path, {})[:2]

    def _sent(
        self, method: str, path: str, headers: Mapping[str, str], body: str | None = None
    ) -> tuple[int, bytes, str]:
        connection = http.client.HTTPConnection(self._host, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers.get("ETag", "")


def measure(kinds: dict[str, Kind], web: int, database: Iterable[int], turns: int = TURNS) -> dict[str, Kind]:
    """Send some requests of each kind in turns, and count what the web's and the database's processes took for each."""
    others = list(database)
    for turn in range(WARM + turns):
        for kind in kinds.values():
            (web_before, others_before), began = _settled(web, others), time.perf_counter()
            for _ in range(kind.number):
                _answered(kind)
            took, (web_after, others_after) = time.perf_counter() - began, _settled(web, others)
            if turn >= WARM:
                of_web = web_after - web_before
                kind.of_web.append(of_web / kind.number / 1e6)
                kind.milliseconds.append((of_web + others_after - others_before) / kind.number / 1e6)
                kind.passed.append(took / kind.number * 1e3)
    return kinds


def _settled(web: int, others: list[int]) -> tuple[int, int]:
    """What the processes have spent, once they have finished what comes after an answer."""
    time.sleep(0.03)
    return spent([web]), spent(others)


def _answered(kind: Kind) -> None:
    status, body = kind.send()
    if status != kind.expected:
        raise RuntimeError(f"{kind.name} was answered {status}: {body[:300]!r}")
