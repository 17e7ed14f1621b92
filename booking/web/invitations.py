"""Inviting people to a space by mail, and following such an invitation.

These routes belong to the blueprint of joining.
"""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import joining as actions
from booking.actions import members as member_actions
from booking.actions import sign_ins, throttle
from booking.actions.accounts import Newcomer
from booking.actions.sign_ins import Verified
from booking.actions.spaces import managed
from booking.models import accounts, invitations, spaces
from booking.models.invitations import InvitationCard
from booking.models.spaces import SpaceCard
from booking.outside import clock
from booking.outside.secrets import digest
from booking.rules.access import Role
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.web import signed_in
from booking.web.accounts import client_address, newcomer_from
from booking.web.forms import Fields
from booking.web.joining import blueprint as blueprint
from booking.web.preferences import zones_by_region
from booking.wording.members import role_choices, role_name
from booking.wording.problems import problem_sentences

ROLES = tuple(role.value for role in member_actions.ROLES)


@blueprint.get("/spaces/<space>/members/invite")
@edge.access(edge.Access.SIGNED_IN)
def invite(space: str) -> ResponseReturnValue:
    """The form for an invitation."""
    return _invite_page(managed(edge.read_call(), space), {})


@blueprint.post("/spaces/<space>/members/invite")
@edge.access(edge.Access.SIGNED_IN)
def send_invitation(space: str) -> ResponseReturnValue:
    """Invite an address in a role."""
    card = managed(edge.read_call(), space)
    fields = Fields(request.form)
    try:
        email, role = fields.email("email"), fields.choice("role", ROLES)
        fields.finish()
        edge.perform(throttle.take, throttle.mail_buckets(email, client_address()))
        edge.perform(actions.invite, space, email, Role(role))
    except Unacceptable as refused:
        return _invite_page(card, problem_sentences(refused)), 422
    flash(gettext("The invitation goes to %(email)s.", email=email))
    return redirect(url_for("members.show", space=space), 303)


@blueprint.post("/spaces/<space>/members/invitations/<bounded:invitation_id>/<any(again, revoke):act>")
@edge.access(edge.Access.SIGNED_IN)
def change_invitation(space: str, invitation_id: int, act: str) -> ResponseReturnValue:
    """Mail an invitation once more, or take it back."""
    card = managed(edge.read_call(), space)
    waiting = invitations.one_waiting(edge.session(), card.id, invitation_id)
    if waiting is None:
        raise Absent
    if act == "revoke":
        edge.perform(actions.revoke, space, invitation_id)
        flash(gettext("The invitation of %(email)s works no more.", email=waiting.email))
    else:
        edge.perform(throttle.take, throttle.mail_buckets(waiting.email, client_address()))
        edge.perform(actions.invite_again, space, invitation_id)
        flash(gettext("A fresh invitation goes to %(email)s.", email=waiting.email))
    return redirect(url_for("members.show", space=space), 303)


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def accept(token: str) -> ResponseReturnValue:
    """What the mailed link opens: reading it changes nothing, one button or a form for newcomers joins."""
    invitation = invitations.find(edge.session(), digest(token), clock.now())
    if invitation is None or not actions.may_still_invite(invitation):
        return _gone(invitation)
    if request.method == "GET":
        return _accept_page(invitation, token, {})
    try:
        return _joined(invitation, token)
    except Unacceptable as unacceptable:
        return _accept_page(invitation, token, problem_sentences(unacceptable), 422)
    except (Denied, Refused) as refused:
        if isinstance(refused, Refused) and refused.refusals[0].code == "inviter_may_not":
            return _gone(invitation)
        # Somebody else is signed in, or the address has an account by now: the page says which way leads on.
        return _accept_page(invitation, token, {}, 409)
    except Absent:
        return _gone(None)


def _joined(invitation: InvitationCard, token: str) -> ResponseReturnValue:
    if edge.actor() is not None:
        card = edge.perform(actions.accept, token)
        flash(gettext("Welcome! You belong to this space now."))
        return redirect(url_for("spaces.show", space=card.slug), 303)
    if accounts.card_by_email(edge.session(), invitation.email) is not None:
        raise Denied
    newcomer = newcomer_from(Fields(request.form), email=invitation.email)
    card = edge.perform(actions.register, token, newcomer)
    sign_in(newcomer)
    flash(gettext("Welcome! Your account is made, and you belong to this space now."))
    return redirect(url_for("spaces.show", space=card.slug), 303)


def sign_in(newcomer: Newcomer) -> None:
    """Sign the browser in with the account just made: its address was proven by the link, its password typed now."""
    address = client_address()
    buckets = throttle.sign_in_buckets(newcomer.email, address)
    edge.perform(throttle.take, buckets)
    account_id, stored = accounts.credentials(edge.session(), newcomer.email) or (0, None)
    verified = Verified(account_id, stored or "")
    signed_in.start(*edge.perform(sign_ins.start, verified, buckets, request.user_agent.string, address))


def _invite_page(card: SpaceCard, errors: dict[str, str]) -> str:
    return render_template(
        "joining/invite.html", space=card, errors=errors, typed=request.form, role_choices=role_choices()
    )


def _accept_page(invitation: InvitationCard, token: str, errors: dict[str, str], status: int = 200) -> Response:
    session = edge.session()
    page = render_template(
        "joining/accept.html",
        invitation=invitation,
        space=spaces.space_of(session, invitation.space_id),
        token=token,
        is_known=accounts.card_by_email(session, invitation.email) is not None,
        errors=errors,
        typed=request.form,
        zones=zones_by_region(),
        role_name=role_name,
    )
    return _private(page, status)


def _gone(invitation: InvitationCard | None) -> Response:
    """Said where a link works no more; `invitation` is given when only its inviter may not invite any more."""
    return _private(render_template("joining/gone.html", invitation=invitation), 410)


def _private(page: str, status: int) -> Response:
    """A page whose address holds a secret, which nobody keeps a copy of."""
    return Response(page, status, headers={"Cache-Control": "private, no-store"})
