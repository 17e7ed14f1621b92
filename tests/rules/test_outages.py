"""Whose yes still counts when a booking flees from a broken tool, and which rules are settled then."""

from dataclasses import replace

import pytest

from booking.rules.facts import Approval, Limits
from booking.rules.outages import keeps_approval, settled
from tests.rules.worlds import TOOL


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        (Approval.ALWAYS, Approval.ALWAYS, True),
        (Approval.ALWAYS, Approval.VISITORS, True),
        (Approval.VISITORS, Approval.VISITORS, True),
        (Approval.FIRST, Approval.ALWAYS, False),
        (Approval.NEVER, Approval.ALWAYS, False),
    ],
)
def test_a_yes_counts_where_the_same_managers_ask_no_more_often(old: Approval, new: Approval, counts: bool) -> None:
    broken, other = (replace(TOOL, limits=Limits(approval=approval)) for approval in (old, new))
    assert keeps_approval(broken, other) is counts
    assert keeps_approval(broken, replace(other, space_id=broken.space_id + 1)) is False


def test_what_was_in_time_stays_in_time_and_what_was_set_aside_stays_so_within_the_space() -> None:
    assert settled(TOOL, replace(TOOL, id=TOOL.id + 1), ("too_long",)) == {"too_soon", "too_long"}
    assert settled(TOOL, replace(TOOL, space_id=TOOL.space_id + 1), ("too_long",)) == set()
