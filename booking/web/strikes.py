"""Missed times at a space: who missed what, who may not book for a while, and what the space makes of it."""

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import strikes as actions
from booking.actions.spaces import managed
from booking.models import members, strikes
from booking.models.strikes import Policy
from booking.outside import clock
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

PAGE = 50

blueprint = Blueprint("strikes", __name__, url_prefix="/manage/spaces/<space>/strikes")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """The missed times that may count, who may not book now, and the forms for both."""
    return _page(space, {}, {})


@blueprint.post("/policy")
@edge.access(edge.Access.SIGNED_IN)
def set_policy(space: str) -> ResponseReturnValue:
    """Say what the space makes of missed times."""
    managed(edge.read_call(), space)
    fields = Fields(request.form)
    try:
        policy = Policy(*(fields.whole(name, *actions.BOUNDS[name]) for name in actions.BOUNDS))
        fields.finish()
        edge.perform(actions.set_policy, space, policy)
    except Unacceptable as refused:
        return _page(space, request.form, problem_sentences(refused)), 422
    return _back(space, gettext("Saved."))


@blueprint.post("/suspend")
@edge.access(edge.Access.SIGNED_IN)
def suspend(space: str) -> ResponseReturnValue:
    """Let a member not book at the space for some days."""
    card, fields = managed(edge.read_call(), space), Fields(request.form)
    try:
        email = fields.email("email")
        days = fields.whole("days", *actions.BOUNDS["suspension_days"])
        reason = fields.line("reason", actions.LONGEST_REASON)
        found = members.chosen(edge.session(), card.id, emails=(email,))
        if email and not found:
            fields.problem("email", "not_members", emails=email)
        fields.finish()
        edge.perform(actions.suspend, space, found[0].id, days, reason)
    except Unacceptable as refused:
        return _page(space, request.form, problem_sentences(refused)), 422
    return _back(space, gettext("Done. The person is told by mail."))


@blueprint.post("/<bounded:strike_id>/forgive")
@edge.access(edge.Access.SIGNED_IN)
def forgive(space: str, strike_id: int) -> ResponseReturnValue:
    """Let a missed time count no more."""
    edge.perform(actions.forgive, space, strike_id)
    return _back(space, gettext("Forgiven: this time counts no more."))


@blueprint.post("/suspensions/<bounded:suspension_id>/lift")
@edge.access(edge.Access.SIGNED_IN)
def lift(space: str, suspension_id: int) -> ResponseReturnValue:
    """End a suspension early."""
    edge.perform(actions.lift, space, suspension_id)
    return _back(space, gettext("Ended. The person is told by mail."))


def _back(space: str, said: str) -> ResponseReturnValue:
    flash(said)
    return redirect(url_for("strikes.show", space=space), 303)


def _page(space: str, typed: Mapping[str, str], errors: dict[str, str]) -> str:
    card, session, now = managed(edge.read_call(), space), edge.session(), clock.now()
    policy = strikes.policy_of(session, card.id)
    return render_template(
        "strikes/show.html",
        space=card,
        policy=policy,
        strikes=strikes.of_space(session, card.id, now - timedelta(days=policy.strike_days), PAGE),
        suspensions=strikes.suspensions(session, card.id, now),
        typed=typed,
        errors=errors,
    )
