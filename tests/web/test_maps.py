"""The map: every place is on it, near ones together, and a tap leads to what a list says as well."""

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from booking.rules.geography import Position, kilometres
from booking.web.maps import HEIGHT, WIDTH, Map, Spot, drawn
from config import ROOT
from tests.calendars import Workshop, make_booking
from tests.factories import NOW, make_space, make_tool
from tests.pages import soup

places = st.builds(Position, st.floats(-60, 75), st.floats(-180, 180))


def map_of(*spots: Spot) -> Map:
    """The map of these, on which several lead to where they are."""
    found = drawn(spots, lambda place, away: f"/around/{place.latitude:g},{place.longitude:g}/{away:.0f}")
    assert found is not None
    return found


def spot(name: str, latitude: float, longitude: float, number: int = 1) -> Spot:
    """A place of that name."""
    return Spot(name, Position(latitude, longitude), f"/{name}", number)


def test_without_places_there_is_no_map() -> None:
    assert drawn([], lambda place, away: "") is None


@given(st.lists(places, min_size=1, max_size=30))
def test_every_place_is_in_sight_and_counted_once(found: list[Position]) -> None:
    drawing = map_of(*(Spot(str(number), place, "/", 1) for number, place in enumerate(found)))
    assert sum(dot.number for dot in drawing.dots) == len(found)
    assert sorted(name for dot in drawing.dots for name in dot.names) == sorted(map(str, range(len(found))))
    assert all(0 < dot.x < WIDTH and 0 < dot.y < HEIGHT for dot in drawing.dots)


def test_what_lies_together_is_one_dot_that_lists_it() -> None:
    berlin, potsdam, sydney = spot("Berlin", 52.5, 13.4, 3), spot("Potsdam", 52.4, 13.06), spot("Sydney", -33.9, 151.2)
    together, alone = map_of(sydney, potsdam, berlin).dots
    assert (together.names, together.number, together.href[:17]) == (("Berlin", "Potsdam"), 4, "/around/52.5,13.4")
    assert (alone.names, alone.href) == (("Sydney",), "/Sydney")
    assert [dot.names for dot in map_of(potsdam, berlin).dots] == [("Berlin",), ("Potsdam",)]


def test_north_is_up_east_is_right_and_the_scale_is_true() -> None:
    berlin, hamburg = Position(52.5, 13.4), Position(53.55, 10.0)
    drawing = map_of(Spot("Berlin", berlin, "/", 1), Spot("Hamburg", hamburg, "/", 1))
    dots = {dot.names[0]: dot for dot in drawing.dots}
    east, south = dots["Berlin"].x - dots["Hamburg"].x, dots["Berlin"].y - dots["Hamburg"].y
    assert east > 0
    assert south > 0
    measured = (east**2 + south**2) ** 0.5 / drawing.scale.length * drawing.scale.kilometres
    assert measured == pytest.approx(kilometres(berlin, hamburg), rel=0.03)


def test_names_stand_beside_dots_only_where_there_is_room() -> None:
    apart = map_of(spot("One", 50, 0), spot("Two", 40, 0))
    assert all(dot.named for dot in apart.dots)
    crowded = map_of(spot("A long name of a space", 50, 0), spot("Two", 50, 3), spot("Far", 40, 30))
    assert not next(dot for dot in crowded.dots if dot.names == ("A long name of a space",)).named


def test_the_outline_of_the_land_is_small_and_has_no_line_across() -> None:
    text = (ROOT / "booking" / "static" / "coast.svg").read_text(encoding="utf-8")
    assert len(text) < 100_000
    assert 'id="land"' in text


@pytest.mark.usefixtures("clock")
def test_the_directory_shows_where_its_spaces_are(client: FlaskClient, workshop: Workshop) -> None:
    make_space(workshop.session, "Harbour", slug="harbour", latitude=-33.9, longitude=151.2)
    make_space(workshop.session, "Nowhere", slug="nowhere", latitude=None, longitude=None)
    workshop.session.commit()
    page = soup(client.get("/spaces/"))
    dots = {dot["aria-label"]: dot["href"] for dot in page.select(".map a")}
    assert dots == {"Werkhof: 1 space": f"/spaces/{workshop.space.slug}/", "Harbour: 1 space": "/spaces/harbour/"}
    assert "1 space has not said where it is." in page.text


@pytest.mark.usefixtures("clock")
def test_a_search_shows_where_free_tools_are_when_asked(client: FlaskClient, workshop: Workshop) -> None:
    make_tool(workshop.session, workshop.space, name="Photon")
    busy = make_tool(workshop.session, workshop.space, name="Busy")
    make_booking(workshop, start=NOW, hours=13, tool_id=busy.id)
    assert not soup(client.get("/?place=")).select(".map")
    page = soup(client.get("/?place=&map=yes"))
    (dot,) = page.select(".map a")
    assert dot["aria-label"] == "Werkhof: 2 tools are free"
    assert f"space={workshop.space.slug}" in dot["href"]
    assert "map=yes" in dot["href"]
    assert page.select_one("form input[name=map]")
