"""Who the token belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass

from booking import edge
from booking.api.calls import Answer, call
from booking.api.fields import Given
from booking.api.shapes import FLAG, ID, TEXT, Part, Shape, one_of, ref, several
from booking.models import spaces
from booking.rules.access import Actor, Role


@dataclass(frozen=True, slots=True)
class Me:
    """The caller, and the slugs of the spaces at which she has a role."""

    actor: Actor
    roles: Mapping[str, Role]


ROLE: Shape[tuple[str, Role]] = Shape(
    "SpaceRole",
    "A role at one space.",
    (Part("space", TEXT, lambda pair: pair[0]), Part("role", one_of(*Role), lambda pair: pair[1])),
)
ME: Shape[Me] = Shape(
    "Me",
    "The account that a token belongs to.",
    (
        Part("id", ID, lambda me: str(me.actor.account_id)),
        Part("name", TEXT, lambda me: me.actor.name),
        Part("email", TEXT, lambda me: me.actor.email),
        Part("language", TEXT, lambda me: me.actor.language),
        Part("time_zone", TEXT, lambda me: me.actor.time_zone),
        Part("confirmed", FLAG, lambda me: me.actor.is_confirmed, "Whether the mail address is confirmed."),
        Part("admin", FLAG, lambda me: me.actor.is_admin, "Whether the account runs the network."),
        Part("roles", several(ref(ROLE)), lambda me: [ROLE.document(pair) for pair in sorted(me.roles.items())]),
        Part("scope", one_of("read", "write"), lambda me: me.actor.scope, "What this token may do."),
    ),
)


@call("GET", "/me", "Who you are to us.", answer=ME)
def show(given: Given) -> Answer:
    """The caller with her roles: one question."""
    who = edge.asker()
    cards = spaces.space_cards(edge.session(), space_ids=tuple(who.roles)) if who.roles else ()
    return ME.document(Me(who, {card.slug: who.roles[card.id] for card in cards}))
