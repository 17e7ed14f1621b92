"""Supervised guests: each of their times needs a yes, whatever the tool's policy says."""

from datetime import date

import pytest

from booking.rules import policy
from booking.rules.access import Role
from booking.rules.facts import Approval, BookableBy, Visiting
from tests.rules.worlds import TUESDAY, facts

ALONE, WATCHED = Visiting(), Visiting(supervised=True)
OVER = Visiting(date(2026, 3, 1))
LATE = Visiting(opens=14 * 60, closes=16 * 60)


@pytest.mark.parametrize(
    ("visiting", "asks"),
    [
        ((ALONE,), False),
        ((WATCHED,), True),
        ((WATCHED, ALONE), False),
        ((WATCHED, OVER), True),
        ((LATE, WATCHED), True),
        ((), False),
    ],
)
def test_a_guest_asks_where_no_yes_lets_her_work_alone_then(visiting: tuple[Visiting, ...], asks: bool) -> None:
    known = facts(bookable_by=BookableBy.MEMBERS, visiting=visiting)
    assert policy.needed_approval(TUESDAY, known) is asks


def test_members_are_not_supervised_and_a_tools_own_policy_still_holds() -> None:
    member = facts(bookable_by=BookableBy.MEMBERS, visiting=(WATCHED,), role=Role.MEMBER)
    assert not policy.needed_approval(TUESDAY, member)
    assert policy.needed_approval(
        TUESDAY, facts(bookable_by=BookableBy.MEMBERS, visiting=(ALONE,), approval=Approval.VISITORS)
    )
