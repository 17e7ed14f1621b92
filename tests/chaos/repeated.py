"""A plugin that runs each race of a few many times over: pytest -p tests.chaos.repeated --rounds 200 tests/chaos

A race is a test in tests/chaos/test_races*.py but those over HTTP. One whose words name ROUNDS has so many rounds each
time, any other one; each is repeated on a new database until it had as many as are asked for.
"""

import math
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=0, help="how many rounds of each race there are, at least")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    wanted = metafunc.config.getoption("--rounds")
    if wanted:
        rounds = rounds_of(metafunc.function)
        turns = range(math.ceil(wanted / rounds))
        metafunc.fixturenames.append("turn_of_many")
        metafunc.parametrize("turn_of_many", turns, ids=[f"turn {turn} of {rounds} rounds" for turn in turns])


def rounds_of(race: Any) -> int:
    """How many rounds one run of a race has."""
    return int(race.__globals__["ROUNDS"]) if "ROUNDS" in race.__code__.co_names else 1
