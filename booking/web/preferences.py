"""The switches on every page: language, and light or dark."""

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from booking import edge
from booking.actions import accounts
from booking.web.destinations import next_path
from booking.web.forms import Fields, time_zones
from config import LANGUAGES

# Without a choice the pages follow the device.
THEMES = ("", "light", "dark")
ONE_YEAR = 365 * 24 * 3600

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")


@blueprint.post("/language")
@edge.access(edge.Access.PUBLIC)
def language() -> ResponseReturnValue:
    """Read pages and mail in another language from now on."""
    fields = Fields(request.form)
    chosen = fields.choice("language", LANGUAGES)
    fields.finish()
    if edge.actor() is not None:
        edge.perform(accounts.choose_language, chosen)
    return remember(redirect(next_path(), 303), "language", chosen)


@blueprint.post("/theme")
@edge.access(edge.Access.PUBLIC)
def theme() -> ResponseReturnValue:
    """See light or dark pages from now on, or what the device prefers."""
    fields = Fields(request.form)
    chosen = fields.choice("theme", THEMES)
    fields.finish()
    if edge.actor() is not None:
        edge.perform(accounts.choose_theme, chosen)
    return remember(redirect(next_path(), 303), "theme", chosen)


def remember(response: Response, name: str, value: str) -> Response:
    """Keep a choice in a cookie of its own, for readers who aren't signed in; an empty one is forgotten."""
    secure = edge.settings().base_url.startswith("https:")
    if value:
        response.set_cookie(name, value, max_age=ONE_YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name, secure=secure, httponly=True, samesite="Lax")
    return response


def zones_by_region() -> dict[str, list[tuple[str, str]]]:
    """The time zones that can be chosen, by region, as pairs of value and shown place."""
    regions: dict[str, list[tuple[str, str]]] = {"UTC": [("UTC", "UTC")]}
    for name in time_zones():
        region, _, place = name.partition("/")
        if place:
            regions.setdefault(region, []).append((name, place.replace("_", " ").replace("/", ", ")))
    return regions
