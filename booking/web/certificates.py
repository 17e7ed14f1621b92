"""One's own certificates, and those that a space gives."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import certificates as actions
from booking.actions.spaces import managed
from booking.models import certificates, grants
from booking.models.certificates import CertificateCard
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.certificates import LONGEST_VALID_DAYS
from booking.rules.refusals import Unacceptable
from booking.web.forms import Fields
from booking.wording.problems import problem_sentences

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/certificates/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """What one holds and held."""
    held = grants.mine(edge.session(), edge.asker().account_id)
    return render_template("certificates/mine.html", held=held, now=clock.now())


@blueprint.get("/spaces/<space>/certificates/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """The certificates of a space, for its trainers and managers."""
    card = actions.trained(edge.read_call(), space)
    found = certificates.of_space(edge.session(), card.id, clock.now())
    may_define = edge.asker().has(Role.MANAGER, card.id)
    return render_template("certificates/show.html", space=card, certificates=found, may_define=may_define)


@blueprint.get("/spaces/<space>/certificates/new")
@edge.access(edge.Access.SIGNED_IN)
def new(space: str) -> ResponseReturnValue:
    """The form for another certificate."""
    return _form(managed(edge.read_call(), space), None, {})


@blueprint.post("/spaces/<space>/certificates/new")
@edge.access(edge.Access.SIGNED_IN)
def create(space: str) -> ResponseReturnValue:
    """Define another certificate."""
    card = managed(edge.read_call(), space)
    try:
        edge.perform(actions.add, space, *_typed())
    except Unacceptable as refused:
        return _form(card, None, problem_sentences(refused)), 422
    flash(gettext("The certificate is there. Now say on the pages of the tools which of them ask for it."))
    return redirect(url_for("certificates.show", space=space), 303)


@blueprint.get("/spaces/<space>/certificates/<bounded:certificate_id>/edit")
@edge.access(edge.Access.SIGNED_IN)
def edit(space: str, certificate_id: int) -> ResponseReturnValue:
    """A certificate as its managers describe it."""
    card = managed(edge.read_call(), space)
    return _form(card, certificates.card(edge.session(), card.id, certificate_id, clock.now()), {})


@blueprint.post("/spaces/<space>/certificates/<bounded:certificate_id>/edit")
@edge.access(edge.Access.SIGNED_IN)
def change(space: str, certificate_id: int) -> ResponseReturnValue:
    """Change what a certificate says."""
    card = managed(edge.read_call(), space)
    certificate = certificates.card(edge.session(), card.id, certificate_id, clock.now())
    try:
        edge.perform(actions.change, space, certificate_id, *_typed())
    except Unacceptable as refused:
        return _form(card, certificate, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("certificates.show", space=space), 303)


def _typed() -> tuple[str, str, int | None]:
    """Name, description and valid days as the form has them."""
    fields = Fields(request.form)
    name = fields.line("name", actions.LONGEST_NAME)
    description = fields.text("description", actions.LONGEST_DESCRIPTION, required=False)
    valid_days = fields.optional_whole("valid_days", 1, LONGEST_VALID_DAYS)
    fields.finish()
    return name, description, valid_days


def _form(card: SpaceCard, certificate: CertificateCard | None, errors: dict[str, str]) -> str:
    typed = request.form or certificate
    return render_template(
        "certificates/form.html",
        space=card,
        certificate=certificate,
        typed=typed,
        errors=errors,
        most=LONGEST_VALID_DAYS,
    )
