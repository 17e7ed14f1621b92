"""What quotas add up, over midnights, weeks and changes of clocks, and what they leave."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from booking.rules import hours, quotas
from booking.rules.facts import Ask, Counted, Facts, Measure, Quota, Used
from booking.rules.refusals import Refusal
from booking.rules.spans import Span
from tests.rules.worlds import ALWAYS_OPEN, HOURS, NOW, TUESDAY, ask, at, facts, span

HOUR = timedelta(hours=1)
WEEK = Quota(1, Counted.PERSON, Measure.MINUTES_WEEK, 360)
DAY = replace(WEEK, measure=Measure.MINUTES_DAY)
OPEN = replace(WEEK, measure=Measure.OPEN_BOOKINGS, amount=2)
TEAM = replace(WEEK, counted=Counted.TEAM)
SHARE = Quota(4, Counted.VISITORS, Measure.PERCENT_WEEK, 50)
ZONES = (
    *("Europe/Berlin", "Europe/London", "America/New_York", "America/Havana", "America/Sao_Paulo", "America/St_Johns"),
    *("Africa/Casablanca", "Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham"),
)


def used(start: str, end: str, number: int | None = 1, **columns: int) -> Used:
    """A booking of Ada's, of the tool where nothing else is told."""
    values = {"tool_id": 1, "kind_id": 1, "space_id": 1, "account_id": 7} | columns
    return Used(number, span(start, end), **values)  # type: ignore[arg-type]


def over(wish: Ask, known: Facts, now: datetime = NOW) -> Refusal:
    found = quotas.quota_used(wish, known, now)
    assert found is not None
    return found


def test_a_booking_over_midnight_counts_on_both_days() -> None:
    night = ask("2026-03-24 21:00", "2026-03-25 03:00")  # 22:00 to 04:00 in Berlin
    known = facts(ALWAYS_OPEN, quotas=(replace(DAY, amount=240),))
    assert quotas.quota_used(night, known, NOW) is None
    refusal = over(night, facts(ALWAYS_OPEN, quotas=(replace(DAY, amount=239),)))
    assert (refusal.data["asked"], refusal.lifts_at) == (240, None)
    before = facts(
        ALWAYS_OPEN, quotas=(replace(DAY, amount=240),), used=(used("2026-03-24 08:00", "2026-03-24 10:01"),)
    )
    assert over(night, before).lifts_at == at("2026-03-24 23:00")


def test_a_booking_over_the_end_of_a_week_counts_in_both() -> None:
    sunday = ask("2026-03-22 20:00", "2026-03-23 04:00")  # 21:00 to Monday 05:00
    known = facts(ALWAYS_OPEN, quotas=(WEEK,), used=(used("2026-03-24 10:00", "2026-03-24 11:00"),))
    assert quotas.quota_used(sunday, known, NOW) is None
    more = replace(known, used=(*known.used, used("2026-03-25 10:00", "2026-03-25 10:01", 2)))
    refusal = over(sunday, more)
    assert (refusal.data["used"], refusal.data["asked"]) == (61, 300)
    assert refusal.lifts_at == at("2026-03-29 22:00")  # Monday 00:00, an hour earlier by the sun


def test_a_week_lifts_when_there_is_room_and_not_before() -> None:
    full = (used("2026-03-23 10:00", "2026-03-23 16:00"), used("2026-03-31 10:00", "2026-03-31 16:00", 2))
    assert over(TUESDAY, facts(quotas=(WEEK,), used=full)).lifts_at == at("2026-04-05 22:00")


@pytest.mark.parametrize(("open_ones", "lifts"), [(2, "2026-03-23 11:00"), (3, "2026-03-24 11:00")])
def test_open_bookings_lift_when_enough_of_them_end(open_ones: int, lifts: str) -> None:
    rows = tuple(used(f"2026-03-{23 + number} 10:00", f"2026-03-{23 + number} 11:00", number) for number in range(3))
    over_already = used("2026-03-22 10:00", "2026-03-23 09:00", 9)
    known = facts(quotas=(OPEN,), used=(over_already, *rows[:open_ones]))
    refusal = over(TUESDAY, known)
    assert (refusal.data["used"], refusal.data["asked"], refusal.lifts_at) == (open_ones, 1, at(lifts))
    assert quotas.quota_used(TUESDAY, replace(known, used=(over_already, rows[0])), NOW) is None


def test_a_booking_that_moves_does_not_count_against_itself() -> None:
    known = facts(
        quotas=(replace(WEEK, amount=120), replace(OPEN, amount=1)),
        used=(used("2026-03-23 10:00", "2026-03-23 12:00", 5),),
    )
    assert quotas.quota_used(replace(TUESDAY, booking_id=5), known, NOW) is None
    assert over(replace(TUESDAY, booking_id=6), known)
    nameless = replace(known, used=(used("2026-03-23 10:00", "2026-03-23 12:00", None),))
    assert over(TUESDAY, nameless)


@pytest.mark.parametrize(
    ("scope", "counts"),
    [
        ({}, "tool kind space network"),
        ({"space_id": 1}, "tool kind space"),
        ({"space_id": 1, "kind_id": 1}, "tool kind"),
        ({"kind_id": 1}, "tool kind other_kind"),
        ({"tool_id": 1}, "tool"),
    ],
)
def test_a_quota_counts_what_lies_in_its_scope(scope: dict[str, int], counts: str) -> None:
    places = {
        "tool": {},
        "kind": {"tool_id": 2},
        "space": {"tool_id": 3, "kind_id": 2},
        "network": {"tool_id": 4, "kind_id": 2, "space_id": 2},
        "other_kind": {"tool_id": 5, "space_id": 2},
    }
    for name, place in places.items():
        row = used("2026-03-23 10:00", "2026-03-23 16:00", **place)
        known = facts(quotas=(replace(WEEK, **scope),), used=(row,))  # type: ignore[arg-type]
        expected = name in counts.split() or (name == "other_kind" and not scope)
        assert (quotas.quota_used(TUESDAY, known, NOW) is not None) == expected, name


def test_only_bookings_for_the_team_count_for_it_and_all_of_a_persons_for_her() -> None:
    rows = (
        used("2026-03-23 10:00", "2026-03-23 15:00", team_id=3, account_id=8),
        used("2026-03-25 10:00", "2026-03-25 15:00", 2, team_id=3),
    )
    known = facts(quotas=(TEAM,), used=rows, team_ids=frozenset({3, 4}))
    assert quotas.quota_used(TUESDAY, known, NOW) is None
    assert over(replace(TUESDAY, team_id=3), known).data["used"] == 600
    assert quotas.quota_used(replace(TUESDAY, team_id=4), known, NOW) is None
    assert (
        quotas.quota_used(replace(TUESDAY, team_id=3), facts(quotas=(replace(TEAM, team_id=4),), used=rows), NOW)
        is None
    )
    assert over(TUESDAY, facts(quotas=(WEEK,), used=rows)).data["used"] == 300


def test_visitors_share_the_open_hours_of_all_machines_of_the_tool() -> None:
    # Nine hours a day for seven days on two machines, of which half: 63 hours. The week ends with a day of 23 hours.
    rows = tuple(
        replace(used(f"2026-03-{23 + day} 08:00", f"2026-03-{23 + day} 17:00", day, account_id=8), is_visitor=True)
        for day in range(7)
    )
    known = facts(HOURS, quotas=(SHARE,), used=rows[:-1], unit_ids=(11, 12))
    assert quotas.visitors_share_used(TUESDAY, known, NOW) is None
    refusal = quotas.visitors_share_used(TUESDAY, replace(known, used=rows), NOW)
    assert refusal is not None
    assert (refusal.data["amount"], refusal.data["percent"]) == (63 * 60, 50)
    elsewhere = tuple(replace(row, tool_id=2) for row in rows)
    assert quotas.visitors_share_used(TUESDAY, replace(known, used=elsewhere), NOW) is None


@pytest.mark.parametrize("zone", ZONES)
def test_days_and_weeks_are_those_of_the_wall_and_time_is_elapsed(zone: str) -> None:
    place = replace(ALWAYS_OPEN, zone=zone)
    for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(365)):
        whole = hours.day_span(zone, day)
        minutes = whole.length // timedelta(minutes=1)
        wish = Ask(1, whole)
        exact = facts(place, quotas=(replace(DAY, amount=minutes),))
        assert quotas.quota_used(wish, exact, NOW) is None
        if minutes != 1440:
            assert over(wish, facts(place, quotas=(replace(DAY, amount=minutes - 1),))).data["asked"] == minutes
        if day.weekday() == 6:
            after = Ask(1, Span(whole.end, whole.end + HOUR))
            known = facts(
                place,
                quotas=(replace(WEEK, amount=60),),
                used=(Used(1, Span(whole.end - HOUR, whole.end), 1, 1, 1, 7),),
            )
            assert quotas.quota_used(after, known, NOW) is None
            assert over(Ask(1, Span(whole.end - 2 * HOUR, whole.end - HOUR)), known).lifts_at == whole.end


def test_a_day_that_a_zone_left_out_belongs_to_no_quota() -> None:
    start = datetime(2011, 12, 29, 22, tzinfo=UTC)  # noon of the 29th in Apia; ten hours later it is the 31st
    place = replace(ALWAYS_OPEN, zone="Pacific/Apia")
    wish = Ask(1, Span(start, start + 24 * HOUR))
    assert quotas.quota_used(wish, facts(place, quotas=(replace(DAY, amount=22 * 60),)), start) is None


def test_what_is_left_is_told_for_everything_that_binds() -> None:
    known = facts(
        quotas=(WEEK, replace(OPEN, id=2), TEAM, replace(WEEK, id=5, tool_id=9), SHARE),
        used=(used("2026-03-23 08:00", "2026-03-23 10:00"), used("2026-03-24 08:00", "2026-03-24 13:00", 2, team_id=3)),
        team_ids=frozenset({3, 4}),
    )
    week, ahead, third, fourth, share = quotas.left(known, NOW)
    assert (week.amount, week.used, week.left, week.frees) == (360, 420, 0, at("2026-03-29 22:00"))
    assert (ahead.used, ahead.left, ahead.frees) == (2, 0, at("2026-03-23 10:00"))
    assert (third.team_id, third.left, fourth.team_id, fourth.left, fourth.frees) == (3, 60, 4, 360, None)
    assert (share.amount, share.used) == (9 * 60 * 7 // 2, 0)
    later = quotas.left(known, NOW, at("2026-03-30 12:00"))
    assert later[0].left == 360
    assert quotas.left(replace(known, maker=replace(known.maker, account_id=None)), NOW)[:1] == (third,)
