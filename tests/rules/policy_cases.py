"""The cases of the rules: what each refuses, what lies just on the other side, what it says."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from booking.rules.access import Role
from booking.rules.facts import (
    Ask,
    Block,
    BookableBy,
    ClosedDays,
    Counted,
    Facts,
    Hours,
    Measure,
    Outage,
    Quota,
    SpecialDay,
    Suspended,
    ToolState,
    Used,
    Visiting,
    WeeklyOpening,
)
from booking.rules.spans import Span
from tests.rules.worlds import ALWAYS_OPEN, FACTS, HOURS, TUESDAY, ask, at, facts, span, taken


def closed(first: int, last: int) -> Hours:
    return replace(HOURS, closed=(ClosedDays(date(2026, 3, first), date(2026, 3, last), "stocktaking"),))


def guest(*visiting: Visiting, **changes: Any) -> Facts:
    """Somebody without a role at a space for members, which said yes to these visits."""
    return facts(bookable_by=BookableBy.MEMBERS, visiting=visiting, **changes)


NIGHTS = Hours("UTC", tuple(WeeklyOpening(day, 540, 1080) for day in range(7)))
OUT = span("2026-03-24 11:00", "2026-03-24 15:00")
TWO = {"unit_ids": (11, 12)}
UNTIL_TUESDAY = Visiting(date(2026, 3, 24))
WEEKLY = Quota(1, Counted.PERSON, Measure.MINUTES_WEEK, 300)
SHARED = Quota(2, Counted.VISITORS, Measure.MINUTES_WEEK, 300, tool_id=1)
# Three hours of Ada's on Monday, of the tool.
MONDAY = Used(5, span("2026-03-23 10:00", "2026-03-23 13:00"), 1, 1, 1, 7)
VISITORS = Used(6, span("2026-03-23 10:00", "2026-03-23 13:01"), 1, 1, 1, 8, is_visitor=True)

REFUSED: list[tuple[str, Ask, Facts]] = [
    ("tool_retired", TUESDAY, facts(state=ToolState.RETIRED)),
    ("tool_retired", TUESDAY, facts(unit_ids=())),
    ("unit_gone", replace(TUESDAY, unit_id=12), FACTS),
    ("tool_down", TUESDAY, facts(state=ToolState.DOWN)),
    ("account_unconfirmed", TUESDAY, facts(is_confirmed=False)),
    ("not_a_member", TUESDAY, facts(bookable_by=BookableBy.MEMBERS)),
    ("suspended", TUESDAY, facts(suspended=(Suspended(span("2026-03-23 09:00", "2026-03-23 09:01")),))),
    ("suspended", TUESDAY, facts(suspended=(Suspended(span("2026-03-24 11:59", "2026-03-26 09:00")),))),
    ("quota_used", TUESDAY, facts(quotas=(replace(WEEKLY, amount=299),), used=(MONDAY,))),
    ("quota_used", TUESDAY, facts(quotas=(replace(WEEKLY, amount=119),))),
    ("visitors_share_used", TUESDAY, facts(quotas=(SHARED,), used=(VISITORS,))),
    ("visit_over", TUESDAY, guest(Visiting(date(2026, 3, 23)), Visiting(date(2026, 3, 1)))),
    ("visit_over", ask("2026-03-24 22:00", "2026-03-24 23:15"), guest(Visiting(date(2026, 3, 24)), hours=ALWAYS_OPEN)),
    ("outside_visit_hours", TUESDAY, guest(Visiting(opens=11 * 60, closes=12 * 60 + 59))),
    ("outside_visit_hours", TUESDAY, guest(Visiting(opens=600, closes=660), Visiting(opens=840, closes=960))),
    (
        "outside_visit_hours",
        ask("2026-03-24 05:00", "2026-03-24 06:15"),
        guest(Visiting(opens=1320, closes=1800), hours=ALWAYS_OPEN),
    ),
    ("outside_visit_hours", TUESDAY, guest(Visiting(date(2026, 3, 23)), Visiting(opens=840, closes=960))),
    ("certificate_missing", TUESDAY, facts(certificate_ids=(3,))),
    ("certificate_expired", TUESDAY, facts(certificate_ids=(3,), certificates={3: at("2026-03-24 11:59")})),
    ("in_the_past", ask("2026-03-23 08:45", "2026-03-23 10:00"), FACTS),
    ("in_the_past", ask("1900-01-01 10:00", "2026-03-23 10:00"), FACTS),
    ("too_soon", TUESDAY, facts(notice_minutes=25 * 60 + 1)),
    ("too_far_ahead", ask("2026-03-26 09:15", "2026-03-26 10:00"), facts(window_days=3)),
    ("too_far_ahead", ask("2026-03-26 09:00", "9998-03-26 10:00"), FACTS),
    ("too_short", TUESDAY, facts(shortest_minutes=121)),
    ("too_long", TUESDAY, facts(longest_minutes=119)),
    ("off_grain", ask("2026-03-24 10:05", "2026-03-24 12:00"), FACTS),
    ("off_grain", ask("2026-03-24 10:00", "2026-03-24 12:05"), FACTS),
    ("off_grain", Ask(1, Span(at("2026-03-24 10:00") + timedelta(seconds=1), at("2026-03-24 12:00"))), FACTS),
    ("outside_opening_hours", ask("2026-03-24 07:45", "2026-03-24 09:00"), FACTS),
    ("outside_opening_hours", ask("2026-03-24 16:00", "2026-03-24 17:15"), FACTS),
    ("outside_opening_hours", ask("2026-03-24 17:00", "2026-03-25 08:00"), facts(NIGHTS, longest_minutes=2000)),
    (
        "outside_opening_hours",
        ask("2026-03-24 18:00", "2026-03-25 10:00"),
        facts(NIGHTS, longest_minutes=2000, unattended=True),
    ),
    (
        "outside_opening_hours",
        ask("2026-03-24 17:00", "2026-03-25 09:00"),
        facts(NIGHTS, longest_minutes=2000, unattended=True),
    ),
    ("closed_day", TUESDAY, facts(closed(24, 24))),
    ("closed_day", TUESDAY, facts(closed(20, 30))),
    ("outage", TUESDAY, facts(outages=(Outage(OUT.start, OUT.end),))),
    ("outage", TUESDAY, facts(outages=(Outage(OUT.start, None),))),
    ("outage", TUESDAY, facts(outages=(Outage(OUT.start, OUT.end, 11), Outage(OUT.start, None, 12)), **TWO)),
    ("event", TUESDAY, facts(blocks=(Block(OUT),))),
    ("slot_taken", TUESDAY, facts(taken=(taken("2026-03-24 11:59", "2026-03-24 13:00"),))),
    ("slot_taken", TUESDAY, facts(setup_minutes=30, taken=(taken("2026-03-24 09:00", "2026-03-24 09:31"),))),
    ("slot_taken", TUESDAY, facts(cleanup_minutes=30, taken=(taken("2026-03-24 12:29", "2026-03-24 13:00"),))),
    (
        "slot_taken",
        TUESDAY,
        facts(taken=(taken("2026-03-24 11:00", "2026-03-24 13:00"),), outages=(Outage(OUT.start, OUT.end, 12),), **TWO),
    ),
]

ALLOWED: list[tuple[str, Ask, Facts]] = [
    ("nothing special", TUESDAY, FACTS),
    ("limited is not down", TUESDAY, facts(state=ToolState.LIMITED)),
    ("a member may", TUESDAY, facts(bookable_by=BookableBy.MEMBERS, role=Role.MEMBER)),
    ("suspended until now", TUESDAY, facts(suspended=(Suspended(span("2026-03-20 09:00", "2026-03-23 09:00")),))),
    ("suspended afterwards", TUESDAY, facts(suspended=(Suspended(span("2026-03-24 12:00", "2026-03-28 09:00")),))),
    ("exactly the quota", TUESDAY, facts(quotas=(WEEKLY,), used=(MONDAY,))),
    ("a quota of another tool", TUESDAY, facts(quotas=(replace(WEEKLY, amount=1, tool_id=2),), used=(MONDAY,))),
    ("exactly the visitors' share", TUESDAY, facts(quotas=(replace(SHARED, amount=301),), used=(VISITORS,))),
    ("members aside", TUESDAY, facts(quotas=(SHARED,), used=(VISITORS,), role=Role.MEMBER)),
    ("a guest may", TUESDAY, guest(Visiting())),
    ("a guest on her last day", TUESDAY, guest(Visiting(date(2026, 3, 24)))),
    ("a guest until midnight", ask("2026-03-24 21:00", "2026-03-24 23:00"), guest(UNTIL_TUESDAY, hours=ALWAYS_OPEN)),
    ("a guest for exactly her hours", TUESDAY, guest(Visiting(opens=11 * 60, closes=13 * 60))),
    ("a guest whose second visit fits", TUESDAY, guest(Visiting(date(2026, 3, 1)), Visiting(opens=660, closes=780))),
    ("a visit binds no member", TUESDAY, guest(Visiting(date(2026, 3, 1)), role=Role.MEMBER)),
    ("a visit binds nobody where all may book", TUESDAY, facts(visiting=(Visiting(date(2026, 3, 1)),))),
    ("held for ever", TUESDAY, facts(certificate_ids=(3,), certificates={3: None})),
    ("held to the end", TUESDAY, facts(certificate_ids=(3,), certificates={3: at("2026-03-24 12:00")})),
    # The last second of what is told as "until 12:00", as that of a day is told by its day.
    ("held to the last second", TUESDAY, facts(certificate_ids=(3,), certificates={3: at("2026-03-24 11:59:59")})),
    ("starts now", ask("2026-03-23 09:00", "2026-03-23 10:00"), FACTS),
    ("exact notice", TUESDAY, facts(notice_minutes=25 * 60)),
    ("exact window", ask("2026-03-26 09:00", "2026-03-26 10:00"), facts(window_days=3)),
    ("exactly the shortest", TUESDAY, facts(shortest_minutes=120)),
    ("exactly the longest", TUESDAY, facts(longest_minutes=120)),
    (
        "grain of the wall",
        ask("2026-03-24 10:15", "2026-03-24 12:15"),
        facts(grain_minutes=60, hours=replace(HOURS, zone="Asia/Kathmandu")),
    ),
    ("from opening to close", ask("2026-03-24 08:00", "2026-03-24 17:00"), facts(longest_minutes=540)),
    (
        "through the night",
        ask("2026-03-24 17:45", "2026-03-25 09:15"),
        facts(NIGHTS, longest_minutes=2000, unattended=True),
    ),
    (
        "ends at the close",
        ask("2026-03-24 10:00", "2026-03-25 18:00"),
        facts(NIGHTS, longest_minutes=2000, unattended=True),
    ),
    (
        "closed before and after",
        TUESDAY,
        facts(
            replace(
                HOURS,
                closed=(
                    ClosedDays(date(2026, 3, 20), date(2026, 3, 23)),
                    ClosedDays(date(2026, 3, 25), date(2026, 3, 25)),
                ),
            )
        ),
    ),
    (
        "a special day beats a closure",
        TUESDAY,
        facts(replace(closed(24, 24), special=(SpecialDay(date(2026, 3, 24), 660, 780),))),
    ),
    (
        "outage touches",
        TUESDAY,
        facts(outages=(Outage(at("2026-03-24 09:00"), at("2026-03-24 10:00")), Outage(at("2026-03-24 12:00"), None))),
    ),
    ("one unit is left", TUESDAY, facts(outages=(Outage(OUT.start, None, 11),), **TWO)),
    ("event touches", TUESDAY, facts(blocks=(Block(span("2026-03-24 12:00", "2026-03-24 13:00")),))),
    (
        "taken touches",
        TUESDAY,
        facts(taken=(taken("2026-03-24 09:00", "2026-03-24 10:00"), taken("2026-03-24 12:00", "2026-03-24 13:00"))),
    ),
    (
        "buffers touch",
        TUESDAY,
        facts(
            setup_minutes=30,
            cleanup_minutes=30,
            taken=(taken("2026-03-24 09:00", "2026-03-24 09:30"), taken("2026-03-24 12:30", "2026-03-24 13:00")),
        ),
    ),
    ("another unit is free", TUESDAY, facts(taken=(taken("2026-03-24 11:00", "2026-03-24 13:00"),), **TWO)),
    (
        "moves over itself",
        replace(TUESDAY, booking_id=5),
        facts(taken=(taken("2026-03-24 11:00", "2026-03-24 13:00", booking=5),)),
    ),
]


DATA: list[tuple[Ask, Facts, dict[str, Any], str | None]] = [
    (TUESDAY, facts(state=ToolState.DOWN, state_note="belt"), {"note": "belt"}, None),
    (
        TUESDAY,
        facts(certificate_ids=(3, 4), certificates={}, certificate_names={3: "Laser", 4: "Fire"}),
        {"ids": (3, 4), "names": ("Laser", "Fire"), "briefing": None},
        None,
    ),
    (
        TUESDAY,
        facts(certificate_ids=(3,), certificates={3: at("2026-03-24 11:00")}, certificate_names={3: "Laser"}),
        {"id": 3, "name": "Laser", "ended": "2026-03-24T11:00:00+00:00", "over": False, "briefing": None},
        None,
    ),
    (
        TUESDAY,
        facts(suspended=(Suspended(span("2026-03-23 08:00", "2026-04-01 08:00"), "Twice missed"),)),
        {"until": "2026-04-01T08:00:00+00:00", "reason": "Twice missed"},
        "2026-04-01 08:00",
    ),
    (
        TUESDAY,
        facts(quotas=(replace(WEEKLY, amount=240, kind_id=1, space_id=1),), used=(MONDAY,)),
        {
            **{"measure": "minutes_week", "counted": "person", "scope": "kind_at_space"},
            **{"amount": 240, "used": 180, "asked": 120, "frees": "2026-03-29T22:00:00+00:00"},
        },
        "2026-03-29 22:00",
    ),
    (
        TUESDAY,
        # Nine open hours a day: 63 a week, of which visitors may have 4.41.
        facts(quotas=(Quota(2, Counted.VISITORS, Measure.PERCENT_WEEK, 7, tool_id=1),), used=(VISITORS,), role=None),
        {
            **{"measure": "percent_week", "counted": "visitors", "scope": "tool", "percent": 7},
            **{"amount": 264, "used": 181, "asked": 120, "frees": "2026-03-29T22:00:00+00:00"},
        },
        "2026-03-29 22:00",
    ),
    (
        TUESDAY,
        guest(Visiting(date(2026, 3, 22)), Visiting(date(2026, 3, 23))),
        {"last_day": "2026-03-23"},
        None,
    ),
    (TUESDAY, guest(Visiting(opens=840, closes=960)), {"opens": 840, "closes": 960}, "2026-03-24 13:00"),
    (TUESDAY, guest(Visiting(opens=600, closes=720)), {"opens": 600, "closes": 720}, "2026-03-25 09:00"),
    (
        TUESDAY,
        guest(Visiting(date(2026, 3, 24), opens=600, closes=720)),
        {"opens": 600, "closes": 720},
        None,
    ),
    (TUESDAY, facts(notice_minutes=2880), {"notice_minutes": 2880, "earliest": "2026-03-25T09:00:00+00:00"}, None),
    (TUESDAY, facts(window_days=1), {"window_days": 1}, "2026-03-23 10:00"),
    (
        TUESDAY,
        facts(Hours("UTC", (WeeklyOpening(2, 540, 600),))),
        {"opens": "2026-03-25T09:00:00+00:00", "closes": "2026-03-25T10:00:00+00:00"},
        "2026-03-25 09:00",
    ),
    (
        TUESDAY,
        facts(closed(24, 25)),
        {"reason": "stocktaking", "opens": "2026-03-26T08:00:00+00:00", "closes": "2026-03-26T17:00:00+00:00"},
        "2026-03-26 08:00",
    ),
    (
        TUESDAY,
        facts(outages=(Outage(OUT.start, OUT.end, 11, "fan"), Outage(OUT.start, None, 12)), **TWO),
        {"until": "2026-03-24T15:00:00+00:00", "reason": "fan", "in_turn": False},
        "2026-03-24 15:00",
    ),
    (
        TUESDAY,
        facts(outages=(Outage(OUT.start, None, None, "air"),)),
        {"until": None, "reason": "air", "in_turn": False},
        None,
    ),
    (
        TUESDAY,
        # One unit after the other is out, so the tool as such never is, and the first to be back counts.
        facts(
            outages=(
                Outage(at("2026-03-24 09:00"), at("2026-03-24 10:30"), 11, "fan"),
                Outage(at("2026-03-24 11:00"), at("2026-03-24 11:30"), 12, "belt"),
            ),
            **TWO,
        ),
        {"until": "2026-03-24T10:30:00+00:00", "reason": "fan", "in_turn": True},
        "2026-03-24 10:30",
    ),
    (
        TUESDAY,
        # Between two outages there is too little time for what is asked.
        facts(
            outages=(
                Outage(at("2026-03-24 09:00"), at("2026-03-24 10:30"), reason="fan"),
                Outage(at("2026-03-24 12:00"), at("2026-03-24 15:00"), reason="belt"),
            )
        ),
        {"until": "2026-03-24T15:00:00+00:00", "reason": "fan", "in_turn": True},
        "2026-03-24 15:00",
    ),
    (
        TUESDAY,
        facts(blocks=(Block(OUT, "Class"),)),
        {"title": "Class", "from": "2026-03-24T11:00:00+00:00", "until": "2026-03-24T15:00:00+00:00"},
        "2026-03-24 15:00",
    ),
    (
        TUESDAY,
        facts(taken=(taken("2026-03-24 09:00", "2026-03-24 11:00", pending=True),)),
        {"pending": True, "named": False, "from": "2026-03-24T09:00:00+00:00", "until": "2026-03-24T11:00:00+00:00"},
        "2026-03-24 11:00",
    ),
    (
        TUESDAY,
        # An hour between two bookings is nobody's, so only the first of them is said.
        facts(
            taken=(
                taken("2026-03-24 11:30", "2026-03-24 13:00"),
                taken("2026-03-24 09:00", "2026-03-24 10:15", pending=True),
                taken("2026-03-24 10:15", "2026-03-24 10:30", pending=True),
            )
        ),
        {"pending": True, "named": False, "from": "2026-03-24T09:00:00+00:00", "until": "2026-03-24T10:30:00+00:00"},
        # The hour is too short for what is asked, so the wish can be had only after all of them.
        "2026-03-24 13:00",
    ),
    (
        TUESDAY,
        facts(
            taken=(taken("2026-03-24 09:00", "2026-03-24 14:00"), taken("2026-03-24 11:00", "2026-03-24 13:00", 12)),
            **TWO,
        ),
        {"pending": False, "named": False, "from": "2026-03-24T11:00:00+00:00", "until": "2026-03-24T13:00:00+00:00"},
        "2026-03-24 13:00",
    ),
    (
        TUESDAY,
        # All units are full from 11 to 13 only, but the first to be free soon is taken again: 14:30 it is.
        facts(
            taken=(
                taken("2026-03-24 09:00", "2026-03-24 13:00"),
                taken("2026-03-24 14:00", "2026-03-24 15:00"),
                taken("2026-03-24 11:00", "2026-03-24 14:30", 12),
            ),
            **TWO,
        ),
        {"pending": False, "named": False, "from": "2026-03-24T11:00:00+00:00", "until": "2026-03-24T13:00:00+00:00"},
        "2026-03-24 14:30",
    ),
    (
        TUESDAY,
        # One unit is taken after the other: at no time are all of them.
        facts(
            taken=(taken("2026-03-24 09:00", "2026-03-24 11:00"), taken("2026-03-24 11:30", "2026-03-24 13:00", 12)),
            **TWO,
        ),
        {"pending": False, "named": False, "from": None, "until": None},
        "2026-03-24 11:00",
    ),
    (
        TUESDAY,
        # With set-up and clean-up, and a unit that is out of order only during the first free time.
        facts(
            setup_minutes=30,
            cleanup_minutes=15,
            taken=(taken("2026-03-24 09:00", "2026-03-24 11:00"),),
            outages=(Outage(at("2026-03-24 13:00"), at("2026-03-24 14:00"), 11),),
        ),
        {"pending": False, "named": False, "from": "2026-03-24T09:00:00+00:00", "until": "2026-03-24T11:00:00+00:00"},
        "2026-03-24 14:00",
    ),
    (
        TUESDAY,
        # What lies more than two days further on is not known, so nothing is promised.
        facts(taken=(taken("2026-03-24 09:00", "2026-03-26 10:01"),)),
        {"pending": False, "named": False, "from": "2026-03-24T09:00:00+00:00", "until": "2026-03-26T10:01:00+00:00"},
        None,
    ),
]
