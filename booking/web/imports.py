"""Importing tables: send a file, see what would become of each line, then confirm."""

from pathlib import Path

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from booking import edge
from booking.actions import imports as actions
from booking.actions.imports import Report
from booking.outside import clock, uploads
from booking.rules.csv_rows import LARGEST_FILE
from booking.rules.refusals import Absent, Denied, Unacceptable
from booking.wording.display import f_number
from booking.wording.imports import import_sentence

blueprint = Blueprint("imports", __name__, url_prefix="/manage/import/<kind>")


@blueprint.get("/")
@edge.access(edge.Access.STAFF)
def upload(kind: str) -> ResponseReturnValue:
    """The form that takes a table."""
    return _page(kind)


@blueprint.post("/")
@edge.access(edge.Access.STAFF)
def check(kind: str) -> ResponseReturnValue:
    """Say what would become of each line; nothing is changed yet."""
    _allowed(kind)
    sent = request.files.get("file")
    data = sent.stream.read(LARGEST_FILE + 1) if sent else b""
    try:
        report = actions.plan(edge.read_call(), kind, data).report
    except Unacceptable as refused:
        return _page(kind, error=import_sentence(refused.problems[0])), 422
    name = uploads.keep(_folder(), edge.asker().account_id, data, clock.now()) if report.changes else ""
    return _page(kind, report, name=name)


@blueprint.post("/<name>")
@edge.access(edge.Access.STAFF)
def confirm(kind: str, name: str) -> ResponseReturnValue:
    """Import the table that was checked before."""
    _allowed(kind)
    data = uploads.read(_folder(), edge.asker().account_id, name)
    if data is None:
        return _page(kind, error=gettext("This file is not here any more. Please send it again.")), 410
    try:
        report = actions.carry_out(actions.plan(edge.read_call(), kind, data), edge.perform)
    except Unacceptable as refused:
        return _page(kind, error=import_sentence(refused.problems[0])), 422
    uploads.discard(_folder(), name)
    number = report.changes
    flash(ngettext("%(n)s line changed something.", "%(n)s lines changed something.", number, n=f_number(number)))
    return redirect(url_for("manage.overview"), 303)


def _allowed(kind: str) -> None:
    """What the action asks as well, before the file is even read; there are imports of these kinds only."""
    if kind not in actions.KINDS:
        raise Absent
    if not actions.may_import(edge.asker(), kind):
        raise Denied


def _folder() -> Path:
    return edge.settings().instance / "imports"


def _page(kind: str, report: Report | None = None, name: str = "", error: str = "") -> str:
    _allowed(kind)
    return render_template(
        "imports/upload.html",
        kind=kind,
        kinds=[each for each in actions.KINDS if actions.may_import(edge.asker(), each)],
        report=report,
        name=name,
        error=error,
        sentence=import_sentence,
    )
