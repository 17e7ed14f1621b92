"""A feed fetched by vdirsyncer and read by khal: right local times, and changes that arrive."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from booking.actions import feeds
from booking.actions.call import Call
from booking.models.database import db, writing
from booking.rules.events import View
from booking.rules.states import State
from config import Settings
from tests.calendars import Workshop, make_booking
from tests.clients.agenda import Reader
from tests.factories import NOW, actor_of, make_space, make_tool

pytestmark = pytest.mark.usefixtures("clock")


def subscribe(app: Flask, settings: Settings, workshop: Workshop, served: str, folder: Path) -> Reader:
    with app.app_context(), writing(db.engine) as session:
        _, address = feeds.create(Call(session, actor_of(workshop.ada), NOW, settings), View.MINE)
    return Reader(folder, address.replace(settings.base_url, served))


def test_bookings_appear_move_and_are_struck(
    app: Flask, settings: Settings, workshop: Workshop, served: str, tmp_path: Path
) -> None:
    first = make_booking(workshop, start=NOW + timedelta(hours=2))
    second = make_booking(workshop, start=NOW + timedelta(days=1))
    reader = subscribe(app, settings, workshop, served, tmp_path)
    assert reader.agenda("2026-11-25", 2) == [
        "2026-11-25 11:00|13:00|Lumi, Werkhof",
        "2026-11-26 09:00|11:00|Lumi, Werkhof",
    ]

    first.starts_at, first.ends_at = NOW + timedelta(hours=5), NOW + timedelta(hours=6)
    second.state, second.ended_at = State.CANCELLED.value, NOW
    for row in (first, second):
        row.sequence, row.version, row.changed_at = 1, 2, NOW + timedelta(minutes=1)
    workshop.session.commit()
    assert reader.agenda("2026-11-25", 2) == [
        "2026-11-25 14:00|15:00|Lumi, Werkhof",
        "2026-11-26 09:00|11:00|Cancelled: Lumi, Werkhof",
    ]


def test_times_are_right_in_every_zone_and_in_both_clock_changes(
    app: Flask, settings: Settings, workshop: Workshop, served: str, tmp_path: Path
) -> None:
    perth = make_space(workshop.session, "Perth", time_zone="Australia/Perth", city="Perth")
    tool = make_tool(workshop.session, perth, name="Router")
    make_booking(workshop, start=datetime(2026, 12, 1, 2, tzinfo=UTC), tool_id=tool.id, space_id=perth.id)
    make_booking(workshop, start=datetime(2026, 10, 31, 22, tzinfo=UTC), hours=1)
    make_booking(workshop, start=datetime(2027, 3, 28, 0, tzinfo=UTC), hours=2)
    make_booking(workshop, start=datetime(2027, 7, 1, 8, tzinfo=UTC))
    reader = subscribe(app, settings, workshop, served, tmp_path)
    assert reader.agenda("2026-12-01", 1, "Australia/Perth") == ["2026-12-01 10:00|12:00|Router, Perth"]
    assert reader.agenda("2026-12-01", 1) == ["2026-12-01 03:00|05:00|Router, Perth"]
    assert reader.agenda("2026-10-31", 1) == ["2026-10-31 23:00|00:00|Lumi, Werkhof"]
    assert reader.agenda("2027-03-28", 1) == ["2027-03-28 01:00|04:00|Lumi, Werkhof"]
    assert reader.agenda("2027-07-01", 1) == ["2027-07-01 10:00|12:00|Lumi, Werkhof"]
