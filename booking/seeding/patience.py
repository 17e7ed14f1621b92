"""How long requests of the invented network wait: every space reminds and lets expire, the home space has a deputy."""

from booking.seeding import log_ins
from booking.seeding.accounts import Town
from booking.seeding.rows import Rows

_HOME = "silu"
_HOURS = {"reminder_hours": 24, "deputy_hours": None, "approval_hours": 96}
_DEPUTY_HOURS = 48


def tell(rows: Rows, town: Town) -> None:
    """Say it for each space; the deputy of the home space is the trainer who can log in."""
    for row in rows.tables["space"]:
        is_home = row["slug"] == _HOME
        deputy = {"deputy_hours": _DEPUTY_HOURS, "deputy_id": town.by_email[log_ins.TRAINER].id} if is_home else {}
        row.update({**_HOURS, "deputy_id": None, **deputy})
