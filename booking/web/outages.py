"""The page on which managers say how a tool is: its state, its outages and its units."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import outages as actions
from booking.actions import tools as tool_actions
from booking.actions.spaces import managed
from booking.models import outages, tool_rows, tools
from booking.outside import clock
from booking.rules.facts import ToolState
from booking.rules.hours import to_utc
from booking.rules.refusals import Refused, Unacceptable
from booking.web.forms import Fields
from booking.web.opening_days import STEP, clock_text
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

    return _answered(space, tool, "state", act)


@blueprint.post("/outages")
@edge.access(edge.Access.SIGNED_IN)
def declare(space: str, tool: str) -> ResponseReturnValue:
    """Declare an outage of a tool or of one of its units."""
    zone = managed(edge.read_call(), space).time_zone

    def act(fields: Fields) -> None:
        starts_at = _instant(fields, zone, "from") or clock.now()
        ends_at = _instant(fields, zone, "until")
        unit_id = fields.optional_whole("unit", 1, 2**63 - 1)
        reason = fields.line("reason", actions.LONGEST_REASON, required=False)
        fields.finish()
        edge.perform(actions.declare, space, tool, starts_at, ends_at, reason, unit_id)

    return _answered(space, tool, "outage", act)


@blueprint.post("/outages/<bounded:outage_id>/end")
@edge.access(edge.Access.SIGNED_IN)
def end(space: str, tool: str, outage_id: int) -> ResponseReturnValue:
    """End an outage now."""
    return _answered(space, tool, "", lambda _fields: edge.perform(actions.end, space, tool, outage_id))


@blueprint.post("/units")
@edge.access(edge.Access.SIGNED_IN)
def add_unit(space: str, tool: str) -> ResponseReturnValue:
    """Add one more identical machine."""

    def act(fields: Fields) -> None:
        name = fields.line("name", tool_actions.LONGEST_UNIT_NAME, required=False)
        fields.finish()
        edge.perform(tool_actions.add_unit, space, tool, name)

    return _answered(space, tool, "units", act)


@blueprint.post("/units/<bounded:unit_id>")
@edge.access(edge.Access.SIGNED_IN)
def change_unit(space: str, tool: str, unit_id: int) -> ResponseReturnValue:
    """Rename a machine, retire it or bring it back."""

    def act(fields: Fields) -> None:
        wanted = fields.choice("act", ("rename", "retire", "restore"))
        name = fields.line("name", tool_actions.LONGEST_UNIT_NAME) if wanted == "rename" else ""
        fields.finish()
        if wanted == "rename":
            edge.perform(tool_actions.rename_unit, space, tool, unit_id, name)
        else:
            change = tool_actions.retire_unit if wanted == "retire" else tool_actions.restore_unit
            edge.perform(change, space, tool, unit_id)

    return _answered(space, tool, "units", act)


def _answered(space: str, tool: str, form: str, act: Callable[[Fields], object]) -> ResponseReturnValue:
    """What follows one of the page's forms: the page again with what is asked for, or anew with what changed."""
    managed(edge.read_call(), space)
    try:
        act(Fields(request.form))
    except Unacceptable as refused:
        return _page(space, tool, problem_sentences(refused), form), 422
    flash(gettext("Saved."))
    return redirect(url_for("outages.show", space=space, tool=tool), 303)


def _instant(fields: Fields, zone: str, name: str) -> datetime | None:
    """The wall time of a date and a time field in the zone, as an instant; None when the date is empty."""
    day, minutes = fields.optional_day(f"{name}_day"), fields.optional_clock(f"{name}_time")
    if day is None:
        if minutes is not None:
            fields.problem(f"{name}_day", "required")
        return None
    try:
        return to_utc(zone, datetime.combine(day, time.min) + timedelta(minutes=minutes or 0))
    except Refused:
        fields.problem(f"{name}_time", "no_such_time")
        return None


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
        time_choices=[("", "–"), *((text, text) for text in map(clock_text, range(0, 1_440, STEP)))],
        now=now,
        errors=errors,
        form=form,
        typed=request.form,
    )
