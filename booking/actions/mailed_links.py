"""Links that are mailed and work once: confirm an address, set a password."""

from datetime import timedelta

from booking.actions.call import Call
from booking.models import accounts, links
from booking.models.links import LiveLink, Registration
from booking.outside.secrets import digest, new_secret
from booking.rules.refusals import Absent

LASTS = {
    "confirm": timedelta(days=3),
    "email": timedelta(days=3),
    "reset": timedelta(minutes=10),
    "admin": timedelta(days=1),
}
PATHS = {"confirm": "confirm", "email": "confirm", "reset": "reset", "admin": "reset"}
EVENTS = {"confirm": "confirm_address", "email": "confirm_address", "reset": "reset_password"}


def new(call: Call, purpose: str, account_id: int, email: str) -> str:
    """The full address of a fresh link; earlier ones for the same purpose stop working."""
    secret = new_secret()
    links.add(call.session, account_id, purpose, digest(secret), email, call.now, call.now + LASTS[purpose])
    return f"{call.settings.base_url}/{PATHS[purpose]}/{secret}"


def send_registration(call: Call, account_id: int, email: str, typed: Registration) -> None:
    """Mail a fresh link that confirms the address, and with it what was typed in this registration."""
    secret = new_secret()
    ends = call.now + LASTS["confirm"]
    links.add_registration(call.session, account_id, typed, digest(secret), email, call.now, ends)
    link = f"{call.settings.base_url}/{PATHS['confirm']}/{secret}"
    call.later("mail", {"event": EVENTS["confirm"], "link": link, "account_id": account_id})


def send(call: Call, purpose: str, account_id: int, email: str) -> None:
    """Mail a fresh link to this address, in the language of the account."""
    payload: dict[str, object] = {"event": EVENTS[purpose], "link": new(call, purpose, account_id, email)}
    card = accounts.card(call.session, account_id)
    if purpose == "email" and card is not None:
        payload |= {"email": email, "language": card.language, "name": card.name}
    else:
        payload |= {"account_id": account_id}
    call.later("mail", payload)


def use(call: Call, secret: str, purposes: tuple[str, ...]) -> LiveLink:
    """Use a link up; raises Absent when it is unknown, used or too old."""
    link = links.find(call.session, digest(secret), purposes, call.now)
    if link is None or not links.use(call.session, link.id, call.now):
        raise Absent
    return link
