"""The map of the network: places as dots over the outline of the land, drawn here and without any script."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from booking.rules.geography import Position
from booking.rules.projection import HEIGHT, WIDTH, Scale, View, scale_of, view_of

# Nearer to one another than this on the drawing dots could not be told apart, or met with a finger.
_TOGETHER = 34
# About what a name takes of the drawing.
_A_LETTER, _A_LINE = 7, 14
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
    """One place or several that lie together on the drawing; `named` where there is room for the name beside it."""

    x: int
    y: int
    radius: int
    number: int
    names: tuple[str, ...]
    href: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """The dots, how the outline of the land is put under them, and how far is how far."""

    dots: list[Dot]
    land: str
    scale: Scale
    width: int = WIDTH
    height: int = HEIGHT


def drawn(spots: Sequence[Spot], several: Callable[[Position, float], str]) -> Map | None:
    """The map of these places, None without any; `several` is where places within so many km of a point are listed."""
    if not spots:
        return None
    view = view_of([spot.place for spot in spots])
    dots = [_dot(group, view, several) for group in _groups(spots, view)]
    return Map(
        _named(sorted(dots, key=lambda dot: (dot.number, dot.y), reverse=True)),
        view.transformed(_UNITS),
        scale_of(view),
    )


def _groups(spots: Iterable[Spot], view: View) -> list[list[Spot]]:
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


def _dot(group: Sequence[Spot], view: View, several: Callable[[Position, float], str]) -> Dot:
    x, y = view.at(group[0].place)
    number = sum(spot.number for spot in group)
    away = view.kilometres(2 * _TOGETHER)
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
