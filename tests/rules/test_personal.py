"""Free time as one person may have it: cut where rules about her turn, judged part by part."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from booking.rules import personal, policy
from booking.rules.availability import free_spans, next_on_grain
from booking.rules.facts import Ask, BookableBy, Counted, Facts, Hours, Measure, Quota, Suspended, Used, Visiting
from booking.rules.spans import Span
from tests.rules.worlds import ALWAYS_OPEN, NOW, at, facts, span, spans, worlds

EVENING = Visiting(opens=16 * 60, closes=21 * 60)


def told(free: Span, known: Facts, now: datetime = NOW) -> list[tuple[datetime, str]]:
    """Where each part begins, and the code of what stands against it."""
    found = personal.parts(free, known, now)
    assert [found[0].span.start, *(part.span.end for part in found)] == [*(part.span.start for part in found), free.end]
    return [(part.span.start, part.refusals[0].code if part.refusals else "") for part in found]


def guest(*visiting: Visiting, hours: Hours = ALWAYS_OPEN) -> Facts:
    return facts(hours, bookable_by=BookableBy.MEMBERS, visiting=visiting)


def test_free_time_stays_whole_where_no_rule_about_the_maker_turns() -> None:
    afternoon = span("2026-03-24 14:00", "2026-03-24 22:00")
    assert told(afternoon, facts(ALWAYS_OPEN)) == [(afternoon.start, "")]
    assert told(afternoon, facts(ALWAYS_OPEN, account_id=None)) == [(afternoon.start, "")]


def test_a_guest_may_have_the_hours_of_her_visit_and_no_others() -> None:
    # 15:00 to 23:00 on Berlin's walls, agreed from 16:00 to 21:00.
    assert told(span("2026-03-24 14:00", "2026-03-24 22:00"), guest(EVENING)) == [
        (at("2026-03-24 14:00"), "outside_visit_hours"),
        (at("2026-03-24 15:00"), ""),
        (at("2026-03-24 20:00"), "outside_visit_hours"),
    ]


def test_the_hours_of_a_visit_are_wall_time_also_on_the_day_when_clocks_change() -> None:
    sunday = span("2026-03-29 12:00", "2026-03-29 22:00")
    assert [start for start, _ in told(sunday, guest(EVENING))[1:]] == [at("2026-03-29 14:00"), at("2026-03-29 19:00")]


def test_a_visit_without_hours_lasts_until_its_last_day_is_over() -> None:
    night = span("2026-03-24 20:00", "2026-03-25 06:00")
    assert told(night, guest(Visiting(date(2026, 3, 24)))) == [
        (night.start, ""),
        (at("2026-03-24 23:00"), "visit_over"),
    ]


def test_hours_that_two_visits_allow_one_after_the_other_are_two_parts_of_one_free_stretch() -> None:
    morning = Visiting(opens=9 * 60, closes=10 * 60)
    codes = [code for _, code in told(span("2026-03-24 07:00", "2026-03-24 22:00"), guest(morning, EVENING))]
    assert codes == ["outside_visit_hours", "", "outside_visit_hours", "", "outside_visit_hours"]


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [("Europe/Berlin", "2026-03-24 23:00"), ("Asia/Kathmandu", "2026-03-24 18:15"), ("UTC", "2026-03-25 00:00")],
)
def test_a_used_up_day_leaves_the_next_one_free(zone: str, midnight: str) -> None:
    quota = Quota(1, Counted.PERSON, Measure.MINUTES_DAY, 120)
    start = at(midnight) - timedelta(hours=6)
    row = Used(1, Span(start - timedelta(hours=4), start - timedelta(hours=2)), 1, 1, 1, 7)
    known = replace(facts(replace(ALWAYS_OPEN, zone=zone)), quotas=(quota,), used=(row,))
    night = Span(start, at(midnight) + timedelta(hours=2))
    assert told(night, known) == [(start, "quota_used"), (at(midnight), "")]


def test_a_quota_that_says_nothing_of_time_cuts_nothing() -> None:
    quota = Quota(1, Counted.PERSON, Measure.OPEN_BOOKINGS, 1)
    row = Used(1, span("2026-03-24 10:00", "2026-03-24 12:00"), 1, 1, 1, 7)
    days = span("2026-03-24 14:00", "2026-03-27 14:00")
    assert told(days, replace(facts(ALWAYS_OPEN), quotas=(quota,), used=(row,))) == [(days.start, "quota_used")]


def test_a_certificate_is_held_to_its_last_second() -> None:
    end = datetime(2026, 3, 24, 22, 59, 59, tzinfo=UTC)
    night = span("2026-03-24 20:00", "2026-03-25 06:00")
    known = facts(ALWAYS_OPEN, certificate_ids=(5,), certificates={5: end})
    assert told(night, known) == [(night.start, ""), (at("2026-03-24 23:00"), "certificate_expired")]


def test_a_suspension_to_come_leaves_what_is_before_and_after_it() -> None:
    day = span("2026-03-24 08:00", "2026-03-24 20:00")
    known = facts(ALWAYS_OPEN, suspended=(Suspended(span("2026-03-24 10:00", "2026-03-24 12:00"), "rest"),))
    assert [code for _, code in told(day, known)] == ["", "suspended", ""]


def test_a_suspension_that_stands_refuses_every_time_until_it_ends() -> None:
    days = span("2026-03-24 08:00", "2026-03-27 20:00")
    known = facts(ALWAYS_OPEN, suspended=(Suspended(Span(NOW, at("2026-03-25 12:00")), "rest"),))
    assert told(days, known) == [(days.start, "suspended")]


def test_the_first_time_she_may_have_is_found_behind_what_she_may_not() -> None:
    free = (span("2026-03-24 08:00", "2026-03-24 10:00"), span("2026-03-24 14:00", "2026-03-24 22:00"))
    assert personal.first(free, guest(EVENING), NOW) == span("2026-03-24 15:00", "2026-03-24 20:00")
    assert personal.first(free, guest(Visiting(date(2026, 3, 1))), NOW) is None
    assert personal.first(free, facts(certificate_ids=(5,)), NOW) is None


@given(worlds(), spans(4000))
def test_a_part_that_nothing_stands_against_begins_with_a_booking_that_is_allowed(known: Facts, window: Span) -> None:
    known = replace(known, tool=replace(known.tool, bookable_by=BookableBy.MEMBERS))
    known = replace(known, maker=replace(known.maker, role=None, visiting=(EVENING,)))
    length = timedelta(minutes=known.tool.limits.shortest_minutes)
    for free in free_spans(known, window, NOW, known.tool.limits.shortest_minutes):
        for part in personal.parts(free, known, NOW):
            start = next_on_grain(known, part.span.start)
            wish = Ask(known.tool.id, Span(start, start + length))
            if not part.refusals and wish.span.end <= free.end:
                assert not policy.personal(wish, known, NOW)
