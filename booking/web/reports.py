"""Makers report what is wrong with a tool; the staff of its space reads and answers it."""

from flask import Blueprint, Response, flash, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import reports as actions
from booking.actions.reports import Fault
from booking.models import reports, spaces, tool_rows, tools
from booking.models.reports import ReportCard, ReportState
from booking.models.tools import ToolCard
from booking.outside import clock, images
from booking.rules.access import Role
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

PAGE = 20
SHOWN_ON_TOOL = 3
FOLDER = "reports"
VIEWS = {
    "open": frozenset({ReportState.OPEN}),
    "handled": frozenset({ReportState.OUTAGE, ReportState.CLOSED}),
}

blueprint = Blueprint("reports", __name__)


@blueprint.get("/spaces/<space>/tools/<tool>/report")
@edge.access(edge.Access.SIGNED_IN)
def ask(space: str, tool: str) -> ResponseReturnValue:
    """What is wrong with the tool, in words and with a photo."""
    return _form(tools.tool_card(edge.session(), space, tool), {})


@blueprint.post("/spaces/<space>/tools/<tool>/report")
@edge.access(edge.Access.SIGNED_IN)
def send(space: str, tool: str) -> ResponseReturnValue:
    """Report it to the staff of the space."""
    card = tools.tool_card(edge.session(), space, tool)
    fields = Fields(request.form)
    try:
        words = fields.text("words", actions.LONGEST_WORDS)
        unit_id = fields.optional_whole("unit", 1, LARGEST_ID)
        if unit_id is not None and unit_id not in {unit.id for unit in _units(card)}:
            fields.problem("unit", "not_a_choice")
        fields.finish()
        _keep(card, words, unit_id)
    except Unacceptable as refused:
        return _form(card, problem_sentences(refused)), 422
    return redirect(url_for("reports.thanks", space=space, tool=tool), 303)


@blueprint.get("/spaces/<space>/tools/<tool>/report/thanks")
@edge.access(edge.Access.SIGNED_IN)
def thanks(space: str, tool: str) -> ResponseReturnValue:
    """What follows upon a report."""
    return render_template("reports/thanks.html", tool=tools.tool_card(edge.session(), space, tool))


@blueprint.get("/reports/")
@edge.access(edge.Access.STAFF)
def listing() -> ResponseReturnValue:
    """What is reported at one's spaces, or at one of them; the latest first."""
    return _listing({})


@blueprint.post("/reports/<bounded:report_id>/close")
@edge.access(edge.Access.STAFF)
def close(report_id: int) -> ResponseReturnValue:
    """Close a report with an answer to whoever made it."""
    card, fields = _load(report_id), Fields(request.form)
    try:
        reply = fields.text("reply", actions.LONGEST_REPLY, required=False)
        fields.finish()
        edge.perform(actions.close, report_id, reply)
    except Unacceptable as refused:
        return _listing({report_id: problem_sentences(refused)["reply"]}), 422
    except Refused:
        flash(gettext("Somebody else has dealt with this report already."), "warning")
    else:
        flash(gettext("Closed. Whoever reported it gets your answer by mail."))
    return redirect(url_for("reports.listing", space=card.space_slug), 303)


@blueprint.get("/reports/<bounded:report_id>/<any(large, small):size>.jpg")
@edge.access(edge.Access.STAFF)
def photo(report_id: int, size: str) -> ResponseReturnValue:
    """The photo of a report, for the staff of its space alone."""
    file = _load(report_id).photo
    if file is None:
        raise Absent
    name = images.small_name(file) if size == "small" else file
    answer: Response = send_from_directory(edge.settings().instance / FOLDER, name, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def on_tool(card: ToolCard) -> tuple[ReportCard, ...]:
    """What is reported of a tool and not dealt with, for readers who are signed in; for them alone it is asked."""
    return reports.open_on_tool(edge.session(), card.id, SHOWN_ON_TOOL) if edge.actor() else ()


def _load(report_id: int) -> ReportCard:
    return actions.visible(edge.actor(), reports.one(edge.session(), report_id))


def _units(card: ToolCard) -> list[tool_rows.UnitCard]:
    units = tool_rows.units_of(edge.session(), card.id, clock.now())
    return [unit for unit in units if not unit.retired_at]


def _keep(card: ToolCard, words: str, unit_id: int | None) -> None:
    """Draw the sent picture anew, which takes a while, and only then write about it."""
    sent = request.files.get("photo")
    data = sent.stream.read(images.LARGEST_FILE + 1) if sent else b""
    if not data:
        edge.perform(actions.report, card.space_slug, card.slug, Fault(words, unit_id))
        return
    folder = edge.settings().instance / FOLDER
    file = images.keep(folder, images.prepared(data))
    try:
        edge.perform(actions.report, card.space_slug, card.slug, Fault(words, unit_id, file))
    except BaseException:
        images.discard(folder, file)
        raise


def _form(card: ToolCard, errors: dict[str, str]) -> str:
    return render_template("reports/ask.html", tool=card, units=_units(card), typed=request.form, errors=errors)


def _listing(errors: dict[int, str]) -> str:
    fields = Fields(request.args)
    view = request.args.get("view", "open")
    view = view if view in VIEWS else "open"
    before = fields.optional_whole("before", 1, LARGEST_ID)
    fields.finish()
    space, space_ids = _asked_spaces()
    found = reports.listed(edge.session(), space_ids, VIEWS[view], before_id=before, limit=PAGE + 1)
    return render_template(
        "reports/listing.html",
        view=view,
        space=space,
        reports=found[:PAGE],
        further=found[PAGE - 1].id if len(found) > PAGE else None,
        is_first=before is None,
        errors=errors,
        typed=request.form,
        now=clock.now(),
    )


def _asked_spaces() -> tuple[spaces.SpaceCard | None, frozenset[int] | None]:
    """The space in the address and its id, else none and the ids of all that the reader cares for (None: all)."""
    who = edge.asker()
    slug = request.args.get("space", "")
    if slug:
        card = spaces.space_card(edge.session(), slug)
        if not who.has(Role.TRAINER, card.id):
            raise Absent
        return card, frozenset({card.id})
    if not who.trains:
        raise Denied
    return None, None if who.is_admin else who.spaces_with(Role.TRAINER)
