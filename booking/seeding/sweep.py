"""Bookings of one unit after another, each later than the one before: what never overlaps needs no check."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from booking.rules.facts import Limits

# One opening of a space in epoch seconds.
Opening = tuple[int, int]
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Measure:
    """The limits of a tool in seconds, lengths as whole numbers of its grain."""

    grain: int
    setup: int
    cleanup: int
    shortest: int
    longest: int

    @classmethod
    def of(cls, limits: Limits) -> "Measure":
        """The measure of a tool."""
        grain = limits.grain_minutes * _MINUTE
        return cls(
            grain=grain,
            setup=limits.setup_minutes * _MINUTE,
            cleanup=limits.cleanup_minutes * _MINUTE,
            shortest=-(-limits.shortest_minutes * _MINUTE // grain),
            longest=limits.longest_minutes * _MINUTE // grain,
        )

    @property
    def least(self) -> int:
        """The room in which the shortest booking surely fits, on the grain and with its buffers."""
        return self.setup + self.cleanup + (self.shortest + 1) * self.grain


def sweep(openings: Sequence[Opening], number: int, measure: Measure, chance: Random) -> Iterator[Opening]:
    """Up to that many bookings of one unit, spread over the openings, as start and end in epoch seconds."""
    done, reached, least = 0, 0, measure.least
    for opens, closes in openings:
        reached += 1
        wanted = min(number * reached // len(openings) - done, (closes - opens) // least)
        if wanted <= 0:
            continue
        done += wanted
        room = (closes - opens) // wanted
        for place in range(wanted):
            yield _within(opens, place * room, room, measure, chance)


def _within(opens: int, offset: int, room: int, measure: Measure, chance: Random) -> Opening:
    """A booking in the room that begins so long after the opening: on the grain, buffers inside."""
    grain = measure.grain
    first = -(-(offset + measure.setup) // grain)
    last = (offset + room - measure.cleanup) // grain
    # Most bookings are short; the square of an even chance says so.
    spare = min(measure.longest, last - first) - measure.shortest
    length = measure.shortest + int(chance.random() ** 2 * (spare + 1))
    start = first + int(chance.random() * (last - first - length + 1))
    return opens + start * grain, opens + (start + length) * grain
