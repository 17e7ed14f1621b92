"""Whole numbers as they are written: of any length, and never one for what is none."""

import pytest

from booking.rules.numbers import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("007", 7), ("+3", 3), ("-4", -4), ("0" * 5000 + "5", 5)])
def test_digits_with_or_without_a_sign_are_a_number(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["9" * 20, "9" * 5000])
def test_what_no_column_holds_is_beyond_every_limit(text: str) -> None:
    assert (whole(text) or 0) >= 10**19
    assert (whole("-" + text) or 0) <= -(10**19)


@pytest.mark.parametrize("text", ["", "+", "1e3", "1_000", "1 000", "٣", "²", "2.0", "-", "one", "3\n"])
def test_everything_else_is_none(text: str) -> None:
    assert whole(text) is None
