"""One's bookings, a booking with its history, its calendar file, and cancelling it."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import booking_files
from booking.actions import bookings as actions
from booking.models import approvals, audit, bookings, proposals, spaces, tools
from booking.models.audit import AuditCard
from booking.models.bookings import BookingCard
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.states import ENDED, HOLDING, Act, State, is_possible
from booking.web import belonging, presence
from booking.web.booking_cursors import next_cursor, read_cursor
from booking.web.forms import Fields
from booking.web.troubles import out_of_order
from booking.wording.display import f_range, f_short_day
from booking.wording.history import act_words, set_aside_words
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

PAGE = 20
RECENT = 5
LONGEST_REASON = 500
VIEWS = {
    "upcoming": HOLDING,
    "waiting": frozenset({State.PENDING}),
    "off": ENDED,
    "past": frozenset(State),
}

blueprint = Blueprint("bookings", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """A booking as a list or its page shows it, with what its reader may do now."""

    card: BookingCard
    state: str
    may_move: bool
    may_cancel: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of a booking's history; `who` is a name, or empty where it isn't shown."""

    at: datetime
    words: str
    who: str
    reason: str
    set_aside: str


@blueprint.get("/bookings/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """One's own bookings: what comes next first, what is over on further pages."""
    view = request.args.get("view", "upcoming")
    view = view if view in VIEWS else "upcoming"
    now, who = clock.now(), edge.asker().account_id
    after = read_cursor()
    found = bookings.mine(
        edge.session(), who, now, past=view == "past", states=VIEWS[view], after=after, limit=PAGE + 1
    )
    recent = bookings.mine(edge.session(), who, now, past=True, limit=RECENT) if view == "upcoming" else ()
    return render_template(
        "bookings/mine.html",
        view=view,
        lines=[line_of(card, now) for card in found[:PAGE]],
        recent=[line_of(card, now) for card in recent],
        next_cursor=next_cursor(found, PAGE),
        is_first=after is None,
        troubled=out_of_order(found),
        offered=proposals.of_bookings(edge.session(), [card.id for card in found if card.state is State.PENDING]),
    )


@blueprint.get("/bookings/<bounded:booking_id>")
@edge.access(edge.Access.SIGNED_IN)
def show(booking_id: int) -> ResponseReturnValue:
    """One booking: its maker's, her team's and the managers' of its space; everybody else gets 404."""
    card, session, who = load(booking_id), edge.session(), edge.asker()
    is_manager = who.has(Role.MANAGER, card.space_id)
    rows, reasons = audit.of_subject(session, "booking", card.id), approvals.words(session, card.id)
    names_shown = is_manager or card.team_id in who.team_ids
    # Only makers offer their bookings to others, so whoever did was the maker then.
    makers = {card.account_id} | {row.account_id for row in rows if row.act == "hand_over_asked"}
    return render_template(
        "bookings/show.html",
        line=line_of(card, clock.now()),
        trouble=out_of_order((card,)).get(card.id),
        booking=card,
        space=spaces.space_of(session, card.space_id),
        tool=tools.tool_card(session, card.space_slug, card.tool_slug),
        is_manager=is_manager,
        is_mine=card.account_id == who.account_id,
        deeds=[_deed(row, names_shown, makers, card.time_zone, reasons.get(row.at, "")) for row in rows],
        set_aside=set_aside_words(card.overridden),
        address=f"{edge.settings().base_url}{url_for('bookings.show', booking_id=card.id)}",
        presence=presence.of(card),
        **belonging.of(card),
    )


@blueprint.get("/bookings/<bounded:booking_id>/calendar")
@edge.access(edge.Access.SIGNED_IN)
def as_calendar(booking_id: int) -> ResponseReturnValue:
    """The booking as a file that any calendar takes."""
    body = booking_files.as_calendar(edge.read_call(), booking_id)
    answer = Response(body, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="booking-{booking_id}.ics"'
    return answer


@blueprint.get("/bookings/<bounded:booking_id>/cancel")
@edge.access(edge.Access.SIGNED_IN)
def confirm_cancel(booking_id: int) -> ResponseReturnValue:
    """The one confirming step before a booking is cancelled or a request withdrawn."""
    return _cancel_page(load(booking_id), {})


@blueprint.post("/bookings/<bounded:booking_id>/cancel")
@edge.access(edge.Access.SIGNED_IN)
def cancel(booking_id: int) -> ResponseReturnValue:
    """Give the time back."""
    card = load(booking_id)
    fields = Fields(request.form)
    try:
        reason = fields.text("reason", LONGEST_REASON, required=False)
        fields.finish()
        ended = edge.perform(actions.cancel, booking_id, reason)
    except Unacceptable as unacceptable:
        return _cancel_page(card, problem_sentences(unacceptable)), 422
    except Refused as refused:
        return _cancel_page(card, {"": refusal_sentences(refused.refusals, card.time_zone)[0]}), 409
    what = {"what": said(ended)}
    withdrawn = ended.state is State.WITHDRAWN
    flash(gettext("Withdrawn: %(what)s", **what) if withdrawn else gettext("Cancelled: %(what)s", **what))
    is_mine = ended.account_id == edge.asker().account_id
    return to_page(url_for("bookings.mine") if is_mine else url_for("bookings.show", booking_id=ended.id))


def load(booking_id: int) -> BookingCard:
    """The booking, for its maker, her team and the managers of its space; raises Absent for everybody else."""
    return actions.visible(edge.actor(), bookings.card(edge.session(), booking_id))


def said(card: BookingCard) -> str:
    """The booking in one line: tool, day and time at the space."""
    time = f_range(card.starts_at, card.ends_at, card.time_zone)
    return f"{card.tool_name}, {f_short_day(card.starts_at, card.time_zone)}, {time}"


def line_of(card: BookingCard, now: datetime) -> Line:
    """The booking with what can be done to it now; one that is over is finished."""
    finished = card.ends_at <= now and card.state in (State.CONFIRMED, State.IN_USE)
    return Line(
        card,
        state="finished" if finished else card.state.value,
        may_move=is_possible(card.state, Act.MOVE, card.span, now),
        may_cancel=is_possible(card.state, Act.CANCEL, card.span, now),
    )


def is_fragment() -> bool:
    """Whether a part of the page asks, which gets the dialog alone."""
    return request.headers.get("HX-Request") == "true"


def to_page(address: str) -> Response:
    """Go to another page: as a whole, also when a dialog has asked."""
    if is_fragment():
        return Response(headers={"HX-Redirect": address})
    return make_response(redirect(address, 303))


def _deed(row: AuditCard, names_shown: bool, makers: set[int | None], zone: str, reason: str) -> Deed:
    details = row.details
    return Deed(
        row.at,
        act_words(row.act, details, zone),
        _who(row, names_shown, makers),
        reason,
        set_aside_words(details.get("overridden") or ()),
    )


def _who(row: AuditCard, names_shown: bool, makers: set[int | None]) -> str:
    """Managers and teams are told names; makers whether it was themselves, or somebody who had the booking before."""
    if row.account_id is None:
        return ""
    if row.account_id == edge.asker().account_id:
        return str(gettext("you"))
    if names_shown:
        return row.account_name or ""
    return str(gettext("the maker") if row.account_id in makers else gettext("a manager of the space"))


def _cancel_page(card: BookingCard, errors: dict[str, str]) -> str:
    template = "bookings/_cancel.html" if is_fragment() else "bookings/cancel.html"
    typed = request.form.get("reason", "")
    return render_template(template, booking=card, errors=errors, typed=typed, modal=is_fragment())
