"""A tool of the invented network that asks for check-in, and who missed it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from booking.rules.states import State
from booking.seeding import log_ins
from booking.seeding.accounts import Town
from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

_HOME, _TOOL = "silu", "jack-f5"
_GRACE = 20
_MISSED = 2


def tell(rows: Rows, placed: Sequence[PlacedSpace], town: Town, now: datetime) -> None:
    """Let the last bookings of a sewing machine count as missed, with what the space makes of that from now on."""
    space = next(each for each in placed if each.plan.slug == _HOME)
    tool_id = next(tool.facts.id for tool in space.tools if tool.slug == _TOOL)
    home = rows.tables["space"][space.id - 1]
    for row in rows.tables["space"]:
        row["strikes_allowed"] = 3 if row is home else 0
    # Asked from now on: who is at it already need not check in.
    rows.tables["tool"][tool_id - 1].update(check_in_minutes=_GRACE, changed_at=now)
    known = {person.id for email, person in town.by_email.items() if email in log_ins.NAMED}
    over = [
        row
        for row in rows.tables["booking"]
        if row["tool_id"] == tool_id
        and row["state"] == State.CONFIRMED.value
        and row["ends_at"] < now
        and row["account_id"] not in known
    ]
    for row in sorted(over, key=lambda each: each["starts_at"])[-_MISSED:]:
        _miss(rows, row, space.id)


def _miss(rows: Rows, booking: dict[str, Any], space_id: int) -> None:
    at = booking["starts_at"] + timedelta(minutes=_GRACE)
    booking.update(state=State.MISSED.value, ended_at=at, changed_at=at, version=2, sequence=1)
    claim = next(row for row in rows.tables["claim"] if row["booking_id"] == booking["id"])
    claim["blocking"] = False
    rows.add("strike", account_id=booking["account_id"], space_id=space_id, booking_id=booking["id"], at=at)
