"""Making and revoking API tokens, for pages, the API and the command line."""

from datetime import datetime, timedelta

from booking.actions.call import Call
from booking.models import accounts, tokens
from booking.models.tokens import TokenCard
from booking.outside.secrets import digest, new_secret
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable

SCOPES = ("read", "write")
LONGEST_LIFE = timedelta(days=366)
MOST = 50


def create(call: Call, name: str, scope: str, expires_at: datetime | None) -> tuple[TokenCard, str]:
    """A fresh token for the actor, and its secret, which is shown this once and never kept.

    Raises Unacceptable for an unknown scope or an end that has passed or is over a year away, Refused
    `too_many_tokens` beyond fifty.
    """
    return _create(call, call.person.account_id, name, scope, expires_at)


def create_for(call: Call, email: str, name: str, scope: str) -> tuple[TokenCard, str]:
    """A fresh token without end for the account with this address, asked for on the command line.

    Raises Absent when there is no such account.
    """
    card = accounts.card_by_email(call.session, email)
    if card is None or card.is_disabled:
        raise Absent
    return _create(call, card.id, name, scope, None)


def revoke(call: Call, token_id: int) -> None:
    """Let one of the actor's tokens work no more; raises Absent when it is not hers or already ended."""
    if not tokens.revoke(call.session, call.person.account_id, token_id, call.now):
        raise Absent
    call.note("token_revoked", "token", token_id)


def _create(call: Call, account_id: int, name: str, scope: str, expires_at: datetime | None) -> tuple[TokenCard, str]:
    if scope not in SCOPES:
        raise Unacceptable(Problem("scope", "not_a_choice"))
    if expires_at is not None and not call.now < expires_at <= call.now + LONGEST_LIFE:
        raise Unacceptable(Problem("expires_at", "not_within_a_year"))
    if tokens.count(call.session, account_id, call.now) >= MOST:
        raise Refused((Refusal("too_many_tokens", {"most": MOST}),))
    secret = new_secret()
    card = tokens.add(call.session, account_id, digest(secret), name, scope, call.now, expires_at)
    call.note("token_created", "token", card.id, scope=scope)
    return card, secret
