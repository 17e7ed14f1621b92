"""Photos of spaces and tools: the files themselves, and the pages on which managers add and remove them."""

import re

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import photos as actions
from booking.actions.spaces import managed
from booking.models import photos, tools
from booking.outside import images
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

KEPT_FOR_EVER = "max-age=31536000, immutable"
_FILE = re.compile(r"[0-9a-f]{32}(-small)?\.jpg")

blueprint = Blueprint("photos", __name__)
SPACE = "/manage/spaces/<space>/photos"
TOOL = "/manage/spaces/<space>/tools/<tool>/photos"


@blueprint.get("/photos/<file>")
@edge.access(edge.Access.PUBLIC)
def show(file: str) -> ResponseReturnValue:
    """A photo, large or small, for whoever may see its space."""
    if not _FILE.fullmatch(file):
        abort(404)
    published = photos.is_published(edge.session(), images.large_name(file))
    if not published and edge.actor() is None:
        abort(404)
    answer: Response = send_from_directory(edge.settings().instance / "photos", file, mimetype="image/jpeg")
    answer.headers["Cache-Control"] = f"{'public' if published else 'private'}, {KEPT_FOR_EVER}"
    return answer


@blueprint.get(SPACE + "/")
@edge.access(edge.Access.SIGNED_IN)
def of_space(space: str) -> ResponseReturnValue:
    """The photos of a space itself."""
    return _page(space, None, {})


@blueprint.get(TOOL + "/")
@edge.access(edge.Access.SIGNED_IN)
def of_tool(space: str, tool: str) -> ResponseReturnValue:
    """The photos of a tool."""
    return _page(space, tool, {})


@blueprint.post(SPACE + "/")
@blueprint.post(TOOL + "/")
@edge.access(edge.Access.SIGNED_IN)
def add(space: str, tool: str | None = None) -> ResponseReturnValue:
    """Add a photo to a space or a tool."""
    managed(edge.read_call(), space)
    fields = Fields(request.form)
    try:
        caption = fields.line("caption", actions.LONGEST_CAPTION, required=False)
        fields.finish()
        _keep(space, tool, caption)
    except Unacceptable as refused:
        return _page(space, tool, problem_sentences(refused)), 422
    flash(gettext("The photo is there."))
    return _back(space, tool)


@blueprint.post(SPACE + "/<bounded:photo_id>/remove")
@blueprint.post(TOOL + "/<bounded:photo_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def remove(space: str, photo_id: int, tool: str | None = None) -> ResponseReturnValue:
    """Take a photo away."""
    file = edge.perform(actions.remove, space, tool, photo_id)
    images.discard(edge.settings().instance / "photos", file)
    flash(gettext("The photo is gone."))
    return _back(space, tool)


def _keep(space: str, tool: str | None, caption: str) -> None:
    """Draw the sent picture anew, which takes a while, and only then write about it."""
    sent = request.files.get("photo")
    data = sent.stream.read(images.LARGEST_FILE + 1) if sent else b""
    picture = images.prepared(data)
    folder = edge.settings().instance / "photos"
    file = images.keep(folder, picture)
    try:
        edge.perform(actions.add, space, tool, file, (picture.width, picture.height), caption)
    except BaseException:
        images.discard(folder, file)
        raise


def _back(space: str, tool: str | None) -> ResponseReturnValue:
    if tool:
        return redirect(url_for("photos.of_tool", space=space, tool=tool), 303)
    return redirect(url_for("photos.of_space", space=space), 303)


def _page(space: str, tool: str | None, errors: dict[str, str]) -> str:
    card, session = managed(edge.read_call(), space), edge.session()
    tool_card = tools.tool_card(session, space, tool) if tool else None
    found = photos.of_tool(session, tool_card.id) if tool_card else photos.of_space(session, card.id)
    return render_template(
        "manage/photos.html",
        space=card,
        card=tool_card,
        photos=found,
        small_name=images.small_name,
        errors=errors,
        typed=request.form,
    )
