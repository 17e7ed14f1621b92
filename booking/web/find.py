"""Finding a tool: kind, day, length and place, answered with the free times of each tool."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions import find as finding
from booking.actions.wishes import Order, Wish
from booking.models import find, kinds, spaces
from booking.models.find import Place
from booking.models.kinds import KindCard
from booking.rules.refusals import Absent, Unacceptable
from booking.web import asked_days, conditions, questions, results
from booking.web.forms import Fields
from booking.web.found_map import found_map
from booking.web.questions import Question
from booking.wording.kinds import kind_name
from booking.wording.problems import problem_sentences

blueprint = Blueprint("find", __name__)

PER_PAGE = 20
MOST_SPACES = 50


@blueprint.get("/")
@edge.access(edge.Access.PUBLIC)
def search() -> ResponseReturnValue:
    """The first page: what is free, where and when. The whole question is in the address."""
    session = edge.session()
    places, known = find.places(session), _kinds_with_tools()
    try:
        chosen = spaces.named(session, request.args.getlist("space")[:MOST_SPACES])
        question, today = _question(known, chosen, places)
    except Unacceptable as refused:
        return render_template("find/unclear.html", errors=problem_sentences(refused)), 422
    wish = _wish(question, known, chosen, places)
    if question.days.soonest:
        found = finding.soonest(edge.read_call(), wish, today)
    else:
        found = finding.search(edge.read_call(), wish, question.days.around(today))
    page = results.page(found, question, known, PER_PAGE)
    drawing = found_map(found, question)
    only = next((kind for kind in known if kind.slug == question.kind), None)
    choices = {
        "spaces": [(name, question.without_space(slug)) for slug, (_, name) in chosen.items()],
        "conditions": conditions.rows(only, question.conditions),
        "drawn_for": request.args.get(conditions.SHOWN, ""),
        "kinds": [(kind.slug, kind_name(kind.slug, kind.name)) for kind in known],
        "days": asked_days.choices(question.days, today),
        "parts": questions.part_choices(),
        "lengths": questions.length_choices(question),
        "places": questions.place_choices(question.near, places),
        "distances": questions.distance_choices(question),
        "orders": questions.order_choices(),
    }
    swapped = _asks_for_results_only()
    template = "find/_results.html" if swapped else "find/search.html"
    return _varied(
        render_template(template, question=question, found=page, drawing=drawing, swapped=swapped, **choices)
    )


def _kinds_with_tools() -> tuple[KindCard, ...]:
    """The kinds of which there are any tools, by their names in the reader's language."""
    session = edge.session()
    counts = kinds.tools_by_kind(session)
    used = (kind for kind in kinds.kind_cards(session) if counts.get(kind.id))
    return tuple(sorted(used, key=lambda kind: kind_name(kind.slug, kind.name).casefold()))


def _question(known: Sequence[KindCard], chosen: Collection[str], places: Sequence[Place]) -> tuple[Question, date]:
    """What is asked, and which day it is where it is asked for."""
    fields = Fields(request.args)
    key, near = questions.asked_place(fields, places, None if "place" in request.args else _home())
    by_key = {questions.place_key(place.city, place.country): place for place in places}
    place = questions.nearest(near, places) if key == questions.HERE else by_key.get(key)
    who = edge.actor()
    today = questions.today_at(place, places, who.time_zone if who else None, edge.read_call().now)
    return questions.read(fields, known, chosen, (key, near), today), today


def _home() -> str:
    """The city of the first space to which the reader belongs, where the search begins."""
    who = edge.actor()
    if who is None or not who.roles:
        return ""
    try:
        space = spaces.space_of(edge.session(), min(who.roles))
    except Absent:
        return ""
    return questions.place_key(space.city, space.country) if space.city else ""


def _wish(
    question: Question, known: Sequence[KindCard], chosen: Mapping[str, tuple[int, str]], places: Sequence[Place]
) -> Wish:
    middle = questions.middle_of(question.place, question.near, places)
    return Wish(
        days=question.days.all,
        minutes=question.minutes,
        kind_ids=frozenset(kind.id for kind in known if kind.slug in question.kinds),
        space_ids=frozenset(chosen[slug][0] for slug in question.spaces),
        words=question.words,
        conditions=question.conditions,
        middle=middle,
        within_km=question.km or None,
        trained=question.trained and edge.actor() is not None,
        instant=question.instant,
        step_free=question.step_free,
        at_once=question.now,
        part=question.part,
        order=question.order if middle else Order.START,
    )


def _asks_for_results_only() -> bool:
    """Whether a script asks, which puts the answer into the page; going back in the history needs all of it."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def _varied(page: str) -> Response:
    response = make_response(page)
    response.vary.add("HX-Request")
    return response
