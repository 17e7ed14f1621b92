"""The certificates that a space gives, as its staff see and describe them."""

from dataclasses import asdict
from datetime import datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import certificates as actions
from booking.actions.spaces import managed
from booking.models import acceptances, certificates
from booking.models.certificates import CertificateCard
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules.access import Role
from booking.rules.certificates import LONGEST_REMINDER_DAYS, LONGEST_VALID_DAYS, CertificateWish
from booking.rules.hours import to_utc, to_wall
from booking.rules.refusals import Refused, Unacceptable
from booking.web.forms import Fields
from booking.web.week_forms import STEP, clock_text
from booking.wording.certificates import briefing_words, term_words
from booking.wording.problems import problem_sentences

blueprint = Blueprint("certificates", __name__)


@blueprint.get("/spaces/<space>/certificates/")
@edge.access(edge.Access.SIGNED_IN)
def show(space: str) -> ResponseReturnValue:
    """The certificates of a space, for its trainers and managers."""
    card = actions.trained(edge.read_call(), space)
    return render_template(
        "certificates/show.html",
        space=card,
        certificates=certificates.of_space(edge.session(), card.id, clock.now()),
        accepted=acceptances.of_space(edge.session(), card.id),
        may_define=edge.asker().has(Role.MANAGER, card.id),
        now=clock.now(),
        term_words=term_words,
        briefing_words=briefing_words,
    )


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
        edge.perform(actions.add, space, _typed(card))
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
        edge.perform(actions.change, space, certificate_id, _typed(card))
    except Unacceptable as refused:
        return _form(card, certificate, problem_sentences(refused)), 422
    flash(gettext("Saved."))
    return redirect(url_for("certificates.show", space=space), 303)


def _typed(space: SpaceCard) -> CertificateWish:
    """What the form says."""
    fields = Fields(request.form)
    wish = CertificateWish(
        name=fields.line("name", actions.LONGEST_NAME),
        description=fields.text("description", actions.LONGEST_DESCRIPTION, required=False),
        valid_days=fields.optional_whole("valid_days", 1, LONGEST_VALID_DAYS),
        ends_on=fields.optional_day("ends_on"),
        unused_days=fields.optional_whole("unused_days", 1, LONGEST_VALID_DAYS),
        reminder_days=fields.optional_whole("reminder_days", 0, LONGEST_REMINDER_DAYS) or 0,
        next_briefing_at=_briefing_at(fields, space.time_zone),
        briefing_note=fields.line("briefing_note", actions.LONGEST_NOTE, required=False),
    )
    fields.finish()
    return wish


def _briefing_at(fields: Fields, zone: str) -> datetime | None:
    day, minutes = fields.optional_day("briefing_day"), fields.optional_clock("briefing_time")
    if day is None:
        return None
    if minutes is None:
        fields.problem("briefing_time", "required")
        return None
    try:
        return to_utc(zone, datetime.combine(day, time.min) + timedelta(minutes=minutes))
    except Refused:
        fields.problem("briefing_time", "no_such_time")
        return None


def _form(card: SpaceCard, certificate: CertificateCard | None, errors: dict[str, str]) -> str:
    briefing_at = certificate.next_briefing_at if certificate else None
    briefing = to_wall(card.time_zone, briefing_at) if briefing_at else None
    known = asdict(certificate or CertificateWish(""))
    known["briefing_day"] = briefing.date().isoformat() if briefing else ""
    known["briefing_time"] = f"{briefing:%H:%M}" if briefing else ""
    return render_template(
        "certificates/form.html",
        space=card,
        certificate=certificate,
        typed=request.form or known,
        errors=errors,
        most=LONGEST_VALID_DAYS,
        most_reminder=LONGEST_REMINDER_DAYS,
        time_choices=[("", "–"), *((text, text) for text in map(clock_text, range(0, 1_440, STEP)))],
        now=clock.now(),
    )
