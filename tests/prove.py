"""The long reliability run: python -m tests.prove [--rounds 200] [--steps 20000]

Writes docs/proof.md and ends with a non-zero status when something happened that never may.
"""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from booking.models.migrate import upgrade
from config import ROOT
from tests import longer, machine
from tests.chaos import rounds
from tests.chaos.arena import PROCESSES, RUNNERS, Answer, Arena, opened
from tests.chaos.rounds import Lost, Tally
from tests.postgres import shared_server, stop_shared_server

REPORT = ROOT / "docs" / "proof.md"
ROUNDS = 200
MOST_CONTROL_ROUNDS = 100
Race = Callable[[Arena, int], list[Answer]]

HEAD = """# Proof

What `make prove` found. {made}

## One slot, {runners} clients at once, over HTTP

{processes} gunicorn processes; every client has a connection and an account of its own, and all requests leave at the
same moment. In each round of *create* and *move* exactly one request may succeed, and each of the others has to answer
409 with `slot_taken` as its only reason and with alternatives. In *decide* half of the managers approve a request
while the others decline it: one decision stands and is noted once, those who wanted the same hear the same, the
others 409. In *quota* one maker books the same hour of eight tools at once where she may have three hours a day: three
succeed, and each of the others answers 422 with `quota_used` (counted here with the 409s). Afterwards no two claims
of a unit may overlap.

| engine | race | rounds | requests | succeeded | 409 | 5xx | overlaps | median round |
|---|---|---|---|---|---|---|---|---|
"""
CONTROL = """
## The run that has to fail

The same race against the same server with the guard of the database lifted and without the lock that an act takes
on its tool (on SQLite: without a transaction around it). A race that found nothing there would prove nothing above.

| engine | the first round with two winners | what was seen |
|---|---|---|
"""


def main(number: int, steps: int) -> None:
    """Run every race on both engines, tell the stories, and write the report."""
    acts = longer.races(number)
    stories = longer.stories(steps)
    table, control = [], []
    with engines() as addresses:
        made = machine.described(addresses["PostgreSQL"]())
        for engine, address in addresses.items():
            table += raced(engine, address(), number)
            control.append(controlled(engine, address()))
    head = HEAD.format(made=made, runners=RUNNERS, processes=PROCESSES)
    report = head + "\n".join(table) + "\n" + CONTROL + "\n".join(control) + "\n" + acts + stories
    REPORT.write_text(report, encoding="utf-8")
    say(f"Written to {REPORT.relative_to(ROOT)}.")


@contextlib.contextmanager
def engines() -> Iterator[dict[str, Callable[[], str]]]:
    """What makes a migrated, empty database of each engine: its address."""
    with tempfile.TemporaryDirectory(prefix="benchtime-prove-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        stack.callback(stop_shared_server, folder)
        server = shared_server(folder, upgrade)

        def sqlite() -> str:
            address = f"sqlite:///{tempfile.mkdtemp(dir=folder)}/benchtime.db"
            upgrade(address)
            return address

        yield {"SQLite": sqlite, "PostgreSQL": lambda: stack.enter_context(server.database())}


def raced(engine: str, address: str, number: int) -> list[str]:
    """A line of the table for each race."""
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), address) as arena:
        races: dict[str, Race] = {"create": rounds.create, "move": rounds.Move(arena), "decide": rounds.decide}
        races["quota"] = rounds.quota
        lines = []
        for name, race in races.items():
            say(f"{engine}: {name}, {number} rounds")
            lines.append(line(engine, name, rounds.run(arena, race, number)))
        return lines


def line(engine: str, name: str, tally: Tally) -> str:
    """What the rounds of one race came to."""
    done, refused = (sum(tally.statuses[each] for each in statuses) for statuses in ((200, 201), (409, 422)))
    broken = sum(count for status, count in tally.statuses.items() if status >= 500)
    sent = tally.statuses.total()
    shown = (engine, name, tally.rounds, f"{sent:,}", f"{done:,}", f"{refused:,}", broken, 0, f"{tally.median:.2f} s")
    return f"| {' | '.join(map(str, shown))} |"


def controlled(engine: str, address: str) -> str:
    """A line about the careless run; raises Lost when it found nothing."""
    say(f"{engine}: the run that has to fail")
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder), address, careless=True) as arena:
        for number in range(MOST_CONTROL_ROUNDS):
            try:
                rounds.run(arena, lambda where, _, number=number: rounds.create(where, number), 1)
            except Lost as found:
                return f"| {engine} | {number + 1} | {found}; {arena.overlaps()} claims overlap |"
    raise Lost(f"{engine}: {MOST_CONTROL_ROUNDS} careless rounds had one winner each, so the race finds nothing")


def say(sentence: str) -> None:
    """How far the run is."""
    print(sentence, flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description="The long reliability run.")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of each race on each engine")
    parser.add_argument("--steps", type=int, default=longer.STEPS, help="steps of the stories on each engine")
    try:
        given = parser.parse_args()
        main(given.rounds, given.steps)
    except Lost as found:
        sys.exit(f"This never may happen: {found}")
