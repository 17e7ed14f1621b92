"""Pages on which people sign in and out, set a new password, and see where they are signed in.

Their routes belong to the blueprint of the accounts.
"""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from booking import edge
from booking.actions import accounts as account_actions
from booking.actions import sign_ins as actions
from booking.actions import throttle
from booking.models import accounts, links, sign_ins
from booking.outside import clock, passwords
from booking.outside.secrets import digest
from booking.rules.access import Actor
from booking.rules.refusals import Absent, Problem, Refused, Unacceptable
from booking.web import preferences, signed_in
from booking.web.accounts import blueprint as blueprint
from booking.web.accounts import client_address
from booking.web.destinations import next_path
from booking.web.forms import Fields
from booking.wording.accounts import browser_name
from booking.wording.problems import problem_sentences

RESETS = ("reset", "admin")


@blueprint.route("/sign-in", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Sign in with address and password, and go on to where one wanted to go."""
    if request.method == "GET":
        return redirect(next_path(), 303) if edge.actor() else _sign_in_page({})
    fields = Fields(request.form)
    try:
        email = fields.email("email")
        password = fields.password("password")
        fields.finish()
        secret, actor = _enter(email, password)
    except Unacceptable as refused:
        return _sign_in_page(problem_sentences(refused)), 422
    except Refused as refused:
        if refused.refusals[0].code != "not_confirmed":
            raise
        return render_template("accounts/confirm_again.html", errors={}, typed={"email": email}, waits=True), 422
    return _welcomed(secret, actor)


def _sign_in_page(errors: dict[str, str]) -> str:
    return render_template("sign_ins/sign_in.html", errors=errors, typed=request.form, next=next_path(), page="sign_in")


def _enter(email: str, password: str) -> tuple[str, Actor]:
    """Verify and sign in; unknown addresses take the same way through the same hash."""
    address = client_address()
    buckets = throttle.sign_in_buckets(email, address)
    edge.perform(throttle.take, buckets)
    account_id, stored = accounts.credentials(edge.session(), email) or (0, None)
    if not passwords.verified(stored, password) or stored is None:
        raise Unacceptable(Problem("password", "sign_in_wrong"))
    newer = passwords.hashed(password) if passwords.outdated(stored) else None
    verified = actions.Verified(account_id, stored, newer)
    return edge.perform(actions.start, verified, buckets, request.user_agent.string, address)


def _welcomed(secret: str, actor: Actor) -> ResponseReturnValue:
    card = accounts.card(edge.session(), actor.account_id)
    signed_in.start(secret, actor)
    answer = preferences.remember(redirect(next_path(), 303), "language", actor.language)
    return preferences.remember(answer, "theme", card.theme if card else "")


@blueprint.post("/sign-out")
@edge.access(edge.Access.PUBLIC)
def sign_out() -> ResponseReturnValue:
    """End this browser's sign-in, here and in the database."""
    secret = signed_in.current_token()
    if secret is not None:
        edge.perform(actions.end_this, secret)
    signed_in.end()
    flash(gettext("You are signed out."))
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.get("/profile/sign-ins")
@edge.access(edge.Access.SIGNED_IN)
def sessions() -> ResponseReturnValue:
    """Where one is signed in, with a button to end each."""
    now, idle_hours = clock.now(), edge.settings().session_idle_hours
    this = digest(signed_in.current_token() or "")
    found = sign_ins.live(edge.session(), edge.asker().account_id, now, idle_hours, this)
    return render_template("sign_ins/sessions.html", sign_ins=found, now=now, browser_name=browser_name)


@blueprint.post("/profile/sign-ins/<bounded:sign_in_id>/end")
@edge.access(edge.Access.SIGNED_IN)
def end_session(sign_in_id: int) -> ResponseReturnValue:
    """Sign one of one's browsers out."""
    edge.perform(actions.end_one, sign_in_id)
    flash(gettext("That browser is signed out."))
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.post("/profile/sign-ins/end-others")
@edge.access(edge.Access.SIGNED_IN)
def end_other_sessions() -> ResponseReturnValue:
    """Sign all of one's browsers out but this one."""
    number = edge.perform(actions.end_others, signed_in.current_token() or "")
    flash(ngettext("%(num)d other browser is signed out.", "%(num)d other browsers are signed out.", number))
    return redirect(url_for("accounts.sessions"), 303)


@blueprint.route("/reset", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def ask_for_reset() -> ResponseReturnValue:
    """Ask for a mailed link that sets a new password; the answer is the same for unknown addresses."""
    if request.method == "GET":
        return render_template("sign_ins/ask_for_reset.html", errors={}, typed={})
    fields = Fields(request.form)
    try:
        email = fields.email("email")
        fields.finish()
    except Unacceptable as refused:
        errors = problem_sentences(refused)
        return render_template("sign_ins/ask_for_reset.html", errors=errors, typed=request.form), 422
    edge.perform(throttle.take, throttle.mail_buckets(email, client_address()))
    edge.perform(account_actions.ask_for_reset, email)
    return render_template("accounts/mailed.html", email=email, confirms=False)


@blueprint.route("/reset/<secret>", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def reset(secret: str) -> ResponseReturnValue:
    """What the mailed link opens: a form for the new password. All browsers are signed out by it."""
    link = links.find(edge.session(), digest(secret), RESETS, clock.now())
    if link is None:
        return render_template("sign_ins/reset.html", link=None, errors={}), 410
    if request.method == "GET":
        return render_template("sign_ins/reset.html", link=link, errors={})
    fields = Fields(request.form)
    try:
        name = link.registration.name
        password = fields.new_password("password", name, link.email, edge.settings().network_name)
        fields.finish()
        edge.perform(account_actions.reset_password, secret, passwords.hashed(password))
    except Unacceptable as refused:
        return render_template("sign_ins/reset.html", link=link, errors=problem_sentences(refused)), 422
    except Absent:
        return render_template("sign_ins/reset.html", link=None, errors={}), 410
    signed_in.end()
    flash(gettext("Your new password is set, and your API tokens work no more. Please sign in with it."))
    return redirect(url_for("accounts.sign_in"), 303)
