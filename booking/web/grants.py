"""Who holds a space's certificate: the list, granting to several people at once, revoking.

These routes belong to the blueprint of the certificates.
"""

import re

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from booking import edge
from booking.actions import certificates as actions
from booking.models import certificates, grants, members
from booking.models.certificates import CertificateCard
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.rules import text
from booking.rules.refusals import Unacceptable
from booking.web.certificates import blueprint as blueprint
from booking.web.converters import LARGEST_ID
from booking.web.cursors import next_cursor, read_cursor
from booking.web.forms import Fields
from booking.wording.certificates import term_words
from booking.wording.display import f_number
from booking.wording.members import day_words
from booking.wording.problems import problem_sentences

PAGE = 50
LONGEST_WORDS = 100
LONGEST_LIST = 20_000
_ID = re.compile(r"[1-9][0-9]{0,18}")


@blueprint.get("/spaces/<space>/certificates/<bounded:certificate_id>/")
@edge.access(edge.Access.SIGNED_IN)
def holders(space: str, certificate_id: int) -> ResponseReturnValue:
    """Who holds a certificate and until when."""
    card, certificate = _load(space, certificate_id)
    after, words = read_cursor(), _words("q")
    found = grants.holders(edge.session(), certificate.id, words=words, after=after, limit=PAGE + 1)
    return render_template(
        "certificates/holders.html",
        space=card,
        certificate=certificate,
        holders=found[:PAGE],
        words=words,
        further=next_cursor(found, PAGE),
        is_first=after is None,
        now=clock.now(),
        day_words=day_words,
    )


@blueprint.get("/spaces/<space>/certificates/<bounded:certificate_id>/grant")
@edge.access(edge.Access.SIGNED_IN)
def grant(space: str, certificate_id: int) -> ResponseReturnValue:
    """The form that grants a certificate; people may be chosen in the address."""
    return _grant_page(*_load(space, certificate_id), {})


@blueprint.post("/spaces/<space>/certificates/<bounded:certificate_id>/grant")
@edge.access(edge.Access.SIGNED_IN)
def give(space: str, certificate_id: int) -> ResponseReturnValue:
    """Grant to everybody chosen, or look for further people and keep those chosen."""
    card, certificate = _load(space, certificate_id)
    if request.form.get("act") == "search":
        return _grant_page(card, certificate, {})
    fields = Fields(request.form)
    try:
        emails = _emails(fields)
        fields.finish()
        number = edge.perform(actions.grant, space, certificate_id, _chosen(), emails)
    except Unacceptable as refused:
        return _grant_page(card, certificate, problem_sentences(refused)), 422
    flash(_granted_words(number), "message" if number else "warning")
    return redirect(url_for("certificates.holders", space=space, certificate_id=certificate_id), 303)


@blueprint.post("/spaces/<space>/certificates/<bounded:certificate_id>/holders/<bounded:account_id>/revoke")
@edge.access(edge.Access.SIGNED_IN)
def revoke(space: str, certificate_id: int, account_id: int) -> ResponseReturnValue:
    """Let somebody hold a certificate no more."""
    edge.perform(actions.revoke, space, certificate_id, account_id)
    flash(gettext("The certificate is revoked. It counts at once."))
    return redirect(url_for("certificates.holders", space=space, certificate_id=certificate_id), 303)


def _load(space: str, certificate_id: int) -> tuple[SpaceCard, CertificateCard]:
    card = actions.trained(edge.read_call(), space)
    return card, certificates.card(edge.session(), card.id, certificate_id, clock.now())


def _grant_page(card: SpaceCard, certificate: CertificateCard, errors: dict[str, str]) -> str:
    session, words = edge.session(), _words("q")
    chosen = members.chosen(session, card.id, account_ids=_chosen()[: actions.MOST_AT_ONCE])
    ids = {each.id for each in chosen}
    found = members.page(session, card.id, words=words, limit=PAGE + 1)
    shown = [*chosen, *(each for each in found[:PAGE] if each.id not in ids)]
    return render_template(
        "certificates/grant.html",
        space=card,
        certificate=certificate,
        people=shown,
        chosen=ids,
        ends=grants.ends(session, certificate.id, [each.id for each in shown]),
        words=words,
        has_more=len(found) > PAGE,
        errors=errors,
        typed=request.form,
        now=clock.now(),
        day_words=day_words,
        term_words=term_words,
    )


def _chosen() -> tuple[int, ...]:
    """The ids of the people who are ticked; others than numbers stand for nobody."""
    ids = [int(value) for value in request.values.getlist("people") if _ID.fullmatch(value)]
    return tuple(dict.fromkeys(each for each in ids if each <= LARGEST_ID))


def _emails(fields: Fields) -> tuple[str, ...]:
    """The addresses in the form, whatever stands between them."""
    typed = fields.text("emails", LONGEST_LIST, required=False)
    try:
        return tuple(dict.fromkeys(text.email_address(each, "emails") for each in re.split(r"[\s,;]+", typed) if each))
    except Unacceptable as refused:
        for problem in refused.problems:
            fields.problem(problem.field, problem.code)
        return ()


def _words(name: str) -> str:
    return request.values.get(name, "").strip()[:LONGEST_WORDS]


def _granted_words(number: int) -> str:
    if not number:
        return str(gettext("Everybody you chose holds it already."))
    sentence = ngettext(
        "Granted to %(number)s person, who is told by mail.",
        "Granted to %(number)s people, who are told by mail.",
        number,
        number=f_number(number),
    )
    return str(sentence)
