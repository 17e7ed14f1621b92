"""The database counts the changes of bookings itself, for their account, tool, space and team."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from booking.models.tables.bookings import Booking
from booking.models.tables.calendars import Revision
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_space, make_team, make_tool

pytestmark = pytest.mark.both_engines


def numbers(workshop: Workshop) -> dict[tuple[str, int], int]:
    workshop.session.commit()
    workshop.session.expire_all()
    return {(row.subject, row.subject_id): row.number for row in workshop.session.query(Revision)}


def test_a_new_a_changed_and_a_deleted_booking_count(workshop: Workshop) -> None:
    row = make_booking(workshop)
    subjects = [("account", row.account_id), ("tool", row.tool_id), ("space", row.space_id)]
    assert numbers(workshop) == dict.fromkeys(subjects, 1)
    row.purpose = "Engraving"
    assert numbers(workshop) == dict.fromkeys(subjects, 2)
    workshop.session.delete(row)
    assert numbers(workshop) == dict.fromkeys(subjects, 3)


def test_a_booking_for_a_team_counts_for_it_until_it_is_nobodys(workshop: Workshop) -> None:
    team = make_team(workshop.session, workshop.ada)
    row = make_booking(workshop, team_id=team.id)
    assert numbers(workshop)["team", team.id] == 1
    row.team_id = None
    assert numbers(workshop)["team", team.id] == 2
    row.purpose = "Engraving"
    assert numbers(workshop)["team", team.id] == 2


def test_a_booking_that_leaves_a_tool_counts_for_both(workshop: Workshop) -> None:
    row = make_booking(workshop)
    left, right = workshop.tool.id, make_tool(workshop.session, workshop.space).id
    row.tool_id, row.changed_at = right, NOW + timedelta(hours=1)
    found = numbers(workshop)
    assert (found["tool", left], found["tool", right]) == (2, 1)
    latest = workshop.session.get_one(Revision, ("tool", left)).changed_at
    assert latest == NOW + timedelta(hours=1)


def test_many_rows_at_once_count_for_each_of_their_subjects(workshop: Workshop) -> None:
    elsewhere = make_space(workshop.session, "Elsewhere")
    make_booking(workshop)
    make_booking(workshop, start=NOW + timedelta(days=1), account=workshop.bo)
    make_booking(workshop, start=NOW + timedelta(days=2), space_id=elsewhere.id)
    before = numbers(workshop)
    workshop.session.execute(update(Booking).values(version=Booking.version + 1))
    after = numbers(workshop)
    assert all(after[subject] > before[subject] for subject in before)
    assert len(after) == 5


def test_the_latest_change_never_goes_back(workshop: Workshop) -> None:
    row = make_booking(workshop, changed_at=NOW)
    make_booking(workshop, start=NOW + timedelta(days=1), changed_at=NOW - timedelta(days=1))
    workshop.session.commit()
    assert workshop.session.get_one(Revision, ("tool", row.tool_id)).changed_at == NOW
