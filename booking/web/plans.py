"""A plan with its parts: moving and calling off all of it, and what becomes of the rest when a part is lost."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from booking import edge
from booking.actions import booking_files
from booking.actions import plans as actions
from booking.actions.plans import Plan
from booking.models.facts import worlds
from booking.outside import clock
from booking.rules.refusals import Refused, Unacceptable
from booking.rules.spans import Span
from booking.web import occasions, wall_times
from booking.web.bookings import LONGEST_REASON, Line, line_of
from booking.web.forms import Fields, day_in
from booking.web.occasions import NOTHING_CHOSEN, Occasion
from booking.web.series import calendar_file
from booking.web.wall_times import Typed
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

blueprint = Blueprint("plans", __name__)


@blueprint.get("/plans/<bounded:plan_id>")
@edge.access(edge.Access.SIGNED_IN)
def show(plan_id: int) -> ResponseReturnValue:
    """A plan with its parts and how all of it stands, for its maker and her team."""
    plan = actions.show(edge.read_call(), plan_id)
    return render_template("plans/show.html", plan=plan, lines=_lines(plan), may_move=_may_move(plan))


@blueprint.get("/plans/<bounded:plan_id>/calendar")
@edge.access(edge.Access.SIGNED_IN)
def as_calendar(plan_id: int) -> ResponseReturnValue:
    """All parts as one file for any calendar, each an event of its own."""
    plan = actions.show(edge.read_call(), plan_id)
    first = plan.parts[0]
    name = plan.card.name or first.tool_name
    body = booking_files.several(edge.read_call(), plan.parts, name, first.time_zone, f"/plans/{plan_id}/calendar")
    return calendar_file(body, f"plan-{plan_id}.ics")


@blueprint.get("/plans/<bounded:plan_id>/move")
@edge.access(edge.Access.SIGNED_IN)
def move(plan_id: int) -> ResponseReturnValue:
    """What another start would do to each part; without one in the address, the form for it."""
    return _move_page(actions.show(edge.read_call(), plan_id), request.args)


@blueprint.post("/plans/<bounded:plan_id>/move")
@edge.access(edge.Access.SIGNED_IN)
def shift(plan_id: int) -> ResponseReturnValue:
    """Move all parts by the same stretch, or none."""
    plan = actions.show(edge.read_call(), plan_id)
    by, errors = _asked_shift(plan, request.form)
    if by is None or errors:
        return _move_page(plan, request.form)
    try:
        edge.perform(actions.move, plan_id, by)
    except Refused as refused:
        body = _move_page(plan, request.form, again=refused.is_conflict)
        return body[0], 409 if refused.is_conflict else 422
    flash(gettext("The whole plan has moved."))
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@blueprint.get("/plans/<bounded:plan_id>/cancel")
@edge.access(edge.Access.SIGNED_IN)
def confirm_cancel(plan_id: int) -> ResponseReturnValue:
    """The one confirming step before all of a plan is called off."""
    return _cancel_page(actions.show(edge.read_call(), plan_id), {})


@blueprint.post("/plans/<bounded:plan_id>/cancel")
@edge.access(edge.Access.SIGNED_IN)
def cancel(plan_id: int) -> ResponseReturnValue:
    """Call off all parts that aren't over."""
    plan, fields = actions.show(edge.read_call(), plan_id), Fields(request.form)
    try:
        reason = fields.text("reason", LONGEST_REASON, required=False)
        fields.finish()
        edge.perform(actions.cancel, plan_id, reason)
    except Unacceptable as unacceptable:
        return _cancel_page(plan, problem_sentences(unacceptable)), 422
    flash(gettext("The whole plan is called off."))
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@blueprint.post("/plans/<bounded:plan_id>/keep")
@edge.access(edge.Access.SIGNED_IN)
def keep(plan_id: int) -> ResponseReturnValue:
    """Keep the rest of a plan of which a part is lost."""
    edge.perform(actions.keep, plan_id)
    flash(gettext("The rest of the plan stays as it is."))
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


def _lines(plan: Plan) -> list[Line]:
    now = clock.now()
    return [line_of(part, now) for part in plan.parts]


def _may_move(plan: Plan) -> bool:
    now = clock.now()
    return bool(plan.holding) and all(line_of(part, now).may_move for part in plan.holding)


def _asked_shift(plan: Plan, source: MultiDict[str, str]) -> tuple[timedelta | None, dict[str, str]]:
    """By how much the plan is to move, from the new start of its first part; and what can't be read."""
    if not plan.holding or "start" not in source:
        return None, {}
    first = plan.holding[0]
    usual = wall_times.typed_of(first.time_zone, Span(first.starts_at, first.starts_at + timedelta(minutes=1)))
    typed = {"date": source.get("date", usual.date), "start": source["start"]}
    fields = Fields(MultiDict(typed))
    try:
        start = wall_times.read_start(fields, first.time_zone)
        fields.finish()
    except Unacceptable as unacceptable:
        return None, problem_sentences(unacceptable)
    except Refused as refused:
        return None, {"start": refusal_sentences(refused.refusals, first.time_zone)[0]}
    return (start - first.starts_at if start else None), {}


def _move_page(plan: Plan, source: MultiDict[str, str], *, again: bool = False) -> tuple[str, int]:
    by, errors = _asked_shift(plan, source)
    looked: list[Occasion] = []
    if by:
        try:
            found = actions.preview_move(edge.read_call(), plan.card.id, by)
            names = {str(part.id): part.tool_name for part in plan.parts}
            looked = occasions.shown(
                found, plan.card.account_id, NOTHING_CHOSEN, "", lambda verdict: names[verdict.key]
            )
        except Refused as refused:
            errors = {"start": refusal_sentences(refused.refusals, plan.parts[0].time_zone)[0]}
    first = plan.holding[0] if plan.holding else plan.parts[0]
    typed = wall_times.typed_of(first.time_zone, first.span)
    facts = worlds(edge.session(), tool_ids=(first.tool_id,), span=first.span, account_id=plan.card.account_id)[0].facts
    chosen = Typed(source.get("date", typed.date), source.get("start", typed.start))
    day = day_in(chosen.date) or day_in(typed.date)
    body = render_template(
        "plans/move.html",
        plan=plan,
        first=first,
        typed=chosen,
        starts=wall_times.offered(facts, day, chosen)[0] if day else [],
        errors=errors,
        occasions=looked,
        may_move=bool(looked) and not any(each.tone == "red" for each in looked),
        again=again,
    )
    return body, 422 if errors else 200


def _cancel_page(plan: Plan, errors: dict[str, str]) -> str:
    return render_template("plans/cancel.html", plan=plan, errors=errors, typed=request.form.get("reason", ""))
