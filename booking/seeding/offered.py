"""What waits for the fixed maker's word in the invented network: a booking to take over, and another time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from booking.outside.secrets import digest, new_secret
from booking.rules.access import Role
from booking.rules.handovers import HandoverState
from booking.rules.states import State
from booking.seeding import log_ins
from booking.seeding.accounts import Town
from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

_SOONEST = timedelta(days=2)
_SHORTER = timedelta(hours=1)
_NOTE = "之后有培训，早一个小时结束可以吗？"


def tell(rows: Rows, placed: Sequence[PlacedSpace], town: Town, now: datetime) -> None:
    """Somebody hands a booking of the home space over to her, and its manager offers her less time than asked for."""
    home, maker = placed[0], town.by_email[log_ins.MAKER]
    coming = [row for row in rows.tables["booking"] if row["space_id"] == home.id and row["starts_at"] > now + _SOONEST]
    coming.sort(key=lambda row: (row["starts_at"], row["id"]))
    named = {person.id for email, person in town.by_email.items() if email in log_ins.NAMED}
    asks = {row["tool_id"] for row in rows.tables["tool_certificate"]}
    given = next(row for row in coming if _is_given(row, named, asks))
    _hand_over(rows, given, now)
    asked = next((row for row in coming if row["account_id"] == maker.id and row["state"] == State.PENDING.value), None)
    if asked is not None and asked["ends_at"] - asked["starts_at"] > _SHORTER:
        _propose(rows, asked, town.staff(home, Role.MANAGER).id, now)


def _is_given(row: dict[str, Any], named: set[int], asks: set[int]) -> bool:
    is_plain = row["state"] == State.CONFIRMED.value and not row.get("series_id") and not row.get("plan_id")
    return is_plain and row["account_id"] not in named and row["tool_id"] not in asks


def _hand_over(rows: Rows, booking: dict[str, Any], now: datetime) -> None:
    rows.add(
        "handover",
        booking_id=booking["id"],
        account_id=booking["account_id"],
        email=log_ins.MAKER,
        token_hash=digest(new_secret()),
        state=HandoverState.OPEN.value,
        created_at=now - timedelta(hours=2),
    )


def _propose(rows: Rows, booking: dict[str, Any], manager_id: int, now: datetime) -> None:
    """Within the time that the request holds, so that nothing more is held."""
    proposal_id = rows.add(
        "proposal",
        booking_id=booking["id"],
        tool_id=booking["tool_id"],
        starts_at=booking["starts_at"],
        ends_at=booking["ends_at"] - _SHORTER,
        proposed_by=manager_id,
        note=_NOTE,
        token_hash=digest(new_secret()),
        created_at=now - timedelta(hours=1),
        expires_at=booking["starts_at"],
    )
    payload, name = {"proposal_id": proposal_id}, f"proposal_over:{proposal_id}"
    times = {"run_at": booking["starts_at"], "created_at": now}
    rows.add("job", kind="proposal_over", payload=payload, dedupe_key=name, **times)
