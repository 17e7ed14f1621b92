"""The page on which people take their data with them, or erase their account."""

from tempfile import SpooledTemporaryFile

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import erasing, own_data
from booking.rules.refusals import Refused, Unacceptable
from booking.web import signed_in
from booking.web.accounts import present_hash
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

# What is larger waits on the disk while it is sent.
_IN_MEMORY = 4 * 1024 * 1024

blueprint = Blueprint("own_data", __name__)


@blueprint.get("/profile/data")
@edge.access(edge.Access.SIGNED_IN)
def show() -> ResponseReturnValue:
    """What is kept about oneself, to download and to erase."""
    return _page({})


@blueprint.post("/profile/data/download")
@edge.access(edge.Access.SIGNED_IN)
def download() -> ResponseReturnValue:
    """Everything about oneself as one file, given the password."""
    fields = Fields(request.form)
    try:
        present_hash(fields, "download_password")
        fields.finish()
    except Unacceptable as refused:
        return _page(problem_sentences(refused)), 422
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)
    own_data.pack(edge.read_call(), file)
    file.seek(0)
    answer = send_file(file, "application/zip", as_attachment=True, download_name="my-data.zip")
    answer.call_on_close(file.close)
    return answer


@blueprint.post("/profile/data/erase")
@edge.access(edge.Access.SIGNED_IN)
def erase() -> ResponseReturnValue:
    """Erase one's own account, given the password; nothing undoes it."""
    fields = Fields(request.form)
    try:
        stored = present_hash(fields, "erase_password")
        fields.finish()
        edge.perform(erasing.erase_own, stored)
    except Unacceptable as refused:
        return _page(problem_sentences(refused)), 422
    except Refused as refused:
        return _page({"erase_password": refusal_sentences(refused.refusals, edge.asker().time_zone)[0]}), 409
    signed_in.end()
    flash(gettext("Your account is deleted."))
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.post("/admin/accounts/<bounded:account_id>/erase")
@edge.access(edge.Access.ADMIN)
def erase_other(account_id: int) -> ResponseReturnValue:
    """Erase somebody's account at her request; nothing undoes it."""
    try:
        edge.perform(erasing.erase, account_id)
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, edge.asker().time_zone)[0], "warning")
    else:
        flash(gettext("The account is deleted for good."))
    return redirect(url_for("admin.accounts"), 303)


def _page(errors: dict[str, str]) -> str:
    return render_template("own_data/show.html", errors=errors, objections=_objections())


def _objections() -> list[str]:
    """What has to be handed over first, in words."""
    who = edge.asker()
    return refusal_sentences(erasing.objections(edge.read_call(), who.account_id), who.time_zone)
