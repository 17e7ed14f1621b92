"""What managers may say about spaces and tools: frozen wishes, the bounds of each value, and what is wrong with one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from booking.rules.arrivals import LONGEST_GRACE_MINUTES
from booking.rules.facts import Approval, BookableBy, Visibility
from booking.rules.geography import COUNTRIES
from booking.rules.hours import zone_named
from booking.rules.refusals import Problem, Unacceptable

JOINING = ("open", "request", "invitation")
VISIBILITY = tuple(each.value for each in Visibility)
BOOKABLE_BY = tuple(each.value for each in BookableBy)
APPROVAL = tuple(each.value for each in Approval)
MOST_UNITS = 200
MINUTES_OF_DAY = 1440

# The longest text of each column, in characters.
SPACE_TEXTS = {"name": 120, "description": 20_000, "address": 200, "city": 80, "country": 2, "contact": 254}
TOOL_TEXTS = {
    "name": 120,
    "make_and_model": 120,
    "description": 20_000,
    "place": 120,
    "fee_note": 200,
    "manual_url": 300,
}
# The lowest and the highest value of each limit, in the unit of its name.
TOOL_LIMITS = {
    "notice_minutes": (0, 43_200),
    "window_days": (1, 730),
    "shortest_minutes": (1, 10_080),
    "longest_minutes": (1, 10_080),
    "grain_minutes": (1, 1_440),
    "setup_minutes": (0, 1_440),
    "cleanup_minutes": (0, 1_440),
}


@dataclass(frozen=True, slots=True)
class SpaceWish:
    """A space as somebody wants it; latitude and longitude in degrees, both or neither."""

    name: str
    time_zone: str
    description: str = ""
    address: str = ""
    city: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    language: str = "en"
    contact: str = ""
    visibility: str = "busy"
    publishes: bool = True
    joining: str = "request"
    bookable_by: str = "network"


@dataclass(frozen=True, slots=True)
class ToolWish:
    """A tool as somebody wants it; `unit_count` counts only for a new tool."""

    kind_slug: str
    name: str
    make_and_model: str = ""
    description: str = ""
    place: str = ""
    step_free: bool = False
    fee_note: str = ""
    manual_url: str = ""
    capabilities: Mapping[str, object] = field(default_factory=dict)
    notice_minutes: int = 0
    window_days: int = 60
    shortest_minutes: int = 15
    longest_minutes: int = 480
    grain_minutes: int = 15
    setup_minutes: int = 0
    cleanup_minutes: int = 0
    unattended: bool = False
    approval: str = "never"
    check_in_minutes: int | None = None
    certificate_ids: tuple[int, ...] = ()
    unit_count: int = 1


def check_space(wish: SpaceWish, languages: tuple[str, ...]) -> None:
    """Raise Unacceptable with everything that is wrong with the wish."""
    problems = [*_texts(wish, SPACE_TEXTS)]
    problems += _choices(wish, {"visibility": VISIBILITY, "joining": JOINING, "bookable_by": BOOKABLE_BY})
    problems += _choices(wish, {"language": languages})
    try:
        zone_named(wish.time_zone)
    except Unacceptable:
        problems.append(Problem("time_zone", "unknown_time_zone" if wish.time_zone else "required"))
    if wish.country and wish.country not in COUNTRIES:
        problems.append(Problem("country", "not_a_country"))
    problems += _coordinates(wish)
    if problems:
        raise Unacceptable(*problems)


def check_tool(wish: ToolWish) -> None:
    """Raise Unacceptable with everything that is wrong with the wish but its kind, capabilities and certificates."""
    problems = [*_texts(wish, TOOL_TEXTS), *_choices(wish, {"approval": APPROVAL})]
    for name, (low, high) in (TOOL_LIMITS | {"unit_count": (1, MOST_UNITS)}).items():
        if not low <= getattr(wish, name) <= high:
            problems.append(Problem(name, "out_of_range", {"low": low, "high": high}))
    if wish.check_in_minutes is not None and not 1 <= wish.check_in_minutes <= LONGEST_GRACE_MINUTES:
        problems.append(Problem("check_in_minutes", "out_of_range", {"low": 1, "high": LONGEST_GRACE_MINUTES}))
    problems += _lengths(wish)
    if wish.manual_url and not wish.manual_url.startswith(("https://", "http://")):
        problems.append(Problem("manual_url", "not_a_link"))
    if problems:
        raise Unacceptable(*problems)


def _texts(wish: object, longest: Mapping[str, int]) -> list[Problem]:
    problems = [] if getattr(wish, "name", "") else [Problem("name", "required")]
    for name, limit in longest.items():
        length = len(getattr(wish, name))
        if length > limit:
            problems.append(Problem(name, "text_too_long", {"longest": limit, "length": length}))
    return problems


def _lengths(wish: ToolWish) -> Iterator[Problem]:
    """What keeps a tool's step, its shortest and its longest time from leaving any time that could be booked."""
    grain = max(wish.grain_minutes, 1)
    steps = -(-wish.shortest_minutes // grain) * grain
    if grain < MINUTES_OF_DAY and MINUTES_OF_DAY % grain:
        yield Problem("grain_minutes", "grain_leaves_rest")
    if wish.longest_minutes < wish.shortest_minutes:
        yield Problem("longest_minutes", "longest_below_shortest")
    elif wish.longest_minutes < grain:
        yield Problem("longest_minutes", "longest_below_grain")
    elif wish.longest_minutes < steps:
        yield Problem("longest_minutes", "longest_below_steps", {"minutes": steps})


def _choices(wish: object, allowed: Mapping[str, tuple[str, ...]]) -> list[Problem]:
    return [
        Problem(name, "not_a_choice", {"choices": values})
        for name, values in allowed.items()
        if getattr(wish, name) not in values
    ]


def _coordinates(wish: SpaceWish) -> list[Problem]:
    problems = []
    for name, bound in (("latitude", 90), ("longitude", 180)):
        value = getattr(wish, name)
        if value is not None and not -bound <= value <= bound:
            problems.append(Problem(name, "out_of_range", {"low": -bound, "high": bound}))
    if (wish.latitude is None) != (wish.longitude is None):
        missing = "latitude" if wish.latitude is None else "longitude"
        problems.append(Problem(missing, "coordinates_incomplete"))
    return problems
