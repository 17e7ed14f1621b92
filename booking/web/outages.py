"""The page on which managers say how a tool is: its state and its outages."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import outages as actions
from booking.actions import tools as tool_actions
from booking.actions.outages import What
from booking.actions.spaces import managed
from booking.models import outages, tool_rows, tools
from booking.outside import clock
from booking.rules.facts import ToolState
from booking.rules.refusals import Unacceptable
from booking.web import declaring
from booking.web.declaring import Desk
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

blueprint = Blueprint("outages", __name__, url_prefix="/manage/spaces/<space>/tools/<tool>/state")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str, tool: str) -> ResponseReturnValue:
    """How a tool is."""
    managed(edge.read_call(), space)
    return _page(space, tool, {}, "")


@blueprint.post("/")
@edge.access(edge.Access.SIGNED_IN)
def set_state(space: str, tool: str) -> ResponseReturnValue:
    """Say that a tool is working, limited, down or retired."""

    def act(fields: Fields) -> None:
        state = fields.choice("state", [each.value for each in ToolState])
        note = fields.line("state_note", tool_actions.LONGEST_NOTE, required=False)
        fields.finish()
        edge.perform(tool_actions.set_state, space, tool, state, note)

    return answered(space, tool, "state", act)


@blueprint.get("/outages")
@edge.access(edge.Access.SIGNED_IN)
def plan(space: str, tool: str) -> ResponseReturnValue:
    """Whom an outage of the tool, or of one of its units, would touch."""
    return declaring.opened(_desk(space, tool))


@blueprint.post("/outages")
@edge.access(edge.Access.SIGNED_IN)
def declare(space: str, tool: str) -> ResponseReturnValue:
    """Declare an outage of a tool or of one of its units."""
    return declaring.sent(_desk(space, tool))


@blueprint.get("/outages/<bounded:outage_id>/")
@edge.access(edge.Access.SIGNED_IN)
def edit(space: str, tool: str, outage_id: int) -> ResponseReturnValue:
    """An outage with the bookings that it touches now, and its end, which may change."""
    return _outage_page(space, tool, outage_id, {})


@blueprint.post("/outages/<bounded:outage_id>/")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str, tool: str, outage_id: int) -> ResponseReturnValue:
    """Give an outage another end or reason."""
    fields, zone = Fields(request.form), managed(edge.read_call(), space).time_zone
    try:
        ends_at = declaring.instant(fields, zone, "until")
        reason = fields.line("reason", actions.LONGEST_REASON, required=False)
        fields.finish()
        edge.perform(actions.change, space, tool, outage_id, ends_at, reason)
    except Unacceptable as refused:
        return _outage_page(space, tool, outage_id, problem_sentences(refused)), 422
    flash(gettext("Saved. Whom the change touches hears of it by mail."))
    return redirect(url_for("outages.show", space=space, tool=tool), 303)


@blueprint.post("/outages/<bounded:outage_id>/end")
@edge.access(edge.Access.SIGNED_IN)
def end(space: str, tool: str, outage_id: int) -> ResponseReturnValue:
    """End an outage now."""
    edge.perform(actions.end, space, tool, outage_id)
    flash(gettext("It is in order again. Whoever has booked it hears of it by mail."))
    return redirect(url_for("outages.show", space=space, tool=tool), 303)


def answered(space: str, tool: str, form: str, act: Callable[[Fields], object]) -> ResponseReturnValue:
    """What follows one of the page's forms: the page again with what is asked for, or anew with what changed."""
    managed(edge.read_call(), space)
    try:
        act(Fields(request.form))
    except Unacceptable as refused:
        return _page(space, tool, problem_sentences(refused), form), 422
    flash(gettext("Saved."))
    return redirect(url_for("outages.show", space=space, tool=tool), 303)


def _desk(space: str, tool: str) -> Desk:
    owner = managed(edge.read_call(), space)
    card = tools.tool_card(edge.session(), space, tool)
    units = tuple(unit for unit in tool_rows.units_of(edge.session(), card.id, clock.now()) if not unit.retired_at)
    address = url_for("outages.plan", space=space, tool=tool)
    back = url_for("outages.show", space=space, tool=tool)
    return Desk(owner, What(space, tool_slug=tool), card.name, address, back, units)


def _outage_page(space: str, tool: str, outage_id: int, errors: dict[str, str]) -> str:
    owner, session = managed(edge.read_call(), space), edge.session()
    card = tools.tool_card(session, space, tool)
    outage = outages.one(session, card.id, outage_id)
    rows = outages.together(session, outage)
    names = {each.id: each.name for each in tools.tool_cards(session, tool_ids=[row.tool_id for row in rows])}
    typed = request.form or declaring.typed_of(outage.ends_at, outage.reason, owner.time_zone)
    return render_template(
        "outages/edit.html",
        space=owner,
        card=card,
        outage=outage,
        tool_names=[names[row.tool_id] for row in rows if row.tool_id in names],
        cards=outages.touched(session, rows, clock.now()),
        running=frozenset(),
        typed=typed,
        errors=errors,
        time_choices=declaring.time_choices(typed.get("until_time", "")),
        now=clock.now(),
    )


def _page(space: str, tool: str, errors: dict[str, str], form: str) -> str:
    session, now = edge.session(), clock.now()
    call = edge.read_call()
    card = tools.tool_card(session, space, tool)
    return render_template(
        "manage/state.html",
        space=managed(call, space),
        card=card,
        outages=outages.of_tool(session, card.id, now),
        units=tool_rows.units_of(session, card.id, now),
        now=now,
        errors=errors,
        form=form,
        typed=request.form,
    )
