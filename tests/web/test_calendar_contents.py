"""What the calendars show: to each reader what the pages would, for as long as it concerns them."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from booking.models.tables.bookings import Booking, Rendering
from booking.models.tables.spaces import Membership
from booking.rules.events import View
from booking.rules.states import State
from config import Settings
from tests.calendars import MakeFeed, Workshop, events, make_booking, store, summaries
from tests.factories import NOW, make_space

pytestmark = pytest.mark.usefixtures("clock")

SEEN = {
    ("mine", "ada", "busy"): "Lumi, Werkhof",
    ("tool", "bo", "busy"): "Lumi: Ada",
    ("space", "dee", "closed"): "Lumi: Ada",
    ("tool", "ada", "busy"): "Lumi: Ada",
    ("tool", "cy", "busy"): "Busy: Lumi",
    ("tool", "cy", "open"): "Busy: Lumi",
    ("tool", "member", "busy"): "Busy: Lumi",
    ("tool", "member", "name"): "Lumi: Ada",
    ("space", "member", "open"): "Lumi: Ada",
}


@pytest.mark.both_engines
@pytest.mark.parametrize("is_stored", [True, False])
def test_each_reader_sees_what_the_pages_would_show(
    client: FlaskClient, app: Flask, settings: Settings, workshop: Workshop, make_feed: MakeFeed, is_stored: bool
) -> None:
    for (view, reader, visibility), expected in SEEN.items():
        workshop.session.query(Booking).delete()
        workshop.session.query(Membership).filter_by(account_id=workshop.cy.id).delete()
        workshop.space.visibility = visibility
        if reader == "member":
            workshop.session.add(
                Membership(account_id=workshop.cy.id, space_id=workshop.space.id, role="member", since=NOW)
            )
        workshop.session.commit()
        row = make_booking(workshop)
        if is_stored:
            store(app, settings, row)
        body = client.get(make_feed(getattr(workshop, "cy" if reader == "member" else reader), View(view))).data
        assert summaries(body) == [expected], (view, reader, visibility)
        sees_purpose = reader in ("ada", "bo", "dee") or (reader == "member" and visibility == "open")
        assert (b"Cutting" in body) == sees_purpose, (view, reader, visibility)
        blocks = b"TRANSP:OPAQUE" in body
        assert blocks == (view == "mine"), (view, reader, visibility)


def test_a_busy_only_feed_blocks_time_and_names_nobody(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    make_booking(workshop)
    of_tool = client.get(make_feed(workshop.bo, View.TOOL, busy_only=True)).data
    assert summaries(of_tool) == ["Busy: Lumi"]
    assert b"TRANSP:OPAQUE" in of_tool
    hers = client.get(make_feed(workshop.ada, View.MINE, busy_only=True)).data
    assert summaries(hers) == ["Busy"]
    assert b"Lumi" not in hers


def test_stored_and_fresh_events_make_the_same_calendar(
    client: FlaskClient, app: Flask, settings: Settings, workshop: Workshop, make_feed: MakeFeed
) -> None:
    rows = [make_booking(workshop, state=state, start=NOW + timedelta(days=day)) for day, state in enumerate(State)]
    addresses = [make_feed(workshop.ada, View.MINE), make_feed(workshop.bo, View.SPACE)]
    fresh = [client.get(address).data for address in addresses]
    for row in rows:
        store(app, settings, row)
    assert workshop.session.query(Rendering).count() == 3 * len(rows)
    assert [client.get(address).data for address in addresses] == fresh


def test_a_cancelled_booking_stays_struck_for_thirty_days(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed, clock: time_machine.Traveller
) -> None:
    make_booking(workshop, state=State.CANCELLED, start=NOW + timedelta(days=60))
    address = make_feed(workshop.ada, View.MINE)
    [event] = events(client.get(address).data)
    assert str(event["SUMMARY"]) == "Cancelled: Lumi, Werkhof"
    assert (str(event["STATUS"]), str(event["TRANSP"])) == ("CANCELLED", "TRANSPARENT")
    clock.shift(timedelta(days=31))
    assert summaries(client.get(address).data) == []


def test_only_the_window_is_shown(client: FlaskClient, workshop: Workshop, make_feed: MakeFeed) -> None:
    for days in (-40, -20, 300, 400):
        make_booking(workshop, start=NOW + timedelta(days=days))
    assert len(summaries(client.get(make_feed(workshop.ada, View.MINE)).data)) == 2


def test_requests_show_to_managers_until_they_are_approved(
    client: FlaskClient, workshop: Workshop, make_feed: MakeFeed
) -> None:
    waiting = make_booking(workshop, state=State.PENDING)
    make_booking(workshop, state=State.DECLINED, start=NOW + timedelta(days=1))
    make_booking(workshop, start=NOW + timedelta(days=2))
    elsewhere = make_space(workshop.session, "Elsewhere")
    make_booking(workshop, state=State.PENDING, start=NOW + timedelta(days=3), space_id=elsewhere.id)
    his, hers = make_feed(workshop.bo, View.APPROVALS), make_feed(workshop.dee, View.APPROVALS)
    assert summaries(client.get(his).data) == ["Waiting for approval: Lumi: Ada", "Declined: Lumi: Ada"]
    assert len(summaries(client.get(hers).data)) == 3
    waiting.state = "confirmed"
    workshop.session.commit()
    assert summaries(client.get(his).data) == ["Declined: Lumi: Ada"]
