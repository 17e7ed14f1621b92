"""Supervised guests: each of their times needs a yes, whatever the tool's policy says."""

from datetime import date, datetime, time

import pytest

from booking.rules import policy, visits
from booking.rules.access import Role
from booking.rules.facts import Approval, BookableBy, Visiting
from tests.rules.worlds import NOW, TUESDAY, ask, at, facts

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


@pytest.mark.parametrize(
    ("start", "end", "fits"),
    [
        ("2026-03-24 22:00", "2026-03-25 06:00", True),
        ("2026-03-24 00:00", "2026-03-24 06:00", True),
        ("2026-03-24 05:00", "2026-03-24 07:00", False),
        ("2026-03-24 21:00", "2026-03-24 23:00", False),
        ("2026-03-25 05:00", "2026-03-25 06:15", False),
        ("2026-03-25 22:00", "2026-03-25 23:00", False),
    ],
)
def test_hours_over_midnight_go_on_into_the_morning_after_the_last_day(start: str, end: str, fits: bool) -> None:
    nights = Visiting(date(2026, 3, 24), 22 * 60, 30 * 60)
    assert visits.allows(nights, ask(start, end).span, "UTC") is fits


def test_a_visit_is_over_with_its_last_day_or_the_night_that_begins_on_it() -> None:
    last, next_day = date(2026, 3, 24), date(2026, 3, 25)
    assert visits.over_at(None, 1800) is None
    assert visits.over_at(last, None) == visits.over_at(last, 1080) == datetime.combine(next_day, time())
    assert visits.over_at(last, 1800) == datetime.combine(next_day, time(6))


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_of_two_visits_the_hours_that_begin_first_are_told(order: slice) -> None:
    # Asked for 11:00 to 13:00 on Berlin's walls.
    known = facts(bookable_by=BookableBy.MEMBERS, visiting=(LATE, Visiting(opens=18 * 60, closes=20 * 60))[order])
    [refusal] = policy.personal(TUESDAY, known, NOW)
    assert (refusal.code, refusal.lifts_at) == ("outside_visit_hours", at("2026-03-24 13:00"))
    assert (refusal.data["opens"], refusal.data["closes"]) == (LATE.opens, LATE.closes)
