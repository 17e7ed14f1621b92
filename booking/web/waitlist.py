"""The waitlist: joining it for a tool or any of its kind, one's own entries, and the offers that are open for them."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import offers
from booking.actions import waitlist as actions
from booking.actions.waitlist import Standing
from booking.models import tools
from booking.models.tools import ToolCard
from booking.rules.refusals import Refused, Unacceptable
from booking.web import teams, waiting
from booking.wording.kinds import kind_name
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

blueprint = Blueprint("waitlist", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of one's own: what is waited for, where, in which zone its times are told, and the open offer.

    Without a zone, where several spaces or any would do, they are told in the reader's own.
    """

    standing: Standing
    what: str
    where: str
    zone: str


@blueprint.get("/waitlist/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """Everything that one waits for, with one's place in line, and what is offered."""
    return _mine([])


@blueprint.post("/waitlist/<bounded:entry_id>/<any(accept, pass, leave):act>")
@edge.access(edge.Access.SIGNED_IN)
def answer(entry_id: int, act: str) -> ResponseReturnValue:
    """Take what is offered, let the next have it, or wait no more."""
    try:
        if act == "leave":
            edge.perform(actions.leave, entry_id)
            flash(gettext("You don't wait for this any more."))
        elif act == "pass":
            edge.perform(offers.pass_on, actions.own_offer(edge.read_call(), entry_id))
            flash(gettext("The next in line can have it. Whether you still wait is on your waitlist."))
        else:
            card = edge.perform(offers.accept, actions.offer_to_take(edge.read_call(), entry_id))
            return redirect(url_for("bookings.show", booking_id=card.id), 303)
    except Refused as refused:
        return _mine(refusal_sentences(refused.refusals, "UTC")), 409 if refused.is_conflict else 422
    return redirect(url_for("waitlist.mine"), 303)


@blueprint.get("/spaces/<space>/tools/<tool>/wait")
@edge.access(edge.Access.SIGNED_IN)
def ask(space: str, tool: str) -> ResponseReturnValue:
    """The form: for which tool, when and how long."""
    return _form(tools.tool_card(edge.session(), space, tool), {}, [])


@blueprint.post("/spaces/<space>/tools/<tool>/wait")
@edge.access(edge.Access.SIGNED_IN)
def join(space: str, tool: str) -> ResponseReturnValue:
    """Stand at the end of the line."""
    card = tools.tool_card(edge.session(), space, tool)
    try:
        edge.perform(actions.join, waiting.read(request.form, card, _spaces_with(card)))
    except Unacceptable as unacceptable:
        return _form(card, problem_sentences(unacceptable), []), 422
    except Refused as refused:
        return _form(card, {}, refusal_sentences(refused.refusals, card.time_zone)), 422
    flash(gettext("You are in line. We write as soon as there is time for you."))
    return redirect(url_for("waitlist.mine"), 303)


@blueprint.get("/offers/<secret>")
@edge.access(edge.Access.PUBLIC)
def offer(secret: str) -> ResponseReturnValue:
    """What a mailed link offers, or what became of it. Opening it decides nothing."""
    return _offer(secret, [])


@blueprint.post("/offers/<secret>")
@edge.access(edge.Access.PUBLIC)
def decide(secret: str) -> ResponseReturnValue:
    """Take it, or let the next have it, for whoever holds the link."""
    found = offers.by_secret(edge.read_call(), secret)
    try:
        if request.form.get("act") == "pass":
            edge.perform(offers.pass_on, found)
        else:
            edge.perform(offers.accept, found)
    except Refused as refused:
        return _offer(secret, refusal_sentences(refused.refusals, found.time_zone)), 409 if refused.is_conflict else 422
    return redirect(url_for("waitlist.offer", secret=secret), 303)


def _mine(sentences: list[str]) -> str:
    call = edge.read_call()
    lines = [_line(standing) for standing in actions.mine(call)]
    return render_template("waitlist/mine.html", lines=lines, sentences=sentences)


def _line(standing: Standing) -> Line:
    entry, found = standing.entry, standing.offer
    kind = kind_name(entry.kind_slug or "", entry.kind_name or "")
    what = entry.tool_name or gettext("Any tool of the kind “%(kind)s”", kind=kind)
    where = entry.space_name or ", ".join(entry.chosen) or gettext("anywhere in the network")
    return Line(standing, what, where, found.time_zone if found else entry.time_zone or "")


def _form(card: ToolCard, errors: dict[str, str], sentences: list[str]) -> str:
    typed = request.form if request.method == "POST" else waiting.usual(request.args, card)
    near = actions.spaces_near(edge.read_call(), card)
    return render_template(
        "waitlist/join.html",
        tool=card,
        typed=typed,
        choices=[choice for choice in _choices(card) if near or choice[0] != "spaces"],
        spaces=[(card, None), *near] if near else [],
        chosen=request.form.getlist("spaces"),
        teams=teams.choices(),
        errors=errors,
        sentences=sentences,
    )


def _choices(card: ToolCard) -> list[tuple[str, str]]:
    """What one may wait for."""
    kind = kind_name(card.kind_slug, card.kind_name)
    return [
        ("tool", card.name),
        ("space", gettext("Any tool of the kind “%(kind)s” at %(space)s", kind=kind, space=card.space_name)),
        ("spaces", gettext("Any tool of the kind “%(kind)s” at the spaces chosen below", kind=kind)),
        ("network", gettext("Any tool of the kind “%(kind)s” anywhere", kind=kind)),
    ]


def _spaces_with(card: ToolCard) -> dict[str, int]:
    """The ids of the spaces that have a tool of the kind, by their slugs."""
    return {each.space_slug: each.space_id for each in tools.tool_cards(edge.session(), kind_id=card.kind_id)}


def _offer(secret: str, sentences: list[str]) -> str:
    call = edge.read_call()
    found = offers.by_secret(call, secret)
    is_open = found.state == "open" and found.expires_at > call.now
    return render_template("waitlist/offer.html", offer=found, is_open=is_open, secret=secret, sentences=sentences)
