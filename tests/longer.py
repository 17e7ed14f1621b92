"""What the long run does in processes of their own: races of a few many times over, and stories by the thousand."""

import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

from config import ROOT
from tests.chaos.rounds import Lost

STEPS = 20_000
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

RACES = """
## A few at once, act against act

Every race of tests/chaos/test_races*.py, each with real threads on a database of its own, until it had {rounds} rounds
at least. One of those who race gets what only one can have, the others hear a reason, nobody waits for ever, and
nothing is held two times; what exactly has to hold stands in each race.

| race | SQLite | PostgreSQL |
|---|---|---|
"""
STORIES = """
## The story

A state machine lets people and the clock do anything in any order: book, move, cancel, approve, decline, think again,
plan and repeat, wait in line, take and pass on offers, come, stay, leave early or not at all, break and mend machines,
within a quota. After every step each row of the service must be what a model says that is too simple to be wrong.
In `make test` it has to find {everywhere} planted faults by chance, and {tales} rarer ones in a short tale each.

Each run tells at least {steps:,} steps on each engine, with seeds of its own, so that ten nights make 200,000;
`make prove PROVE="--steps 200000"` tells as many in one.

| engine | steps at least | first seed | seconds | where both part |
|---|---|---|---|---|
"""


def races(rounds: int) -> str:
    """Run the races of a few; the section about them. Raises Lost when one was lost."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "races.xml"
        words = ["-p", "tests.chaos.repeated", "--rounds", str(rounds), "-n", "2", "-q", f"--junit-xml={found}"]
        which = sorted(
            str(path) for path in (ROOT / "tests" / "chaos").glob("test_races*.py") if "http" not in path.name
        )
        print(f"Races of a few, {rounds} rounds each", flush=True)
        done = subprocess.run([sys.executable, "-m", "pytest", *words, *which], cwd=ROOT, check=False)
        cases = [each.get("name", "") for each in ElementTree.parse(found).iter("testcase")]
    if done.returncode:
        raise Lost("a race of a few was lost; its name stands above")
    counted: Counter[tuple[str, str]] = Counter()
    for name, engine, held in map(_race, cases):
        counted[name, engine] += held
    names = sorted({name for name, _ in counted})
    lines = [
        f"| {name} | {' | '.join(str(counted[name, each] or '') for each in ENGINES.values())} |" for name in names
    ]
    return RACES.format(rounds=rounds) + "\n".join(lines) + "\n\nThe numbers are rounds.\n"


def stories(steps: int) -> str:
    """Tell the stories, on both engines at once; the section about them. Raises Lost where service and model part."""
    from tests.story.faults import EVERYWHERE, IN_A_TALE

    began, first = time.monotonic(), int(time.time())
    words = [sys.executable, "-m", "tests.story.long_run"]
    tellers = {each: subprocess.Popen([*words, each, str(steps), str(first)], cwd=ROOT) for each in ENGINES.values()}
    lines = []
    for engine, teller in tellers.items():
        status = teller.wait()
        if status < 0:
            sys.exit(
                f"The stories on {engine} were ended from outside, by signal {-status}: nothing is proved by this run."
            )
        if status:
            raise Lost(f"a story on {engine} ended otherwise than it ought to; it stands above")
        lines.append(f"| {engine} | {steps:,} | {first} | {time.monotonic() - began:.0f} | nowhere |")
    return STORIES.format(steps=steps, everywhere=len(EVERYWHERE), tales=len(IN_A_TALE)) + "\n".join(lines) + "\n"


def _race(case: str) -> tuple[str, str, int]:
    """The race and the engine that the name of a test case stands for, and how many rounds it had."""
    name, _, given = case.removeprefix("test_").removesuffix("]").partition("[")
    words = given.split("-")
    engine = next((shown for each, shown in ENGINES.items() if each in words), "SQLite")
    turn = next(word for word in words if word.startswith("turn "))
    more = [word for word in words if word not in ENGINES and word != turn]
    return " ".join([name.replace("_", " "), *(f"({word})" for word in more)]), engine, int(turn.split()[-2])
