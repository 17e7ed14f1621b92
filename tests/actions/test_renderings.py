"""Stored event bytes: kept with the booking, replaced when it changes, always equal to fresh ones."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from booking.actions import renderings
from booking.actions.call import Call
from booking.models import bookings
from booking.models.database import Session, db, writing
from booking.models.renderings import events
from booking.models.tables.bookings import Booking, Rendering
from booking.models.tables.jobs import Job
from booking.rules.states import State
from config import Settings
from tests.calendars import Workshop, make_booking
from tests.factories import NOW

pytestmark = pytest.mark.both_engines


def stored(session: Session, row: Booking) -> dict[tuple[str, str], bytes]:
    session.commit()
    session.expire_all()
    found = session.scalars(select(Rendering).where(Rendering.booking_id == row.id))
    return {(each.audience, each.language): each.body for each in found}


def refresh(app: Flask, settings: Settings, row: Booking) -> None:
    with app.app_context(), writing(db.engine) as session:
        call = Call(session, None, NOW, settings)
        renderings.refresh(call, bookings.card(session, row.id))


def run(app: Flask, settings: Settings, payload: dict[str, object]) -> None:
    with app.app_context(), writing(db.engine) as session:
        renderings.run(Call(session, None, NOW + timedelta(hours=1), settings), payload)


def test_a_booking_has_an_event_for_its_maker_one_for_managers_and_one_that_only_says_busy(
    app: Flask, settings: Settings, workshop: Workshop
) -> None:
    row = make_booking(workshop)
    refresh(app, settings, row)
    events = stored(workshop.session, row)
    assert set(events) == {("own", ""), ("shared", ""), ("busy", "en")}
    assert b"Ada" in events["shared", ""]
    assert b"Ada" not in events["busy", "en"]


@pytest.mark.parametrize("visibility", ["name", "open"])
def test_members_have_an_event_of_their_own_only_where_the_space_shows_more_than_times(
    app: Flask, settings: Settings, workshop: Workshop, visibility: str
) -> None:
    workshop.space.visibility = visibility
    row = make_booking(workshop)
    refresh(app, settings, row)
    assert (visibility, "") in stored(workshop.session, row)


def test_a_changed_booking_replaces_its_events(app: Flask, settings: Settings, workshop: Workshop) -> None:
    row = make_booking(workshop, state=State.PENDING)
    refresh(app, settings, row)
    assert ("own", "en") in stored(workshop.session, row)
    row.state, row.version, row.sequence = "confirmed", 2, 1
    workshop.session.commit()
    refresh(app, settings, row)
    assert set(stored(workshop.session, row)) == {("own", ""), ("shared", ""), ("busy", "en")}


def test_stored_events_are_the_same_as_fresh_ones(app: Flask, settings: Settings, workshop: Workshop) -> None:
    for hour, state in enumerate(State):
        row = make_booking(workshop, state=state, start=NOW + timedelta(hours=2 * hour))
        refresh(app, settings, row)
        found = events(workshop.session, [row.id])[row.id]
        assert found == bookings.card(workshop.session, row.id).event
        fresh = {(each.audience, each.language): each.body for each in renderings.rendered(found, settings.base_url)}
        assert stored(workshop.session, row) == fresh


@pytest.mark.parametrize("subject", ["tool", "space"])
def test_a_renamed_tool_or_space_renders_its_bookings_again(
    app: Flask, settings: Settings, workshop: Workshop, subject: str
) -> None:
    row = make_booking(workshop)
    refresh(app, settings, row)
    getattr(workshop, subject).name = "Renamed"
    row.sequence, row.version = 1, 2
    workshop.session.commit()
    run(app, settings, {f"{subject}_id": getattr(workshop, subject).id})
    body = stored(workshop.session, row)["own", ""]
    assert b"Renamed" in body
    assert b"SEQUENCE:1\r\n" in body


def test_a_renamed_maker_raises_the_stamps_of_her_bookings(app: Flask, settings: Settings, workshop: Workshop) -> None:
    row = make_booking(workshop)
    workshop.ada.name = "Adele"
    workshop.session.commit()
    run(app, settings, {"account_id": workshop.ada.id})
    body = stored(workshop.session, row)["shared", ""]
    assert b"SUMMARY:Lumi: Adele" in body
    assert b"SEQUENCE:1\r\n" in body
    assert b"LAST-MODIFIED:20261125T090000Z" in body
    assert workshop.session.get_one(Booking, row.id).version == 2


def test_many_bookings_are_rendered_in_steps(
    app: Flask, settings: Settings, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renderings, "STEP", 2)
    rows = [make_booking(workshop, start=NOW + timedelta(days=day)) for day in range(3)]
    run(app, settings, {"fill": True})
    assert not stored(workshop.session, rows[2])
    left = workshop.session.scalars(select(Job).where(Job.kind == "render")).one()
    run(app, settings, left.payload)
    assert stored(workshop.session, rows[2])


def test_filling_in_renders_what_an_older_code_wrote_and_leaves_the_stamps(
    app: Flask, settings: Settings, workshop: Workshop
) -> None:
    row = make_booking(workshop)
    refresh(app, settings, row)
    fresh = stored(workshop.session, row)
    for each in workshop.session.scalars(select(Rendering)):
        each.code, each.body = "older", b"old"
    workshop.session.commit()
    run(app, settings, {"fill": True})
    assert stored(workshop.session, row) == fresh


def test_renderings_that_no_feed_shows_any_more_are_forgotten(
    app: Flask, settings: Settings, workshop: Workshop
) -> None:
    old = make_booking(workshop, start=NOW - timedelta(days=40))
    young = make_booking(workshop)
    for row in (old, young):
        refresh(app, settings, row)
    with app.app_context(), writing(db.engine) as session:
        renderings.forget_old(Call(session, None, NOW, settings))
    assert not stored(workshop.session, old)
    assert stored(workshop.session, young)
