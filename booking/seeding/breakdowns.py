"""What is broken in the invented network: supplies, reports that wait, an outage of what the fixed maker has booked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking.rules.access import Role
from booking.rules.states import State
from booking.seeding import log_ins
from booking.seeding.accounts import Town
from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

_SUPPLIES = {
    "silu": {
        "激光排烟系统": ("trotec-speedy-300", "thunder-laser-nova-51", "xtool-p2"),
        "压缩空气": ("haas-mini-mill", "inventables-x-carve-pro-4x4"),
    },
    "werkhof-spree": {
        "Absaugung": ("felder-k-700-s", "metabo-bas-318-precision", "hammer-a3-31", "stepcraft-d-840"),
        "Laserabluft": ("epilog-fusion-pro-32", "mr-beam-ii"),
    },
}
_REPORTS = (
    ("silu", "bambu-lab-x1-carbon", "打印时有异响，第一层粘不住。", 3),
    ("silu", "jack-f5", "The needle bar is loose; it skips every tenth stitch.", 26),
    ("werkhof-spree", "metabo-bas-318-precision", "Das Sägeblatt ist stumpf und verläuft.", 5),
)
_REASON = "更换热端，稍后恢复"


def tell(rows: Rows, placed: Sequence[PlacedSpace], town: Town, now: datetime) -> None:
    """Everything, when all bookings are there."""
    spaces = {space.plan.slug: space for space in placed}
    for slug, supplies in _SUPPLIES.items():
        for name, tools in supplies.items():
            _add_supply(rows, spaces[slug], name, tools)
    for number, (slug, tool, words, hours) in enumerate(_REPORTS):
        space = spaces[slug]
        rows.add(
            "report",
            space_id=space.id,
            tool_id=_tool_id(space, tool),
            account_id=town.members[space.id][-1 - number].id,
            words=words,
            state="open",
            created_at=now - timedelta(hours=hours),
        )
    _break_what_is_booked(rows, spaces["silu"], town, now)


def _add_supply(rows: Rows, space: PlacedSpace, name: str, tools: Sequence[str]) -> None:
    supply_id = rows.add("supply", space_id=space.id, name=name)
    for tool in tools:
        rows.link("tool_supply", tool_id=_tool_id(space, tool), supply_id=supply_id)


def _tool_id(space: PlacedSpace, slug: str) -> int:
    return next(tool.facts.id for tool in space.tools if tool.slug == slug)


def _break_what_is_booked(rows: Rows, space: PlacedSpace, town: Town, now: datetime) -> None:
    """Let the unit that the fixed maker has booked next be out of order for that time, and only then."""
    mine = (
        row
        for row in rows.tables["booking"]
        if row["account_id"] == town.by_email[log_ins.MAKER].id
        and row["space_id"] == space.id
        and row["state"] == State.CONFIRMED.value
        and row["starts_at"] > now
    )
    booking = min(mine, key=lambda row: row["starts_at"], default=None)
    if booking is None:
        return
    claim = next(row for row in rows.tables["claim"] if row["booking_id"] == booking["id"])
    rows.add(
        "outage",
        tool_id=booking["tool_id"],
        unit_id=claim["unit_id"],
        starts_at=booking["starts_at"],
        ends_at=booking["ends_at"],
        reason=_REASON,
        declared_by=town.staff(space, Role.MANAGER).id,
    )
