"""Importing tables: send a file, see what would become of each line, confirm, and read what became of each."""

from pathlib import Path

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from booking import edge
from booking.actions import imports as actions
from booking.actions.imports import Report, Verdict
from booking.outside import clock, uploads
from booking.rules.csv_rows import LARGEST_FILE, written
from booking.rules.refusals import Absent, Denied, Unacceptable
from booking.wording.imports import import_sentence

# Where they are kept in the data folder until they are a day old.
TABLES, REPORTS = "imports", "import-reports"
# Each outcome as a word, a symbol and a tone.
OUTCOMES = {
    "created": (lazy_gettext("New"), "plus", "green"),
    "updated": (lazy_gettext("Changed"), "pencil", "blue"),
    "unchanged": (lazy_gettext("As it is"), "check", ""),
    "refused": (lazy_gettext("Refused"), "x", "red"),
}

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
        judged = actions.plan(edge.read_call(), kind, data).report
    except Unacceptable as refused:
        return _page(kind, error=import_sentence(refused.problems[0])), 422
    name = _keep(data) if judged.changes else ""
    return _page(kind, judged, name=name, kept=_keep(actions.packed(judged), REPORTS))


@blueprint.post("/<name>")
@edge.access(edge.Access.STAFF)
def confirm(kind: str, name: str) -> ResponseReturnValue:
    """Import the table that was checked before."""
    _allowed(kind)
    data = uploads.read(_folder(), edge.asker().account_id, name)
    if data is None:
        return _page(kind, error=gettext("This file is not here any more. Please send it again.")), 410
    try:
        done = actions.carry_out(actions.plan(edge.read_call(), kind, data), edge.perform)
    except Unacceptable as refused:
        return _page(kind, error=import_sentence(refused.problems[0])), 422
    uploads.discard(_folder(), name)
    return redirect(url_for("imports.report", kind=kind, name=_keep(actions.packed(done), REPORTS)), 303)


@blueprint.get("/reports/<name>")
@edge.access(edge.Access.STAFF)
def report(kind: str, name: str) -> ResponseReturnValue:
    """What became of each line of an import, for a day."""
    found = _kept(kind, name)
    return _page(kind, found, kept=name) if found else (_page(kind, error=_gone()), 410)


@blueprint.get("/reports/<name>.csv")
@edge.access(edge.Access.STAFF)
def table(kind: str, name: str) -> ResponseReturnValue:
    """The same as a table, to work through line by line."""
    found = _kept(kind, name)
    if found is None:
        return _page(kind, error=_gone()), 410
    head = (gettext("Line"), gettext("Outcome"), gettext("About"), gettext("Remarks"))
    rows = ((each.line, OUTCOMES[each.outcome.value][0], each.subject, _remarks(each)) for each in found.verdicts)
    answer = make_response(written([head, *rows]))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer


def _remarks(verdict: Verdict) -> str:
    return " ".join(import_sentence(each) for each in (*verdict.problems, *verdict.remarks))


def _kept(kind: str, name: str) -> Report | None:
    """The report of this name, if it is the reader's and of this kind."""
    _allowed(kind)
    data = uploads.read(_folder(REPORTS), edge.asker().account_id, name)
    found = actions.unpacked(data) if data else None
    return found if found and found.kind == kind else None


def _gone() -> str:
    return str(gettext("This report is not here any more: reports are kept for a day."))


def _allowed(kind: str) -> None:
    """What the action asks as well, before the file is even read; there are imports of these kinds only."""
    if kind not in actions.KINDS:
        raise Absent
    if not actions.may_import(edge.asker(), kind):
        raise Denied


def _keep(data: bytes, folder: str = TABLES) -> str:
    """Keep it for the reader, for a day; the name under which it is found."""
    return uploads.keep(_folder(folder), edge.asker().account_id, data, clock.now())


def _folder(name: str = TABLES) -> Path:
    return edge.settings().instance / name


def _page(kind: str, report: Report | None = None, name: str = "", error: str = "", kept: str = "") -> str:
    _allowed(kind)
    return render_template(
        "imports/upload.html",
        kind=kind,
        kinds=[each for each in actions.KINDS if actions.may_import(edge.asker(), each)],
        report=report,
        name=name,
        kept=kept,
        error=error,
        outcomes=OUTCOMES,
        sentence=import_sentence,
    )
