"""Plans of the spaces and tools of a network of any size: by weights of cities and kinds, the same for one number."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Any, TypeVar

from booking.seeding.catalogue import DATA, Model, SpacePlan, ToolPlan, models, openings, usual_limits

Thing = TypeVar("Thing")
DAYS = 365

# How many tools of each kind a network of 4,100 has.
_TOOLS_OF_KIND: Mapping[str, int] = {
    "3d_printer": 720,
    "sewing_machine": 420,
    "electronics_bench": 400,
    "laser_cutter": 380,
    "test_instrument": 360,
    "drill_press": 240,
    "bandsaw": 210,
    "cnc_router": 200,
    "vinyl_cutter": 200,
    "table_saw": 150,
    "welder": 150,
    "metal_lathe": 120,
    "milling_machine": 120,
    "embroidery_machine": 80,
    "wood_lathe": 80,
    "3d_scanner": 70,
    "sander": 60,
    "heat_press": 60,
    "kiln": 40,
    "large_format_printer": 40,
}
_UNITS = {1: 80, 2: 12, 4: 5, 6: 3}
_APPROVAL = {"never": 80, "visitors": 12, "always": 8}
_LARGEST_SHARE = 4
_LEAST_MEMBERS, _MOST_MEMBERS = 12, 60
# A booking of the load lies within one opening, so no kind may ask for more time than that.
_LONGEST_SHORTEST = 120


def plans(spaces: int, tools: int, chance: Random) -> list[SpacePlan]:
    """That many spaces with that many tools in all; the first is the largest."""
    written = tomllib.loads((DATA / "cities.toml").read_text(encoding="utf-8"))
    cities = spread({city["slug"]: city["weight"] for city in written["city"]}, spaces)
    kinds = spread(_TOOLS_OF_KIND, tools)
    chance.shuffle(kinds)
    weights = [_LARGEST_SHARE if number == 0 else 0.3 + chance.random() for number in range(spaces)]
    sizes = shares(weights, tools)
    by_slug = {city["slug"]: city for city in written["city"]}
    ends = list(accumulate(sizes))
    return [
        _space(number, by_slug[slug], kinds[ends[number] - sizes[number] : ends[number]], written, chance)
        for number, slug in enumerate(cities)
    ]


def shares(weights: Sequence[float], total: int) -> list[int]:
    """The total dealt out by weight in whole numbers that sum up to it."""
    whole = sum(weights)
    marks = [round(total * reached / whole) for reached in accumulate(weights)]
    return [mark - before for before, mark in zip([0, *marks], marks, strict=False)]


def spread(weights: Mapping[Thing, float], total: int) -> list[Thing]:
    """That many things, each as often as its weight says, in the order of the mapping."""
    numbers = shares(list(weights.values()), total)
    return [thing for thing, number in zip(weights, numbers, strict=True) for _ in range(number)]


def _space(
    number: int, city: Mapping[str, Any], kinds: Sequence[str], written: Mapping[str, Any], chance: Random
) -> SpacePlan:
    word = chance.choice(written["words"][city["language"]])
    hours = written["hours"]["sets"][1 if number == 0 else chance.randrange(len(written["hours"]["sets"]))]
    latitude, longitude = (degrees + chance.uniform(-0.09, 0.09) for degrees in city["place"])
    return SpacePlan(
        slug=f"{city['slug']}-{number + 1}",
        name=f"{city['name']} {word} {number + 1}",
        city=city["name"],
        country=city["country"],
        place=(round(latitude, 4), round(longitude, 4)),
        zone=city["zone"],
        language=city["language"],
        address="",
        contact=f"{city['slug']}-{number + 1}@example.org",
        description="",
        weekly=tuple(opening for line in hours for opening in openings(line)),
        closures=tuple(_closures(chance)),
        certificates={"laser": {"name": "Laser"}},
        tools=tuple(_tools(kinds, chance)),
        members=chance.randrange(_LEAST_MEMBERS, _MOST_MEMBERS),
    )


def _closures(chance: Random) -> Iterator[dict[str, Any]]:
    for half_year in range(-2, 2):
        yield {"in": half_year * DAYS // 2 + chance.randrange(150), "days": chance.randrange(1, 6), "reason": ""}


def _tools(kinds: Sequence[str], chance: Random) -> Iterator[ToolPlan]:
    by_kind: dict[str, list[Model]] = {}
    for model in models().values():
        by_kind.setdefault(model.kind, []).append(model)
    for kind in kinds:
        model = chance.choice(by_kind[kind])
        limits = usual_limits(kind) | {"window_days": DAYS + 7, "approval": _drawn(_APPROVAL, chance)}
        limits["shortest_minutes"] = min(limits.get("shortest_minutes", 15), _LONGEST_SHORTEST)
        yield ToolPlan(
            model=model,
            name=model.make_and_model,
            units=_drawn(_UNITS, chance),
            place="",
            limits=limits | {"cleanup_minutes": chance.choice((0, 0, 0, 15))},
            certificate="laser" if kind == "laser_cutter" and chance.random() < 0.4 else "",
            step_free=chance.random() < 0.5,
        )


def _drawn(weights: Mapping[Thing, int], chance: Random) -> Thing:
    return chance.choices(list(weights), weights=list(weights.values()))[0]
