"""What is the same for every reader of a language is filled into templates once, and stays right for each of them."""

from typing import cast

import pytest
from flask import Flask, render_template
from flask_babel import force_locale
from jinja2 import DictLoader

from booking.web.folding import Pages

SOURCES = {
    "plain.html": "{{ _('Sign in') }} {{ url_for('find.search') }} {{ icon('search') }} <{{ static_url('mark.svg') }}>",
    "asked.html": "{{ _('Language: %(name)s', name=who) }} {{ url_for('spaces.show', space=who) }}",
    "plain.txt": "{{ _('Sign in') }} & {{ url_for('find.search') }}",
    "marked.html": "{% set words = _(\"Don't\") %}{{ words }} {{ '<' ~ words }}",
}


@pytest.fixture
def pages(app: Flask) -> Pages:
    """The templates above, in the place of the application's."""
    found = cast(Pages, app.jinja_env)
    found.loader, found.bytecode_cache = DictLoader(SOURCES), None
    return found


def _shown(app: Flask, name: str, language: str = "en", root: str = "", **context: object) -> str:
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": root}), force_locale(language):
        return render_template(name, **context)


def test_each_language_has_its_own_words_whoever_came_first(app: Flask, pages: Pages) -> None:
    said = [_shown(app, "plain.html", language).split(" /")[0] for language in ("de", "en", "pl", "de", "en")]
    assert said == ["Anmelden", "Sign in", "Zaloguj się", "Anmelden", "Sign in"]
    assert set(pages.of_regions) == {"de", "en_GB", "pl"}


def test_what_is_folded_reads_as_what_is_not(app: Flask, pages: Pages) -> None:
    folded = _shown(app, "plain.html")
    assert "vendor/icons.svg?v=" in folded and "#search" in folded
    with app.test_request_context("/"):
        assert folded == Pages.get_template(pages, "plain.html").render()


def test_what_differs_is_asked_each_time_and_escaped(app: Flask, pages: Pages) -> None:
    assert _shown(app, "asked.html", who="<b>") == "Language: &lt;b&gt; /spaces/%3Cb%3E/"
    assert _shown(app, "asked.html", who="Ada") == "Language: Ada /spaces/Ada/"


def test_messages_are_markup_on_pages_and_plain_in_text(app: Flask, pages: Pages) -> None:
    assert _shown(app, "marked.html") == "Don't &lt;Don't"
    assert _shown(app, "plain.txt") == "Sign in & /"


def test_below_a_prefix_addresses_have_it(app: Flask, pages: Pages) -> None:
    assert " / " in _shown(app, "plain.html")
    assert " /workshop/ " in _shown(app, "plain.html", root="/workshop")
    assert not any(region.startswith("/") for region in pages.of_regions)


def test_files_that_change_are_looked_at_anew_in_development(app: Flask, pages: Pages) -> None:
    app.debug = True
    _shown(app, "plain.html")
    assert not pages.of_regions
