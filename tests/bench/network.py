"""What searches cost in a network of full size: python -m tests.bench.network [BOOKINGS ...]

Fills 342 spaces with 4,100 tools and 50 thousand, 500 thousand and 5 million bookings, on either engine, prints the
figures and writes docs/bench_network.md. Ends with a non-zero status when a target is missed.
"""

import gzip
import http.client
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, select

from booking import create_app
from booking.models.database import Session, db
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.outside import clock
from config import ROOT, load_settings
from tests import machine
from tests.acting import counted, engine_on
from tests.bench import chromium, requests, sweeping, writers
from tests.bench.__main__ import Place, places, say
from tests.bench.ground import settle
from tests.bench.report import HEADINGS, Figure, table
from tests.bench.requests import Kind
from tests.installation import Installation
from tests.postgres import SHORT_FOLDER

REPORT = ROOT / "docs" / "bench_network.md"
SIZES = (50_000, 500_000, 5_000_000)
TURNS = 7
LONGEST_SEED = 3_600
MOST_KIB, MOST_QUESTIONS, MOST_OF_WEEK = 60, 8, 12
# How much dearer a search may be with a hundred times as many bookings.
GROWTH = 1.6

HEAD = """# Bench of a whole network

What `make bench` measured in an invented network of 342 spaces and 4,100 tools. {made}

Requests are counted in processor time of the web process and the database's processes together, as medians of {turns}
turns. *The search* asks for any of about 380 laser cutters for two hours on a weekend; *next free* for the next two
hours of each of about 720 3D printers; *the week* is the timetable of the largest space, 40 tools. Writers book one
after the other through three web processes, alone and while eight people search once a second each.

{figures}

## In a real Chromium

On SQLite with {bookings:,} bookings, desktop size; *slowed* is the time until the page is settled on a processor
four times slower.

{pages}
"""


def main(sizes: tuple[int, ...]) -> int:
    """Measure everything; how many targets were missed."""
    figures: list[Figure] = []
    seen: list[tuple[str, ...]] = []
    made, shown = "", sizes[min(1, len(sizes) - 1)]
    for bookings in sizes:
        with (
            tempfile.TemporaryDirectory(prefix="benchtime-bench-", dir=SHORT_FOLDER) as name,
            places(Path(name)) as both,
        ):
            made = machine.described(both[1].addresses[0])
            for place in both:
                found = _Network(place, Path(name) / place.name, bookings)
                figures += found.figures()
                if place.name == "SQLite" and bookings == sizes[min(1, len(sizes) - 1)]:
                    seen = found.in_chromium()
    figures += _growth(figures, sizes)
    _show(figures, seen)
    ratios = table(HEADINGS, (figure.cells for figure in figures))
    pages = table(chromium.HEADINGS, seen)
    text = HEAD.format(made=made, turns=TURNS, figures=ratios, bookings=shown, pages=pages)
    REPORT.write_text(text, encoding="utf-8")
    missed = [figure for figure in figures if figure.missed]
    for figure in missed:
        say(f"Missed: {figure.engine}, {figure.what}: {figure.ratio:.2f} instead of {figure.target:g}.")
    return len(missed)


class _Network:
    """One seeded database, and what is measured on it."""

    def __init__(self, place: Place, folder: Path, bookings: int) -> None:
        self._place, self._bookings = place, bookings
        folder.mkdir()
        self._home = Installation(folder, place.fresh())
        say(f"{place.name}: {bookings:,} bookings")
        self._home.command("seed", "--size", "network", "--bookings", str(bookings), longest=LONGEST_SEED)
        today = clock.now().date()
        self._saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
        with engine_on(self._home.database_url) as engine:
            settle(engine)
            with Session(bind=engine) as session:
                found = session.execute(
                    select(Space.id, Space.slug, Tool.slug)
                    .join(Tool, Tool.space_id == Space.id)
                    .order_by(Tool.id)
                    .limit(1)
                ).one()
        self._space_id, self._space, self._tool = found

    @property
    def _search(self) -> str:
        sunday = self._saturday + timedelta(days=1)
        return f"/?kind=laser_cutter&day={self._saturday}..{sunday}&minutes=120"

    @property
    def _week(self) -> str:
        return f"/spaces/{self._space}/timetable?day={self._saturday}"

    def figures(self) -> Iterator[Figure]:
        """Everything that is measured on this engine at this size."""
        with engine_on(self._home.database_url) as engine:
            say("  the question for what is held")
            held = sweeping.measured(engine, self._saturday)
        yield self._figure("what is held / the same rows from a table of their own", held.ratio, 3, held.detail)
        say("  requests")
        with self._home.served("tests.bench.server", str(self._home.port)) as server:
            kinds = requests.measure(self._kinds(), server.pid, self._place.processes, TURNS)
            page = _got(self._home.port, self._week)
        for one, other, what, target in (
            ("search", "empty", "the search / empty", 60),
            ("next", "search", "next free / the search", 5),
            ("week", "bare", "the week / its rows in a bare template", 6),
        ):
            detail = f"{kinds[one].cost:.2f} ms, {kinds[other].cost:.2f} ms"
            yield self._figure(what, kinds[one].over(kinds[other]), target, detail)
        packed = len(gzip.compress(page)) / 1024
        yield self._figure("the week, KiB packed", packed, MOST_KIB, f"{len(page) / 1024:.0f} KiB unpacked")
        yield from self._questions()
        say("  writers")
        share = writers.share(self._home, self._search)
        yield Figure(self._name, "bookings while eight search / alone", share.ratio, 0.5, share.detail, least=True)

    def in_chromium(self) -> list[tuple[str, ...]]:
        """What a browser says of pages."""
        say("  Chromium")
        paths = {
            "The search": self._search,
            "A tool with its week": f"/spaces/{self._space}/tools/{self._tool}/",
            "The week of a space": self._week,
        }
        with self._home.served("tests.bench.server", str(self._home.port)):
            return chromium.measured(self._home.address, paths)

    @property
    def _name(self) -> str:
        return f"{self._place.name}, {self._bookings:,}"

    def _figure(self, what: str, ratio: float, target: float, detail: str) -> Figure:
        return Figure(self._name, what, ratio, target, detail)

    def _kinds(self) -> dict[str, Kind]:
        port, monday = self._home.port, self._saturday - timedelta(days=5)
        start = datetime.combine(monday, time(), UTC).isoformat().replace("+", "%2B")

        def getting(name: str, number: int, path: str) -> Kind:
            return Kind(name, number, lambda: (200, _got(port, path)), 200)

        made = (
            getting("empty", 100, "/bare/empty"),
            getting("search", 4, self._search),
            getting("next", 2, "/?kind=3d_printer&day=next&minutes=120"),
            getting("week", 4, self._week),
            getting("bare", 10, f"/bare/week?space={self._space_id}&start={start}"),
        )
        return {kind.name: kind for kind in made}

    def _questions(self) -> Iterator[Figure]:
        app = create_app(load_settings(self._home.variables))
        with app.app_context():
            engine: Engine = db.engine
        with counted(engine) as asked:
            sweeping.search(engine, self._saturday)
        found = len([each for each in asked if not each.startswith("BEGIN")])
        yield self._figure("questions of the search itself", found, MOST_QUESTIONS, "")
        client = app.test_client()
        client.get(self._week)
        with counted(engine) as asked:
            client.get(self._week)
        found = len([each for each in asked if not each.startswith("BEGIN")])
        yield self._figure("questions of the week", found, MOST_OF_WEEK, "")
        engine.dispose()


def _got(port: int, path: str) -> bytes:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered {answer.status}: {body[:300]!r}")
        return body


def _growth(figures: list[Figure], sizes: tuple[int, ...]) -> Iterator[Figure]:
    """How much dearer the search is with the most bookings than with the fewest, both against an empty route."""
    for engine in ("SQLite", "PostgreSQL"):
        few, many = (
            next(
                each.ratio
                for each in figures
                if each.engine == f"{engine}, {size:,}" and each.what == "the search / empty"
            )
            for size in (sizes[0], sizes[-1])
        )
        what = f"the search with {sizes[-1]:,} / with {sizes[0]:,}"
        yield Figure(engine, what, many / few, GROWTH, f"{many:.0f}, {few:.0f} times an empty route")


def _show(figures: list[Figure], seen: list[tuple[str, ...]]) -> None:
    console, ratios, pages = Console(width=170), Table(*HEADINGS), Table(*chromium.HEADINGS)
    for figure in figures:
        ratios.add_row(*figure.cells, style="red" if figure.missed else None)
    for row in seen:
        pages.add_row(*row)
    console.print(ratios, pages)


if __name__ == "__main__":
    sys.exit(1 if main(tuple(int(each) for each in sys.argv[1:]) or SIZES) else 0)
