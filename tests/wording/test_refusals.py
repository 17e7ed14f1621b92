"""Every refusal has one sentence that says what stands in the way and until when."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from booking.rules import policy
from booking.rules.access import Role
from booking.rules.refusals import CONFLICTS, Refusal
from booking.rules.states import Act, State
from booking.wording.refusals import FILLED, PLAIN, overridable_words, refusal_sentence
from config import ROOT

ZONE = "Europe/Berlin"
LIFTS = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
STRETCH = {"from": "2026-11-26T08:00:00+00:00", "until": "2026-11-26T10:00:00+00:00"}
OPENS = {"opens": "2026-11-27T07:00:00+00:00", "closes": "2026-11-27T21:00:00+00:00"}


@pytest.fixture(autouse=True)
def page() -> Iterator[None]:
    """A request to a small site that speaks English."""
    app = Flask("booking")
    Babel(app)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (Refusal("tool_retired"), "This tool can't be booked any more."),
        (Refusal("tool_down", {"note": "Tube cracked"}), "This tool is out of order. (Tube cracked)"),
        (
            Refusal("certificate_missing", {"ids": (1, 2), "names": ("Laser", "Fire")}),
            "This tool asks for certificates that you don't hold yet: Laser, Fire.",
        ),
        (
            Refusal("certificate_expired", {"id": 1, "name": "Laser", "ended": "2026-11-26T08:00:00+00:00"}),
            "Your certificate Laser ends before this time does, on Thu 26 Nov.",
        ),
        (
            Refusal("certificate_missing", {"names": ("Saw",), "briefing": "2026-11-26T17:00:00+00:00"}),
            "This tool asks for a certificate that you don't hold yet: Saw. The next briefing is on Thu 26 Nov 18:00.",
        ),
        (
            Refusal("certificate_expired", {"name": "Laser", "ended": "2026-05-03T21:59:59+00:00", "over": True}),
            "Your certificate Laser ended on 3 May 2026.",
        ),
        (
            Refusal("too_soon", {"notice_minutes": 120, "earliest": "2026-11-26T08:00:00+00:00"}),
            "This tool asks for 2 hrs of notice; the earliest start is Thu 26 Nov 09:00.",
        ),
        (
            Refusal("too_far_ahead", {"window_days": 60}, LIFTS),
            "This tool can be booked at most 60 days ahead. This time opens on Thu 26 Nov 10:00.",
        ),
        (
            Refusal("visit_over", {"last_day": "2026-11-26"}),
            "Your visit is agreed until Thu 26 Nov. Ask the space for a longer one.",
        ),
        (
            Refusal("outside_visit_hours", {"opens": 840, "closes": 1440}),
            "Your visit is agreed for these hours only: 14:00–00:00.",
        ),
        (
            Refusal("outside_visit_hours", {"opens": 1320, "closes": 1800}),
            "Your visit is agreed for these hours only: 22:00–06:00.",
        ),
        (Refusal("too_many_teams", {"most": 20}), "You can be in at most 20 teams. Leave one of them first."),
        (Refusal("too_far_ahead", {"window_days": 1}), "This tool can be booked at most 1 day ahead."),
        (Refusal("too_short", {"shortest_minutes": 30}), "The shortest booking of this tool is 30 minutes."),
        (Refusal("too_long", {"longest_minutes": 240}), "The longest booking of this tool is 4 hours."),
        (Refusal("off_grain", {"grain_minutes": 15}), "Bookings of this tool start and end in steps of 15 minutes."),
        (
            Refusal("outside_opening_hours", OPENS),
            "The space is not open for all of this time. It opens next on Fri 27 Nov, 08:00–22:00.",
        ),
        (
            Refusal("closed_day", {"reason": "Christmas"} | OPENS),
            "The space is closed on this day. (Christmas) It opens next on Fri 27 Nov, 08:00–22:00.",
        ),
        (Refusal("closed_day", {"opens": None, "closes": None}), "The space is closed on this day."),
        (Refusal("outage", {"until": None, "reason": ""}), "This tool is out of order until further notice."),
        (
            Refusal("outage", {"until": "2026-11-26T10:00:00+00:00", "reason": "Belt"}),
            "This tool is out of order until Thu 26 Nov 11:00. (Belt)",
        ),
        (
            Refusal("event", {"title": "Open day"} | STRETCH),
            "An event of the space takes the tool: Thu 26 Nov, 09:00–11:00. (Open day)",
        ),
        (Refusal("slot_taken", STRETCH), "This time is taken already: Thu 26 Nov, 09:00–11:00."),
        (
            Refusal("slot_taken", {"pending": True} | STRETCH),
            "A request that waits for approval holds this time: Thu 26 Nov, 09:00–11:00.",
        ),
        (Refusal("slot_taken"), "This time is taken already."),
        (Refusal("slot_taken", {"from": None, "until": None}), "No unit of this tool is free for all of this time."),
        (
            Refusal("outage", {"until": "2026-11-26T10:00:00+00:00", "reason": "Belt", "in_turn": True}),
            "No unit of this tool is in order for all of this time. One will be from Thu 26 Nov 11:00 on. (Belt)",
        ),
        (Refusal("outage", {"in_turn": True}), "No unit of this tool is in order for all of this time."),
        (
            Refusal("no_such_time", {"wall": "2027-03-28T02:30:00", "zone": ZONE}),
            "The clocks skip 02:30 on this day.",
        ),
        (
            Refusal("wrong_state", {"state": "declined", "act": "approve"}),
            "This request has been declined. Book another time if you still need one.",
        ),
        (Refusal("wrong_state", {"state": "confirmed", "act": "undo"}), "It is too late to undo this."),
    ],
)
def test_a_refusal_says_what_stands_in_the_way(refusal: Refusal, sentence: str) -> None:
    assert refusal_sentence(refusal, ZONE) == sentence


def test_every_code_has_a_sentence() -> None:
    rules = {rule.__name__ for rule in policy.RULES}
    everywhere = {
        code
        for path in Path(ROOT, "booking").rglob("*.py")
        for code in re.findall(r'\bRefusal\(\s*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    assert rules | CONFLICTS | everywhere <= set(PLAIN) | set(FILLED)


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", [*State, "started", "finished"])
def test_each_state_that_stands_in_the_way_is_named(state: str, act: Act) -> None:
    said = refusal_sentence(Refusal("wrong_state", {"state": str(state), "act": act.value}), ZONE)
    assert said != "This is not possible any more."


def test_who_may_book_all_the_same_is_said() -> None:
    assert overridable_words(Refusal("too_soon", overridable_by=Role.MANAGER)).startswith("A manager of the space")
    assert overridable_words(Refusal("too_soon", overridable_by=Role.ADMIN)).startswith("An administrator")
    assert overridable_words(Refusal("slot_taken")) == ""


@pytest.mark.parametrize("language", ["de", "pl"])
def test_a_sentence_ends_with_one_full_stop_after_a_short_unit(language: str) -> None:
    with force_locale(language):
        sentence = refusal_sentence(Refusal("too_long", {"longest_minutes": 240}), ZONE)
    assert sentence.endswith(".") and ".." not in sentence
