"""Each rule refuses on one side of its boundary and is silent on the other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booking.rules import policy, units
from booking.rules.access import Role
from booking.rules.facts import Approval, Ask, Facts, Outage, ToolState, WeeklyOpening
from booking.rules.refusals import OVERRIDABLE, Refusal
from tests.rules.policy_cases import ALLOWED, DATA, OUT, REFUSED, TWO, closed
from tests.rules.worlds import ALWAYS_OPEN, HOURS, NOW, TUESDAY, ask, at, facts, taken


def codes(wish: Ask, known: Facts, now: datetime = NOW) -> list[str]:
    return [refusal.code for refusal in policy.check(wish, known, now)]


def only(wish: Ask, known: Facts, now: datetime = NOW) -> Refusal:
    [refusal] = policy.check(wish, known, now)
    return refusal


@pytest.mark.parametrize(("code", "wish", "known"), REFUSED)
def test_refused_for_one_reason(code: str, wish: Ask, known: Facts) -> None:
    assert codes(wish, known) == [code]


@pytest.mark.parametrize(("reason", "wish", "known"), ALLOWED, ids=[case[0] for case in ALLOWED])
def test_allowed(reason: str, wish: Ask, known: Facts) -> None:
    assert codes(wish, known) == []


def test_every_rule_has_a_case() -> None:
    assert {code for code, _, _ in REFUSED} == {rule.__name__ for rule in policy.RULES}


def test_somebody_elses_booking_stands_in_the_way_of_a_move() -> None:
    known = facts(
        taken=(taken("2026-03-24 11:00", "2026-03-24 13:00", booking=6), taken("2026-03-24 09:00", "2026-03-24 11:00"))
    )
    assert codes(replace(TUESDAY, booking_id=5), known) == ["slot_taken"]


def test_everything_is_said_at_once_and_in_order() -> None:
    wish = ask("2026-03-23 03:07", "2026-03-23 13:00")
    known = facts(state=ToolState.DOWN, is_confirmed=False, certificate_ids=(3,), longest_minutes=60)
    assert codes(wish, known) == [
        "tool_down",
        "account_unconfirmed",
        "certificate_missing",
        "in_the_past",
        "too_long",
        "off_grain",
        "outside_opening_hours",
    ]


def test_a_closure_and_a_closed_hour_are_two_reasons() -> None:
    wish = ask("2026-03-24 16:00", "2026-03-25 09:00")
    assert codes(wish, facts(closed(25, 25), longest_minutes=2000)) == ["closed_day", "outside_opening_hours"]


@pytest.mark.parametrize(("wish", "known", "data", "lifts"), DATA)
def test_a_refusal_says_what_and_until_when(wish: Ask, known: Facts, data: dict[str, Any], lifts: str | None) -> None:
    refusal = only(wish, known)
    assert refusal.data == data
    assert refusal.lifts_at == (at(lifts) if lifts else None)


def test_the_window_lifts_exactly_when_that_start_can_be_booked() -> None:
    wish, known = ask("2026-04-15 09:00", "2026-04-15 10:00"), facts(window_days=7)
    lifts = only(wish, known).lifts_at
    assert lifts is not None
    assert codes(wish, known, lifts) == []
    assert codes(wish, known, lifts - timedelta(seconds=1)) == ["too_far_ahead"]


def test_length_is_elapsed_time_over_the_lost_and_the_repeated_hour() -> None:
    known = facts(ALWAYS_OPEN, longest_minutes=120)
    lost, repeated = ask("2026-03-29 00:00", "2026-03-29 02:00"), ask("2026-10-25 00:00", "2026-10-25 02:00")
    now = datetime(2026, 9, 1, tzinfo=UTC)
    assert codes(lost, known) == []
    assert codes(repeated, known, now) == []
    assert codes(ask("2026-10-25 00:00", "2026-10-25 02:15"), known, now) == ["too_long"]


# Overriding, approval, units.


@pytest.mark.parametrize(("code", "wish", "known"), REFUSED)
def test_managers_override_what_endangers_nobody_and_takes_nobodys_time(code: str, wish: Ask, known: Facts) -> None:
    refusals = policy.check(wish, known, NOW)
    for role in (None, Role.MEMBER, Role.TRAINER):
        assert policy.check_override(refusals, role) == refusals
    endless = wish.span.length > policy.HORIZON
    expected = () if code in OVERRIDABLE and not endless else refusals
    assert policy.check_override(refusals, Role.MANAGER) == expected
    assert policy.check_override(refusals, Role.ADMIN) == expected


@pytest.mark.parametrize(
    ("approval", "role", "needed"),
    [
        (Approval.NEVER, None, False),
        (Approval.ALWAYS, Role.MEMBER, True),
        (Approval.VISITORS, None, True),
        (Approval.VISITORS, Role.MEMBER, False),
    ],
)
def test_who_needs_an_approval(approval: Approval, role: Role | None, needed: bool) -> None:
    assert policy.needed_approval(TUESDAY, facts(approval=approval, role=role)) is needed


def test_a_first_time_needs_an_approval_and_later_ones_do_not() -> None:
    assert policy.needed_approval(TUESDAY, facts(approval=Approval.FIRST, role=Role.MEMBER))
    assert not policy.needed_approval(TUESDAY, facts(approval=Approval.FIRST, has_used=True))


@pytest.mark.parametrize(
    ("start", "end", "needed"),
    [
        ("2026-03-24 09:00", "2026-03-24 11:00", False),
        ("2026-03-24 08:45", "2026-03-24 11:00", True),
        ("2026-03-24 10:00", "2026-03-24 11:15", True),
        ("2026-03-24 15:00", "2026-03-25 09:30", True),
    ],
    ids=["while somebody is there", "from before", "until after", "over night"],
)
def test_time_without_staff_needs_an_approval(start: str, end: str, needed: bool) -> None:
    staffed = replace(HOURS, staffed=tuple(WeeklyOpening(day, 10 * 60, 12 * 60) for day in range(5)))
    assert policy.needed_approval(ask(start, end), facts(staffed, approval=Approval.UNSTAFFED)) is needed


def test_where_no_staffed_hours_are_said_somebody_is_there_while_it_is_open() -> None:
    assert not policy.needed_approval(TUESDAY, facts(approval=Approval.UNSTAFFED))
    night = ask("2026-03-24 15:00", "2026-03-25 09:00")
    assert policy.needed_approval(night, facts(approval=Approval.UNSTAFFED, unattended=True))


@pytest.mark.parametrize(
    ("rows", "unit"),
    [
        ((), 11),
        ((taken("2026-03-24 08:00", "2026-03-24 09:00", 12),), 12),
        ((taken("2026-03-24 08:00", "2026-03-24 09:00", 12), taken("2026-03-24 08:00", "2026-03-24 10:00", 13)), 13),
        ((taken("2026-03-24 10:00", "2026-03-24 11:00", 11),), 12),
        (tuple(taken("2026-03-24 10:00", "2026-03-24 11:00", unit) for unit in (11, 12, 13)), None),
    ],
    ids=["all alike: the first", "beside another", "the smallest gap", "free ones only", "none"],
)
def test_the_unit_with_the_least_idle_time_around_is_taken(rows: tuple[Any, ...], unit: int | None) -> None:
    assert units.free_unit(TUESDAY, facts(unit_ids=(11, 12, 13), taken=rows)) == unit


def test_a_unit_out_of_order_is_never_taken() -> None:
    assert units.free_unit(TUESDAY, facts(outages=(Outage(OUT.start, None, 11),), **TWO)) == 12
    assert units.free_unit(TUESDAY, facts(outages=(Outage(OUT.start, None),), **TWO)) is None
