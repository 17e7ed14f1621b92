"""Offering another time to who asked for one, and what her mailed link opens."""

from collections.abc import Mapping

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import proposals as actions
from booking.actions.bookings import alternatives
from booking.models import proposals, tools
from booking.models.bookings import BookingCard
from booking.models.facts import facts_for
from booking.models.proposals import ProposalCard
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.facts import Ask, Facts
from booking.rules.refusals import Absent, Refused, Unacceptable
from booking.rules.spans import Span
from booking.web import wall_times
from booking.web.bookings import load
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields, day_in
from booking.web.wall_times import Typed
from booking.wording.display import f_range, f_short_day
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

LONGEST_NOTE = 500

blueprint = Blueprint("proposals", __name__)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"open_proposal": _of_booking}


@blueprint.get("/bookings/<bounded:booking_id>/propose")
@edge.access(edge.Access.SIGNED_IN)
def ask(booking_id: int) -> ResponseReturnValue:
    """The form: which other time, and the nearest that are free."""
    return _form(_managed(booking_id), request.args, {}, [])


@blueprint.post("/bookings/<bounded:booking_id>/propose")
@edge.access(edge.Access.SIGNED_IN)
def propose(booking_id: int) -> ResponseReturnValue:
    """Offer it, and hold it for the maker."""
    card, fields = _managed(booking_id), Fields(request.form)
    try:
        tool_id = fields.whole("tool", 1, LARGEST_ID)
        span = wall_times.read(fields, card.time_zone)
        note = fields.text("note", LONGEST_NOTE, required=False)
        fields.finish()
        if span is None:
            raise Unacceptable
        edge.perform(actions.propose, booking_id, tool_id, span, note)
    except Unacceptable as unacceptable:
        return _form(card, request.form, problem_sentences(unacceptable), []), 422
    except Refused as refused:
        sentences = refusal_sentences(refused.refusals, card.time_zone)
        return _form(card, request.form, {}, sentences), 409 if refused.is_conflict else 422
    flash(gettext("Offered. The time is held until it is answered."))
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


@blueprint.post("/bookings/<bounded:booking_id>/proposal/<any(accept, decline):act>")
@edge.access(edge.Access.SIGNED_IN)
def answer(booking_id: int, act: str) -> ResponseReturnValue:
    """Take the offered time, or leave the request as it is."""
    found = actions.to_me(edge.read_call(), booking_id)
    try:
        edge.perform(actions.accept if act == "accept" else actions.decline, found)
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, found.time_zone)[0], "warning")
    return redirect(url_for("bookings.show", booking_id=booking_id), 303)


@blueprint.get("/proposals/<secret>")
@edge.access(edge.Access.PUBLIC)
def show(secret: str) -> ResponseReturnValue:
    """The time that a mailed link offers, or what became of it. Opening it decides nothing."""
    return _page(actions.by_secret(edge.read_call(), secret), secret, [])


@blueprint.post("/proposals/<secret>")
@edge.access(edge.Access.PUBLIC)
def decide(secret: str) -> ResponseReturnValue:
    """Take it, or leave the request as it is, for whoever holds the link."""
    found = actions.by_secret(edge.read_call(), secret)
    try:
        edge.perform(actions.decline if request.form.get("act") == "decline" else actions.accept, found)
    except Refused as refused:
        sentences = refusal_sentences(refused.refusals, found.time_zone)
        return _page(found, secret, sentences, 409 if refused.is_conflict else 422)
    return redirect(url_for("proposals.show", secret=secret), 303)


def _of_booking(booking_id: int) -> ProposalCard | None:
    return proposals.of_booking(edge.session(), booking_id)


def _managed(booking_id: int) -> BookingCard:
    """The request, for the managers of its space; raises Absent for everybody else."""
    card = load(booking_id)
    if not edge.asker().has(Role.MANAGER, card.space_id):
        raise Absent
    return card


def _form(card: BookingCard, sent: Mapping[str, str], errors: dict[str, str], sentences: list[str]) -> str:
    usual = wall_times.typed_of(card.time_zone, card.span)
    typed = Typed(*(sent.get(name, "").strip() or getattr(usual, name) for name in ("date", "start", "end")))
    facts = facts_for(edge.session(), card.tool_id, card.span, card.account_id)
    day = day_in(typed.date)
    starts, ends = wall_times.offered(facts, day, typed) if day else ([], [])
    own = tools.tool_card(edge.session(), card.space_slug, card.tool_slug)
    same = tools.tool_cards(edge.session(), space_id=card.space_id, kind_id=own.kind_id)
    return render_template(
        "proposals/ask.html",
        booking=card,
        typed=typed,
        starts=starts,
        ends=ends,
        tools=[(str(each.id), each.name) for each in same],
        tool=sent.get("tool", "") or str(card.tool_id),
        note_typed=sent.get("note", ""),
        nearest=_nearest(card, facts),
        errors=errors,
        sentences=sentences,
    )


def _nearest(card: BookingCard, facts: Facts) -> list[tuple[str, str]]:
    """Free times of the tool near the asked one: addresses that fill the form with them, and words."""
    ask = Ask(card.tool_id, card.span, card.purpose, card.id, card.team_id)
    found = (each.span for each in alternatives(edge.read_call(), ask) if each.tool_id == facts.tool.id)
    return [_filled(card, span) for span in found if span != card.span]


def _filled(card: BookingCard, span: Span) -> tuple[str, str]:
    zone, typed = card.time_zone, wall_times.typed_of(card.time_zone, span)
    words = f"{f_short_day(span.start, zone)}, {f_range(span.start, span.end, zone)}"
    return url_for("proposals.ask", booking_id=card.id, date=typed.date, start=typed.start, end=typed.end), words


def _page(found: ProposalCard, secret: str, sentences: list[str], status: int = 200) -> Response:
    is_open = found.is_open(clock.now())
    page = render_template("proposals/show.html", found=found, is_open=is_open, secret=secret, sentences=sentences)
    return Response(page, status, headers={"Cache-Control": "private, no-store"})
