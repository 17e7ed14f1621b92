"""Signing in and out. Passwords are verified outside: these actions hold the writer and must be quick."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from booking.actions import throttle
from booking.actions.call import Call
from booking.models import accounts, sign_ins
from booking.outside.secrets import digest, new_secret
from booking.rules.access import Actor
from booking.rules.refusals import Absent, Denied, Refusal, Refused
from booking.rules.throttle import Bucket


@dataclass(frozen=True, slots=True)
class Verified:
    """An account whose password was verified: against which stored hash, and a newer hash where one is due."""

    account_id: int
    stored: str
    newer: str | None = None


def start(call: Call, verified: Verified, buckets: Sequence[Bucket], client: str, address: str) -> tuple[str, Actor]:
    """Sign a browser in: the secret for its cookie, and who it is now.

    Raises Denied when the password was changed or the account disabled in the meantime, Refused `not_confirmed`
    before the address was confirmed: until then anybody may have typed it.
    """
    card = accounts.card(call.session, verified.account_id)
    if card is None or card.is_disabled:
        raise Denied
    if accounts.password_hash(call.session, card.id) != verified.stored:
        raise Denied
    if not card.is_confirmed:
        raise Refused((Refusal("not_confirmed"),))
    if verified.newer is not None:
        accounts.change(call.session, card.id, password_hash=verified.newer)
    throttle.give_back(call, buckets)
    secret = new_secret()
    lasts = timedelta(days=call.settings.session_absolute_days)
    sign_in_id = sign_ins.add(call.session, card.id, digest(secret), call.now, lasts, client, address)
    found = sign_ins.actor_for(call.session, digest(secret), call.now, call.settings.session_idle_hours)
    if found is None:
        raise Denied
    Call(call.session, found.actor, call.now, call.settings).note("sign_in", "sign_in", sign_in_id)
    return secret, found.actor


def end_this(call: Call, secret: str) -> None:
    """Sign out the browser that holds this secret."""
    sign_ins.end_by_hash(call.session, digest(secret), call.now)
    call.note("sign_out", "account", call.person.account_id)


def end_one(call: Call, sign_in_id: int) -> None:
    """Sign out one of the actor's browsers; raises Absent when it is not hers or has ended."""
    if not sign_ins.end(call.session, call.person.account_id, sign_in_id, call.now):
        raise Absent
    call.note("sign_in_ended", "sign_in", sign_in_id)


def end_others(call: Call, secret: str) -> int:
    """Sign out all of the actor's browsers but the one that holds this secret; the answer is how many."""
    number = sign_ins.end_all(call.session, call.person.account_id, call.now, except_hash=digest(secret))
    call.note("sign_ins_ended", "account", call.person.account_id, number=number)
    return number
