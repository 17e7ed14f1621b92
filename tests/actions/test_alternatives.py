"""Ways out of a refusal: on the tool itself, and on its equals in reach."""

from datetime import timedelta

import pytest

from booking.actions import bookings
from booking.actions.alternatives import kilometres
from booking.models.database import reading
from booking.models.tools import ToolCard, tool_cards
from booking.rules.availability import Alternative, Why
from booking.rules.facts import Ask
from booking.rules.spans import Span
from tests.acting import HOUR, TEN, Scene, counted

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
def taken(scene: Scene) -> None:
    """Lumi is taken from ten to eleven."""
    scene.perform(scene.cy, bookings.place, scene.ask())


def offered(scene: Scene) -> dict[Why, Alternative]:
    """What Ada is offered instead of ten to eleven on Lumi."""
    return {found.why: found for found in scene.read(scene.ada, bookings.alternatives, scene.ask())}


def test_three_ways_are_offered_and_each_can_be_booked(scene: Scene) -> None:
    beam = scene.tool("Beam")
    found = offered(scene)
    assert found[Why.OTHER_TIME].span in {Span(TEN - HOUR, TEN), Span(TEN + HOUR, TEN + 2 * HOUR)}
    assert found[Why.OTHER_TOOL].tool_id == beam
    assert found[Why.OTHER_DAY].span.start == TEN + timedelta(days=1)
    for way in found.values():
        ask = scene.ask(way.span.start, way.span.length, way.tool_id)
        assert scene.perform(scene.ada, bookings.place, ask).starts_at == way.span.start


def test_the_own_space_comes_before_a_near_one_and_a_near_one_before_a_far_one(scene: Scene) -> None:
    scene.tool_elsewhere("Potsdam", latitude=52.4, longitude=13.06)
    near = scene.tool_elsewhere("Pankow", latitude=52.57, longitude=13.4)
    assert offered(scene)[Why.OTHER_TOOL].tool_id == near
    here = scene.tool("Beam")
    assert offered(scene)[Why.OTHER_TOOL].tool_id == here


@pytest.mark.parametrize(
    "columns",
    [
        {"latitude": 53.55, "longitude": 9.99},
        {"latitude": None, "longitude": None},
        {"bookable_by": "members"},
        {"visibility": "closed"},
    ],
    ids=["in Hamburg", "nobody knows where", "for members only", "not to be seen"],
)
def test_tools_out_of_reach_are_not_offered(scene: Scene, columns: dict[str, object]) -> None:
    scene.tool_elsewhere("Fablab", **columns)
    assert Why.OTHER_TOOL not in offered(scene)


@pytest.mark.parametrize(
    ("capabilities", "stands_in"),
    [
        ({"bed_width_mm": 600, "source": "co2", "exhaust": True}, True),
        ({"bed_width_mm": 900, "source": "co2", "exhaust": True, "camera": True}, True),
        ({"bed_width_mm": 599, "source": "co2", "exhaust": True}, False),
        ({"bed_width_mm": 600, "source": "fibre", "exhaust": True}, False),
        ({"bed_width_mm": 600, "source": "co2", "exhaust": False}, False),
        ({}, False),
    ],
)
def test_only_a_tool_that_can_do_the_same_stands_in(
    scene: Scene, capabilities: dict[str, object], stands_in: bool
) -> None:
    wished = scene.tool("Wish", capabilities={"bed_width_mm": 600, "source": "co2", "exhaust": True})
    scene.perform(scene.cy, bookings.place, scene.ask(tool_id=wished))
    scene.perform(scene.cy, bookings.place, scene.ask(tool_id=scene.tool("Taken")))
    other = scene.tool("Other", capabilities=capabilities)
    found = scene.read(scene.ada, bookings.alternatives, scene.ask(tool_id=wished))
    assert (other in {way.tool_id for way in found if way.why is Why.OTHER_TOOL}) is stands_in


def test_the_questions_are_as_many_for_one_equal_as_for_twenty(scene: Scene) -> None:
    counts = []
    for tools in (1, 19):
        for _ in range(tools):
            scene.tool("Beam", state="limited")
        with counted(scene.engine) as statements:
            offered(scene)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_manager_is_offered_only_tools_to_which_she_may_bring_the_booking(scene: Scene) -> None:
    card = scene.perform(scene.cy, bookings.place, scene.ask(TEN + 2 * HOUR))
    there = scene.tool_elsewhere()
    move = Ask(scene.tool_id, Span(TEN, TEN + HOUR), booking_id=card.id)
    cy, bo, dee = (
        {way.tool_id for way in scene.read(who, bookings.alternatives, move)} for who in (scene.cy, scene.bo, scene.dee)
    )
    assert there in cy & dee
    assert bo == {scene.tool_id}


def test_distances_are_over_the_ground(scene: Scene) -> None:
    scene.tool_elsewhere("Hamburg", latitude=53.55, longitude=9.99)
    with reading(scene.engine) as session:
        beam, lumi = sorted(tool_cards(session), key=lambda card: card.name)
    assert isinstance(lumi, ToolCard)
    assert kilometres(lumi, beam) == pytest.approx(257, abs=3)
    assert kilometres(lumi, lumi) == 0
