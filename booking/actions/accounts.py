"""Accounts: made, confirmed, changed. Passwords come as hashes, made before the transaction began."""

from dataclasses import dataclass

from booking.actions import mailed_links
from booking.actions.call import Call
from booking.models import accounts, links, sign_ins, tokens
from booking.models.accounts import AccountCard
from booking.models.links import LiveLink, Registration
from booking.outside.secrets import digest
from booking.rules.refusals import Absent, Denied, Refusal, Refused

# What another password ends: links that set one, and a change of address that somebody with the old one asked for.
PASSED_OVER = ("reset", "admin", "email", "confirm")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody who registers tells about herself; the password only as its hash.

    `browser` is a secret that only the browser has in which she does.
    """

    email: str
    name: str
    password_hash: str
    language: str
    time_zone: str
    browser: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What becomes the account's."""
        return {name: getattr(self, name) for name in ("name", "password_hash", "language", "time_zone")}


def register(call: Call, newcomer: Newcomer) -> None:
    """Make an account and mail a link that confirms its address.

    The outcome looks the same when the address is known: then its owner is told by mail.
    """
    account_id = accounts.add(call.session, newcomer.email, now=call.now, **newcomer.told)
    card = accounts.card_by_email(call.session, newcomer.email)
    if card is None:
        raise Absent
    if account_id is None and card.is_confirmed:
        call.later("mail", {"event": "already_registered", "account_id": card.id})
    else:
        # Anybody may type any address: what was typed stays with the link and changes nothing of an account that waits.
        accounts.lock(call.session, card.id)
        typed = Registration(**newcomer.told, browser_hash=digest(newcomer.browser))
        mailed_links.send_registration(call, card.id, card.email, typed)
    call.note("registered", "account", card.id)


def register_from_invitation(call: Call, newcomer: Newcomer, invited: str) -> int:
    """Make a confirmed account for somebody who followed a mailed invitation; the answer is its id.

    Raises Denied unless hers is the address that was invited, Refused `email_taken` when it has an account: an
    invitation never sets its password.
    """
    if newcomer.email != invited:
        raise Denied
    account_id = accounts.add(call.session, newcomer.email, now=call.now, confirmed_at=call.now, **newcomer.told)
    if account_id is None:
        raise Refused((Refusal("email_taken"),))
    call.note("registered", "account", account_id, by="invitation")
    return account_id


def send_confirmation(call: Call, email: str, browser: str = "") -> None:
    """Mail the confirming link again; nothing happens for addresses that are unknown or confirmed.

    It confirms what was typed in this browser, if anything was.
    """
    card = accounts.card_by_email(call.session, email)
    if card is not None and not card.is_confirmed and not card.is_disabled:
        typed = links.registration(call.session, card.id, digest(browser))
        if typed is not None:
            mailed_links.send_registration(call, card.id, card.email, typed)
        else:
            mailed_links.send(call, "confirm", card.id, card.email)
    call.note("confirmation_asked", "account", card.id if card else None)


def is_registrant(link: LiveLink, browser: str) -> bool:
    """Whether this browser is the one in which the registration was typed that the link confirms.

    Following a mailed link proves the address, not who chose the password: somebody else may have registered with
    this address. A change of address was asked for by somebody who was signed in.
    """
    return link.purpose == "email" or bool(browser) and link.registration.browser_hash == digest(browser)


def confirm(call: Call, secret: str, browser: str = "", stored: str | None = None) -> None:
    """Confirm the address that a link was mailed to; raises Absent when the link does not work (any more).

    What was typed in the registration that the link belongs to becomes the account's, whatever else was typed for it.
    Raises Denied unless it was typed in this `browser`, or `stored` is the hash that its password was verified with;
    Refused `email_taken` when the wished new address got an account of its own in the meantime.
    """
    link = mailed_links.use(call, secret, ("confirm", "email"))
    if not is_registrant(link, browser) and (stored is None or stored != link.registration.password_hash):
        raise Denied
    owner = accounts.card_by_email(call.session, link.email)
    if owner is not None and owner.id != link.account_id:
        raise Refused((Refusal("email_taken"),))
    accounts.change(call.session, link.account_id, email=link.email, confirmed_at=call.now)
    if link.purpose == "confirm":
        typed = link.registration
        told = {"name": typed.name, "language": typed.language, "time_zone": typed.time_zone}
        accounts.change(call.session, link.account_id, password_hash=typed.password_hash, **told)
        links.withdraw(call.session, link.account_id, ("confirm",), call.now)
        # Who could sign in before the address was confirmed is not known to be its owner.
        sign_ins.end_all(call.session, link.account_id, call.now)
    else:
        # What went to the address before opens the account no more.
        links.withdraw(call.session, link.account_id, ("reset",), call.now)
    call.note("address_confirmed", "account", link.account_id)


def ask_for_reset(call: Call, email: str) -> None:
    """Mail a link that sets a new password; nothing is mailed to addresses without an account."""
    card = accounts.card_by_email(call.session, email)
    if card is not None and not card.is_disabled:
        mailed_links.send(call, "reset", card.id, card.email)
    call.note("reset_asked", "account", card.id if card else None)


def reset_password(call: Call, secret: str, password_hash: str) -> None:
    """Set the password by a mailed link, sign out every browser and revoke every API token.

    Who forgot a password may as well have lost it to somebody, who could have made tokens. Raises Absent when the
    link does not work.
    """
    link = mailed_links.use(call, secret, ("reset", "admin"))
    accounts.change(call.session, link.account_id, password_hash=password_hash)
    card = accounts.card(call.session, link.account_id)
    if card is not None and card.email == link.email and not card.is_confirmed:
        accounts.change(call.session, card.id, confirmed_at=call.now)
    links.withdraw(call.session, link.account_id, PASSED_OVER, call.now)
    sign_ins.end_all(call.session, link.account_id, call.now)
    revoked = tokens.revoke_all(call.session, link.account_id, call.now)
    call.note("password_reset", "account", link.account_id, tokens=revoked)


def change_password(call: Call, stored: str, password_hash: str, this_secret: str) -> None:
    """Set a new password and sign out the other browsers; `stored` is the hash that the old one was verified with.

    Raises Denied when it was changed in the meantime.
    """
    account_id = call.person.account_id
    if accounts.password_hash(call.session, account_id) != stored:
        raise Denied
    accounts.change(call.session, account_id, password_hash=password_hash)
    links.withdraw(call.session, account_id, PASSED_OVER, call.now)
    sign_ins.end_all(call.session, account_id, call.now, except_hash=digest(this_secret))
    call.note("password_changed", "account", account_id)


def change_email(call: Call, email: str) -> None:
    """Mail a link to the wished new address; it becomes the account's when the link is followed."""
    card = _own(call)
    owner = accounts.card_by_email(call.session, email)
    if owner is not None and owner.id != card.id:
        call.later("mail", {"event": "already_registered", "account_id": owner.id})
    else:
        mailed_links.send(call, "email", card.id, email)
    call.note("new_address_asked", "account", card.id)


def change_profile(call: Call, name: str, language: str, time_zone: str) -> None:
    """Change the shown name, the language of pages and mails, and the time zone."""
    card = _own(call)
    accounts.change(call.session, card.id, name=name, language=language, time_zone=time_zone)
    if name != card.name:
        # It stands in the calendars of tools and spaces.
        call.later("render", {"account_id": card.id})
    call.note("profile_changed", "account", card.id)


def choose_language(call: Call, language: str) -> None:
    """Read pages and mails in this language from now on."""
    accounts.change(call.session, call.person.account_id, language=language)


def choose_theme(call: Call, theme: str) -> None:
    """See light or dark pages from now on; an empty choice follows the device."""
    accounts.change(call.session, call.person.account_id, theme=theme)


def disable(call: Call, account_id: int) -> None:
    """Let an account sign in no more, and sign out its browsers at once; for network admins."""
    if not call.person.is_admin:
        raise Denied
    if accounts.card(call.session, account_id) is None:
        raise Absent
    accounts.change(call.session, account_id, disabled_at=call.now)
    sign_ins.end_all(call.session, account_id, call.now)
    call.note("account_disabled", "account", account_id)


def make_admin(call: Call, email: str) -> str:
    """Make the account with this address a network admin, and itself where missing.

    The answer is the address of a page that works once and sets a password; it lasts a day.
    """
    name = email.partition("@")[0][:80]
    accounts.add(call.session, email, name=name, now=call.now, language=call.settings.default_language)
    card = accounts.card_by_email(call.session, email)
    if card is None:
        raise Absent
    if not card.is_confirmed:
        # Anybody may have registered with the address: what was typed then opens no admin's account.
        accounts.change(call.session, card.id, password_hash=None)
        links.withdraw(call.session, card.id, ("confirm",), call.now)
    # The operator vouches for the address: nobody may take the account over by registering with it.
    accounts.change(call.session, card.id, is_admin=True, disabled_at=None, confirmed_at=call.now)
    call.note("admin_made", "account", card.id)
    return mailed_links.new(call, "admin", card.id, card.email)


def _own(call: Call) -> AccountCard:
    card = accounts.card(call.session, call.person.account_id)
    if card is None:
        raise Absent
    return card
