"""At the tool: what the code on it opens, and checking in, giving back and staying longer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import arrivals as actions
from booking.actions import bookings as single
from booking.actions.call import Call
from booking.actions.find import reader_at
from booking.models import arrivals, bookings, tools
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for
from booking.models.tools import ToolCard
from booking.rules import availability, personal, policy
from booking.rules.facts import Ask, Facts
from booking.rules.policy import LASTING
from booking.rules.privacy import sees_times
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import Act, State, is_possible
from booking.web import presence
from booking.web.bars import book_address
from booking.web.bookings import load, said
from booking.web.forms import Fields
from booking.wording.display import f_range, f_short_day, f_time
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

LENGTHS = (30, 60, 120, 240)
LATEST = 2**33
AHEAD = timedelta(days=14)

blueprint = Blueprint("arrivals", __name__)


@dataclass(frozen=True, slots=True)
class Offer:
    """A time from now on: its end in seconds of the epoch, how the button calls it, and whether that asks a manager."""

    until: int
    label: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Free:
    """When the tool is free next: in words, and the address of the form that books it."""

    words: str
    address: str


@blueprint.get("/q/<code>")
@edge.access(edge.Access.SIGNED_IN)
def scan(code: str) -> ResponseReturnValue:
    """What whoever stands before the tool can do: check in, book it now, or see when it is free."""
    return _at_tool(arrivals.tool_of_code(edge.session(), code), [])


@blueprint.post("/q/<code>")
@edge.access(edge.Access.SIGNED_IN)
def book_now(code: str) -> ResponseReturnValue:
    """Book the time of the pressed button, and check in where it is about to begin."""
    slugs, fields = arrivals.tool_of_code(edge.session(), code), Fields(request.form)
    tool = tools.tool_card(edge.session(), *slugs)
    try:
        start, end = (fields.whole(name, 0, LATEST) for name in ("start", "until"))
        fields.finish()
        if end <= start:
            fields.problem("until", "ends_before_start")
            fields.finish()
        span = Span(*(datetime.fromtimestamp(seconds, UTC) for seconds in (start, end)))
        card = edge.perform(actions.book_now, Ask(tool.id, span))
    except Unacceptable as unacceptable:
        return _at_tool(slugs, list(problem_sentences(unacceptable).values())), 422
    except Refused as refused:
        return _at_tool(slugs, refusal_sentences(refused.refusals, tool.time_zone)), 409 if refused.is_conflict else 422
    if card.state is State.IN_USE:
        flash(gettext("Booked and checked in: %(what)s", what=said(card)))
    elif card.state is State.PENDING:
        flash(gettext("Asked for: %(what)s. The answer comes by mail.", what=said(card)))
    else:
        flash(gettext("Booked: %(what)s", what=said(card)))
    return redirect(url_for("bookings.show", booking_id=card.id), 303)


@blueprint.post("/bookings/<bounded:booking_id>/check-in")
@edge.access(edge.Access.SIGNED_IN)
def check_in(booking_id: int) -> ResponseReturnValue:
    """Say that one is there."""
    return _act(booking_id, lambda call: actions.check_in(call, booking_id), gettext("Checked in. Enjoy your work."))


@blueprint.post("/bookings/<bounded:booking_id>/give-back")
@edge.access(edge.Access.SIGNED_IN)
def give_back(booking_id: int) -> ResponseReturnValue:
    """End now, so that others can have the rest."""
    return _act(
        booking_id, lambda call: actions.give_back(call, booking_id), gettext("Thank you. The rest is free for others.")
    )


@blueprint.post("/bookings/<bounded:booking_id>/extend")
@edge.access(edge.Access.SIGNED_IN)
def extend(booking_id: int) -> ResponseReturnValue:
    """Stay until the time of the pressed button."""
    card, fields = load(booking_id), Fields(request.form)
    try:
        seconds, override = fields.whole("until", 0, LATEST), fields.flag("override")
        fields.finish()
    except Unacceptable as unacceptable:
        flash(next(iter(problem_sentences(unacceptable).values())), "warning")
        return redirect(url_for("bookings.show", booking_id=booking_id), 303)
    until = datetime.fromtimestamp(seconds, UTC)
    done = gettext("The tool is yours until %(time)s.", time=f_time(until, card.time_zone))
    return _act(booking_id, lambda call: actions.extend(call, booking_id, until, override=override), done)


def _act(booking_id: int, act: Callable[[Call], BookingCard], done: str) -> ResponseReturnValue:
    """Do it and go to the booking, which says what became of it."""
    zone = load(booking_id).time_zone
    try:
        edge.perform(act)
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, zone)[0], "warning")
    else:
        flash(done)
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


def _at_tool(slugs: tuple[str, str], sentences: list[str]) -> str:
    call, tool = edge.read_call(), tools.tool_card(edge.session(), *slugs)
    own = _own(call, tool)
    facts = facts_for(call.session, tool.id, Span(call.now, call.now + AHEAD), edge.asker().account_id)
    start = availability.next_on_grain(facts, call.now)
    offers = () if own else _offers(facts, start, call.now)
    against = () if own or offers else single.check(call, Ask(tool.id, _first(facts, start)))
    return render_template(
        "arrivals/scan.html",
        tool=tool,
        own=own,
        presence=presence.of(own) if own else None,
        start=int(start.timestamp()),
        offers=offers,
        at_once=is_possible(State.CONFIRMED, Act.CHECK_IN, Span(start, start + AHEAD), call.now),
        reasons=refusal_sentences(against, tool.time_zone),
        free=_next_free(call, tool, facts) if against and LASTING.isdisjoint(each.code for each in against) else None,
        sentences=sentences,
    )


def _own(call: Call, tool: ToolCard) -> BookingCard | None:
    """The booking of the tool that is due or in use, of whoever asks or of her team."""
    who, soon = edge.asker(), Span(call.now, call.now + timedelta(minutes=15, seconds=1))
    cards = bookings.of_tool(call.session, tool.id, soon)
    hers = [card for card in cards if card.account_id == who.account_id or card.team_id in who.team_ids]
    return next((card for card in hers if _is_due(card, call.now)), None)


def _is_due(card: BookingCard, now: datetime) -> bool:
    return card.state is State.IN_USE or is_possible(card.state, Act.CHECK_IN, card.span, now)


def _offers(facts: Facts, start: datetime, now: datetime) -> tuple[Offer, ...]:
    """The times from now on that the rules allow, in a few lengths."""
    lengths = sorted({facts.tool.limits.shortest_minutes, *LENGTHS})
    spans = [Span(start, start + timedelta(minutes=minutes)) for minutes in lengths]
    free = [span for span in spans if not policy.check(Ask(facts.tool.id, span), facts, now)]
    return tuple(_offer(facts, span) for span in free[:4])


def _offer(facts: Facts, span: Span) -> Offer:
    words = f_range(span.start, span.end, facts.hours.zone)
    return Offer(int(span.end.timestamp()), words, policy.needed_approval(Ask(facts.tool.id, span), facts))


def _first(facts: Facts, start: datetime) -> Span:
    return Span(start, start + timedelta(minutes=facts.tool.limits.shortest_minutes))


def _next_free(call: Call, tool: ToolCard, facts: Facts) -> Free | None:
    """When the tool is free next, for those who may see its times."""
    if not sees_times(reader_at(call, tool.space_id), tool.visibility, tool.publishes):
        return None
    ahead = Span(call.now, call.now + AHEAD)
    minutes, zone = facts.tool.limits.shortest_minutes, tool.time_zone
    free = personal.first(availability.free_spans(facts, ahead, call.now, minutes), facts, call.now)
    if free is None:
        return None
    first = _first(facts, availability.next_on_grain(facts, free.start))
    words = f"{f_short_day(first.start, zone)}, {f_time(first.start, zone)}"
    return Free(words, book_address(tool, first.start, first.end, zone))
