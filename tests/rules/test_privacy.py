"""The whole matrix of what each reader sees of Ada's booking at each visibility level."""

from datetime import UTC, datetime

import pytest

from booking.rules.access import Role
from booking.rules.facts import Visibility
from booking.rules.privacy import BookingView, Shown, Viewer, project, sees_times, told
from booking.rules.refusals import Refusal

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
BOOKING = BookingView(1, "Ada", "A lamp", team_id=5)
OWNER, ANYBODY, STRANGER = Viewer(1), Viewer(), Viewer(3)
MATE, OTHER_MATE = Viewer(4, team_ids=frozenset({5, 6})), Viewer(4, team_ids=frozenset({6}))
MEMBER, TRAINER, MANAGER, ADMIN = (Viewer(9, role) for role in Role)

NOTHING = Shown(False)
TIME = Shown(True)
NAME = Shown(True, "Ada")
PURPOSE = Shown(True, "Ada", "A lamp")
ALL = Shown(True, "Ada", "A lamp", link=True)

# closed, busy, name, open; then the same where the space doesn't publish.
MATRIX = {
    "anybody": (ANYBODY, [NOTHING, TIME, TIME, TIME], [NOTHING] * 4),
    "stranger": (STRANGER, [NOTHING, TIME, TIME, TIME], [NOTHING, TIME, TIME, TIME]),
    "member": (MEMBER, [TIME, TIME, NAME, PURPOSE], [TIME, TIME, NAME, PURPOSE]),
    "trainer": (TRAINER, [TIME, TIME, NAME, PURPOSE], [TIME, TIME, NAME, PURPOSE]),
    "manager": (MANAGER, [ALL] * 4, [ALL] * 4),
    "admin": (ADMIN, [ALL] * 4, [ALL] * 4),
    "team-mate": (MATE, [ALL] * 4, [ALL] * 4),
    "in another team": (OTHER_MATE, [NOTHING, TIME, TIME, TIME], [NOTHING, TIME, TIME, TIME]),
    "owner": (
        OWNER,
        [Shown(True, "Ada", "A lamp", link=True, mine=True)] * 4,
        [Shown(True, "Ada", "A lamp", True, True)] * 4,
    ),
}
CASES = [
    pytest.param(viewer, level, publishes, row[at], id=f"{who}-{level}-{'published' if publishes else 'not published'}")
    for who, (viewer, public, private) in MATRIX.items()
    for publishes, row in ((True, public), (False, private))
    for at, level in enumerate(Visibility)
]


@pytest.mark.parametrize(("viewer", "level", "publishes", "shown"), CASES)
def test_what_is_shown(viewer: Viewer, level: Visibility, publishes: bool, shown: Shown) -> None:
    assert project(BOOKING, viewer, level, publishes) == shown


@pytest.mark.parametrize(("viewer", "level", "publishes", "shown"), CASES)
def test_times_are_seen_where_a_foreign_booking_is(
    viewer: Viewer, level: Visibility, publishes: bool, shown: Shown
) -> None:
    if not shown.mine and viewer is not MATE:
        assert sees_times(viewer, level, publishes) == shown.show_time


def test_a_booking_whose_maker_is_gone_belongs_to_nobody_not_to_anybody() -> None:
    assert project(BookingView(None), ANYBODY, Visibility.BUSY) == TIME


def test_a_booking_for_no_team_is_no_teams() -> None:
    assert project(BookingView(1, "Ada", "A lamp"), MATE, Visibility.BUSY) == TIME


def test_refusals_tell_no_more_than_the_calendar_would() -> None:
    taken = Refusal("slot_taken", {"from": "10:00", "until": "12:00", "pending": True}, NOW)
    other, outside = Refusal("too_long", {"longest_minutes": 60}), Refusal("not_a_member")
    assert told((other, taken), MEMBER, Visibility.CLOSED) == (other, taken)
    assert told((other, taken), STRANGER, Visibility.BUSY) == (other, taken)
    assert told((other, taken), STRANGER, Visibility.CLOSED) == (other, Refusal("slot_taken"))
    assert told((other, taken), ANYBODY, Visibility.OPEN, publishes=False) == (other, Refusal("slot_taken"))
    assert told((outside, taken), STRANGER, Visibility.BUSY) == (outside,)
