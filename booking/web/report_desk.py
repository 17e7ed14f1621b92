"""The staff of spaces reads what makers report, looks at the photos and answers."""

from flask import Response, flash, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import reports as actions
from booking.models import reports, spaces
from booking.models.reports import ReportCard, ReportState
from booking.outside import clock, images
from booking.rules.access import Role
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.web.reports import blueprint as blueprint
from booking.wording.problems import problem_sentences

PAGE = 20
VIEWS = {"open": {ReportState.OPEN}, "handled": {ReportState.OUTAGE, ReportState.CLOSED}}


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
    answer: Response = send_from_directory(edge.settings().instance / reports.FOLDER, name, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer


def _load(report_id: int) -> ReportCard:
    return actions.visible(edge.actor(), reports.one(edge.session(), report_id))


def _listing(errors: dict[int, str]) -> str:
    fields = Fields(request.args)
    view = "handled" if request.args.get("view") == "handled" else "open"
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
