"""Which passwords are good enough."""

import pytest

from booking.rules.passwords import own_words, weakness

COMMON = frozenset({"password1", "iloveyou", "sunshine1"})
ADA = own_words("Ada Lovelace", "ada.lovelace@mill.example", "Benchtime")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "password_too_short"),
        ("1234567", "password_too_short"),
        ("x" * 1025, "text_too_long"),
        ("password1", "password_common"),
        ("PassWord1", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("abababababab", "password_common"),
        ("lovelace", "password_own_words"),
        ("AdaLovelace1815!", "password_own_words"),
        ("2024-benchtime-2024", "password_own_words"),
        ("ada.lovelace@mill.example", "password_own_words"),
    ],
)
def test_weak_passwords_are_told_by_a_code(password: str, code: str) -> None:
    found = weakness(password, ADA, COMMON, "password")
    assert found is not None
    assert (found.field, found.code) == ("password", code)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "kj3h4k2j", "x y" * 341 + "z", "ada likes long sentences", "密码不应该是这样的吗"],
)
def test_good_passwords_pass(password: str) -> None:
    assert weakness(password, ADA, COMMON, "password") is None


def test_a_chinese_name_is_an_own_word() -> None:
    assert weakness("王芳王芳王芳2024", own_words("王芳"), COMMON, "password") is not None
