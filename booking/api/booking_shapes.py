"""A booking as its maker and the managers of its space are told of it, and a verdict on an ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from booking.api import verdicts
from booking.api.shapes import (
    FLAG,
    ID,
    INSTANT,
    TEXT,
    WHOLE,
    Part,
    Shape,
    nullable,
    one_of,
    ref,
    several,
    told,
    told_or_none,
)
from booking.models.bookings import BookingCard
from booking.rules.access import Actor
from booking.rules.availability import Alternative
from booking.rules.privacy import OWN_LEVELS, Shown, Viewer, project
from booking.rules.refusals import Refusal
from booking.rules.states import State

AS_THE_SPACE = "space"
LEVELS = (AS_THE_SPACE, *OWN_LEVELS)


@dataclass(frozen=True, slots=True)
class Seen:
    """A booking and what of it the caller may see."""

    card: BookingCard
    shown: Shown


@dataclass(frozen=True, slots=True)
class Verdict:
    """What stands against an ask, and the ways out."""

    refusals: Sequence[Refusal]
    alternatives: Sequence[Alternative]
    zone: str


def seen(who: Actor, card: BookingCard) -> Seen:
    """The booking as the projection shows it to the caller."""
    viewer = Viewer(who.account_id, who.role_at(card.space_id), who.team_ids)
    return Seen(card, project(card.view, viewer, card.visibility))


def _team(seen: Seen) -> str | None:
    return None if seen.card.team_id is None else str(seen.card.team_id)


BOOKING: Shape[Seen] = Shape(
    "Booking",
    "A booking, for its maker, her team where it is the team's, and the managers of its space.",
    (
        Part("id", ID, lambda seen: str(seen.card.id)),
        Part("uid", TEXT, lambda seen: seen.card.uid, "Its UID in calendars; it stays when the booking moves."),
        Part("state", one_of(*State), lambda seen: seen.card.state),
        Part("tool", ID, lambda seen: str(seen.card.tool_id)),
        Part("tool_name", TEXT, lambda seen: seen.card.tool_name),
        Part("unit", ID, lambda seen: str(seen.card.unit_id)),
        Part("unit_name", TEXT, lambda seen: seen.card.unit_name),
        Part("pinned", FLAG, lambda seen: seen.card.pinned, "Whether it stays: it was asked for."),
        Part("space", TEXT, lambda seen: seen.card.space_slug, "The slug of its space."),
        Part("start", INSTANT, lambda seen: told(seen.card.starts_at)),
        Part("end", INSTANT, lambda seen: told(seen.card.ends_at)),
        Part("time_zone", TEXT, lambda seen: seen.card.time_zone, "IANA name of its space's zone."),
        Part("maker", nullable(TEXT), lambda seen: seen.shown.name, "The shown name of whoever booked."),
        Part("mine", FLAG, lambda seen: seen.shown.mine),
        Part("purpose", nullable(TEXT), lambda seen: seen.shown.purpose),
        Part("team", nullable(ID), _team, "The id of the team that it is for."),
        Part(
            "visibility",
            one_of(*LEVELS),
            lambda seen: seen.card.own_level or AS_THE_SPACE,
            "How much others may see of it at most; `space`: what its space shows.",
        ),
        Part("reason", TEXT, lambda seen: seen.card.reason, "Why it was cancelled or declined."),
        Part("overridden", several(TEXT), lambda seen: list(seen.card.overridden), "Rules that a manager set aside."),
        Part("sequence", WHOLE, lambda seen: seen.card.sequence, "Rises with each change that a calendar shows."),
        Part("created", INSTANT, lambda seen: told(seen.card.created_at)),
        Part("changed", INSTANT, lambda seen: told(seen.card.changed_at)),
        Part("ended", nullable(INSTANT), lambda seen: told_or_none(seen.card.ended_at), "When it gave its time back."),
    ),
)
VERDICT: Shape[Verdict] = Shape(
    "Verdict",
    "What the rules say to an ask.",
    (
        Part("allowed", FLAG, lambda verdict: not verdict.refusals),
        Part("refusals", several(ref(verdicts.REFUSAL)), lambda verdict: verdicts.said(verdict.refusals, verdict.zone)),
        Part(
            "alternatives", several(ref(verdicts.ALTERNATIVE)), lambda verdict: verdicts.ways_out(verdict.alternatives)
        ),
        Part("time_zone", TEXT, lambda verdict: verdict.zone),
    ),
)
