"""What is said about visits: how far one has come, what a host agreed to, and what lies beyond it."""

from datetime import date, time
from typing import Protocol

from flask_babel import gettext

from booking.rules.refusals import Refusal
from booking.wording.display import f_short_day, f_time, f_week

Mark = tuple[str, str, str]


class Agreed(Protocol):
    """What a host said yes to; minutes of its wall day, a date of its calendar."""

    @property
    def last_day(self) -> date | None: ...
    @property
    def opens(self) -> int | None: ...
    @property
    def closes(self) -> int | None: ...
    @property
    def supervised(self) -> bool: ...
    @property
    def fee_note(self) -> str: ...


def visit_over(refusal: Refusal, zone: str) -> str:
    """Until when a guest was welcome."""
    day = date.fromisoformat(str(refusal.data["last_day"]))
    return str(gettext("Your visit is agreed until %(day)s. Ask the space for a longer one.", day=f_short_day(day)))


def outside_visit_hours(refusal: Refusal, zone: str) -> str:
    """At which hours a guest is welcome."""
    hours = hours_words(int(str(refusal.data["opens"])), int(str(refusal.data["closes"])))
    return str(gettext("Your visit is agreed for these hours only: %(hours)s.", hours=hours))


def hours_words(opens: int, closes: int) -> str:
    """Hours of a wall day, from minutes since midnight: "14:00–18:00"."""
    return f"{clock_words(opens)}–{clock_words(closes)}"


def clock_words(minutes: int) -> str:
    """A time of day from minutes since midnight; the midnight that ends a day as that of the next."""
    return f_time(time(minutes // 60 % 24, minutes % 60))


def conditions(agreed: Agreed) -> list[tuple[str, str]]:
    """What a host agreed to: pairs of a name and what holds; nothing where there is no condition."""
    found = []
    if agreed.last_day is not None:
        found.append((gettext("Until"), f_week(agreed.last_day, agreed.last_day)))
    if agreed.opens is not None and agreed.closes is not None:
        found.append((gettext("Hours"), hours_words(agreed.opens, agreed.closes)))
    if agreed.supervised:
        found.append((gettext("Supervision"), gettext("Somebody of the space is there; each time needs its yes")))
    if agreed.fee_note:
        found.append((gettext("Fee"), agreed.fee_note))
    return found


def state_mark(state: str, home: str, host: str, *, is_over: bool) -> Mark:
    """How far a visit has come: words, icon and tone. `home` is named while that space's word is waited for."""
    if is_over and state == "accepted":
        return gettext("Over"), "flag", ""
    if state == "asked" and home:
        return gettext("Waits for %(space)s", space=home), "hourglass", "amber"
    if state in ("asked", "vouched"):
        return gettext("Waits for %(space)s", space=host), "hourglass", "amber"
    return {
        "accepted": (gettext("Agreed"), "check", "green"),
        "declined": (gettext("Declined"), "x", "red"),
        "withdrawn": (gettext("Withdrawn"), "undo-2", ""),
        "ended": (gettext("Ended by the space"), "flag", ""),
    }[state]
