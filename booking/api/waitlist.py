"""The waitlist: waiting for time on a tool, or on any tool of a kind, and answering what is offered."""

from flask import Response

from booking import edge
from booking.actions import offers
from booking.actions import waitlist as actions
from booking.actions.call import Call
from booking.actions.waitlist import LONGEST_MINUTES, Standing, Wanted
from booking.api import pages, times, writing
from booking.api.booking_shapes import BOOKING, seen
from booking.api.bookings import PURPOSE
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.api.shapes import ID, INSTANT, TEXT, WHOLE, Part, Shape, nullable, one_of, told, told_or_none
from booking.models import kinds, spaces, tools
from booking.rules.refusals import Absent, Problem, Unacceptable
from booking.rules.waitlist import EntryState

WISH = (
    Field("tool", Kind.ID, "The id of the tool; or give `kind`."),
    Field("kind", Kind.TEXT, "The slug of a kind, for any tool of it; or give `tool`.", longest=64),
    Field("spaces", Kind.TEXT, "With `kind`: the slugs of the spaces; any unless said.", repeated=True, longest=64),
    Field("from", Kind.INSTANT, "Not before, with an offset.", required=True),
    Field("until", Kind.INSTANT, "Over by then, with an offset.", required=True),
    Field("minutes", Kind.COUNT, "How long.", required=True, low=1, high=LONGEST_MINUTES),
    PURPOSE,
    Field("team", Kind.ID, "The id of a team of yours that it is for."),
)
ENTRY: Shape[Standing] = Shape(
    "WaitlistEntry",
    "Something that you wait for. While it is `offered`, time is held for you until `offer_expires_at`.",
    (
        Part("id", ID, lambda found: str(found.entry.id)),
        Part("state", one_of(*EntryState), lambda found: found.entry.state.value),
        Part("tool", nullable(ID), lambda found: _id(found.entry.tool_id)),
        Part("kind", nullable(TEXT), lambda found: found.entry.kind_slug if found.entry.kind_id else None),
        Part("from", INSTANT, lambda found: told(found.entry.window_from)),
        Part("until", INSTANT, lambda found: told(found.entry.window_until)),
        Part("minutes", WHOLE, lambda found: found.entry.minutes),
        Part("purpose", TEXT, lambda found: found.entry.purpose),
        Part("position", WHOLE, lambda found: found.entry.position, "1 is the first in line."),
        Part("offered_tool", nullable(ID), lambda found: _id(found.offer.tool_id if found.offer else None)),
        Part("offered_start", nullable(INSTANT), lambda found: _of_offer(found, "starts_at")),
        Part("offered_end", nullable(INSTANT), lambda found: _of_offer(found, "ends_at")),
        Part("offer_expires_at", nullable(INSTANT), lambda found: _of_offer(found, "expires_at")),
    ),
)


@call("GET", "/waitlist", "What you wait for, and what is offered.", query=pages.FIELDS, answer=ENTRY, listed=True)
def listing(given: Given) -> Answer:
    """The entries that stand in line; a person has twenty at most."""
    page = pages.asked(given, int)
    found = sorted(actions.mine(edge.read_call()), key=lambda standing: standing.entry.id)
    return pages.part(found, page, lambda standing: (standing.entry.id,)).document(ENTRY)


@call(
    "POST",
    "/waitlist",
    "Stand in line for time on a tool, or on any tool of a kind. What is free is held for you for a while.",
    body=WISH,
    answer=ENTRY,
    status=201,
    refusable=True,
)
def join(given: Given) -> Answer:
    """A fresh entry, at the end of the line."""
    wanted = _wanted(given)

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        return 201, ENTRY.document(Standing(actions.join(call_, wanted), None))

    return writing.write(work)


@call("DELETE", "/waitlist/{entry}", "Wait no more; what is offered goes to the next.", status=204)
def leave(given: Given, entry: str) -> Answer:
    """204; 404 for an entry that isn't yours."""
    edge.perform(actions.leave, number_of(entry))
    return Response(status=204)


@call("POST", "/waitlist/{entry}/accept", "Take what is offered.", answer=BOOKING, refusable=True)
def accept(given: Given, entry: str) -> Answer:
    """The booking, also when it was taken already; or all the reasons against it."""

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        card = offers.accept(call_, actions.offer_to_take(call_, number_of(entry)))
        return 200, BOOKING.document(seen(call_.person, card))

    return writing.write(work)


@call("POST", "/waitlist/{entry}/pass", "Let the next in line have what is offered; you keep waiting.", status=204)
def pass_on(given: Given, entry: str) -> Answer:
    """204; 404 for an entry that isn't yours."""
    edge.perform(lambda call_: offers.pass_on(call_, actions.own_offer(call_, number_of(entry))))
    return Response(status=204)


def _wanted(given: Given) -> Wanted:
    session, span = edge.session(), times.span_of(given["from"], given["until"])
    if ("tool" in given) == ("kind" in given):
        raise Unacceptable(Problem("tool", "required"))
    kind_id = None
    if "tool" in given and not tools.tool_cards(session, tool_ids=(given["tool"],)):
        raise Unacceptable(Problem("tool", "not_a_choice"))
    if "kind" in given:
        kind_id = _kind_id(given["kind"])
    return Wanted(
        span,
        given["minutes"],
        tool_id=given.get("tool"),
        kind_id=kind_id,
        space_ids={spaces.space_card(session, slug).id for slug in given.get("spaces", ())},
        purpose=given.get("purpose", ""),
        team_id=given.get("team"),
    )


def _of_offer(found: Standing, name: str) -> str | None:
    """An instant of the open offer, or None without one."""
    return told_or_none(getattr(found.offer, name)) if found.offer else None


def _kind_id(slug: str) -> int:
    try:
        return kinds.kind_card(edge.session(), slug).id
    except Absent as problem:
        raise Unacceptable(Problem("kind", "unknown_kind")) from problem


def _id(number: int | None) -> str | None:
    return None if number is None else str(number)
