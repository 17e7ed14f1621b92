"""A manager's spaces, and the page on which one of them is described; admins make new ones."""

from collections.abc import Mapping
from dataclasses import asdict

from babel import Locale
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from booking import edge
from booking.actions import opening_days, spaces
from booking.models import spaces as questions
from booking.models import tool_rows
from booking.models.spaces import SpaceCard
from booking.rules.access import Role
from booking.rules.catalogue import BOOKABLE_BY, JOINING, SPACE_TEXTS, VISIBILITY, SpaceWish, check_space
from booking.rules.geography import COUNTRIES
from booking.rules.refusals import Refused, Unacceptable
from booking.web.cursors import next_cursor, read_cursor
from booking.web.forms import Fields, time_zones
from booking.wording.display import f_number
from booking.wording.problems import problem_sentences
from booking.wording.reader import reader
from config import LANGUAGES

PAGE = 50

blueprint = Blueprint("manage", __name__, url_prefix="/manage")


@blueprint.get("/")
@edge.access(edge.Access.STAFF)
def overview() -> ResponseReturnValue:
    """The spaces that one manages, with their tools counted; all of them for an admin."""
    asker, session = edge.asker(), edge.session()
    own = None if asker.is_admin else asker.spaces_with(Role.TRAINER)
    cards = questions.space_cards(session, space_ids=own, after=read_cursor(), limit=PAGE + 1)
    shown, further = cards[:PAGE], next_cursor(cards, PAGE)
    numbers = tool_rows.numbers_by_space(session, [card.id for card in shown])
    return render_template("manage/overview.html", spaces=shown, numbers=numbers, further=further)


@blueprint.get("/spaces/new")
@edge.access(edge.Access.ADMIN)
def new() -> ResponseReturnValue:
    """The form for a new space."""
    return _form(None, asdict(SpaceWish("", "", language=edge.asker().language)), {})


@blueprint.post("/spaces/new")
@edge.access(edge.Access.ADMIN)
def create() -> ResponseReturnValue:
    """Add a space and invite its first manager."""
    fields = Fields(request.form)
    try:
        wish = _wish(fields)
        email = fields.email("manager_email") if fields.given("manager_email") else ""
        fields.finish()
        card = edge.perform(spaces.create, wish, email)
    except Unacceptable as refused:
        return _form(None, request.form, problem_sentences(refused)), 422
    flash(gettext("The space is there. Now say when it is open."))
    return redirect(url_for("opening_days.show", space=card.slug), 303)


@blueprint.get("/spaces/<space>/")
@edge.access(edge.Access.SIGNED_IN)
def space(space: str) -> ResponseReturnValue:
    """A space as its managers describe it."""
    card = spaces.managed(edge.read_call(), space)
    return _form(card, asdict(questions.wish_of(card)), {})


@blueprint.post("/spaces/<space>/")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str) -> ResponseReturnValue:
    """Change what is said about a space."""
    card = spaces.managed(edge.read_call(), space)
    fields = Fields(request.form)
    try:
        wish, version = _wish(fields), fields.whole("version", 1, 2**31)
        fields.finish()
        edge.perform(spaces.change, space, wish, version)
    except Unacceptable as refused:
        return _form(card, request.form, problem_sentences(refused)), 422
    except Refused:
        told = gettext("Somebody else changed this meanwhile. Open the page again and repeat your change.")
        return _form(card, request.form, {"name": told}), 409
    flash(gettext("Saved."))
    if wish.time_zone != card.time_zone:
        tell_bookings_outside(card)
    return redirect(url_for("manage.space", space=space), 303)


def tell_bookings_outside(card: SpaceCard) -> None:
    """Say on the next page how many bookings no longer lie within the space's opening hours."""
    number = len(opening_days.bookings_outside(edge.read_call(), card.id))
    if number:
        sentence = ngettext(
            "%(number)s booking to come is now outside the opening hours. It stays as it is.",
            "%(number)s bookings to come are now outside the opening hours. They stay as they are.",
            number,
            number=f_number(number),
        )
        flash(sentence, "warning")


def _wish(fields: Fields) -> SpaceWish:
    wish = SpaceWish(
        name=fields.line("name", SPACE_TEXTS["name"]),
        time_zone=fields.zone("time_zone"),
        description=fields.text("description", SPACE_TEXTS["description"], required=False),
        address=fields.line("address", SPACE_TEXTS["address"], required=False),
        city=fields.line("city", SPACE_TEXTS["city"], required=False),
        country=fields.choice("country", ("", *COUNTRIES)),
        latitude=fields.optional_decimal("latitude", -90, 90),
        longitude=fields.optional_decimal("longitude", -180, 180),
        language=fields.choice("language", LANGUAGES),
        contact=fields.line("contact", SPACE_TEXTS["contact"], required=False),
        visibility=fields.choice("visibility", VISIBILITY),
        publishes=fields.flag("publishes"),
        joining=fields.choice("joining", JOINING),
        bookable_by=fields.choice("bookable_by", BOOKABLE_BY),
    )
    fields.collect(lambda: check_space(wish, LANGUAGES))
    return wish


def _form(card: SpaceCard | None, typed: Mapping[str, object], errors: dict[str, str]) -> str:
    return render_template(
        "manage/space.html", space=card, typed=typed, errors=errors, zones=_zones(), countries=_countries()
    )


def _zones() -> dict[str, list[tuple[str, str]]]:
    """The zones that can be chosen, by continent; nothing is chosen for the manager."""
    found: dict[str, list[tuple[str, str]]] = {gettext("Please choose"): [("", "–")]}
    for zone in time_zones():
        continent, _, city = zone.partition("/")
        found.setdefault(continent, []).append((zone, (city or zone).replace("_", " ")))
    return found


def _countries() -> list[tuple[str, str]]:
    names = Locale.parse(reader()).territories
    return sorted(((code, names[code]) for code in COUNTRIES), key=lambda pair: pair[1])
