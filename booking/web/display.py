"""What every template may call to show a value, and where the files of a page lie."""

from collections import ChainMap
from functools import lru_cache

from flask import Flask
from flask_babel import get_domain, pgettext
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from booking.web import assets, richtext
from booking.web.folding import Pages
from booking.web.messages import reader_region
from booking.web.slots import slots
from booking.wording import display
from booking.wording.display import LANGUAGES
from booking.wording.reader import look_by, message_in, plural_in, reader

FORMATS = (
    display.f_date,
    display.f_short_day,
    display.f_weekday,
    display.f_month,
    display.f_week,
    display.f_time,
    display.f_range,
    display.f_zone,
    display.f_yours,
    display.f_duration,
    display.f_distance,
    display.f_relative,
    display.f_percent,
    display.f_number,
    display.local,
)


def register(app: Flask) -> None:
    """Make the formats known to every template, both as filters and as globals."""
    app.jinja_environment = Pages
    formats = {function.__name__: function for function in (*FORMATS, markdown)}
    app.jinja_env.globals.update(formats, LANGUAGES=LANGUAGES, week_slots=slots)
    app.jinja_env.filters.update(formats)
    assets.register(app)


def markdown(text: str | None) -> Markup:
    """A description written in Markdown as safe HTML; an empty one stays empty."""
    return richtext.rendered(text or "")


def quicken(app: Flask) -> None:
    """Let templates remember what a message is in a language, and look less for what they share: pages ask often."""
    shared = app.jinja_env.globals
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        remembered, _plural, newstyle=True, pgettext=pgettext, npgettext=_plural_in_context
    )
    app.jinja_env.globals["_"] = _said
    # Without names of their own all templates share those of the environment, which are then compared at a glance.
    app.jinja_env.make_globals = lambda own: ChainMap(own, shared) if own else shared  # type: ignore[assignment,method-assign]
    look_by(reader_region)


# Jinja's own way takes three calls of a template for each.
@pass_eval_context
def _said(context: EvalContext, message: str, **values: object) -> str:
    """The message in the reader's language with its placeholders filled in; what is filled in is escaped on pages."""
    if not values:
        return (_plain_markup if context.autoescape else _plain)(reader(), message)
    text = remembered(message)
    return (Markup(text) if context.autoescape else text) % values  # noqa: S704  (messages are ours)


@lru_cache(maxsize=8192)
def _plain(region: str, message: str) -> str:
    """A message without placeholders; a percent sign stands doubled in it."""
    return message_in(region, message) % {}


@lru_cache(maxsize=8192)
def _plain_markup(region: str, message: str) -> Markup:
    return Markup(_plain(region, message))  # noqa: S704  (messages are ours)


def _plural(singular: str, plural: str, number: int) -> str:
    """The message for this number, its placeholders as they stand: Jinja fills them in."""
    return plural_in(reader(), singular, plural, number)


def _plural_in_context(context: str, singular: str, plural: str, number: int) -> str:
    """The same for a message whose context tells it from others."""
    return str(get_domain().get_translations().unpgettext(context, singular, plural, number))


def remembered(message: str) -> str:
    """The message in the reader's language."""
    return message_in(reader(), message)
