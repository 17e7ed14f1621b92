"""Stated capabilities in their types."""

import pytest

from booking.rules.capabilities import BUILT_IN, TYPES, CapabilitySpec, checked
from booking.rules.refusals import Unacceptable

WIDTH = CapabilitySpec("bed_width_mm", unit="mm")
SOURCE = CapabilitySpec("technology", "choice", choices=("co2", "diode"))
ROTARY = CapabilitySpec("rotary", "flag")


def test_what_fits_stays_and_what_is_empty_goes() -> None:
    stated = {"bed_width_mm": 600, "technology": "co2", "rotary": False}
    assert checked((WIDTH, SOURCE, ROTARY), stated | {"technology": ""}) == {"bed_width_mm": 600, "rotary": False}
    assert checked((WIDTH, SOURCE, ROTARY), stated) == stated


@pytest.mark.parametrize(
    ("slug", "value", "code"),
    [
        ("bed_width_mm", "600", "out_of_range"),
        ("bed_width_mm", True, "out_of_range"),
        ("bed_width_mm", -1, "out_of_range"),
        ("bed_width_mm", float("nan"), "out_of_range"),
        ("bed_width_mm", 10**400, "out_of_range"),
        ("technology", "magic", "not_a_choice"),
        ("rotary", "yes", "not_a_choice"),
        ("colour", "red", "unknown_capability"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(slug: str, value: object, code: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        checked((WIDTH, SOURCE, ROTARY), {slug: value})
    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == (f"capability.{slug}", code)


def test_built_in_kinds_are_whole() -> None:
    slugs = [kind.slug for kind in BUILT_IN]
    assert len(set(slugs)) == len(slugs) >= 28
    for kind in BUILT_IN:
        stated = [spec.slug for spec in kind.capabilities]
        assert len(set(stated)) == len(stated)
        assert all(spec.type in TYPES and (spec.type == "choice") == bool(spec.choices) for spec in kind.capabilities)
