"""A tool's step, its shortest and its longest time leave something that can be booked."""

from dataclasses import replace

import pytest

from booking.rules.catalogue import ToolWish, check_tool
from booking.rules.refusals import Unacceptable

WISH = ToolWish(kind_slug="laser", name="Lumi")


@pytest.mark.parametrize(
    ("grain", "shortest", "longest", "field", "code"),
    [
        (50, 50, 480, "grain_minutes", "grain_leaves_rest"),
        (60, 75, 90, "longest_minutes", "longest_below_steps"),
        (60, 30, 45, "longest_minutes", "longest_below_grain"),
        (15, 60, 30, "longest_minutes", "longest_below_shortest"),
    ],
)
def test_what_leaves_no_time_is_told(grain: int, shortest: int, longest: int, field: str, code: str) -> None:
    wish = replace(WISH, grain_minutes=grain, shortest_minutes=shortest, longest_minutes=longest)
    with pytest.raises(Unacceptable) as refused:
        check_tool(wish)
    assert [(problem.field, problem.code) for problem in refused.value.problems] == [(field, code)]


@pytest.mark.parametrize(
    ("grain", "shortest", "longest"), [(60, 75, 120), (1440, 1440, 1440), (45, 45, 45), (15, 1, 15)]
)
def test_what_leaves_time_is_taken(grain: int, shortest: int, longest: int) -> None:
    check_tool(replace(WISH, grain_minutes=grain, shortest_minutes=shortest, longest_minutes=longest))
