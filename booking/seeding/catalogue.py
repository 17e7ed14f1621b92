"""The invented spaces and tools as written down in `data/`, read into frozen values."""

import csv
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from booking.rules.facts import WeeklyOpening

DATA = Path(__file__).with_name("data")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MIDNIGHT = 1440

# What is usual for a kind; the list of tools says where one differs.
_USUAL: dict[str, dict[str, Any]] = {
    "3d_printer": {"longest": 1440, "shortest": 30, "grain": 30, "window": 30, "unattended": True},
    "laser_cutter": {"longest": 240, "notice": 0, "window": 30},
    "cnc_router": {"longest": 360, "shortest": 30, "notice": 60},
    "milling_machine": {"longest": 480, "shortest": 60, "grain": 30, "notice": 120},
    "metal_lathe": {"longest": 360, "shortest": 30},
    "kiln": {"longest": 2880, "shortest": 480, "grain": 60, "window": 60, "unattended": True},
    "table_saw": {"longest": 180},
    "sewing_machine": {"longest": 480, "grain": 30, "shortest": 30},
}
_LIMITS = {
    "grain": "grain_minutes",
    "shortest": "shortest_minutes",
    "longest": "longest_minutes",
    "setup": "setup_minutes",
    "cleanup": "cleanup_minutes",
    "notice": "notice_minutes",
    "window": "window_days",
    "unattended": "unattended",
    "approval": "approval",
}


@dataclass(frozen=True, slots=True)
class Model:
    """A make and model that exists, with what it can do."""

    kind: str
    make_and_model: str
    capabilities: Mapping[str, float | str | bool]


@dataclass(frozen=True, slots=True)
class ToolPlan:
    """One tool of a space; `limits` are columns of its row that differ from the product's own."""

    model: Model
    name: str
    units: int
    place: str
    limits: Mapping[str, Any]
    certificate: str = ""
    state: str = "working"
    note: str = ""
    step_free: bool = False
    fee: str = ""


@dataclass(frozen=True, slots=True)
class SpacePlan:
    """One space with its tools; `members` people belong to it and `appetite` says how much they book.

    `later` is a week that begins to hold some days from now: from when on, and its rows.
    """

    slug: str
    name: str
    city: str
    country: str
    place: tuple[float, float]
    zone: str
    language: str
    address: str
    contact: str
    description: str
    weekly: tuple[WeeklyOpening, ...]
    closures: tuple[Mapping[str, Any], ...] = ()
    special: tuple[Mapping[str, Any], ...] = ()
    later: tuple[int, tuple[WeeklyOpening, ...]] | None = None
    staffed: tuple[WeeklyOpening, ...] = ()
    certificates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    accepts: tuple[Mapping[str, str], ...] = ()
    tools: tuple[ToolPlan, ...] = ()
    visibility: str = "busy"
    publishes: bool = True
    joining: str = "request"
    bookable_by: str = "network"
    members: int = 10
    appetite: float = 1.0


def spaces() -> tuple[SpacePlan, ...]:
    """Every invented space, the largest first."""
    tools = _tools()
    written = tomllib.loads((DATA / "spaces.toml").read_text(encoding="utf-8"))["space"]
    return tuple(_space(entry, tools[entry["slug"]]) for entry in written)


def models() -> dict[str, Model]:
    """Every known make and model by its short name."""
    return {
        row["model"]: Model(row["kind"], row["make_and_model"], _capabilities(row["capabilities"] or ""))
        for row in _lines("models.csv")
    }


def usual_limits(kind: str) -> dict[str, Any]:
    """The columns of a tool of this kind that differ from the product's own defaults."""
    return {_LIMITS[name]: value for name, value in _USUAL.get(kind, {}).items()}


def minutes(clock: str) -> tuple[int, int]:
    """ "09:00-22:00" as minutes of wall time; an end before its beginning is on the next day."""
    opens, closes = (int(part[:2]) * 60 + int(part[3:]) for part in clock.split("-"))
    return opens, closes if closes > opens else closes + _MIDNIGHT


def openings(line: str) -> list[WeeklyOpening]:
    """ "mon-fri 09:00-22:00" as rows of the week."""
    days, clock = line.split(" ")
    first, _, last = days.partition("-")
    opens, closes = minutes(clock)
    numbers = range(DAYS.index(first), DAYS.index(last or first) + 1)
    return [WeeklyOpening(day, opens, closes) for day in numbers]


def special_day(today: date, entry: Mapping[str, Any]) -> date:
    """The day that a special day means: the next such weekday after today, or weeks later."""
    ahead = (DAYS.index(entry["weekday"]) - today.weekday() - 1) % 7 + 1
    return today + timedelta(days=ahead + 7 * (entry["week"] - 1))


def _lines(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _capabilities(text: str) -> dict[str, float | str | bool]:
    return {key: _value(value) for key, value in (pair.split("=") for pair in text.split(";") if pair)}


def _value(text: str) -> float | str | bool:
    if text in {"yes", "no"}:
        return text == "yes"
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _tools() -> dict[str, tuple[ToolPlan, ...]]:
    known = models()
    found: dict[str, tuple[ToolPlan, ...]] = {}
    for row in _lines("tools.csv"):
        found[row["space"]] = (*found.get(row["space"], ()), _tool(row, known[row["model"]]))
    return found


def _tool(row: Mapping[str, str], model: Model) -> ToolPlan:
    pairs = (pair.partition("=") for pair in (row["rules"] or "").split(";") if pair)
    rules: dict[str, Any] = {key: value or True for key, _, value in pairs}
    own = {
        _LIMITS[key]: int(value) if str(value).isdigit() else value for key, value in rules.items() if key in _LIMITS
    }
    return ToolPlan(
        model=model,
        name=row["name"],
        units=int(row["units"]),
        place=row["place"],
        limits=usual_limits(model.kind) | own,
        certificate=rules.get("certificate", ""),
        state=rules.get("state", "working"),
        note=rules.get("note", ""),
        step_free=rules.get("step_free", False),
        fee=rules.get("fee", ""),
    )


def _space(entry: dict[str, Any], tools: tuple[ToolPlan, ...]) -> SpacePlan:
    weekly, staffed = _week(entry.pop("hours")), _week(entry.pop("staffed", ()))
    later = entry.pop("later", None)
    planned = (later["in"], _week(later["hours"])) if later else None
    latitude, longitude = entry.pop("place")
    for name in ("closures", "special", "accepts"):
        entry[name] = tuple(entry.get(name, ()))
    place = (latitude, longitude)
    return SpacePlan(**entry, place=place, weekly=weekly, later=planned, staffed=staffed, tools=tools)


def _week(lines: Iterable[str]) -> tuple[WeeklyOpening, ...]:
    return tuple(opening for line in lines for opening in openings(line))
