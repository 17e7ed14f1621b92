"""The map of the network: places as dots over the outline of the land, drawn here and without any script."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import cos, radians

from booking.rules.geography import EARTH_KM, Position

WIDTH, HEIGHT = 640, 260
# What is drawn around the outermost dots, and how much of the ground at least, in degrees of latitude.
_MARGIN, _LEAST = 36, 0.5
# Nearer to one another than this on the drawing dots could not be told apart, or met with a finger.
_TOGETHER = 34
# About what a name takes of the drawing.
_A_LETTER, _A_LINE = 7, 14
_ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_KM_A_DEGREE = radians(1) * EARTH_KM
# The land is drawn in hundredths of a degree.
_UNITS = 100


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to draw, with what it counts."""

    name: str
    place: Position
    href: str
    number: int


@dataclass(frozen=True, slots=True)
class Dot:
    """One place or several that lie together, where on the drawing, how large, and where a tap on it leads.

    `named` where there is room to write the name beside it.
    """

    x: int
    y: int
    radius: int
    number: int
    names: tuple[str, ...]
    href: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """So many kilometres on the ground take so much of the drawing."""

    kilometres: int
    length: int


@dataclass(frozen=True, slots=True)
class Map:
    """The dots, how the outline of the land is put under them, and how far is how far."""

    dots: list[Dot]
    land: str
    scale: Scale
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class _View:
    """The middle of what is drawn, and how many units of the drawing a degree takes each way."""

    middle: Position
    across: float
    down: float

    def at(self, place: Position) -> tuple[float, float]:
        return (
            WIDTH / 2 + (place.longitude - self.middle.longitude) * self.across,
            HEIGHT / 2 + (self.middle.latitude - place.latitude) * self.down,
        )

    @property
    def land(self) -> str:
        x = WIDTH / 2 - self.middle.longitude * self.across
        y = HEIGHT / 2 + self.middle.latitude * self.down
        return f"translate({x:.2f} {y:.2f}) scale({self.across / _UNITS:.5f} {self.down / _UNITS:.5f})"


def drawn(spots: Sequence[Spot], several: Callable[[Position, float], str]) -> Map | None:
    """The map of these places, None without any; `several` is where places within so many km of a point are listed."""
    if not spots:
        return None
    view = _view([spot.place for spot in spots])
    dots = [_dot(group, view, several) for group in _groups(spots, view)]
    return Map(_named(sorted(dots, key=lambda dot: (dot.number, dot.y), reverse=True)), view.land, _scale(view))


def _view(places: Sequence[Position]) -> _View:
    """The view that shows all places, with the proportions that the ground has at its middle."""
    south, north = min(each.latitude for each in places), max(each.latitude for each in places)
    west, east = min(each.longitude for each in places), max(each.longitude for each in places)
    middle = Position((south + north) / 2, (west + east) / 2)
    # Near a pole a degree of longitude is almost nothing.
    narrow = max(0.1, cos(radians(middle.latitude)))
    down = min(
        (HEIGHT - 2 * _MARGIN) / max(north - south, _LEAST), (WIDTH - 2 * _MARGIN) / max((east - west) * narrow, _LEAST)
    )
    return _View(middle, down * narrow, down)


def _scale(view: _View) -> Scale:
    """The longest round distance that takes no more than a sixth of the width, in the middle of what is drawn."""
    a_kilometre = view.down / _KM_A_DEGREE
    most = WIDTH / 6 / a_kilometre
    kilometres = max((each for each in _ROUND if each <= most), default=1)
    return Scale(kilometres, round(kilometres * a_kilometre))


def _groups(spots: Iterable[Spot], view: _View) -> list[list[Spot]]:
    """The places, those together that would be drawn over one another; the largest gather what is around them."""
    groups: list[tuple[float, float, list[Spot]]] = []
    for spot in sorted(spots, key=lambda each: (-each.number, each.name)):
        x, y = view.at(spot.place)
        near = next((own for at_x, at_y, own in groups if abs(at_x - x) + abs(at_y - y) < _TOGETHER), None)
        if near is None:
            groups.append((x, y, [spot]))
        else:
            near.append(spot)
    return [own for _, _, own in groups]


def _dot(group: Sequence[Spot], view: _View, several: Callable[[Position, float], str]) -> Dot:
    x, y = view.at(group[0].place)
    number = sum(spot.number for spot in group)
    away = 2 * _TOGETHER / view.down * _KM_A_DEGREE
    href = group[0].href if len(group) == 1 else several(group[0].place, away)
    radius = 9 if number < 10 else 11 if number < 100 else 14
    return Dot(round(x), round(y), radius, number, tuple(spot.name for spot in group), href)


def _named(dots: Sequence[Dot]) -> list[Dot]:
    """The dots, those with their name beside them for which it lies over no other dot or name."""
    taken = [(dot.x - dot.radius, dot.x + dot.radius, dot.y) for dot in dots]
    found = []
    for dot in dots:
        start, end = dot.x + dot.radius + 1, dot.x + dot.radius + _A_LETTER * len(dot.names[0])
        is_free = all(right < start or end < left or abs(y - dot.y) > _A_LINE for left, right, y in taken)
        if len(dot.names) == 1 and is_free and end < WIDTH:
            taken.append((start, end, dot.y))
            found.append(replace(dot, named=True))
        else:
            found.append(dot)
    return found
