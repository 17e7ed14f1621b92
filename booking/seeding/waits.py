"""Who waits for time in the invented network: people in line for what somebody else has booked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from booking.rules.states import State
from booking.rules.waitlist import EntryState
from booking.seeding import log_ins
from booking.seeding.accounts import Town
from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

# Far enough ahead that nobody's notice has passed, near enough to be looked at.
_SOONEST = timedelta(days=2)


def tell(rows: Rows, placed: Sequence[PlacedSpace], town: Town, now: datetime) -> None:
    """Two people wait for one booked time of the home space, the fixed maker behind the other one."""
    home, named = placed[0], {person.id for email, person in town.by_email.items() if email in log_ins.NAMED}
    coming = [
        row
        for row in rows.tables["booking"]
        if row["space_id"] == home.id
        and row["state"] == State.CONFIRMED.value
        and row["starts_at"] > now + _SOONEST
        and row["account_id"] not in named
    ]
    wanted = min(coming, key=lambda row: (row["starts_at"], row["id"]))
    for turn, email in enumerate((log_ins.NUMBERED[1], log_ins.MAKER)):
        _wait(rows, wanted, town.by_email[email].id, now - timedelta(hours=3 - turn))


def _wait(rows: Rows, wanted: dict[str, Any], account_id: int, since: datetime) -> None:
    start, end = wanted["starts_at"], wanted["ends_at"]
    entry_id = rows.add(
        "waitlist_entry",
        account_id=account_id,
        tool_id=wanted["tool_id"],
        window_from=start,
        window_until=end,
        minutes=(end - start) // timedelta(minutes=1),
        state=EntryState.WAITING.value,
        created_at=since,
        changed_at=since,
    )
    payload = {"entry_id": entry_id}
    rows.add("job", kind="wait_over", payload=payload, dedupe_key=f"wait_over:{entry_id}", run_at=end, created_at=since)
