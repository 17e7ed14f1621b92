"""Who books together in the invented network, and who is a guest elsewhere: teams and visits around the fixed maker."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from booking.rules.access import Role
from booking.seeding import log_ins
from booking.seeding.accounts import Maker, Town
from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

# Each is led by the first of its people.
_TEAMS = (
    ("Robot arm", (log_ins.MAKER, *log_ins.NUMBERED[:2])),
    ("夜班组", (log_ins.NUMBERED[2], log_ins.MAKER, log_ins.NUMBERED[3])),
)
_FOR_THE_TEAM = ("Gears for the robot arm", "Motor driver board", "First gears, too tight")
_HOST = "lindenwerk"


def tell(rows: Rows, placed: Sequence[PlacedSpace], town: Town, now: datetime) -> None:
    """Everything, when all bookings are there."""
    spaces = {space.plan.slug: space for space in placed}
    for number, (name, emails) in enumerate(_TEAMS):
        _add_team(rows, name, [town.by_email[email] for email in emails], now - timedelta(days=50 + number))
    maker = town.by_email[log_ins.MAKER].id
    for booking in rows.tables["booking"]:
        is_theirs = booking["account_id"] == maker and booking["purpose"] in _FOR_THE_TEAM
        booking["team_id"] = 1 if is_theirs else None
    _add_visits(rows, placed[0], spaces[_HOST], town, now)


def _add_team(rows: Rows, name: str, people: Sequence[Maker], since: datetime) -> None:
    team_id = rows.add("team", name=name, created_at=since)
    for person in people:
        rows.link("team_member", team_id=team_id, account_id=person.id, leads=person is people[0], since=since)


def _add_visits(rows: Rows, home: PlacedSpace, host: PlacedSpace, town: Town, now: datetime) -> None:
    """One that is agreed, one that the host has to answer, one that waits for the home space's word."""
    maker, other = town.by_email[log_ins.MAKER], town.by_email[log_ins.NUMBERED[0]]
    free_of_training = [tool.facts.id for tool in host.tools if not tool.facts.certificate_ids]
    drill, bench, scope, *_ = free_of_training
    vouched: dict[str, Any] = {
        "vouched_by": town.staff(home, Role.TRAINER).id,
        "vouched_at": now - timedelta(days=3),
        "training": "Laser and wood machines; careful, leaves the place clean.",
    }
    agreed: dict[str, Any] = {
        "decided_by": town.staff(host, Role.MANAGER).id,
        "decided_at": now - timedelta(days=2),
        "last_day": (now + timedelta(days=60)).date(),
        "opens": 16 * 60,
        "closes": 21 * 60,
        "fee_note": "3 € pro Stunde in die Kaffeekasse",
    }
    _add_visit(rows, maker, bench, home, host, "accepted", "Two evenings for a motor driver", now, **vouched, **agreed)
    _add_visit(rows, maker, drill, home, host, "vouched", "Holes in eight steel plates, one afternoon", now, **vouched)
    _add_visit(rows, other, scope, home, host, "asked", "在莱比锡的时候想测一块电路板。", now)


def _add_visit(
    rows: Rows,
    guest: Maker,
    tool_id: int,
    home: PlacedSpace,
    host: PlacedSpace,
    state: str,
    note: str,
    now: datetime,
    **columns: Any,
) -> None:
    unsaid: dict[str, Any] = {
        **dict.fromkeys(("vouched_by", "vouched_at", "decided_by", "decided_at", "last_day", "opens", "closes")),
        **dict.fromkeys(("training", "fee_note"), ""),
    }
    times = {"created_at": now - timedelta(days=4), "changed_at": columns.get("decided_at", now - timedelta(days=3))}
    whose = {"account_id": guest.id, "tool_id": tool_id, "host_id": host.id, "home_id": home.id}
    rows.add("visit", state=state, note=note, **whose, **times, **unsaid | columns)
