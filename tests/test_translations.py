"""Every sentence of the sources stands in every catalogue, translated, with the same placeholders."""

import re

import pytest
from babel.messages import Message

from tests import catalogues

# A tool is called Gerät, urządzenie and 设备; these would be a second word for it.
OTHER_WORDS = {"de": "werkzeug", "pl": "narzędzi", "zh": "工具"}
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|%%")


def strings(value: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """The forms of a message: one, or several where it has a plural."""
    return (value,) if isinstance(value, str) else tuple(value)


def placeholders(text: str) -> set[str]:
    """The named places that the sentence leaves open."""
    return set(PLACEHOLDER.findall(text))


def key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    """What tells messages apart."""
    return message.context, strings(message.id)


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_the_catalogue_has_what_the_sources_say_and_nothing_else(language: str) -> None:
    there = {key(message) for message in catalogues.read(language) if message.id}
    asked = catalogues.messages_in_sources()
    assert {"missing": sorted(map(str, asked - there)), "left over": sorted(map(str, there - asked))} == {
        "missing": [],
        "left over": [],
    }, "make translations"


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_every_message_is_translated(language: str) -> None:
    catalogue = catalogues.read(language)
    unfinished = [
        message.id
        for message in catalogue
        if message.id
        and (
            message.fuzzy
            or not all(strings(message.string))
            or (message.pluralizable and len(strings(message.string)) != catalogue.num_plurals)
        )
    ]
    assert unfinished == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_translations_keep_the_placeholders(language: str) -> None:
    wrong = []
    for message in catalogues.read(language):
        singular_and_plural = strings(message.id) if message.id else ()
        for form in strings(message.string) if singular_and_plural else ():
            # A form for exactly one may leave the number out; otherwise all places are filled.
            if placeholders(form) not in [placeholders(text) for text in singular_and_plural]:
                wrong.append((singular_and_plural[0], form))
    assert wrong == []


@pytest.mark.parametrize(("language", "other"), OTHER_WORDS.items())
def test_a_tool_has_one_word_in_each_language(language: str, other: str) -> None:
    forms = [form for message in catalogues.read(language) if message.id for form in strings(message.string)]
    assert [form for form in forms if other in form.casefold()] == []


def test_english_is_the_source() -> None:
    assert not catalogues.path_of("en").exists()
    assert catalogues.messages_in_sources()
