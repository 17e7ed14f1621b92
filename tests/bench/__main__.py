"""Speed figures, as ratios of one run: python -m tests.bench

Prints them, writes docs/bench.md, and ends with a non-zero status when a target is missed.
"""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from booking import create_app
from booking.models.database import db
from booking.models.migrate import upgrade
from config import ROOT, load_settings
from tests import machine
from tests.acting import engine_on
from tests.bench import library, pages, requests, walls
from tests.bench.ground import EVENTS, Ground, prepare, settle
from tests.bench.report import HEADINGS, Figure, table
from tests.bench.requests import Caller, Kind
from tests.installation import Installation
from tests.postgres import SHORT_FOLDER, Server, find_binaries

REPORT = ROOT / "docs" / "bench.md"
WALL = {"SQLite": 0.9, "PostgreSQL": 0.85}
WEEK_PAGE, MOST_QUESTIONS = "A tool with its week", 12
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

HEAD = """# Bench

What `make bench` measured. {made}

Every figure is a ratio from one run, measured in turns on the same server and database, so that it says the same on
another machine; a busy one still tells against the larger part of a ratio. Requests are counted in processor time, of
the web process and the database's processes together unless told otherwise: the median of {turns} turns. The guard is
measured in time that passes, commits on the disk included. *Empty* is a route of a bare Flask application in the same
gunicorn process. The week page is one of a whole week in which the tool has four bookings on each day.

{figures}

## Questions that pages ask

For somebody who is signed in and manages the space, with {events:,} bookings there.

{pages}
"""


@dataclass
class Place:
    """One engine to measure on; `processes` are the database's own."""

    name: str
    addresses: list[str]
    processes: list[int]

    def fresh(self) -> str:
        """The address of a migrated, empty database that nobody has used."""
        return self.addresses.pop()


def main() -> int:
    """Measure everything; how many targets were missed."""
    figures: list[Figure] = []
    asked: list[tuple[str, str, int]] = []
    with tempfile.TemporaryDirectory(prefix="benchtime-bench-", dir=SHORT_FOLDER) as name:
        folder = Path(name)
        with places(folder) as both:
            made = machine.described(both[1].addresses[0])
            for place in both:
                figures += measured(place, folder / place.name, asked)
    asked_too_often = [row for row in asked if row[0] == WEEK_PAGE and row[2] > MOST_QUESTIONS]
    show(figures, asked)
    write(made, figures, asked)
    missed = [figure for figure in figures if figure.missed]
    for figure in missed:
        say(f"Missed: {figure.engine}, {figure.what}: {figure.ratio:.2f} instead of {figure.target:g}.")
    for row in asked_too_often:
        say(f"Missed: {row[0]} asks {row[2]} questions instead of {MOST_QUESTIONS}.")
    return len(missed) + len(asked_too_often)


@contextlib.contextmanager
def places(folder: Path) -> Iterator[list[Place]]:
    """Three databases of each engine; PostgreSQL by a server of its own, which writes to the disk as a real one."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL was found")
    files = [f"sqlite:///{folder / f'{number}.db'}" for number in range(3)]
    for file in files:
        upgrade(file)
    home = Path(tempfile.mkdtemp(prefix="bt-pg-", dir=SHORT_FOLDER))
    server = Server(home, binaries, **DURABLE)
    try:
        server.start()
        server.make_template(upgrade)
        with contextlib.ExitStack() as stack:
            databases = [stack.enter_context(server.database()) for _ in range(3)]
            yield [Place("SQLite", files, []), Place("PostgreSQL", databases, [server.process_id or 0])]
    finally:
        server.stop()


def measured(place: Place, folder: Path, asked: list[tuple[str, str, int]]) -> list[Figure]:
    """All figures of one engine; the questions of pages are noted as well."""
    say(f"{place.name}: the guard")
    with engine_on(place.fresh()) as guarded, engine_on(place.fresh()) as raw:
        wall = walls.measured(guarded, raw)
    detail = f"{wall.guarded:.3f} ms with the guard, {wall.raw:.3f} ms without"
    what = "insert + commit: without the guard / with it"
    guard = Figure(place.name, what, wall.share, WALL[place.name], detail, least=True)
    folder.mkdir()
    installation = Installation(folder, place.fresh())
    with engine_on(installation.database_url) as engine:
        say(f"{place.name}: filling a workshop")
        ground = prepare(engine)
        installation.command("worker", "--once")
        settle(engine)
        say(f"{place.name}: requests")
        with installation.served("tests.bench.server", str(installation.port)) as server:
            kinds = requests.measure(Caller(installation.address, ground).kinds(), server.pid, place.processes)
        built = library.milliseconds(engine)
    asked += [] if asked else counted(installation, ground)
    return [guard, *compared(place.name, kinds, built, wall.raw)]


def compared(engine: str, kinds: dict[str, Kind], built: float, insert: float) -> list[Figure]:
    """The figures of what was measured over HTTP; `built` is the library's time, `insert` that of a bare insert."""
    cost = {name: kind.cost for name, kind in kinds.items()}

    def ratio(one: str, other: str, what: str, target: float) -> Figure:
        detail = f"{cost[one]:.2f} ms, {cost[other]:.2f} ms"
        return Figure(engine, what, kinds[one].over(kinds[other]), target, detail)

    def of_web(one: str, what: str, target: float) -> list[Figure]:
        """Judged by the web process; where the database has processes of its own, both together are told as well."""
        own, empty = kinds[one], kinds["empty"]
        told = f"{own.cost_in_web:.2f} ms, {empty.cost_in_web:.2f} ms"
        judged = Figure(engine, f"{what} / empty, in the web process", own.over_in_web(empty), target, told)
        if own.cost == own.cost_in_web:
            return [judged]
        told = f"{own.cost:.2f} ms, {empty.cost:.2f} ms"
        return [judged, Figure(engine, f"{what} / empty, with the database's processes", own.over(empty), None, told)]

    waited = kinds["create"].wait
    return [
        ratio("create", "empty", "a booking made over HTTP / empty", 15),
        Figure(
            engine,
            "a booking made over HTTP / bare insert + commit (time that passes)",
            waited / insert,
            None,
            f"{waited:.2f} ms, {insert:.2f} ms",
        ),
        *of_web("week", "a tool's week page", 20),
        Figure(
            engine,
            f"{EVENTS:,} events: built by icalendar / our feed over HTTP",
            built / cost["feed"],
            50,
            f"{built:.0f} ms, {cost['feed']:.1f} ms",
            least=True,
        ),
        ratio("feed", "join", f"{EVENTS:,} events: our feed / the bare SQL join, both over HTTP", 2),
        *of_web("unchanged", "a feed that has not changed (304)", 3),
    ]


def counted(installation: Installation, ground: Ground) -> list[tuple[str, str, int]]:
    """The questions of each page."""
    app = create_app(load_settings(installation.variables))
    with app.app_context():
        engine: Engine = db.engine
    found = pages.questions(app.test_client(), engine, ground)
    engine.dispose()
    return found


def show(figures: list[Figure], asked: list[tuple[str, str, int]]) -> None:
    """Print the tables."""
    console = Console(width=170)
    ratios, questions = Table(*HEADINGS), Table("page", "questions")
    for figure in figures:
        ratios.add_row(*figure.cells, style="red" if figure.missed else None)
    for name, _, number in asked:
        questions.add_row(name, str(number))
    console.print(ratios, questions)


def write(made: str, figures: list[Figure], asked: list[tuple[str, str, int]]) -> None:
    """Write the report."""
    ratios = table(HEADINGS, (figure.cells for figure in figures))
    questions = table(("page", "questions"), ((name, number) for name, _, number in asked))
    text = HEAD.format(made=made, turns=requests.TURNS, figures=ratios, pages=questions, events=EVENTS)
    REPORT.write_text(text, encoding="utf-8")
    say(f"Written to {REPORT.relative_to(ROOT)}.")


def say(sentence: str) -> None:
    """How far the run is."""
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
