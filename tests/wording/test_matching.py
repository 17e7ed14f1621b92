"""Words of a search: any order, any case and accent, beginnings, and mistakes where nothing is spelled so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.wording.matching import matching

TOOLS = {
    "prusa": ("Prusa XL", "Original Prusa XL, five heads", "3D printer", "Drukarka 3D"),
    "trotec": ("Großer Laser", "Trotec Speedy 400", "Schneidet Holz und Acryl", "Laser cutter", "Lasercutter"),
    "bandsaw": ("Piła taśmowa", "Metabo BAS 318", "Bandsaw", "Bandsäge"),
    "xian": ("激光切割机 1390", "雷宇 Nova", "Laser cutter", "激光切割机"),
}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("prusa", {"prusa"}),
        ("XL prusa", {"prusa"}),
        ("speedy laser", {"trotec"}),
        ("laser", {"trotec", "xian"}),
        ("grosser", {"trotec"}),
        ("pila tasmowa", {"bandsaw"}),
        ("BANDSAGE", {"bandsaw"}),
        ("激光", {"xian"}),
        ("切割", {"xian"}),
        ("1390", {"xian"}),
        ("3d", {"prusa"}),
        ("sp", {"trotec"}),
        ("eedy", {"trotec"}),
        ("", set(TOOLS)),
        ("?!", set(TOOLS)),
        ("laser prusa", set()),
    ],
)
def test_every_word_is_found_wherever_it_stands(asked: str, found: set[str]) -> None:
    assert matching(asked, TOOLS) == found


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("pursa", {"prusa"}),
        ("prussa", {"prusa"}),
        ("lazer", {"trotec", "xian"}),
        ("lazercuter", {"trotec"}),
        ("trotek sppedy", {"trotec"}),
        ("drukrka", {"prusa"}),
        ("xyl", set()),
        ("prsxa", set()),
    ],
)
def test_one_mistake_is_forgiven_from_four_letters_on_and_two_from_eight(asked: str, found: set[str]) -> None:
    assert matching(asked, TOOLS) == found


def test_what_is_spelled_as_typed_is_not_mixed_with_what_only_looks_alike() -> None:
    assert matching("mill", {1: ("Mill",), 2: ("Mile",)}) == {1}
    assert matching("mill", {2: ("Mile",)}) == {2}


@given(st.text(), st.text())
def test_any_text_has_its_own_words(text: str, other: str) -> None:
    assert "it" in matching(text, {"it": (text, other)})
