"""Distances over the ground."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class Position:
    """A point on the ground, in degrees."""

    latitude: float
    longitude: float


def position(latitude: float | None, longitude: float | None) -> Position | None:
    """The point, or None where either part isn't known."""
    return None if latitude is None or longitude is None else Position(latitude, longitude)


def kilometres(here: Position, there: Position) -> float:
    """The distance over the ground between two points."""
    one, other = radians(here.latitude), radians(there.latitude)
    across = radians(there.longitude - here.longitude)
    chord = sin((other - one) / 2) ** 2 + cos(one) * cos(other) * sin(across / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(min(1.0, chord)))
