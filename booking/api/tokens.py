"""One's own tokens, each secret shown once."""

from dataclasses import dataclass

from flask import Response

from booking import edge
from booking.actions import tokens as actions
from booking.actions.call import Call
from booking.api import pages, writing
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.api.shapes import ID, INSTANT, TEXT, Part, Shape, nullable, one_of, told, told_or_none
from booking.models import tokens
from booking.models.tokens import TokenCard
from booking.rules.text import one_line

LONGEST_NAME = 80
WISH = (
    Field("name", Kind.TEXT, "What you call it.", required=True, longest=LONGEST_NAME),
    Field("scope", Kind.CHOICE, "What it may do; `read` unless said.", choices=actions.SCOPES),
    Field("expires_at", Kind.INSTANT, "When it ends, within a year; never unless said."),
)


@dataclass(frozen=True, slots=True)
class Told:
    """A token, with its secret where it was just made."""

    card: TokenCard
    secret: str | None = None


TOKEN: Shape[Told] = Shape(
    "Token",
    "A token for this interface. Its secret is shown once and kept as a hash.",
    (
        Part("id", ID, lambda token: str(token.card.id)),
        Part("name", TEXT, lambda token: token.card.name),
        Part("scope", one_of(*actions.SCOPES), lambda token: token.card.scope),
        Part("created", INSTANT, lambda token: told(token.card.created_at)),
        Part("expires_at", nullable(INSTANT), lambda token: told_or_none(token.card.expires_at)),
        Part("last_used", nullable(INSTANT), lambda token: told_or_none(token.card.seen_at)),
        Part(
            "token",
            nullable(TEXT),
            lambda token: token.secret,
            "Only in the answer to the call that made it; a repeat by Idempotency-Key finds null.",
        ),
    ),
)


@call("GET", "/me/tokens", "Your tokens, the newest first.", query=pages.FIELDS, answer=TOKEN, listed=True)
def listing(given: Given) -> Answer:
    """The tokens that work; a person has fifty at most."""
    page, call_ = pages.asked(given, int), edge.read_call()
    found = [Told(card) for card in tokens.mine(call_.session, edge.asker().account_id, call_.now)]
    return pages.part(found, page, lambda token: (-token.card.id,)).document(TOKEN)


@call("POST", "/me/tokens", "Make a token. Its secret is shown this once.", body=WISH, answer=TOKEN, status=201)
def create(given: Given) -> Answer:
    """A fresh token; its secret is never kept, not even for a repeat of this call."""
    name = one_line(given["name"], LONGEST_NAME, "name")
    made: dict[str, str] = {}

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        card, made["token"] = actions.create(call_, name, given.get("scope", "read"), given.get("expires_at"))
        return 201, TOKEN.document(Told(card))

    return writing.with_secret(writing.write(work), made)


@call("DELETE", "/me/tokens/{token}", "Let a token work no more, at once and for ever.", status=204)
def revoke(given: Given, token: str) -> Answer:
    """204; 404 for a token that isn't yours or works no more."""
    edge.perform(actions.revoke, number_of(token))
    return Response(status=204)
