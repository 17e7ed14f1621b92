"""Pages on which people register, confirm their address and change their profile."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext

from booking import edge
from booking.actions import accounts as actions
from booking.actions import throttle
from booking.actions.accounts import Newcomer
from booking.models import accounts, links
from booking.models.links import LiveLink
from booking.outside import clock, passwords
from booking.outside.secrets import digest, new_secret
from booking.rules.refusals import Absent, Refused, Unacceptable
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
    password = fields.new_password("password", name, address, edge.settings().network_name)
    language = fields.choice("language", LANGUAGES)
    time_zone = fields.zone("time_zone")
    fields.finish()
    edge.perform(throttle.take, throttle.hashing_buckets(client_address()))
    return Newcomer(address, name, passwords.hashed(password), language, time_zone, _this_browser())


def _this_browser() -> str:
    """A secret that only this browser holds, made when it is needed first: it is known again when a link is followed.

    Registering makes one whether the address is known or not, so that it tells nothing.
    """
    return str(session.setdefault("browser", new_secret()))


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
    edge.perform(actions.send_confirmation, email, session.get("browser", ""))
    return render_template("accounts/mailed.html", email=email, confirms=True)


@blueprint.route("/confirm/<secret>", methods=["GET", "POST"])
@edge.access(edge.Access.PUBLIC)
def confirm(secret: str) -> ResponseReturnValue:
    """What the mailed link opens: one button where the registration was typed in this browser, else its password."""
    link = links.find(edge.session(), digest(secret), ("confirm", "email"), clock.now())
    if link is None:
        return _confirm_page(None, {}), 410
    if request.method == "GET":
        return _confirm_page(link, {})
    browser = session.get("browser", "")
    try:
        stored = None if actions.is_registrant(link, browser) else _hash_of_registration(link)
    except Unacceptable as refused:
        return _confirm_page(link, problem_sentences(refused)), 422
    try:
        edge.perform(actions.confirm, secret, browser, stored)
    except (Absent, Refused):
        return _confirm_page(None, {}), 410
    flash(gettext("Your address is confirmed."))
    return redirect(url_for("accounts.profile" if signed_in.still_there() else "accounts.sign_in"), 303)


def _hash_of_registration(link: LiveLink) -> str | None:
    """The hash with which the password of a registration was verified; raises Unacceptable when it is another one."""
    fields = Fields(request.form)
    password = fields.password("password")
    stored = link.registration.password_hash
    _verify(fields, "password", password, stored, link.email, "registration_password_wrong")
    fields.finish()
    return stored


def _verify(fields: Fields, name: str, password: str, stored: str | None, email: str, code: str) -> None:
    """Add a problem unless this is the password; wrong ones are counted, an empty one is a problem already."""
    if not password:
        return
    buckets = throttle.sign_in_buckets(email, client_address())
    edge.perform(throttle.take, buckets)
    if passwords.verified(stored, password):
        edge.perform(throttle.give_back, buckets)
    else:
        fields.problem(name, code)


def _confirm_page(link: LiveLink | None, errors: dict[str, str]) -> str:
    is_known = link is not None and actions.is_registrant(link, session.get("browser", ""))
    return render_template("accounts/confirm.html", link=link, is_known=is_known, errors=errors)


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
        present_hash(fields, "email_password")
        fields.finish()
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
        stored = present_hash(fields, "present_password")
        wished = fields.new_password("password", who.name, who.email, edge.settings().network_name)
        fields.finish()
    except Unacceptable as refused:
        return _profile_page(problem_sentences(refused)), 422
    edge.perform(actions.change_password, stored, passwords.hashed(wished), signed_in.current_token() or "")
    flash(gettext("Your password is changed. Other browsers are signed out."))
    return redirect(url_for("accounts.profile"), 303)


def present_hash(fields: Fields, name: str) -> str:
    """The stored hash of the asker's password; a problem of the field unless it holds that password."""
    who = edge.asker()
    stored = accounts.password_hash(edge.session(), who.account_id)
    _verify(fields, name, fields.password(name), stored, who.email, "password_wrong")
    return stored or ""


def _register_page(errors: dict[str, str]) -> str:
    return render_template("accounts/register.html", errors=errors, typed=request.form, zones=zones_by_region())


def _profile_page(errors: dict[str, str]) -> str:
    card = accounts.card(edge.session(), edge.asker().account_id)
    return render_template(
        "accounts/profile.html", errors=errors, typed=request.form, card=card, zones=zones_by_region()
    )
