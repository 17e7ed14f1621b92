"""What people read about their limits."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from booking.rules.facts import Counted, Measure, Quota
from booking.rules.quotas import Left
from booking.rules.refusals import Refusal
from booking.wording import quotas
from booking.wording.refusals import refusal_sentence

ZONE = "Europe/Berlin"
MONDAY = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)
WEEK = {"measure": "minutes_week", "counted": "person", "scope": "space"}
SHARE = {"measure": "percent_week", "counted": "visitors", "scope": "tool", "percent": 25}


@pytest.fixture(autouse=True)
def page(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (
            Refusal("quota_used", WEEK | {"amount": 360, "used": 300, "asked": 90}, MONDAY),
            "You may have 6 hours a week at this space. Booked already: 5 hours; this time takes"
            " 1 hour 30 minutes. There is room again from Mon 30 Nov 00:00 on.",
        ),
        (
            Refusal("quota_used", WEEK | {"amount": 2400, "used": 0, "asked": 2401}),
            "You may have 40 hours a week at this space. Only a shorter time fits.",
        ),
        (
            Refusal(
                "quota_used",
                {"measure": "open_bookings", "counted": "team", "scope": "network", "amount": 2, "used": 2, "asked": 1},
                MONDAY,
            ),
            "Your team may have 2 bookings ahead at a time at all spaces of the network. 2 are booked."
            " There is room again from Mon 30 Nov 00:00 on.",
        ),
        (
            Refusal("visitors_share_used", SHARE | {"amount": 945, "used": 900, "asked": 60}, MONDAY),
            "Visitors of this space may have 25% of the tool's open hours, together 15 hours 45 minutes that week."
            " Booked already: 15 hours; this time takes 1 hour. There is room again from Mon 30 Nov 00:00 on.",
        ),
        (
            Refusal("suspended", {"reason": "Missed twice"}, MONDAY),
            "You can't book here until Mon 30 Nov 00:00. (Missed twice)",
        ),
    ],
)
def test_a_refusal_says_the_limit_what_is_used_and_when_there_is_room(refusal: Refusal, sentence: str) -> None:
    assert refusal_sentence(refusal, ZONE) == sentence


def test_what_is_left_is_said_with_when_more_comes_back() -> None:
    week = Left(Quota(1, Counted.PERSON, Measure.MINUTES_WEEK, 360, tool_id=1), 360, 120, MONDAY)
    assert quotas.left_label(week) == "Your limit"
    assert quotas.left_words(week, ZONE) == (
        "4 hours of 6 hours left this week, on this tool; more from Mon 30 Nov 00:00 on"
    )
    ahead = Left(Quota(2, Counted.TEAM, Measure.OPEN_BOOKINGS, 3), 3, 0, None, 7)
    assert quotas.left_label(ahead, "Rocket") == "Team Rocket"
    assert quotas.left_words(ahead, ZONE) == "3 of 3 bookings left, at all spaces of the network"


def test_a_limit_is_a_plain_phrase() -> None:
    assert (
        quotas.limit_words(Quota(1, Counted.PERSON, Measure.MINUTES_DAY, 90)) == "Each person: 1 hour 30 minutes a day"
    )
    share = Quota(1, Counted.VISITORS, Measure.PERCENT_WEEK, 30)
    assert quotas.limit_words(share) == "All visitors together: 30% of the open hours of a week"
