"""When people come, for how long, and how often: habits by kind of tool, hour of the wall clock and weekday."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from random import Random

# How likely each hour of the wall clock is as a start, from midnight on.
_WORKING_DAY = (0, 0, 0, 0, 0, 0, 1, 2, 4, 7, 8, 6, 4, 6, 7, 7, 8, 10, 14, 13, 9, 4, 2, 1)
_WEEKEND = (0, 0, 0, 0, 0, 0, 1, 1, 3, 7, 12, 13, 9, 11, 13, 11, 8, 6, 5, 4, 3, 2, 1, 1)
_SATURDAY = 5
# Bookings of one unit on an ordinary day, and their usual lengths in minutes.
_PER_DAY: Mapping[str, float] = {"laser_cutter": 2.1, "3d_printer": 0.8, "kiln": 0.35, "test_instrument": 0.4}
_LENGTHS: Mapping[str, tuple[int, ...]] = {
    "3d_printer": (60, 120, 180, 240, 300, 480, 720),
    "laser_cutter": (30, 45, 60, 60, 90, 120),
    "kiln": (600, 720, 1080, 1440),
    "cnc_router": (60, 90, 120, 180, 240),
    "milling_machine": (120, 180, 240),
}
_OTHERWISE = (30, 60, 60, 90, 120, 180)
_USUAL_PER_DAY = 0.6
# The calendar of the days to come isn't full yet.
_STILL_TO_COME = 0.06


def per_day(kind: str) -> float:
    """How often one unit of the kind is booked on an ordinary day."""
    return _PER_DAY.get(kind, _USUAL_PER_DAY)


def how_many(kind: str, units: int, appetite: float, days_ahead: int, chance: Random) -> int:
    """How many bookings people want of a tool on the day that many days ahead (or ago, when negative)."""
    wanted = per_day(kind) * units**0.8 * appetite
    if days_ahead > 0:
        wanted *= max(0.15, 1 - _STILL_TO_COME * days_ahead)
    return int(wanted + chance.random())


def start(day: date, grain: int, chance: Random) -> datetime:
    """A naive wall time at which somebody would like to begin on that day."""
    hours = _WEEKEND if day.weekday() >= _SATURDAY else _WORKING_DAY
    minute = chance.choices(range(24), weights=hours)[0] * 60 + chance.choice((0, 0, 0, 30, 15, 45))
    return datetime.combine(day, time.min) + timedelta(minutes=minute // grain * grain)


def length(kind: str, shortest: int, longest: int, grain: int, chance: Random) -> timedelta:
    """For how long somebody wants a tool of the kind, within its limits and on its grain."""
    wished = chance.choice(_LENGTHS.get(kind, _OTHERWISE))
    whole = max(-(-wished // grain) * grain, -(-shortest // grain) * grain)
    return timedelta(minutes=min(whole, longest // grain * grain))
