"""Countries, and distances over the ground."""

import pytest

from booking.rules.geography import COUNTRIES, Position, kilometres, position

BERLIN, HAMBURG, SYDNEY = Position(52.52, 13.405), Position(53.551, 9.994), Position(-33.869, 151.209)


@pytest.mark.parametrize(("here", "there", "apart"), [(BERLIN, HAMBURG, 255), (BERLIN, SYDNEY, 16_090)])
def test_the_way_between_cities(here: Position, there: Position, apart: float) -> None:
    assert kilometres(here, there) == pytest.approx(apart, rel=0.01) == kilometres(there, here)


def test_the_shortest_way_may_cross_the_date_line() -> None:
    assert kilometres(Position(0, 179.5), Position(0, -179.5)) == pytest.approx(111.2, rel=0.01)


def test_no_way_at_all_and_half_around_the_earth() -> None:
    assert kilometres(BERLIN, BERLIN) == 0
    assert kilometres(Position(90, 0), Position(-90, 0)) == pytest.approx(20_015, rel=0.001)


def test_a_position_needs_both_parts() -> None:
    assert position(52.5, None) is None
    assert position(0.0, 0.0) == Position(0.0, 0.0)


def test_countries_are_those_of_the_standard_and_no_other_capitals() -> None:
    assert {"DE", "PL", "CN", "GB", "AU", "XK"} <= COUNTRIES
    assert not {"XX", "EU", "UN", "UK", "AC", "ZZ", "de", ""} & COUNTRIES
    assert len(COUNTRIES) == 250
