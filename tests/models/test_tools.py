"""Cards of tools and spaces."""

from collections.abc import Iterator

import pytest
from flask import Flask

from booking.models import spaces, tools
from booking.models.database import Session
from booking.rules.facts import ToolState
from booking.rules.refusals import Absent
from tests.factories import database, make_certificate, make_space, make_tool


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with database(app) as session:
        yield session


@pytest.mark.both_engines
def test_a_tool_is_shown_with_its_space_its_units_and_its_certificates(session: Session) -> None:
    space = make_space(session)
    tool = make_tool(session, space, units=3)
    certificate = make_certificate(session, space, tool)
    card = tools.tool_card(session, space.slug, tool.slug)
    assert (card.space_name, card.units, card.certificate_ids) == (space.name, 3, (certificate.id,))
    assert card.kind_slug == "laser_cutter"


@pytest.mark.both_engines
def test_pages_of_tools_follow_one_another_without_gaps(session: Session) -> None:
    space = make_space(session)
    for name in ("Anvil", "Bench", "Bench", "Drill"):
        make_tool(session, space, name=name)
    make_tool(session, space, name="Ancient", state=ToolState.RETIRED)
    first = tools.tool_cards(session, space_id=space.id, limit=2)
    rest = tools.tool_cards(session, space_id=space.id, after=(first[-1].name, first[-1].id))
    assert [card.name for card in (*first, *rest)] == ["Anvil", "Bench", "Bench", "Drill"]
    assert len({card.id for card in (*first, *rest)}) == 4


def test_a_tool_of_another_space_is_absent(session: Session) -> None:
    tool = make_tool(session, make_space(session))
    other = make_space(session)
    with pytest.raises(Absent):
        tools.tool_card(session, other.slug, tool.slug)


def test_hours_of_many_spaces_come_by_id(session: Session) -> None:
    always, never = make_space(session), make_space(session, hours=False)
    hours = spaces.hours_of(session, [always.id, never.id, 999])
    assert len(hours[always.id].weekly) == 7
    assert hours[never.id].weekly == ()
    assert set(hours) == {always.id, never.id}
