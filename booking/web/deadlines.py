"""How long requests wait at a space: the page on which its managers say so."""

from collections.abc import Mapping
from dataclasses import asdict

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import deadlines as actions
from booking.actions.spaces import managed
from booking.rules.deadlines import LONGEST_HOURS, OFFER_MINUTES, Patience
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

blueprint = Blueprint("deadlines", __name__)

_HOURS = ("reminder_hours", "deputy_hours", "approval_hours")


@blueprint.get("/manage/spaces/<space>/requests")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """When managers are reminded, when the deputy is asked, when a request expires, and how long offers are held."""
    patience, deputy = actions.settings(edge.read_call(), space)
    return _page(space, asdict(patience) | {"deputy": deputy}, {})


@blueprint.post("/manage/spaces/<space>/requests")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str) -> ResponseReturnValue:
    """Change it, for the requests that come from now on."""
    managed(edge.read_call(), space)
    fields = Fields(request.form)
    try:
        hours = {name: fields.optional_whole(name, 1, LONGEST_HOURS) for name in _HOURS}
        held = fields.whole("offer_minutes", *OFFER_MINUTES)
        wanted = Patience(hours["reminder_hours"], hours["deputy_hours"], hours["approval_hours"], offer_minutes=held)
        email = fields.email("deputy") if fields.given("deputy") else ""
        fields.finish()
        edge.perform(actions.change, space, wanted, email)
    except Unacceptable as refused:
        return _page(space, request.form, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("deadlines.show", space=space), 303)


def _page(space: str, typed: Mapping[str, object], errors: dict[str, str]) -> str:
    card = managed(edge.read_call(), space)
    bounds = {"most": LONGEST_HOURS, "offers": OFFER_MINUTES}
    return render_template("deadlines/show.html", space=card, typed=typed, errors=errors, **bounds)
