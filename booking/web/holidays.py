"""Importing public holidays: send a calendar file, see what would become of each date, choose, then confirm."""

from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from booking import edge
from booking.actions import holidays as actions
from booking.actions.holidays import Plan
from booking.actions.spaces import managed
from booking.outside import clock, uploads
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.web.manage import tell_bookings_outside
from booking.wording.display import f_number
from booking.wording.holidays import left_out_sentence
from booking.wording.imports import import_sentence
from booking.wording.problems import problem_sentence

MOST_SHOWN = 50

blueprint = Blueprint("holidays", __name__, url_prefix="/manage/spaces/<space>/hours/holidays")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def upload(space: str) -> ResponseReturnValue:
    """The form that takes a calendar file."""
    return _page(space)


@blueprint.post("/")
@edge.access(edge.Access.SIGNED_IN)
def check(space: str) -> ResponseReturnValue:
    """Say what would become of each date; nothing is changed yet."""
    managed(edge.read_call(), space)
    sent = request.files.get("file")
    data = sent.stream.read(actions.LARGEST_FILE + 1) if sent else b""
    fields = Fields(request.form)
    source = fields.line("source", actions.LONGEST_SOURCE, required=False)
    try:
        fields.finish()
        calendar = actions.read(data, clock.now())
        plan = actions.plan(edge.read_call(), space, source, calendar)
    except Unacceptable as refused:
        return _page(space, errors=_sentences(refused)), 422
    name = uploads.keep(_folder(), edge.asker().account_id, data, clock.now())
    return _page(space, plan, name)


@blueprint.post("/confirm")
@edge.access(edge.Access.SIGNED_IN)
def confirm(space: str) -> ResponseReturnValue:
    """Close the space on the chosen dates of the calendar that was checked before."""
    card, name = managed(edge.read_call(), space), request.form.get("name", "")
    data = uploads.read(_folder(), edge.asker().account_id, name)
    if data is None:
        gone = gettext("This file is not here any more. Please send it again.")
        return _page(space, errors={"file": gone}), 410
    fields = Fields(request.form)
    source = fields.line("source", actions.LONGEST_SOURCE)
    try:
        fields.finish()
        calendar = actions.read(data, clock.now())
        number = edge.perform(actions.bring, space, source, calendar, frozenset(request.form.getlist("day")))
    except Unacceptable as refused:
        return _page(space, errors=_sentences(refused)), 422
    uploads.discard(_folder(), name)
    flash(ngettext("%(n)s closure changed.", "%(n)s closures changed.", number, n=f_number(number)))
    tell_bookings_outside(card)
    return redirect(url_for("opening_days.show", space=space), 303)


def _sentences(refused: Unacceptable) -> dict[str, str]:
    """The file's problems in the words of imports, those of other fields in the usual ones."""
    return {
        problem.field: import_sentence(problem) if problem.field == "file" else problem_sentence(problem)
        for problem in refused.problems
    }


def _folder() -> Path:
    return edge.settings().instance / "imports"


def _page(space: str, plan: Plan | None = None, name: str = "", errors: dict[str, str] | None = None) -> str:
    return render_template(
        "holidays/upload.html",
        space=managed(edge.read_call(), space),
        plan=plan,
        name=name,
        touched=plan.touched[:MOST_SHOWN] if plan else (),
        errors=errors or {},
        typed=request.form,
        sentence=left_out_sentence,
    )
