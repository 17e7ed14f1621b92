"""Labels with codes to put on the tools of a space, several on a sheet."""

from flask import Blueprint, make_response, render_template, url_for
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions.spaces import managed
from booking.models import arrivals
from booking.rules.refusals import Absent
from booking.web.assets import qr_file

blueprint = Blueprint("labels", __name__, url_prefix="/manage/spaces/<space>/labels")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def sheet(space: str) -> ResponseReturnValue:
    """A label for each tool of the space that is in service."""
    card = managed(edge.read_call(), space)
    labels = arrivals.labels(edge.session(), card.id)
    addresses = {label.code: _address(label.code) for label in labels}
    return render_template("labels/sheet.html", space=card, labels=labels, addresses=addresses)


@blueprint.get("/<code>.svg")
@edge.access(edge.Access.SIGNED_IN)
def drawing(space: str, code: str) -> ResponseReturnValue:
    """The code of one tool as a file, to be put on a label of one's own."""
    card = managed(edge.read_call(), space)
    if code not in {label.code for label in arrivals.labels(edge.session(), card.id)}:
        raise Absent
    answer = make_response(qr_file(_address(code)))
    answer.mimetype = "image/svg+xml"
    answer.headers["Content-Disposition"] = f'attachment; filename="{code}.svg"'
    return answer


def _address(code: str) -> str:
    """What the code on a tool opens, as a phone reads it."""
    return f"{edge.settings().base_url}{url_for('arrivals.scan', code=code)}"
