"""From the ground to a flat drawing and back: where a place lies on it, and how far is how far."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from booking.rules.geography import EARTH_KM, Position

WIDTH, HEIGHT = 640, 260
# What is drawn around the outermost places, and how much of the ground at least, in degrees of latitude.
_MARGIN, _LEAST = 36, 0.5
_ROUND = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)
_KM_A_DEGREE = radians(1) * EARTH_KM


@dataclass(frozen=True, slots=True)
class Scale:
    """So many kilometres on the ground take so much of the drawing."""

    kilometres: int
    length: int


@dataclass(frozen=True, slots=True)
class View:
    """The middle of what is drawn, and how many units of the drawing a degree takes each way."""

    middle: Position
    across: float
    down: float

    def at(self, place: Position) -> tuple[float, float]:
        """How far right and down the place is drawn."""
        return (
            WIDTH / 2 + (place.longitude - self.middle.longitude) * self.across,
            HEIGHT / 2 + (self.middle.latitude - place.latitude) * self.down,
        )

    def kilometres(self, length: float) -> float:
        """How far so much of the drawing is on the ground."""
        return length / self.down * _KM_A_DEGREE

    def transformed(self, units: int) -> str:
        """How SVG puts a drawing in so many units a degree, east and south, under this view."""
        x = WIDTH / 2 - self.middle.longitude * self.across
        y = HEIGHT / 2 + self.middle.latitude * self.down
        return f"translate({x:.2f} {y:.2f}) scale({self.across / units:.5f} {self.down / units:.5f})"


def view_of(places: Sequence[Position]) -> View:
    """The view that shows all places, with the proportions that the ground has at its middle."""
    south, north = min(each.latitude for each in places), max(each.latitude for each in places)
    west, east = min(each.longitude for each in places), max(each.longitude for each in places)
    middle = Position((south + north) / 2, (west + east) / 2)
    # Near a pole a degree of longitude is almost nothing.
    narrow = max(0.1, cos(radians(middle.latitude)))
    down = min(
        (HEIGHT - 2 * _MARGIN) / max(north - south, _LEAST), (WIDTH - 2 * _MARGIN) / max((east - west) * narrow, _LEAST)
    )
    return View(middle, down * narrow, down)


def scale_of(view: View) -> Scale:
    """The longest round distance that takes no more than a sixth of the width, in the middle of what is drawn."""
    a_kilometre = view.down / _KM_A_DEGREE
    most = WIDTH / 6 / a_kilometre
    kilometres = max((each for each in _ROUND if each <= most), default=1)
    return Scale(kilometres, round(kilometres * a_kilometre))
