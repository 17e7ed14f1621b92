"""Who reads: her CLDR locale, and messages in her language, for words that a page asks a hundred times.

Flask-Babel's own gettext finds the reader anew and looks her catalogue up for each message.
"""

from collections.abc import Callable
from functools import lru_cache

from flask_babel import get_domain, get_locale

REGION_OF_LANGUAGE = {"en": "en_GB"}  # 24 hours and day before month, unless a reader asks for en_US
REMEMBERED = 8192


def region_of(language: str) -> str:
    """The CLDR locale by which a language is formatted."""
    return REGION_OF_LANGUAGE.get(language, language)


def reader() -> str:
    """The CLDR locale of whoever reads this page or mail."""
    return _look()


def look_by(look: Callable[[], str]) -> None:
    """Find the reader's CLDR locale in this way from now on, where somebody knows a quicker one than Flask-Babel's."""
    global _look
    _look = look


def gettext(message: str, /, **values: object) -> str:
    """The message in the reader's language, its placeholders filled in."""
    text = message_in(_look(), message)
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, /, **values: object) -> str:
    """The message for this number, its placeholders filled in."""
    return plural_in(_look(), singular, plural, number) % {"num": number, **values}


@lru_cache(REMEMBERED)
def message_in(_region: str, message: str) -> str:
    """A message in the language of this region, which is the reader's, as it stands in the catalogue."""
    return str(get_domain().get_translations().ugettext(message))


@lru_cache(REMEMBERED)
def plural_in(_region: str, singular: str, plural: str, number: int) -> str:
    """The same of a message that depends on a number."""
    return str(get_domain().get_translations().ungettext(singular, plural, number))


def _by_flask_babel() -> str:
    return region_of(str(get_locale() or "en"))


_look: Callable[[], str] = _by_flask_babel
