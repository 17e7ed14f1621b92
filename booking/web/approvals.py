"""The queue of requests: a yes or a no with one tap, and ten seconds to think again."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from werkzeug.local import LocalProxy

from booking import edge
from booking.actions import approvals as actions
from booking.actions.call import Call
from booking.models import bookings
from booking.models.bookings import BookingCard
from booking.outside import clock
from booking.rules import policy
from booking.rules.access import Role
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.rules.states import State
from booking.web.booking_cursors import next_cursor, read_cursor
from booking.web.bookings import is_fragment, load, said
from booking.web.converters import LARGEST_ID
from booking.web.destinations import next_path
from booking.web.forms import Fields
from booking.web.grouping import first_of_each
from booking.web.requests import described
from booking.wording.display import f_number
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

PAGE = 10
LONGEST_REASON = 500
LARGEST_VERSION = 2**31 - 1
_WANTED = re.compile(r"([1-9][0-9]{0,18})-([1-9][0-9]{0,9})")
QUICK_REASONS = ("too_long", "maintenance", "material", "training")

blueprint = Blueprint("approvals", __name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one of several requests: who and what, empty where that isn't to be told, and why not yes."""

    what: str
    sentences: Sequence[str] = ()

    @property
    def approved(self) -> bool:
        """Whether it got its yes."""
        return not self.sentences


@blueprint.app_context_processor
def _nav() -> dict[str, object]:
    """The number beside "Approvals", asked for once and only by pages that show it to somebody who decides."""
    return {"approvals_waiting": LocalProxy(cache(_waiting))}


@blueprint.get("/approvals/")
@edge.access(edge.Access.STAFF)
def queue() -> ResponseReturnValue:
    """Who waits for an answer at one's spaces, the nearest start first."""
    return _queue_page()


@blueprint.post("/approvals/<bounded:booking_id>/approve")
@edge.access(edge.Access.STAFF)
def approve(booking_id: int) -> ResponseReturnValue:
    """Say yes, or yes all the same."""
    override = Fields(request.form).flag("override")
    return _decided(
        booking_id, lambda call, version: actions.approve(call, booking_id, expected=version, override=override)
    )


@blueprint.post("/approvals/<bounded:booking_id>/decline")
@edge.access(edge.Access.STAFF)
def decline(booking_id: int) -> ResponseReturnValue:
    """Say no, with one of the ready reasons or in one's own words."""
    fields = Fields(request.form)
    quick = fields.choice("quick", ("", *QUICK_REASONS))
    own = fields.text("reason", LONGEST_REASON, required=False)
    if not quick and not own:
        fields.problem("reason", "reason_needed")
    try:
        fields.finish()
    except Unacceptable as unacceptable:
        return _refused(booking_id, list(problem_sentences(unacceptable).values())), 422
    reason = own or _reasons().get(quick, "")
    return _decided(booking_id, lambda call, version: actions.decline(call, booking_id, reason, expected=version))


@blueprint.post("/approvals/<bounded:booking_id>/undo")
@edge.access(edge.Access.STAFF)
def undo(booking_id: int) -> ResponseReturnValue:
    """Put one's decision of the last seconds back to waiting."""
    card = _load(booking_id)
    try:
        edge.perform(actions.undo, booking_id)
    except Refused as refused:
        sentences = refusal_sentences(refused.refusals, card.time_zone)
        return _refused(booking_id, sentences), 409 if refused.is_conflict else 422
    flash(gettext("Waiting again: %(what)s", what=said(card)))
    return redirect(next_path(url_for("approvals.queue")), 303)


@blueprint.post("/approvals/approve")
@edge.access(edge.Access.STAFF)
def approve_several() -> ResponseReturnValue:
    """Say yes to all the requests that the page showed without remarks; each stands or falls alone.

    Where one doesn't get its yes, the queue says of each what became of it.
    """
    wanted = [_wanted(text) for text in request.form.getlist("request")[:PAGE]]
    answers = [_answered(booking_id, version) for booking_id, version in wanted]
    if answers and not any(answer.what for answer in answers):
        raise Absent
    if not all(answer.approved for answer in answers):
        return _queue_page(answers=answers), 409
    if answers:
        flash(_approved_words(len(answers)))
    return redirect(url_for("approvals.queue"), 303)


def _answered(booking_id: int, version: int) -> Answer:
    try:
        card = _load(booking_id)
    except (Absent, Denied):
        return Answer("", [gettext("This request is not there any more, or others decide about it.")])
    what = f"{card.account_name} · {said(card)}"
    try:
        edge.perform(actions.approve, booking_id, expected=version)
    except Refused as refused:
        return Answer(what, refusal_sentences(refused.refusals, card.time_zone))
    except (Absent, Denied):
        return Answer(what, [gettext("Others decide about this request by now.")])
    return Answer(what)


def _approved_words(number: int) -> str:
    shown = f_number(number)
    return str(ngettext("%(number)s request is approved.", "%(number)s requests are approved.", number, number=shown))


def _decided(booking_id: int, act: Callable[[Call, int | None], BookingCard]) -> ResponseReturnValue:
    """Do what the manager decided, and show it with the way back."""
    before = _load(booking_id)
    fields = Fields(request.form)
    version = fields.optional_whole("version", 1, LARGEST_VERSION)
    try:
        fields.finish()
        card = edge.perform(act, version)
    except Unacceptable as unacceptable:
        return _refused(booking_id, list(problem_sentences(unacceptable).values())), 422
    except Refused as refused:
        sentences = refusal_sentences(refused.refusals, before.time_zone)
        role = edge.asker().role_at(before.space_id)
        may_override = not policy.check_override(refused.refusals, role)
        return _refused(booking_id, sentences, may_override=may_override), 409 if refused.is_conflict else 422
    if before.state is State.PENDING:
        _tell(card)
    if is_fragment():
        return render_template("approvals/_decided.html", card=card, waiting=_waiting())
    return redirect(next_path(url_for("approvals.queue")), 303)


def _tell(card: BookingCard) -> None:
    what = said(card)
    yes = card.state is State.CONFIRMED
    text = gettext("Approved: %(what)s", what=what) if yes else gettext("Declined: %(what)s", what=what)
    flash({"text": text, "undo": url_for("approvals.undo", booking_id=card.id)})  # type: ignore[arg-type]


def _refused(booking_id: int, sentences: list[str], *, may_override: bool = False) -> str:
    """The request again, as it is by now, with what stands in the way, and whether the manager may set it aside."""
    card = _load(booking_id)
    overridable = {card.id} if may_override else set()
    if not is_fragment():
        return _queue_page({card.id: sentences}, overridable=overridable, first=card)
    if card.state is not State.PENDING:
        return render_template("approvals/_decided.html", card=card, waiting=_waiting(), sentences=sentences)
    [shown] = described((card,), clock.now())
    said = {"sentences": sentences, "overridable": overridable, "reasons": _reasons()}
    return render_template("approvals/_request.html", request_card=shown, now=clock.now(), **said)


def _queue_page(
    sentences: dict[int, list[str]] | None = None,
    answers: Sequence[Answer] = (),
    *,
    overridable: Collection[int] = (),
    first: BookingCard | None = None,
) -> str:
    """The queue; with a request that is to be seen `first` where it still waits and is not on this page."""
    now, after = clock.now(), read_cursor()
    found = bookings.waiting(edge.session(), _managed(), after=after, limit=PAGE + 1)
    cards, together = first_of_each(found[:PAGE])
    if first and first.state is State.PENDING and first.id not in {card.id for card in cards}:
        cards = [first, *cards]
    shown = described(cards, now)
    shown_ids = {each.card.id for each in shown}
    return render_template(
        "approvals/queue.html",
        requests=shown,
        together=together,
        easy=[each.card for each in shown if each.is_without_remarks],
        sentences=sentences or {},
        overridable=overridable,
        answers=answers,
        gone=[line for id_, lines in (sentences or {}).items() if id_ not in shown_ids for line in lines],
        reasons=_reasons(),
        now=now,
        next_cursor=next_cursor(found, PAGE),
        is_first=after is None,
    )


def _waiting() -> int:
    """How many requests wait for this reader; 0 for people who decide nothing."""
    who = edge.actor()
    return bookings.number_waiting(edge.session(), _managed()) if who is not None and who.manages else 0


def _managed() -> frozenset[int] | None:
    """The spaces whose requests this reader decides; None stands for all of them."""
    who = edge.asker()
    if not who.manages:
        raise Denied
    return None if who.is_admin else who.spaces_with(Role.MANAGER)


def _load(booking_id: int) -> BookingCard:
    """The request, for the managers of its space; its maker is told that this is for others."""
    card = load(booking_id)
    if not edge.asker().has(Role.MANAGER, card.space_id):
        raise Denied
    return card


def _wanted(text: str) -> tuple[int, int]:
    """The id and the version of one request in the form."""
    match = _WANTED.fullmatch(text)
    if match is None or int(match[1]) > LARGEST_ID or int(match[2]) > LARGEST_VERSION:
        raise Unacceptable
    return int(match[1]), int(match[2])


def _reasons() -> dict[str, str]:
    """The ready reasons, as they are sent."""
    return {
        "too_long": gettext("Too long"),
        "maintenance": gettext("Maintenance is planned"),
        "material": gettext("This material is not allowed"),
        "training": gettext("Training is needed first"),
    }
