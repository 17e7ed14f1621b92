"""The directory of spaces, and the page of each."""

from datetime import date, datetime, timedelta

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions.find import known_bookings, reader_at
from booking.models import find, photos, spaces
from booking.models import joining as requests
from booking.models.facts import worlds
from booking.models.spaces import SpaceCard
from booking.rules import hours
from booking.rules.access import Role, at_least
from booking.rules.facts import Visibility
from booking.rules.privacy import Viewer, sees_times
from booking.rules.spans import Span
from booking.web import directories, opening_words, questions, shelves
from booking.web.forms import Fields
from booking.web.pictures import pictures
from booking.wording.display import local

blueprint = Blueprint("spaces", __name__)

PER_PAGE = 24


@blueprint.get("/spaces/")
@edge.access(edge.Access.PUBLIC)
def directory() -> ResponseReturnValue:
    """Every space, by name, or by distance from a place."""
    session, call = edge.session(), edge.read_call()
    places = find.places(session)
    asked = directories.read(Fields(request.args), places)
    cards = directories.matching(spaces.space_cards(session), asked, places)
    opening = spaces.hours_of(session, [card.id for card, _ in cards]) if asked.open else {}
    if asked.open:
        cards = [(card, away) for card, away in cards if opening_words.doors(opening[card.id], call.now).open]
    page = cards[(asked.page - 1) * PER_PAGE : asked.page * PER_PAGE]
    ids = [card.id for card, _ in page]
    drawing = directories.map_of([card for card, _ in (page if asked.place else cards)], asked)
    return render_template(
        "spaces/directory.html",
        asked=asked,
        number=len(cards),
        drawing=drawing,
        nowhere=sum(card.latitude is None or card.longitude is None for card, _ in cards),
        rows=directories.rows(
            page,
            opening or spaces.hours_of(session, ids),
            find.kinds_at(session, ids),
            photos.first_of_spaces(session, ids),
            call.now,
        ),
        places=questions.place_choices(asked.near, places),
        countries=directories.country_choices(places),
        next_href=asked.address(page=asked.page + 1) if asked.page * PER_PAGE < len(cards) else "",
        first_href=asked.address() if asked.page > 1 else "",
    )


@blueprint.get("/spaces/<space>/")
@edge.access(edge.Access.PUBLIC)
def show(space: str) -> ResponseReturnValue:
    """A space: when it is open, what it has, who may come."""
    session, call = edge.session(), edge.read_call()
    card = spaces.space_card(session, space)
    today = local(call.now, card.time_zone).date()
    opening = spaces.hours_of(session, [card.id])[card.id]
    viewer = reader_at(call, card.id)
    shows_times = sees_times(viewer, card.visibility, card.publishes)
    return render_template(
        "spaces/show.html",
        space=card,
        today=today,
        doors=opening_words.doors(opening, call.now),
        opening=opening_words.sheet(session, card, opening, today),
        shelves=_shelves(card, today, call.now, shows_times),
        shows_times=shows_times,
        pictures=pictures(photos.of_space(session, card.id), card.name),
        role=viewer.role,
        is_manager=at_least(viewer.role, Role.MANAGER),
        joining=_joining(card, viewer),
        feed=_feed(card),
        own_feed=url_for("feeds.mine", view="space", id=card.id) if shows_times and call.actor else "",
        now=call.now,
    )


def _shelves(card: SpaceCard, today: date, now: datetime, shows_times: bool) -> shelves.Shelves:
    """The tools by kind with their day."""
    session, who = edge.session(), edge.actor()
    day = hours.day_span(card.time_zone, today)
    reach = Span(day.start, day.end + timedelta(days=1))
    account_id = who.account_id if who else None
    found = worlds(session, space_id=card.id, span=reach, account_id=account_id)
    ids = [world.tool.id for world in found]
    known = known_bookings(edge.read_call(), ids, reach)
    return shelves.shelves(found, photos.first_of_tools(session, ids), today, now, known, shows_times)


def _joining(card: SpaceCard, viewer: Viewer) -> str:
    """How the reader stands to the space: belongs, waits, may ask, or needs an invitation."""
    if viewer.role is not None:
        return "belongs"
    if viewer.account_id is not None:
        wish = requests.own(edge.session(), viewer.account_id, card.id)
        if wish is not None and wish.accepted is None:
            return "waits"
    return "invitation" if card.joining == "invitation" else "open"


def _feed(card: SpaceCard) -> str:
    """The public calendar of the space, where it publishes one."""
    if not card.publishes or card.visibility is Visibility.CLOSED:
        return ""
    return edge.settings().base_url.rstrip("/") + url_for("calendars.public_space", space=card.slug)
