"""One's teams: who is in them, what is booked for them, and the invitations that lead into them."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from booking import edge
from booking.actions import teams as actions
from booking.actions import throttle
from booking.actions.call import Call
from booking.models import accounts, bookings, teams
from booking.models.teams import InvitationCard
from booking.outside import clock
from booking.outside.secrets import digest
from booking.rules.refusals import Absent, Denied, Refused, Unacceptable
from booking.web.accounts import client_address, newcomer_from
from booking.web.booking_cursors import next_cursor, read_cursor
from booking.web.bookings import line_of
from booking.web.forms import Fields
from booking.web.invitations import sign_in
from booking.web.preferences import zones_by_region
from booking.wording.members import day_words
from booking.wording.problems import problem_sentences
from booking.wording.refusals import refusal_sentences

PAGE = 20
MOST_INVITATIONS = 50

blueprint = Blueprint("teams", __name__, url_prefix="/teams")


@blueprint.get("/")
@edge.access(edge.Access.SIGNED_IN)
def mine() -> ResponseReturnValue:
    """The teams that one is in, and a form for another one."""
    return _mine({})


@blueprint.post("/")
@edge.access(edge.Access.SIGNED_IN)
def create() -> ResponseReturnValue:
    """Make a team that one leads."""
    fields = Fields(request.form)
    try:
        name = fields.line("name", actions.LONGEST_NAME)
        fields.finish()
        team_id = edge.perform(actions.create, name)
    except Unacceptable as unacceptable:
        return _mine(problem_sentences(unacceptable)), 422
    except Refused as refused:
        return _mine({"name": refusal_sentences(refused.refusals, "UTC")[0]}), 422
    flash(gettext("The team is there. Now invite the others."))
    return redirect(url_for("teams.show", team_id=team_id), 303)


@blueprint.get("/<bounded:team_id>/")
@edge.access(edge.Access.SIGNED_IN)
def show(team_id: int) -> ResponseReturnValue:
    """A team, for those who are in it: its people and what is booked for it."""
    return _page(team_id, {})


@blueprint.post("/<bounded:team_id>/invite")
@edge.access(edge.Access.SIGNED_IN)
def invite(team_id: int) -> ResponseReturnValue:
    """Invite an address."""
    actions.led(edge.read_call(), team_id)
    fields = Fields(request.form)
    try:
        email = fields.email("email")
        fields.finish()
        own = throttle.stranger_buckets(edge.asker().account_id)
        edge.perform(throttle.take, (*throttle.mail_buckets(email, client_address()), *own))
        edge.perform(actions.invite, team_id, email)
    except Unacceptable as unacceptable:
        return _page(team_id, problem_sentences(unacceptable)), 422
    flash(gettext("The invitation goes to %(email)s.", email=email))
    return redirect(url_for("teams.show", team_id=team_id), 303)


@blueprint.post("/<bounded:team_id>/rename")
@edge.access(edge.Access.SIGNED_IN)
def rename(team_id: int) -> ResponseReturnValue:
    """Give the team another name."""
    actions.led(edge.read_call(), team_id)
    fields = Fields(request.form)
    try:
        name = fields.line("name", actions.LONGEST_NAME)
        fields.finish()
        edge.perform(actions.rename, team_id, name)
    except Unacceptable as unacceptable:
        return _page(team_id, problem_sentences(unacceptable)), 422
    flash(gettext("Saved."))
    return redirect(url_for("teams.show", team_id=team_id), 303)


@blueprint.post("/<bounded:team_id>/invitations/<bounded:invitation_id>/revoke")
@edge.access(edge.Access.SIGNED_IN)
def revoke(team_id: int, invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    invitation = edge.perform(actions.revoke, team_id, invitation_id)
    flash(gettext("The invitation of %(email)s works no more.", email=invitation.email))
    return redirect(url_for("teams.show", team_id=team_id), 303)


@blueprint.post("/<bounded:team_id>/members/<bounded:account_id>/<any(lead, remove):act>")
@edge.access(edge.Access.SIGNED_IN)
def change(team_id: int, account_id: int, act: str) -> ResponseReturnValue:
    """Hand the lead over to a member, or let her be in the team no more."""
    if act == "lead":
        told = gettext("The lead is handed over.")
        return _changed(team_id, told, lambda call: actions.hand_over(call, team_id, account_id))
    told = gettext("Removed. Bookings that are made stay.")
    return _changed(team_id, told, lambda call: actions.remove(call, team_id, account_id))


@blueprint.post("/<bounded:team_id>/<any(leave, dissolve):act>")
@edge.access(edge.Access.SIGNED_IN)
def end(team_id: int, act: str) -> ResponseReturnValue:
    """Leave a team, or dissolve the one that one leads."""
    if act == "leave":
        told = gettext("You have left the team. Your bookings stay as they are.")
        return _changed(team_id, told, lambda call: actions.leave(call, team_id))
    told = gettext("The team is dissolved. What is booked for it stays with whoever booked it.")
    return _changed(team_id, told, lambda call: actions.dissolve(call, team_id))


@blueprint.route("/join/<token>", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def accept(token: str) -> ResponseReturnValue:
    """What the mailed link opens: reading it changes nothing, one button or a form for newcomers joins."""
    invitation = teams.find(edge.session(), digest(token), clock.now())
    if invitation is None:
        return _private(render_template("teams/gone.html"), 410)
    if request.method == "GET":
        return _accept_page(invitation, token, {})
    try:
        return _joined(invitation, token)
    except Unacceptable as unacceptable:
        return _accept_page(invitation, token, problem_sentences(unacceptable), 422)
    except Refused as refused:
        return _accept_page(invitation, token, {"": refusal_sentences(refused.refusals, "UTC")[0]}, 409)
    except Denied:
        # Somebody else is signed in, or the address has an account by now: the page says which way leads on.
        return _accept_page(invitation, token, {}, 409)
    except Absent:
        return _private(render_template("teams/gone.html"), 410)


def choices() -> list[tuple[str, str]]:
    """For whom the reader may book: herself and her teams; nothing to choose for somebody without a team."""
    names = teams.names(edge.session(), edge.asker().team_ids)
    own = [("", str(gettext("Me")))] if names else []
    return own + [(str(team_id), name) for team_id, name in names.items()]


def _joined(invitation: InvitationCard, token: str) -> ResponseReturnValue:
    if edge.actor() is not None:
        team_id = edge.perform(actions.accept, token)
    elif accounts.card_by_email(edge.session(), invitation.email) is not None:
        raise Denied
    else:
        newcomer = newcomer_from(Fields(request.form), email=invitation.email)
        team_id = edge.perform(actions.register, token, newcomer)
        sign_in(newcomer)
    flash(gettext("Welcome! You are in the team now."))
    return redirect(url_for("teams.show", team_id=team_id), 303)


def _changed(team_id: int, told: str, act: Callable[[Call], None]) -> ResponseReturnValue:
    """Do it and say so, on the team's page as long as the reader is still in it."""
    try:
        edge.perform(act)
        flash(told)
    except Refused as refused:
        flash(refusal_sentences(refused.refusals, "UTC")[0], "warning")
    still = teams.one(edge.session(), team_id, edge.asker().account_id)
    return redirect(url_for("teams.show", team_id=team_id) if still else url_for("teams.mine"), 303)


def _mine(errors: dict[str, str]) -> str:
    found = teams.mine(edge.session(), edge.asker().account_id)
    return render_template("teams/mine.html", teams=found, errors=errors, typed=request.form)


def _page(team_id: int, errors: dict[str, str]) -> str:
    team, session, now = actions.load(edge.read_call(), team_id), edge.session(), clock.now()
    found = bookings.of_team(session, team.id, now, after=read_cursor(), limit=PAGE + 1)
    return render_template(
        "teams/show.html",
        team=team,
        mates=teams.mates(session, team.id),
        lines=[line_of(card, now) for card in found[:PAGE]],
        next_cursor=next_cursor(found, PAGE),
        is_first=read_cursor() is None,
        invitations=teams.waiting(session, team.id, MOST_INVITATIONS) if team.leads else (),
        errors=errors,
        typed=request.form,
        now=now,
        day_words=day_words,
    )


def _accept_page(invitation: InvitationCard, token: str, errors: dict[str, str], status: int = 200) -> Response:
    page = render_template(
        "teams/accept.html",
        invitation=invitation,
        token=token,
        is_known=accounts.card_by_email(edge.session(), invitation.email) is not None,
        errors=errors,
        typed=request.form,
        zones=zones_by_region(),
    )
    return _private(page, status)


def _private(page: str, status: int) -> Response:
    """A page whose address holds a secret, which nobody keeps a copy of."""
    return Response(page, status, headers={"Cache-Control": "private, no-store"})
