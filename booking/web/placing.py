"""Booking a time and moving a booking: one dialog, which is a page of its own without scripts."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Response, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import bookings as actions
from booking.actions.call import Call
from booking.models import bookings, tools
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for
from booking.outside import clock
from booking.outside.secrets import new_secret
from booking.rules import hours
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Absent, Refusal, Refused, Unacceptable
from booking.rules.spans import Span
from booking.rules.states import State
from booking.web import booking_dialog, entries, further
from booking.web.bookings import blueprint as blueprint
from booking.web.bookings import is_fragment, load, said, to_page
from booking.web.entries import Entry, Subject
from booking.web.forms import Fields
from booking.web.sending import once
from booking.wording.problems import problem_sentences

_AHEAD = timedelta(days=14)
Work = Callable[[Call, Entry], BookingCard]


@blueprint.get("/spaces/<space>/tools/<tool>/book")
@edge.access(edge.Access.SIGNED_IN)
def create(space: str, tool: str) -> ResponseReturnValue:
    """The dialog in which a time on a tool is booked; the address may hold `date`, `start` and `end`."""
    return _opened(_of_tool(space, tool))


@blueprint.get("/spaces/<space>/tools/<tool>/book/check")
@edge.access(edge.Access.SIGNED_IN)
def check(space: str, tool: str) -> ResponseReturnValue:
    """How the time that is chosen in the open dialog stands."""
    return _checked(_of_tool(space, tool))


@blueprint.post("/spaces/<space>/tools/<tool>/book")
@edge.access(edge.Access.SIGNED_IN)
def place(space: str, tool: str) -> ResponseReturnValue:
    """Book the chosen time, or one of the alternatives that were offered; for more than one it goes on elsewhere."""
    subject = _of_tool(space, tool)
    elsewhere = further.address(subject.sheet.card, request.form)
    return to_page(elsewhere) if elsewhere else _sent(subject, _place)


@blueprint.get("/bookings/<bounded:booking_id>/move")
@edge.access(edge.Access.SIGNED_IN)
def move(booking_id: int) -> ResponseReturnValue:
    """The same dialog for a booking that moves, filled with its time."""
    return _opened(_of_booking(booking_id))


@blueprint.get("/bookings/<bounded:booking_id>/move/check")
@edge.access(edge.Access.SIGNED_IN)
def check_move(booking_id: int) -> ResponseReturnValue:
    """How the time that is chosen for a moving booking stands."""
    return _checked(_of_booking(booking_id))


@blueprint.post("/bookings/<bounded:booking_id>/move")
@edge.access(edge.Access.SIGNED_IN)
def shift(booking_id: int) -> ResponseReturnValue:
    """Move the booking to the chosen time, or to one of the alternatives that were offered."""
    return _sent(_of_booking(booking_id), _shift)


def _of_tool(space: str, tool: str) -> Subject:
    return Subject(tools.tool_sheet(edge.session(), space, tool))


def _of_booking(booking_id: int) -> Subject:
    card = load(booking_id)
    return Subject(tools.tool_sheet(edge.session(), card.space_slug, card.tool_slug), card)


def _opened(subject: Subject) -> ResponseReturnValue:
    now = clock.now()
    day = Fields(request.args).optional_day("date")
    facts = _facts(subject, hours.day_span(subject.zone, day) if day else Span(now, now + _AHEAD))
    entry = entries.prefilled(subject, request.args, facts, now)
    verdict = booking_dialog.standing(subject, entry, facts)
    return _page(subject, entry, facts, verdict), 422 if entry.errors else 200


def _checked(subject: Subject) -> ResponseReturnValue:
    entry = entries.read(subject, request.args)
    facts = _facts(subject, _looked_at(entry, clock.now()), entry)
    verdict = booking_dialog.standing(subject, entry, facts)
    shown = booking_dialog.context(subject, entry, facts, verdict)
    return render_template("bookings/_checked.html", **shown), 422 if entry.errors else 200


def _sent(subject: Subject, work: Work) -> ResponseReturnValue:
    entry = entries.read(subject, request.form)
    if entry.ask is None:
        return _again(subject, entry, entry.refusals), 422
    try:
        booking_id = _written(entry, work)
    except Refused as refused:
        return _again(subject, entry, refused.refusals), 409 if refused.is_conflict else 422
    except Unacceptable as unacceptable:
        if unacceptable.problems[0].code == "idempotency_mismatch":
            flash(gettext("This form was sent before. Here are your bookings."), "warning")
            return to_page(url_for("bookings.mine"))
        shown = Entry(entry.typed, entry.purpose, entry.key, errors=problem_sentences(unacceptable))
        return _again(subject, shown, ()), 422
    return _done(booking_id, subject)


def _written(entry: Entry, work: Work) -> int:
    """Write once, however often the same form is sent; the id of the booking."""
    return once(entry.key, (entry.ask, entry.override), lambda call: work(call, entry).id)


def _place(call: Call, entry: Entry) -> BookingCard:
    return actions.place(call, _ask(entry), override=entry.override)


def _shift(call: Call, entry: Entry) -> BookingCard:
    ask = _ask(entry)
    return actions.move(
        call,
        ask.booking_id or 0,
        start=ask.span.start,
        end=ask.span.end,
        tool_id=ask.tool_id,
        purpose=ask.purpose,
        unit_id=ask.unit_id,
        any_unit=ask.unit_id is None,
        override=entry.override,
    )


def _ask(entry: Entry) -> Ask:
    if entry.ask is None:
        raise Unacceptable
    return entry.ask


def _again(subject: Subject, entry: Entry, refusals: tuple[Refusal, ...]) -> str:
    """The same dialog with what stands in the way; about the other tool when one was to be taken."""
    if entry.ask and entry.ask.tool_id != subject.sheet.card.id:
        cards = tools.tool_cards(edge.session(), tool_ids=(entry.ask.tool_id,), retired=True)
        if not cards:
            raise Absent
        subject = Subject(tools.tool_sheet(edge.session(), cards[0].space_slug, cards[0].slug), subject.booking)
    facts = _facts(subject, _looked_at(entry, clock.now()), entry)
    verdict = booking_dialog.standing(subject, entry, facts, refusals or None)
    return _page(subject, entry, facts, verdict)


def _facts(subject: Subject, span: Span, entry: Entry | None = None) -> Facts:
    asked = entry.ask.maker_id if entry and entry.ask else None
    account_id = subject.booking.account_id if subject.booking else asked or edge.asker().account_id
    return facts_for(edge.session(), subject.sheet.card.id, span, account_id)


def _looked_at(entry: Entry, now: datetime) -> Span:
    return entry.ask.span if entry.ask else Span(now, now + _AHEAD)


def _page(subject: Subject, entry: Entry, facts: Facts, verdict: booking_dialog.Verdict | None) -> str:
    template = "bookings/_dialog.html" if is_fragment() else "bookings/dialog.html"
    shown = booking_dialog.context(subject, entry, facts, verdict)
    return render_template(template, modal=is_fragment(), key=entry.key or new_secret(), **shown)


def _done(booking_id: int, subject: Subject) -> Response:
    card = bookings.card(edge.session(), booking_id)
    what = {"what": said(card)}
    if card.state is State.PENDING:
        flash(gettext("Asked for: %(what)s. The answer comes by mail.", **what))
    else:
        text = gettext("Moved: %(what)s", **what) if subject.booking else gettext("Booked: %(what)s", **what)
        file = url_for("bookings.as_calendar", booking_id=card.id)
        flash({"text": text, "link": file, "link_label": gettext("Add to calendar")})  # type: ignore[arg-type]
    return to_page(url_for("bookings.show", booking_id=card.id))
