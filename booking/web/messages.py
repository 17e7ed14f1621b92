"""Flask-Babel, asked the quick way: a page asks a hundred times for the reader's locale and for her messages."""

from functools import cached_property

from babel import Locale
from babel.support import NullTranslations
from flask import g, has_app_context
from flask_babel import Babel, Domain, get_locale

from booking.wording.reader import region_of


def reader_locale() -> Locale | None:
    """The locale of whoever reads this page or mail.

    What Flask-Babel has found out for it, or was told to use, is looked at first: its own way takes four times as long.
    """
    held = vars(g._get_current_object()).get("_flask_babel") if has_app_context() else None
    found: Locale | None = getattr(held, "babel_locale", None)
    return found or get_locale()


def reader_region() -> str:
    """The CLDR locale of whoever reads this page or mail; spelling a locale out is slow, so it is kept beside it."""
    held = vars(g._get_current_object()).get("_flask_babel") if has_app_context() else None
    locale = getattr(held, "babel_locale", None) or get_locale()
    if locale is None:
        return region_of("en")
    known, region = getattr(held, "region", (None, ""))
    if known is not locale:
        region = region_of(str(locale))
        if held is not None:
            held.region = locale, region
    return str(region)


class Messages(Babel):  # type: ignore[misc]
    """Flask-Babel with messages that are found by the parts of a locale, which it would spell out for each."""

    @cached_property
    def domain_instance(self) -> Domain:
        """Where messages come from."""
        return _Domain(domain=self.domain)


class _Domain(Domain):  # type: ignore[misc]
    """The messages of each locale, read once."""

    def __init__(self, domain: str) -> None:
        super().__init__(domain=domain)
        self._read: dict[tuple[str, str | None, str | None], NullTranslations] = {}

    def get_translations(self) -> NullTranslations:
        locale = reader_locale()
        if locale is None:
            return NullTranslations()
        parts = locale.language, locale.script, locale.territory
        if parts not in self._read:
            self._read[parts] = super().get_translations()
        return self._read[parts]
