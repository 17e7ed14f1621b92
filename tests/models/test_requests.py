"""Who waits: makers at several tools and how it went before, in a fixed number of questions."""

from datetime import timedelta

import pytest

from booking.models import audit, requests
from booking.models.requests import History
from booking.rules.access import Role
from booking.rules.states import State
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_certificate, make_grant, make_space, make_tool

pytestmark = pytest.mark.both_engines


def test_makers_are_seen_as_each_tool_sees_them(workshop: Workshop) -> None:
    session, ada, cy, dee = workshop.session, workshop.ada, workshop.cy, workshop.dee
    elsewhere = make_tool(session, make_space(session, "Anderswo"))
    certificate = make_certificate(session, workshop.space, workshop.tool)
    make_grant(session, certificate, ada, expires_at=NOW)
    make_grant(session, certificate, cy, revoked_at=NOW)
    cy.confirmed_at = None
    session.commit()
    found = requests.makers(
        session, [ada.id, cy.id, dee.id], {each.id: each.space_id for each in (workshop.tool, elsewhere)}
    )
    here = {account.name: found[account.id, workshop.tool.id] for account in (ada, cy, dee)}
    assert {name: maker.role for name, maker in here.items()} == {"Ada": Role.MEMBER, "Cy": None, "Dee": Role.ADMIN}
    assert here["Ada"].certificates == {certificate.id: NOW}
    assert here["Cy"].certificates == {} and here["Cy"].certificate_names == {certificate.id: "Laser safety"}
    assert [here["Ada"].is_confirmed, here["Cy"].is_confirmed] == [True, False]
    assert found[ada.id, elsewhere.id].role is None
    assert found[ada.id, elsewhere.id].certificate_names == {}


def test_histories_count_what_is_over_and_what_was_missed(workshop: Workshop) -> None:
    make_booking(workshop, start=NOW - timedelta(days=1))
    make_booking(workshop, start=NOW - timedelta(days=2), state=State.MISSED)
    make_booking(workshop, start=NOW - timedelta(days=3), state=State.CANCELLED)
    make_booking(workshop, start=NOW + timedelta(days=1))
    ids = [workshop.ada.id, workshop.cy.id]
    assert requests.histories(workshop.session, ids, None, NOW) == {workshop.ada.id: History(visits=1, missed=1)}
    assert requests.histories(workshop.session, ids, {workshop.space.id + 1}, NOW) == {}


def test_the_history_of_one_thing_is_told_in_order(workshop: Workshop) -> None:
    for act in ("place", "move"):
        audit.add(workshop.session, NOW, workshop.ada.id, act, "booking", 7, workshop.space.id, {})
    audit.add(workshop.session, NOW, None, "expire", "booking", 8, workshop.space.id, {})
    workshop.session.commit()
    found = audit.of_subject(workshop.session, "booking", 7)
    assert [(row.act, row.account_name) for row in found] == [("place", "Ada"), ("move", "Ada")]
