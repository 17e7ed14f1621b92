"""Every built-in kind, capability and choice has a name."""

from collections.abc import Iterator

import pytest
from flask import Flask

from booking.rules.capabilities import BUILT_IN
from booking.wording import kinds


@pytest.fixture(autouse=True)
def _within(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def test_what_is_built_in_has_a_name_and_nothing_else_does() -> None:
    stated = [spec for kind in BUILT_IN for spec in kind.capabilities]
    assert set(kinds.KINDS) == {kind.slug for kind in BUILT_IN}
    assert set(kinds.CAPABILITIES) == {spec.slug for spec in stated}
    assert set(kinds.CHOICES) == {choice for spec in stated for choice in spec.choices}


def test_what_people_added_keeps_its_name() -> None:
    assert kinds.kind_name("loom", "Loom") == "Loom"
    assert kinds.kind_name("kiln", "Oven") == "Kiln"


def test_kinds_are_known_by_their_names_in_any_case() -> None:
    assert kinds.built_in_names()["laser cutter"] == "laser_cutter"
