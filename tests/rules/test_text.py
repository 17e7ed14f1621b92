"""Typed text becomes something that can be stored, compared and shown, or is refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.rules.refusals import Unacceptable
from booking.rules.text import email_address, many_lines, one_line, slug

ANY_TEXT = st.text(st.one_of(st.characters(exclude_categories=("Cc", "Cs")), st.sampled_from("\t\n\r")), max_size=60)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  Laser\tcutter \r\n 3000 ", "Laser cutter 3000"),
        ("Zu\u0308rich", "Zürich"),
        ("激光切割机", "激光切割机"),
        ("👩\u200d🔧 works", "👩\u200d🔧 works"),
        (" \n ", ""),
    ],
)
def test_one_line(typed: str, stored: str) -> None:
    assert one_line(typed, 40) == stored


def test_lines_stay_lines() -> None:
    assert many_lines("\n one\r\n\ttwo  \rthree\n\n", 40) == "one\n\ttwo\nthree"


@pytest.mark.parametrize("clean", [one_line, many_lines])
@pytest.mark.parametrize(
    ("typed", "character"),
    [("a\0b", "U+0000"), ("\x07 lamp", "U+0007"), ("red \x1b[31m", "U+001B"), ("page\x0c", "U+000C")]
    + [("c\x85", "U+0085"), ("\x7f", "U+007F"), ("half \ud83d character", "U+D83D")],
)
def test_a_control_character_is_named_not_dropped(clean: type(one_line), typed: str, character: str) -> None:  # type: ignore[valid-type]
    with pytest.raises(Unacceptable) as unacceptable:
        clean(typed, 40, "purpose")
    [problem] = unacceptable.value.problems
    told = (problem.field, problem.code, problem.data)
    assert told == ("purpose", "control_character", {"character": character})


@given(ANY_TEXT)
def test_cleaned_text_can_be_stored_and_is_clean(typed: str) -> None:
    for clean in (one_line, many_lines):
        stored = clean(typed, 500)
        stored.encode()
        assert unicodedata.is_normalized("NFC", stored)
        assert not {char for char in stored if unicodedata.category(char) == "Cc"} - {"\n", "\t"}
        assert clean(stored, 500) == stored
    assert "\n" not in one_line(typed, 500)


@pytest.mark.parametrize("clean", [one_line, many_lines])
def test_text_may_be_as_long_as_said_and_no_longer(clean: type(one_line)) -> None:  # type: ignore[valid-type]
    assert clean(" abc ", 3) == "abc"
    with pytest.raises(Unacceptable) as unacceptable:
        clean("abcd", 3, "purpose")
    [problem] = unacceptable.value.problems
    assert (problem.field, problem.code, problem.data) == ("purpose", "text_too_long", {"longest": 3, "length": 4})


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada.Lovelace+lab@Example.ORG ", "ada.lovelace+lab@example.org"),
        ("bo@werkstatt.münchen.de", "bo@werkstatt.xn--mnchen-3ya.de"),
        (f"{'a' * 64}@example.org", f"{'a' * 64}@example.org"),
    ],
)
def test_a_mail_address(typed: str, stored: str) -> None:
    assert email_address(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "a@x.org,b@y.org",
        "a@x.org b@y.org",
        "a@x.org\nBcc: b@y.org",
        "Ada <ada@example.org>",
        "a@b@example.org",
        ".ada@example.org",
        "a..b@example.org",
        "ada@-example.org",
        "ada@example..org",
        "ada@example.org.",
        "ada@127.0.0.1",
        "ada@exa\0mple.org",
        "\ud800@example.org",
        "ada@\ud800.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 64}.org",
        "a@" + "b." * 200 + "org",
    ],
)
def test_what_is_not_exactly_one_address(typed: str) -> None:
    with pytest.raises(Unacceptable) as unacceptable:
        email_address(typed)
    [problem] = unacceptable.value.problems
    assert (problem.field, problem.code) == ("email", "not_an_address")


@given(ANY_TEXT)
def test_any_text_is_an_address_or_refused(typed: str) -> None:
    try:
        address = email_address(typed + "@example.org")
    except Unacceptable:
        return
    assert address.isascii()
    assert email_address(address) == address


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("Laser cutter 3000", "laser-cutter-3000"),
        ("Größe & Übermaß", "groesse-uebermass"),
        ("Wiertarka stołowa – Łódź", "wiertarka-stolowa-lodz"),
        ("Xi'an Maker's Café", "xian-makers-cafe"),
        ("激光切割机 CO2", "co2"),
        ("激光切割机", "tool-7"),
        ("---", "tool-7"),
        ("a" * 63 + " b", "a" * 63),
    ],
)
def test_a_slug(name: str, word: str) -> None:
    assert slug(name, "tool-7") == word


@pytest.mark.parametrize("typed", ["\u202enimdA", "Adm\u200bin", "\ufeffAdmin", "\u2066Admin\u2069", "\u00adAdmin"])
def test_what_cannot_be_seen_makes_no_other_name(typed: str) -> None:
    assert one_line(typed, 40) in ("Admin", "nimdA")
