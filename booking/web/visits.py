"""Visits: asking for a tool of a space that isn't one's own, vouching for a guest, and saying yes with conditions."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import visits as actions
from booking.actions.call import Call
from booking.actions.visits import LONGEST_FEE, LONGEST_WORDS, Conditions
from booking.models import spaces, tools, visits
from booking.models.tools import ToolCard
from booking.models.visits import VisitCard, VisitState
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.web.week_forms import clock_text, next_day
from booking.wording.display import f_number
from booking.wording.members import day_words
from booking.wording.problems import problem_sentences
from booking.wording.visits import Mark, clock_words, conditions, state_mark

MOST = 100
STEP = 30
LARGEST_VERSION = 2**31 - 1

blueprint = Blueprint("visits", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A visit as lists and pages show it: its state as a mark, and what was agreed."""

    card: VisitCard
    mark: Mark
    conditions: list[tuple[str, str]]
    is_open: bool


@blueprint.get("/visits/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """One's own visits, and the spaces of one's own that others ask about."""
    found = visits.mine(edge.session(), edge.asker().account_id, MOST)
    return render_template("visits/mine.html", lines=[_line(card) for card in found], now=clock.now())


@blueprint.get("/spaces/<space>/visits/")
@edge.access(edge.Access.SIGNED_IN)
def at_space(space: str) -> ResponseReturnValue:
    """What a space is asked about guests: its staff vouch for its own, its managers decide about others."""
    card, who = spaces.space_card(edge.session(), space), edge.asker()
    if not who.has(Role.TRAINER, card.id):
        raise Absent
    found = visits.at_space(edge.session(), card.id, as_host=who.has(Role.MANAGER, card.id), limit=MOST)
    return render_template("visits/at_space.html", space=card, lines=[_line(each) for each in found], now=clock.now())


@blueprint.get("/visits/<bounded:visit_id>")
@edge.access(edge.Access.SIGNED_IN)
def show(visit_id: int) -> ResponseReturnValue:
    """One visit, for its maker and for those who have a word in it."""
    return _page(visit_id, {})


@blueprint.post("/visits/<bounded:visit_id>/<any(vouch, refuse, accept, decline, withdraw, end, longer):act>")
@edge.access(edge.Access.SIGNED_IN)
def change(visit_id: int, act: str) -> ResponseReturnValue:
    """Vouch or not, say yes with conditions or no, take it back, end it, ask for longer."""
    actions.load(edge.read_call(), visit_id)
    try:
        work, told = _asked(visit_id, act)
        edge.perform(work)
    except Unacceptable as unacceptable:
        return _page(visit_id, problem_sentences(unacceptable), act), 422
    except Refused:
        return _answered(visit_id)
    flash(told)
    return redirect(url_for("visits.show", visit_id=visit_id), 303)


@blueprint.post("/visits/<bounded:visit_id>/conditions")
@edge.access(edge.Access.SIGNED_IN)
def adjust(visit_id: int) -> ResponseReturnValue:
    """Set other conditions for a visit that is agreed."""
    before = actions.load(edge.read_call(), visit_id)
    fields = Fields(request.form)
    try:
        version = fields.whole("version", 1, LARGEST_VERSION)
        wanted = _conditions(fields)
        card = edge.perform(actions.change, visit_id, wanted, version)
    except Unacceptable as unacceptable:
        return _page(visit_id, problem_sentences(unacceptable), "conditions"), 422
    except Refused as refused:
        if refused.refusals[0].code != "changed_meanwhile":
            return _answered(visit_id)
        told = gettext("Somebody else changed this meanwhile. Open the page again and repeat your change.")
        return _page(visit_id, {"last_day": told}, "conditions"), 409
    if card.version != before.version:
        flash(gettext("Saved. The guest is told by mail."))
        _tell_outside(card)
    return redirect(url_for("visits.show", visit_id=visit_id), 303)


@blueprint.get("/spaces/<space>/tools/<tool>/visit")
@edge.access(edge.Access.SIGNED_IN)
def ask(space: str, tool: str) -> ResponseReturnValue:
    """The form by which a maker asks to use a tool of a space that isn't hers."""
    card = tools.tool_card(edge.session(), space, tool)
    return _form(card, {}) if actions.may_ask(edge.asker(), card) else _unneeded(card)


@blueprint.post("/spaces/<space>/tools/<tool>/visit")
@edge.access(edge.Access.SIGNED_IN)
def send(space: str, tool: str) -> ResponseReturnValue:
    """Ask."""
    card = tools.tool_card(edge.session(), space, tool)
    fields = Fields(request.form)
    try:
        note = fields.text("note", LONGEST_WORDS)
        home_id = fields.optional_whole("home", 1, LARGEST_ID)
        fields.finish()
        visit = edge.perform(actions.ask, space, tool, note, home_id)
    except Unacceptable as unacceptable:
        return _form(card, problem_sentences(unacceptable)), 422
    except Refused as refused:
        if refused.refusals[0].code != "no_visit_needed":
            raise
        return _unneeded(card)
    flash(gettext("You have asked. Every answer comes by mail and stands here."))
    return redirect(url_for("visits.show", visit_id=visit.id), 303)


def on_tool(card: ToolCard) -> Line | bool:
    """What the page of a tool says to a reader who needs its space's yes: her visit, or True where she may ask for one.

    False for everybody else.
    """
    who = edge.actor()
    if who is None or not actions.may_ask(who, card):
        return False
    last = visits.of_tool(edge.session(), who.account_id, card.id)
    return _line(last) if last is not None and actions.is_open(edge.read_call(), last) else True


def agreed(card: ToolCard) -> list[tuple[str, str, str]]:
    """What a host agreed to, for a guest who is about to book: icon, name, what holds."""
    line = on_tool(card)
    if not isinstance(line, Line) or line.card.state is not VisitState.ACCEPTED:
        return []
    return [("handshake", name, f"{name}: {text}") for name, text in line.conditions]


def way_to_longer(card: ToolCard) -> tuple[str, str] | None:
    """Where a guest asks for more than her visit of a tool allows: the visit's page; None where she has none."""
    line = on_tool(card)
    if not isinstance(line, Line) or line.card.state is not VisitState.ACCEPTED:
        return None
    return url_for("visits.show", visit_id=line.card.id), gettext("Ask for longer or other hours")


def _answered(visit_id: int) -> ResponseReturnValue:
    flash(gettext("This visit has been answered already, or taken back."), "warning")
    return redirect(url_for("visits.show", visit_id=visit_id), 303)


def _tell_outside(card: VisitCard) -> None:
    """Say on the next page how many bookings of the guest the new conditions would not allow."""
    number = actions.ahead(edge.read_call(), card)[1]
    if number:
        shown = f_number(number)
        told = gettext("Bookings outside the new conditions: %(number)s. They stay as they are.", number=shown)
        flash(told, "warning")


def _asked(visit_id: int, act: str) -> tuple[Callable[[Call], VisitCard], str]:
    """What the form wants done, and what is said when it is."""
    if act == "accept":
        agreed_to = _conditions(Fields(request.form))
        return lambda call: actions.accept(call, visit_id, agreed_to), gettext("Agreed. The guest is told by mail.")
    if act == "withdraw":
        return lambda call: actions.withdraw(call, visit_id), gettext("Taken back. Bookings that are made stay.")
    name, doing, told = {
        "vouch": ("training", actions.vouch, gettext("Thank you. The host is asked now.")),
        "refuse": ("reason", actions.refuse, gettext("Declined. The answer goes out by mail.")),
        "decline": ("reason", actions.decline, gettext("Declined. The answer goes out by mail.")),
        "longer": ("note", actions.ask_longer, gettext("You have asked. The space hears of it by mail.")),
        "end": ("reason", actions.end, gettext("Ended. Bookings that are made stay; cancel them where they must not.")),
    }[act]
    fields = Fields(request.form)
    words = fields.text(name, LONGEST_WORDS)
    fields.finish()
    return lambda call: doing(call, visit_id, words), told


def _conditions(fields: Fields) -> Conditions:
    opens, closes = fields.optional_clock("opens"), fields.optional_clock("closes")
    if opens is not None and closes is not None and closes < opens:
        closes = next_day(opens, closes)
    found = Conditions(
        last_day=fields.optional_day("last_day"),
        opens=opens,
        closes=closes,
        supervised=fields.flag("supervised"),
        fee_note=fields.line("fee_note", LONGEST_FEE, required=False),
    )
    fields.finish()
    return found


def _line(card: VisitCard) -> Line:
    is_open = actions.is_open(edge.read_call(), card)
    home = card.home_name if card.waits_for_home else ""
    mark = state_mark(card.state, home, card.host_name, is_over=not is_open)
    has_conditions = card.state in (VisitState.ACCEPTED, VisitState.ENDED)
    return Line(card, mark, conditions(card) if has_conditions else [], is_open)


def _page(visit_id: int, errors: dict[str, str], act: str = "") -> str:
    call, who = edge.read_call(), edge.asker()
    card = actions.load(call, visit_id)
    is_mine = card.account_id == who.account_id
    vouches = card.waits_for_home and not is_mine and card.home_id is not None and who.has(Role.TRAINER, card.home_id)
    held = visits.held_at(edge.session(), card.account_id, card.home_id, call.now) if card.home_id else ()
    ends = card.state is VisitState.ACCEPTED and who.has(Role.MANAGER, card.host_id)
    return render_template(
        "visits/show.html",
        line=_line(card),
        visit=card,
        is_mine=is_mine,
        vouches=vouches,
        decides=card.waits_for_host and who.has(Role.MANAGER, card.host_id),
        ends=ends,
        ahead=actions.ahead(call, card) if ends else (0, 0),
        held=", ".join(held),
        times=_time_choices(card),
        known=request.form if act in ("accept", "conditions") else _known(card),
        errors=errors,
        act=act,
        typed=request.form,
        now=call.now,
        day_words=day_words,
    )


def _form(card: ToolCard, errors: dict[str, str]) -> str:
    who = edge.asker()
    last = visits.of_tool(edge.session(), who.account_id, card.id)
    homes = spaces.space_cards(edge.session(), space_ids=frozenset(who.roles)) if who.roles else ()
    return render_template(
        "visits/ask.html",
        tool=card,
        line=_line(last) if last else None,
        homes=[(str(home.id), home.name) for home in homes],
        errors=errors,
        typed=request.form,
    )


def _unneeded(card: ToolCard) -> ResponseReturnValue:
    """To the tool, which the reader can book as it is."""
    flash(gettext("You can book this tool without asking for a visit."))
    return redirect(url_for("tools.show", space=card.space_slug, tool=card.slug), 303)


def _known(card: VisitCard) -> dict[str, str]:
    """The conditions of a visit as the form spells them."""
    found = {
        "last_day": card.last_day.isoformat() if card.last_day else "",
        "opens": "" if card.opens is None else clock_text(card.opens),
        "closes": "" if card.closes is None else clock_text(card.closes),
        "fee_note": card.fee_note,
    }
    return found | ({"supervised": "yes"} if card.supervised else {})


def _time_choices(card: VisitCard) -> list[tuple[str, str]]:
    """Times of day in half hours, and those agreed to, for the hours at which a guest is welcome."""
    steps = {*range(0, actions.DAY_MINUTES + STEP, STEP)}
    steps |= {minutes if minutes <= actions.DAY_MINUTES else minutes - actions.DAY_MINUTES for minutes in _set(card)}
    return [(clock_text(minutes), clock_words(minutes)) for minutes in sorted(steps)]


def _set(card: VisitCard) -> list[int]:
    return [minutes for minutes in (card.opens, card.closes) if minutes is not None]
