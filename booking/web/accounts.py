"""Pages on which people register, confirm their address and change their profile."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from booking import edge
from booking.actions import accounts as actions
from booking.actions import throttle
from booking.actions.accounts import Newcomer
from booking.models import accounts, links
from booking.outside import clock, passwords
from booking.outside.secrets import digest
from booking.rules.passwords import own_words
from booking.rules.refusals import Absent, Problem, Refused, Unacceptable
from booking.web import preferences, signed_in
from booking.web.forms import Fields
from booking.web.preferences import zones_by_region
from booking.wording.display import LANGUAGES
from booking.wording.problems import problem_sentences

LONGEST_NAME = 80

blueprint = Blueprint("accounts", __name__)


@blueprint.route("/register", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def register() -> ResponseReturnValue:
    """Make an account; the answer is the same whether the address is known or not."""
    if request.method == "GET":
        return _register_page({})
    try:
        newcomer = newcomer_from(Fields(request.form))
    except Unacceptable as refused:
        return _register_page(problem_sentences(refused)), 422
    edge.perform(throttle.take, throttle.mail_buckets(newcomer.email, client_address()))
    edge.perform(actions.register, newcomer)
    return render_template("accounts/mailed.html", email=newcomer.email, confirms=True)


def newcomer_from(fields: Fields, email: str | None = None) -> Newcomer:
    """Who registers, with the password already hashed; `email` is given where an invitation names it.

    Raises Unacceptable with everything that can't be taken.
    """
    name = fields.line("name", LONGEST_NAME)
    address = email or fields.email("email")
    password = fields.password("password")
    language = fields.choice("language", LANGUAGES)
    time_zone = fields.zone("time_zone")
    fields.finish()
    edge.perform(throttle.take, throttle.hashing_buckets(client_address()))
    hashed = passwords.hashed_if_fit(password, own_words(name, address, edge.settings().network_name))
    return Newcomer(address, name, hashed, language, time_zone)


def client_address() -> str:
    """The network address that asks, as the trusted proxies tell it."""
    return request.remote_addr or ""


@blueprint.route("/confirm-again", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def confirm_again() -> ResponseReturnValue:
    """Mail the link that confirms an address once more."""
    if request.method == "GET":
        return render_template("accounts/confirm_again.html", errors={}, typed={})
    fields = Fields(request.form)
    try:
        email = fields.email("email")
        fields.finish()
    except Unacceptable as refused:
        errors = problem_sentences(refused)
        return render_template("accounts/confirm_again.html", errors=errors, typed=request.form), 422
    edge.perform(throttle.take, throttle.mail_buckets(email, client_address()))
    edge.perform(actions.send_confirmation, email)
    return render_template("accounts/mailed.html", email=email, confirms=True)


@blueprint.route("/confirm/<secret>", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def confirm(secret: str) -> ResponseReturnValue:
    """What the mailed link opens: a page with one button, which confirms the address."""
    if request.method == "GET":
        link = links.find(edge.session(), digest(secret), ("confirm", "email"), clock.now())
        return render_template("accounts/confirm.html", link=link), 200 if link else 410
    try:
        edge.perform(actions.confirm, secret)
    except (Absent, Refused):
        return render_template("accounts/confirm.html", link=None), 410
    flash(gettext("Your address is confirmed."))
    return redirect(url_for("accounts.profile" if signed_in.still_there() else "accounts.sign_in"), 303)


@blueprint.route("/profile", methods=["GET", "POST"])
@edge.access(edge.Access.SIGNED_IN)
def profile() -> ResponseReturnValue:
    """One's own name, language and time zone."""
    if request.method == "GET":
        return _profile_page({})
    fields = Fields(request.form)
    try:
        name = fields.line("name", LONGEST_NAME)
        language = fields.choice("language", LANGUAGES)
        time_zone = fields.zone("time_zone")
        fields.finish()
    except Unacceptable as refused:
        return _profile_page(problem_sentences(refused)), 422
    edge.perform(actions.change_profile, name, language, time_zone)
    with force_locale(language):
        flash(gettext("Your profile is saved."))
    return preferences.remember(redirect(url_for("accounts.profile"), 303), "language", language)


@blueprint.post("/profile/email")
@edge.access(edge.Access.SIGNED_IN)
def change_email() -> ResponseReturnValue:
    """Ask for another address; it counts once the link that is mailed there was followed."""
    fields = Fields(request.form)
    try:
        email = fields.email("email")
        password = fields.password("email_password")
        fields.finish()
        present_hash(password, "email_password")
    except Unacceptable as refused:
        return _profile_page(problem_sentences(refused)), 422
    edge.perform(throttle.take, throttle.mail_buckets(email, client_address()))
    edge.perform(actions.change_email, email)
    return render_template("accounts/mailed.html", email=email, confirms=True)


@blueprint.post("/profile/password")
@edge.access(edge.Access.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Set another password, given the present one; other browsers are signed out."""
    fields = Fields(request.form)
    who = edge.asker()
    try:
        present = fields.password("present_password")
        wished = fields.password("password")
        fields.finish()
        stored = present_hash(present, "present_password")
        words = own_words(who.name, who.email, edge.settings().network_name)
        hashed = passwords.hashed_if_fit(wished, words)
    except Unacceptable as refused:
        return _profile_page(problem_sentences(refused)), 422
    edge.perform(actions.change_password, stored, hashed, signed_in.current_token() or "")
    flash(gettext("Your password is changed. Other browsers are signed out."))
    return redirect(url_for("accounts.profile"), 303)


def present_hash(password: str, field: str) -> str:
    """The stored hash with which the asker's present password was verified; wrong ones are counted.

    Raises Unacceptable when it is not her password.
    """
    who = edge.asker()
    buckets = throttle.sign_in_buckets(who.email, client_address())
    edge.perform(throttle.take, buckets)
    stored = accounts.password_hash(edge.session(), who.account_id)
    if not passwords.verified(stored, password) or stored is None:
        raise Unacceptable(Problem(field, "password_wrong"))
    edge.perform(throttle.give_back, buckets)
    return stored


def _register_page(errors: dict[str, str]) -> str:
    return render_template("accounts/register.html", errors=errors, typed=request.form, zones=zones_by_region())


def _profile_page(errors: dict[str, str]) -> str:
    card = accounts.card(edge.session(), edge.asker().account_id)
    return render_template(
        "accounts/profile.html", errors=errors, typed=request.form, card=card, zones=zones_by_region()
    )
