"""One round of each race, and what must hold after it."""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.chaos.arena import EDGE_HOURS, EDGE_TOOLS, RUNNERS, Answer, Arena, Request


class Lost(AssertionError):
    """A round in which something happened that never may; the text says what."""


@dataclass
class Tally:
    """What many rounds came to."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)

    def take(self, answers: list[Answer], seconds: float) -> None:
        """Add one round."""
        self.seconds.append(seconds)
        self.statuses.update(answer.status for answer in answers)

    @property
    def rounds(self) -> int:
        """How many there were."""
        return len(self.seconds)

    @property
    def median(self) -> float:
        """How long the middle one of the rounds took, in seconds."""
        return statistics.median(self.seconds)


def create(arena: Arena, number: int) -> list[Answer]:
    """All makers book the same hour: one gets it, the others hear why and what else there is."""
    start, end = arena.slot(number)
    body = {"tool": str(arena.tool.id), "start": start.isoformat(), "end": end.isoformat()}
    answers = arena.together([Request(token, "POST", "/bookings", body) for _, token in arena.makers])
    _one_winner(answers, 201)
    return answers


class Move:
    """All makers move their own booking to the same hour of another tool: one arrives, the others stay."""

    # Beyond the hours that are booked anew, so that both races may be run in one arena.
    BEYOND = 2_000

    def __init__(self, arena: Arena) -> None:
        self._booked = arena.line_up()

    def __call__(self, arena: Arena, number: int) -> list[Answer]:
        start, end = arena.slot(self.BEYOND + number)
        body = {"tool": str(arena.tool.id), "start": start.isoformat(), "end": end.isoformat()}
        runners = zip(arena.makers, self._booked, strict=True)
        answers = arena.together([Request(token, "PATCH", f"/bookings/{id_}", body) for (_, token), id_ in runners])
        _one_winner(answers, 200)
        return answers


def decide(arena: Arena, number: int) -> list[Answer]:
    """Half of the managers approve a request while the others decline it: one decision stands, and is said once."""
    start, end = arena.slot(number)
    body = {"tool": str(arena.approved.id), "start": start.isoformat(), "end": end.isoformat()}
    asked = arena.send(Request(arena.makers[number % RUNNERS][1], "POST", "/bookings", body))
    _must(asked.status == 201, f"the request was answered {asked.status}: {asked.document}")
    path = f"/bookings/{asked.document['id']}"
    acts = ["approve" if turn % 2 == number % 2 else "decline" for turn in range(RUNNERS)]
    requests = [Request(token, "POST", f"{path}/{act}", {}) for token, act in zip(arena.managers, acts, strict=True)]
    answers = arena.together(requests)
    stood = {(answer.document["state"], answer.document["sequence"]) for answer in answers if answer.status == 200}
    _must(len(stood) == 1, f"decisions that stand: {stood}")
    refused = [answer for answer in answers if answer.status != 200]
    _must(all(answer.status == 409 for answer in refused), f"answers: {_counted(answers)}")
    _must(len(refused) == RUNNERS // 2, f"{len(refused)} were refused")
    _must({frozenset(answer.codes) for answer in refused} == {frozenset({"wrong_state"})}, "other reasons were given")
    _must(arena.decisions(int(asked.document["id"])) == 1, "the audit has more than one decision")
    return answers


def quota(arena: Arena, number: int) -> list[Answer]:
    """One maker books the same hour of eight tools at once: she gets as many as her quota of that day allows."""
    start, end = arena.slot(24 * number)
    token = arena.makers[number % RUNNERS][1]
    bodies = ({"tool": str(tool), "start": start.isoformat(), "end": end.isoformat()} for tool in arena.edge)
    answers = arena.together([Request(token, "POST", "/bookings", body) for body in bodies])
    won = [answer for answer in answers if answer.status == 201]
    lost = [answer for answer in answers if answer.status != 201]
    _must(len(won) == EDGE_HOURS, f"{len(won)} winners; answers: {_counted(answers)}")
    _must(all(answer.status == 422 for answer in lost), f"answers: {_counted(answers)}")
    _must(all(answer.codes == {"quota_used"} for answer in lost), "other reasons were given")
    _must(len(lost) == EDGE_TOOLS - EDGE_HOURS, f"{len(lost)} were refused")
    return answers


def run(arena: Arena, race: Callable[[Arena, int], list[Answer]], rounds: int) -> Tally:
    """So many rounds of a race; raises Lost with the first thing that never may happen."""
    tally = Tally()
    for number in range(rounds):
        began = time.perf_counter()
        answers = race(arena, number)
        tally.take(answers, time.perf_counter() - began)
    _must(arena.overlaps() == 0, f"{arena.overlaps()} claims overlap")
    return tally


def _one_winner(answers: list[Answer], status: int) -> None:
    won = [answer for answer in answers if answer.status == status]
    lost = [answer for answer in answers if answer.status != status]
    _must(len(won) == 1, f"{len(won)} winners; answers: {_counted(answers)}")
    _must(all(answer.status == 409 for answer in lost), f"answers: {_counted(answers)}")
    _must(all(answer.codes == {"slot_taken"} for answer in lost), "other reasons were given")
    _must(all(answer.document["alternatives"] for answer in lost), "a refusal came without alternatives")


def _counted(answers: list[Answer]) -> str:
    counter = Counter(answer.status for answer in answers)
    return ", ".join(f"{number} times {status}" for status, number in sorted(counter.items()))


def _must(holds: bool, sentence: str) -> None:
    if not holds:
        raise Lost(sentence)
