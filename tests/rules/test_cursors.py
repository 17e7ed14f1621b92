"""Cursors: what was handed out comes back as it was; anything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules import cursors

NUMBERS = st.integers(-(2**63) + 1, 2**63 - 1)
NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=80)


@given(NAMES, NUMBERS)
def test_a_cursor_comes_back_as_it_was(name: str, number: int) -> None:
    cursor = cursors.encoded(name, number)
    assert cursors.decoded(cursor, str, int) == (name, number)
    with pytest.raises(ValueError, match="key"):
        cursors.decoded(cursor, int, str)


@given(st.text(max_size=cursors.LONGEST + 5))
def test_nothing_else_is_a_cursor(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        cursors.decoded(text, str, int)


@pytest.mark.parametrize("parts", [("a\0", 1), ("\ud800", 1), ("a", 2**63), ("a", True), ("a", 1.5)])
def test_what_no_database_holds_is_refused(parts: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match="a cursor holds"):
        cursors.decoded(cursors.encoded(*parts), str, int)
