"""Makers report what is wrong with a tool, and everybody who is signed in sees what is reported."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions import reports as actions
from booking.actions.reports import Fault
from booking.models import reports, tool_rows, tools
from booking.models.reports import ReportCard
from booking.models.tools import ToolCard
from booking.outside import clock, images
from booking.rules.refusals import Unacceptable
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

SHOWN_ON_TOOL = 3
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


def on_tool(card: ToolCard) -> tuple[ReportCard, ...]:
    """What is reported of a tool and not dealt with, for readers who are signed in; for them alone it is asked."""
    return reports.open_on_tool(edge.session(), card.id, SHOWN_ON_TOOL) if edge.actor() else ()


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
    folder = edge.settings().instance / reports.FOLDER
    file = images.keep(folder, images.prepared(data))
    try:
        edge.perform(actions.report, card.space_slug, card.slug, Fault(words, unit_id, file))
    except BaseException:
        images.discard(folder, file)
        raise


def _form(card: ToolCard, errors: dict[str, str]) -> str:
    return render_template("reports/ask.html", tool=card, units=_units(card), typed=request.form, errors=errors)
