"""The ways out of a refusal: up to three, the nearest first, and none of them is ever refused."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.rules import policy
from booking.rules.access import Role
from booking.rules.alternatives import alternatives, looked_at
from booking.rules.availability import Alternative, Why
from booking.rules.facts import Ask, BookableBy, Facts, Taken, ToolState
from booking.rules.spans import Span
from tests.rules.policy_cases import REFUSED
from tests.rules.worlds import FACTS, NOW, TUESDAY, ask, facts, instants, span, taken, worlds

# One case of each rule against which another time, length or tool helps.
HEALED = {code: (asked, known) for code, asked, known in reversed(REFUSED) if code not in policy.LASTING}
# Nothing but one visit's hours, or another unit at the same time, is left to these on their own tool.
NARROW = [HEALED[code][1] for code in ("visit_over", "outside_visit_hours", "unit_gone") if code in HEALED]
OTHER = replace(FACTS, tool=replace(FACTS.tool, id=2))
PLACES = [Why.OTHER_UNIT, Why.SHORTER, Why.OTHER_TIME, Why.OTHER_TOOL, Why.OTHER_DAY]


def times(found: tuple[Alternative, ...]) -> list[tuple[Why, Span]]:
    return [(each.why, each.span) for each in found]


@pytest.mark.parametrize(("asked", "known"), HEALED.values(), ids=HEALED)
def test_each_refusal_that_time_can_heal_has_up_to_three_ways_out(asked: Ask, known: Facts) -> None:
    assert policy.check(asked, known, NOW)
    found = alternatives(asked, known, (OTHER,), NOW)
    assert len(found) == 3 or known in NARROW
    for each in found:
        wish = replace(asked, tool_id=each.tool_id, span=each.span, unit_id=None)
        assert policy.check(wish, known if each.tool_id == 1 else OTHER, NOW) == ()
    own = [each.span for each in found if each.tool_id == 1]
    assert own == sorted(own, key=lambda each: abs(each.start - asked.span.start) + abs(each.end - asked.span.end))
    assert len({(each.tool_id, each.span) for each in found}) == len(found)


@pytest.mark.parametrize(("asked", "known"), HEALED.values(), ids=HEALED)
def test_without_another_tool_there_are_ways_out_too(asked: Ask, known: Facts) -> None:
    found = alternatives(asked, known, (), NOW)
    assert 1 <= len(found) <= 3
    assert all(policy.check(replace(asked, span=each.span, unit_id=None), known, NOW) == () for each in found)


def test_every_rule_is_lasting_or_among_the_cases() -> None:
    assert {rule.__name__ for rule in policy.RULES} - policy.LASTING == set(HEALED)


def test_three_ways_out_of_a_taken_slot() -> None:
    known = facts(taken=(taken("2026-03-24 10:00", "2026-03-24 13:00"),))
    busy, free = replace(known, tool=replace(known.tool, id=2)), replace(FACTS, tool=replace(FACTS.tool, id=3))
    found = alternatives(TUESDAY, known, (busy, free), NOW)
    assert [(each.why, each.tool_id, each.span) for each in found] == [
        (Why.OTHER_TIME, 1, span("2026-03-24 08:00", "2026-03-24 10:00")),
        (Why.OTHER_TOOL, 3, TUESDAY.span),
        (Why.OTHER_DAY, 1, span("2026-03-25 10:00", "2026-03-25 12:00")),
    ]


def test_a_shorter_time_is_offered_when_something_else_lacks() -> None:
    known = facts(taken=(taken("2026-03-24 08:00", "2026-03-24 10:00"), taken("2026-03-24 11:20", "2026-03-24 17:00")))
    assert times(alternatives(TUESDAY, known, (), NOW)) == [
        (Why.SHORTER, span("2026-03-24 10:00", "2026-03-24 11:15")),
        (Why.OTHER_DAY, span("2026-03-25 10:00", "2026-03-25 12:00")),
        (Why.OTHER_DAY, span("2026-03-23 10:00", "2026-03-23 12:00")),
    ]


def test_too_long_a_wish_is_offered_as_long_as_may_be() -> None:
    assert times(alternatives(TUESDAY, facts(longest_minutes=50), (OTHER,), NOW)) == [
        (Why.SHORTER, span("2026-03-24 10:00", "2026-03-24 10:45")),
        (Why.OTHER_TOOL, TUESDAY.span),
        (Why.OTHER_DAY, span("2026-03-25 10:00", "2026-03-25 10:45")),
    ]


def test_too_short_a_wish_is_offered_as_long_as_must_be_and_beside_that() -> None:
    wish = ask("2026-03-24 10:00", "2026-03-24 10:15")
    assert times(alternatives(wish, facts(shortest_minutes=50), (), NOW)) == [
        (Why.OTHER_TIME, span("2026-03-24 10:00", "2026-03-24 11:00")),
        (Why.OTHER_TIME, span("2026-03-24 09:00", "2026-03-24 10:00")),
        (Why.OTHER_DAY, span("2026-03-25 10:00", "2026-03-25 11:00")),
    ]


def test_a_crooked_wish_is_set_straight() -> None:
    found = alternatives(ask("2026-03-24 10:07", "2026-03-24 10:57"), FACTS, (OTHER,), NOW)
    assert times(found) == [
        (Why.OTHER_TIME, span("2026-03-24 10:00", "2026-03-24 11:00")),
        (Why.OTHER_TOOL, span("2026-03-24 10:00", "2026-03-24 11:00")),
        (Why.OTHER_DAY, span("2026-03-25 10:00", "2026-03-25 11:00")),
    ]


def test_too_far_a_wish_is_answered_with_the_last_days_that_can_be_booked() -> None:
    wish = ask("2026-05-30 10:00", "2026-05-30 12:00")
    known = facts(window_days=7)
    assert times(alternatives(wish, known, (), NOW)) == [
        (Why.OTHER_DAY, span("2026-03-29 10:00", "2026-03-29 12:00")),
        (Why.OTHER_DAY, span("2026-03-28 11:00", "2026-03-28 13:00")),
        (Why.OTHER_DAY, span("2026-03-27 11:00", "2026-03-27 13:00")),
    ]
    assert looked_at(wish, known, NOW).start <= NOW + timedelta(days=1)


def test_where_no_day_has_the_wished_hour_the_nearest_hours_are_offered() -> None:
    known = facts(taken=(Taken(11, span("2026-03-24 00:00", "2026-03-25 00:00")),))
    wish = ask("2026-03-24 18:00", "2026-03-24 19:00")
    assert times(alternatives(wish, known, (), NOW)) == [
        (Why.OTHER_DAY, span("2026-03-25 16:00", "2026-03-25 17:00")),
        (Why.OTHER_DAY, span("2026-03-23 16:00", "2026-03-23 17:00")),
        (Why.OTHER_DAY, span("2026-03-26 16:00", "2026-03-26 17:00")),
    ]


def test_another_day_keeps_the_wall_time_over_a_change_of_clocks() -> None:
    known = facts(taken=(Taken(11, span("2026-03-23 00:00", "2026-03-29 00:00")),))
    [nearest, *_] = alternatives(TUESDAY, known, (), NOW)
    assert (nearest.why, nearest.span) == (Why.OTHER_DAY, span("2026-03-29 09:00", "2026-03-29 11:00"))


@pytest.mark.parametrize(
    "known",
    [facts(certificate_ids=(3,)), facts(bookable_by=BookableBy.MEMBERS), facts(state=ToolState.DOWN)],
    ids=["no certificate", "no member", "broken"],
)
def test_who_may_not_use_the_tool_is_offered_others_only(known: Facts) -> None:
    assert alternatives(TUESDAY, known, (), NOW) == ()
    assert [each.why for each in alternatives(TUESDAY, known, (OTHER,), NOW)] == [Why.OTHER_TOOL]


def test_a_moving_booking_may_overlap_where_it_was() -> None:
    known = facts(
        taken=(taken("2026-03-24 08:00", "2026-03-24 10:30", booking=5), taken("2026-03-24 11:00", "2026-03-24 17:00"))
    )
    found = alternatives(replace(TUESDAY, booking_id=5), known, (), NOW)
    assert (Why.OTHER_TIME, span("2026-03-24 09:00", "2026-03-24 11:00")) in times(found)


def test_one_date_of_many_is_offered_nothing_on_other_days() -> None:
    known = facts(taken=(taken("2026-03-24 10:00", "2026-03-24 13:00"),))
    found = alternatives(TUESDAY, known, (), NOW, same_day=True)
    assert found
    assert all(each.span.start.date() == TUESDAY.span.start.date() for each in found)


@settings(max_examples=60)
@given(worlds(), worlds(), instants(15), st.sampled_from((5, 15, 60, 130, 500, 3000)), st.integers(0, 14))
def test_every_alternative_passes_every_rule(known: Facts, other: Facts, start: Any, minutes: int, late: int) -> None:
    other = replace(other, tool=replace(other.tool, id=2), maker=replace(other.maker, role=Role.MEMBER))
    start += timedelta(minutes=late)
    wish = Ask(1, Span(start, start + timedelta(minutes=minutes)))
    found = alternatives(wish, known, (other,), NOW)
    assert len(found) <= 3
    for each in found:
        assert policy.check(replace(wish, span=each.span), known if each.tool_id == 1 else other, NOW) == ()
    ranks = [PLACES.index(Why.OTHER_TIME if each.why is Why.SHORTER else each.why) for each in found]
    assert ranks == sorted(ranks)


def test_far_off_dates_have_no_alternatives() -> None:
    assert alternatives(ask("9990-03-24 10:00", "9990-03-24 12:00"), FACTS, (FACTS,), NOW) == ()
