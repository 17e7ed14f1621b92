"""Which certificates of other spaces count as one of a space's own: the list, taking one in, leaving it out.

These routes belong to the blueprint of the certificates.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import acceptances as actions
from booking.actions.spaces import managed
from booking.models import acceptances, certificates, tool_rows
from booking.models.certificates import CertificateCard
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules.refusals import Unacceptable
from booking.web.converters import LARGEST_ID
from booking.web.forms import Fields
from booking.web.grants import blueprint as blueprint
from booking.wording.problems import problem_sentences

MOST_SHOWN = 20
LONGEST_WORDS = 100


@blueprint.get("/spaces/<space>/certificates/<bounded:certificate_id>/accepted/")
@edge.access(edge.Access.SIGNED_IN)
def accepted(space: str, certificate_id: int) -> ResponseReturnValue:
    """What counts as this certificate, and a search for more that could."""
    return _page(*_load(space, certificate_id), {})


@blueprint.post("/spaces/<space>/certificates/<bounded:certificate_id>/accepted/")
@edge.access(edge.Access.SIGNED_IN)
def accept(space: str, certificate_id: int) -> ResponseReturnValue:
    """Let a certificate of another space count."""
    card, certificate = _load(space, certificate_id)
    fields = Fields(request.form)
    try:
        foreign_id = fields.whole("foreign", 1, LARGEST_ID)
        briefing_id = fields.optional_whole("briefing", 1, LARGEST_ID)
        fields.finish()
        edge.perform(actions.add, space, certificate_id, foreign_id, briefing_id)
    except Unacceptable as refused:
        return _page(card, certificate, problem_sentences(refused)), 422
    flash(gettext("It counts from now on."))
    return redirect(url_for("certificates.accepted", space=space, certificate_id=certificate_id), 303)


@blueprint.post("/spaces/<space>/certificates/<bounded:certificate_id>/accepted/<bounded:acceptance_id>/remove")
@edge.access(edge.Access.SIGNED_IN)
def refuse(space: str, certificate_id: int, acceptance_id: int) -> ResponseReturnValue:
    """Let a certificate of another space count no more."""
    edge.perform(actions.remove, space, certificate_id, acceptance_id)
    flash(gettext("It does not count any more."))
    return redirect(url_for("certificates.accepted", space=space, certificate_id=certificate_id), 303)


def _load(space: str, certificate_id: int) -> tuple[SpaceCard, CertificateCard]:
    card = managed(edge.read_call(), space)
    return card, certificates.card(edge.session(), card.id, certificate_id, clock.now())


def _page(card: SpaceCard, certificate: CertificateCard, errors: dict[str, str]) -> str:
    session, words = edge.session(), request.values.get("q", "").strip()[:LONGEST_WORDS]
    known = acceptances.of_space(session, card.id).get(certificate.id, ())
    taken = {each.foreign_id for each in known}
    # What counts already is not offered, so there may be as many more to look at.
    found = acceptances.foreign(session, card.id, words=words, limit=MOST_SHOWN + len(taken) + 1)
    offered = [each for each in found if each.id not in taken]
    own = tool_rows.certificates_of(session, card.id)
    return render_template(
        "certificates/accepted.html",
        space=card,
        certificate=certificate,
        accepted=known,
        offered=offered[:MOST_SHOWN],
        has_more=len(offered) > MOST_SHOWN,
        briefings=[
            ("", gettext("Nothing: it counts wholly")),
            *((id_, name) for id_, name in own.items() if id_ != certificate.id),
        ],
        words=words,
        typed=request.form,
        errors=errors,
    )
