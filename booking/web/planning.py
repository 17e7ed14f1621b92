"""Putting a plan together: a basket of several tools, each part checked beside the others, booked all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from booking import edge
from booking.actions import plans as actions
from booking.actions.several import Looked
from booking.models import spaces, tools
from booking.models.facts import World, worlds
from booking.outside import clock
from booking.outside.secrets import new_secret
from booking.rules.facts import Facts
from booking.rules.plans import MOST_PARTS
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.spans import Span
from booking.web import baskets, occasions, showing, wall_times
from booking.web.baskets import Basket, Part
from booking.web.entries import LONGEST_KEY, LONGEST_PURPOSE, taken_value
from booking.web.forms import Fields, day_in
from booking.web.occasions import NOTHING_CHOSEN, PREFIX, Occasion
from booking.web.plans import blueprint as blueprint
from booking.web.sending import once
from booking.wording.display import f_duration
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

_AHEAD = timedelta(days=2)
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PartForm:
    """One part of the basket as its page shows it."""

    number: int
    part: Part
    starts: Pairs
    ends: Pairs
    asks_end_date: bool
    tone: str
    sentences: Sequence[str]
    ways: Pairs


@blueprint.get("/plans/new")
@edge.access(edge.Access.SIGNED_IN)
def create() -> ResponseReturnValue:
    """The basket as its address says, with how each part stands beside the others; nothing is booked."""
    basket = baskets.read(request.args, actions.LONGEST_NAME, LONGEST_PURPOSE)
    return _page(basket, override=Fields(request.args).flag("override"))


@blueprint.post("/plans/new")
@edge.access(edge.Access.SIGNED_IN)
def place() -> ResponseReturnValue:
    """Book all parts of the basket, or none."""
    fields, basket = Fields(request.form), baskets.read(request.form, actions.LONGEST_NAME, LONGEST_PURPOSE)
    key, override = fields.line("key", LONGEST_KEY, required=False), fields.flag("override")
    if not basket.is_complete:
        return _page(basket, override=override), 422
    asks = basket.asks
    try:
        plan_id = once(key, (asks, override), lambda call: actions.place(call, asks, basket.name, override=override))
    except Refused as refused:
        return _page(basket, override=override, again=True), 409 if refused.is_conflict else 422
    except Unacceptable as unacceptable:
        flash(next(iter(problem_sentences(unacceptable).values())), "warning")
        return _page(basket, override=override), 422
    flash(gettext("Your plan is booked, all of it."))
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


def _page(basket: Basket, *, override: bool = False, again: bool = False) -> str:
    looked = _looked(basket, override)
    shown = _parts(basket, looked)
    clashes = bool(looked and looked.judgement.clashes)
    by = actions.nearest_start(edge.read_call(), looked) if looked and clashes and basket.is_complete else None
    return render_template(
        "plans/create.html",
        basket=basket,
        parts=shown,
        fields=basket.fields(),
        may_book=basket.is_complete and (not clashes or override),
        may_override=looked is not None and (override or occasions.may_override(looked)),
        override=override,
        shift=_shift_words(by) if by else None,
        more=_more(basket, request.values),
        is_full=len(basket.parts) >= MOST_PARTS,
        key=request.values.get("key", "") or new_secret(),
        again=again,
        levels=max((showing.pairs(part.card.visibility) for part in basket.parts), key=len, default=[]),
        needs_approval=any(each.tone == "amber" for each in shown),
    )


def _looked(basket: Basket, override: bool) -> Looked | None:
    """The judgement on all parts whose time can be read."""
    if not basket.asks:
        return None
    return actions.preview(edge.read_call(), basket.asks, override=override)


def _parts(basket: Basket, looked: Looked | None) -> list[PartForm]:
    found = _occasions(looked)
    facts = _facts(basket, looked)
    shown, judged = [], 0
    for number, part in enumerate(basket.parts, 1):
        # Parts without a time are not judged, so verdicts are counted among the others.
        judged += part.span is not None
        occasion = found.get(judged) if part.span else None
        shown.append(_form(number, part, facts[part.card.id], occasion))
    return shown


def _form(number: int, part: Part, facts: Facts, occasion: Occasion | None) -> PartForm:
    day = day_in(part.typed.date)
    starts, ends = wall_times.offered(facts, day, part.typed) if day else ([], [])
    asks_end_date = wall_times.lasts_days(facts) or bool(part.typed.end_date)
    if occasion is None or part.span is None:
        sentences = [*part.errors.values(), *refusal_sentences(part.refusals, part.card.time_zone)]
        return PartForm(number, part, starts, ends, asks_end_date, "red", sentences, [])
    kept = {taken_value(part.card.id, part.span), occasions.OUT}
    ways = [(f"take:{number}/{value}", words) for value, words in occasion.options if value not in kept]
    return PartForm(number, part, starts, ends, asks_end_date, occasion.tone, occasion.sentences, ways)


def _occasions(looked: Looked | None) -> Mapping[int, Occasion]:
    """How each part stands, by its place among those whose time can be read."""
    if looked is None:
        return {}
    shown = occasions.shown(looked, edge.asker().account_id, NOTHING_CHOSEN, "", lambda verdict: verdict.key)
    return {int(each.name.removeprefix(PREFIX)): each for each in shown}


def _facts(basket: Basket, looked: Looked | None) -> dict[int, Facts]:
    """What decides which times can be chosen, by tool."""
    known = dict(looked.facts) if looked else {}
    missing = tuple({part.card.id for part in basket.parts} - set(known))
    found: tuple[World, ...] = ()
    if missing:
        now = clock.now()
        who = edge.asker().account_id
        found = worlds(edge.session(), tool_ids=missing, span=Span(now, now + _AHEAD), account_id=who)
    return known | {world.tool.id: world.facts for world in found}


def _shift_words(by: timedelta) -> tuple[str, str]:
    minutes = by // timedelta(minutes=1)
    length = f_duration(abs(by))
    words = gettext("All of it %(length)s later", length=length)
    if minutes < 0:
        words = gettext("All of it %(length)s earlier", length=length)
    return f"shift:{minutes}", str(words)


def _more(basket: Basket, source: MultiDict[str, str]) -> dict[str, Any]:
    """Which tools can be added: those of one space, which is chosen among all."""
    cards = spaces.space_cards(edge.session())
    asked = source.get("space", "")
    slug = asked or (basket.parts[-1].card.space_slug if basket.parts else "")
    chosen = next((card for card in cards if card.slug == slug), cards[0] if cards else None)
    here = tools.tool_cards(edge.session(), space_id=chosen.id) if chosen else ()
    return {
        "spaces": [(card.slug, card.name) for card in cards],
        "space": chosen.slug if chosen else "",
        "tools": [(str(card.id), card.name) for card in here],
    }
