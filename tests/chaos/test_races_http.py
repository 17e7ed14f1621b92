"""64 people at once over HTTP, with several server processes, on both engines: one wins, and no two ever do."""

from pathlib import Path

import pytest

from tests.chaos import rounds
from tests.chaos.arena import EDGE_HOURS, EDGE_TOOLS, RUNNERS, opened

pytestmark = [pytest.mark.both_engines, pytest.mark.timeout(400)]
ROUNDS = 10
MOST_CONTROL_ROUNDS = 40


def test_of_64_one_books_one_moves_and_one_decision_stands(database_url: str, tmp_path: Path) -> None:
    with opened(tmp_path, database_url) as arena:
        for race, winning in ((rounds.create, 201), (rounds.Move(arena), 200)):
            tally = rounds.run(arena, race, ROUNDS)
            assert tally.statuses == {winning: ROUNDS, 409: ROUNDS * (RUNNERS - 1)}
        tally = rounds.run(arena, rounds.decide, ROUNDS)
        assert tally.statuses == {200: ROUNDS * RUNNERS // 2, 409: ROUNDS * RUNNERS // 2}
        tally = rounds.run(arena, rounds.quota, ROUNDS)
        assert tally.statuses == {201: ROUNDS * EDGE_HOURS, 422: ROUNDS * (EDGE_TOOLS - EDGE_HOURS)}


def test_the_race_finds_two_winners_when_nothing_keeps_them_apart(database_url: str, tmp_path: Path) -> None:
    with opened(tmp_path, database_url, careless=True) as arena:
        with pytest.raises(rounds.Lost, match="winners"):
            rounds.run(arena, rounds.create, MOST_CONTROL_ROUNDS)
        assert arena.overlaps() > 0
