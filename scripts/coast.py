"""Makes the outline of the land for the map: python -m scripts.coast land-50m.json

Reads Natural Earth's land in TopoJSON, as the npm package world-atlas carries it, and writes one SVG path in
hundredths of a degree, east and south, to booking/static/coast.svg. What is smaller than the map shows is left out.
"""

import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any

TARGET = Path("booking/static/coast.svg")
# In degrees: how far the outline may lie beside the real coast, and how long the smallest island is.
TOLERANCE, SMALLEST = 0.1, 0.35
ANTARCTIC, HALF = -60, 180
Point = tuple[float, float]


def rings(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """Every outline, in degrees east and north."""
    (scale_x, scale_y), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for across, up in steps:
            x, y = x + across, y + up
            arc.append((x * scale_x + x0, y * scale_y + y0))
        arcs.append(arc)
    for geometry in topology["objects"]["land"]["geometries"]:
        for polygon in geometry["arcs"]:
            for ring in polygon:
                parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in ring]
                yield from _whole([point for part in parts for point in part[:-1]])


def _whole(ring: list[Point]) -> Iterator[list[Point]]:
    """The outline without a jump where the date line cuts it: then once on either side. Nothing of Antarctica."""
    if max(y for _, y in ring) < ANTARCTIC:
        return
    turns, steady = 0, [ring[0]]
    for (before, _), (x, y) in pairwise(ring):
        turns += (before - x > HALF) - (x - before > HALF)
        steady.append((x + 2 * HALF * turns, y))
    yield steady
    for by in {-2 * HALF * sign for sign in (-1, 1) if any(x * sign > HALF for x, _ in steady)}:
        yield [(x + by, y) for x, y in steady]


def simplified(points: list[Point]) -> list[Point]:
    """The line with fewer points, none of those left out further than the tolerance from it (Douglas and Peucker)."""
    kept, left = {0, len(points) - 1}, [(0, len(points) - 1)]
    while left:
        first, last = left.pop()
        far, at = max(
            ((_beside(points[i], points[first], points[last]), i) for i in range(first + 1, last)), default=(0.0, 0)
        )
        if far > TOLERANCE:
            kept.add(at)
            left += [(first, at), (at, last)]
    return [points[number] for number in sorted(kept)]


def _beside(point: Point, start: Point, end: Point) -> float:
    (x, y), (x1, y1), (x2, y2) = point, start, end
    length = hypot(x2 - x1, y2 - y1)
    if not length:
        return hypot(x - x1, y - y1)
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length


def path(outlines: Iterator[list[Point]]) -> str:
    """All outlines as one path of whole hundredths."""
    found = []
    for ring in outlines:
        wide = max(max(x for x, _ in ring) - min(x for x, _ in ring), max(y for _, y in ring) - min(y for _, y in ring))
        if wide < SMALLEST:
            continue
        whole = [(round(x * 100), round(-y * 100)) for x, y in simplified(ring)]
        steps = [f"{x - px} {y - py}" for (x, y), (px, py) in zip(whole[1:], whole, strict=False)]
        found.append(f"M{whole[0][0]} {whole[0][1]}l{' '.join(steps)}z".replace(" -", "-"))
    return "".join(found)


def main() -> None:
    """Write the file."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    drawn = path(rings(topology))
    text = f'<svg xmlns="http://www.w3.org/2000/svg"><path id="land" d="{drawn}"/></svg>\n'
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET}: {len(text) // 1024} KiB")


if __name__ == "__main__":
    main()
