"""How much may be booked in the invented network, to be seen on the pages of tools and of those who set it."""

from collections.abc import Sequence
from datetime import datetime

from booking.seeding.places import PlacedSpace
from booking.seeding.rows import Rows

_HOME, _ELSEWHERE = "silu", "werkhof-spree"
# Of one laser only: most tools of the largest space are promised to be free of tight limits.
_LASER = "trotec-speedy-300"


def tell(rows: Rows, placed: Sequence[PlacedSpace], now: datetime) -> None:
    """The limits of the network, of two spaces and of one tool."""
    spaces = {space.plan.slug: space for space in placed}
    home, elsewhere = spaces[_HOME], spaces[_ELSEWHERE]
    laser = next(tool.facts.id for tool in home.tools if tool.slug == _LASER)
    for counted, measure, amount, space, tool_id in (
        ("person", "minutes_week", 60 * 60, None, None),
        ("person", "minutes_week", 12 * 60, home, laser),
        ("visitors", "percent_week", 60, home, laser),
        ("team", "minutes_week", 50 * 60, home, None),
        ("person", "minutes_day", 12 * 60, elsewhere, None),
        ("visitors", "percent_week", 75, elsewhere, None),
    ):
        rows.add(
            "quota",
            space_id=space.id if space else None,
            tool_id=tool_id,
            counted=counted,
            measure=measure,
            amount=amount,
            created_at=now,
        )
