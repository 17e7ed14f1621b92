"""Labels with codes to put on the tools of a space, several on a sheet."""

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from booking import edge
from booking.actions.spaces import managed
from booking.models import arrivals

blueprint = Blueprint("labels", __name__, url_prefix="/manage/spaces/<space>/labels")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def sheet(space: str) -> ResponseReturnValue:
    """A label for each tool of the space that is in service."""
    card = managed(edge.read_call(), space)
    labels = arrivals.labels(edge.session(), card.id)
    base = edge.settings().base_url
    addresses = {label.code: f"{base}{url_for('arrivals.scan', code=label.code)}" for label in labels}
    return render_template("labels/sheet.html", space=card, labels=labels, addresses=addresses)
