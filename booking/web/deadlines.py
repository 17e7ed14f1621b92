"""How long requests wait at a space: the page on which its managers say so."""

from collections.abc import Mapping
from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import deadlines as actions
from booking.actions.spaces import managed
from booking.rules.deadlines import LONGEST_HOURS
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

blueprint = Blueprint("deadlines", __name__)


@blueprint.get("/manage/spaces/<space>/requests")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """When managers are reminded, when the deputy is asked, and when a request expires."""
    patience, deputy = actions.settings(edge.read_call(), space)
    return _page(space, asdict(patience) | {"deputy": deputy}, {})


@blueprint.post("/manage/spaces/<space>/requests")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str) -> ResponseReturnValue:
    """Change it, for the requests that come from now on."""
    managed(edge.read_call(), space)
    fields = Fields(request.form)
    try:
        names = ("reminder_hours", "deputy_hours", "approval_hours")
        reminder, deputy, expiry = (fields.optional_whole(name, 1, LONGEST_HOURS) for name in names)
        email = fields.email("deputy") if fields.given("deputy") else ""
        fields.finish()
        edge.perform(actions.change, space, reminder, deputy, expiry, email)
    except Unacceptable as refused:
        return _page(space, request.form, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("deadlines.show", space=space), 303)


def _page(space: str, typed: Mapping[str, object], errors: dict[str, str]) -> str:
    card = managed(edge.read_call(), space)
    return render_template("deadlines/show.html", space=card, typed=typed, errors=errors, most=LONGEST_HOURS)
