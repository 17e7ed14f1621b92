"""Handing bookings over: asking somebody, and answering what is offered to oneself."""

from flask import Response, request

from booking import edge
from booking.actions import handovers as actions
from booking.actions import throttle
from booking.actions.call import Call
from booking.api import pages, writing
from booking.api.booking_shapes import BOOKING, seen
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.api.shapes import ID, INSTANT, TEXT, Part, Shape, told
from booking.models import bookings
from booking.models.handovers import HandoverCard

TO = (Field("email", Kind.TEXT, "The mail address of who is asked.", required=True, longest=254),)
HANDOVER: Shape[HandoverCard] = Shape(
    "Handover",
    "A booking that somebody would hand over to you.",
    (
        Part("id", ID, lambda found: str(found.id)),
        Part("from", TEXT, lambda found: found.giver, "The shown name of who has it."),
        Part("tool", TEXT, lambda found: found.tool_name),
        Part("space", TEXT, lambda found: found.space_slug, "The slug of the space."),
        Part("start", INSTANT, lambda found: told(found.starts_at)),
        Part("end", INSTANT, lambda found: told(found.ends_at)),
        Part("time_zone", TEXT, lambda found: found.time_zone),
    ),
)


@call(
    "POST",
    "/bookings/{booking}/hand-over",
    "Ask somebody to take a booking of yours over. She gets a mail; it stays yours until she takes it.",
    body=TO,
    answer=BOOKING,
    refusable=True,
)
def offer(given: Given, booking: str) -> Answer:
    """The booking as it stands; 404 for who isn't its maker."""
    booking_id = number_of(booking)
    own = throttle.stranger_buckets(edge.asker().account_id)
    edge.perform(throttle.take, (*throttle.mail_buckets(given["email"], request.remote_addr or ""), *own))

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        actions.offer(call_, booking_id, given["email"])
        return 200, BOOKING.document(seen(call_.person, bookings.card(call_.session, booking_id)))

    return writing.write(work)


@call("DELETE", "/bookings/{booking}/hand-over", "Offer it to nobody any more.", status=204)
def take_back(given: Given, booking: str) -> Answer:
    """204; 404 for who isn't its maker."""
    edge.perform(actions.take_back, number_of(booking))
    return Response(status=204)


@call("GET", "/handovers", "What others would hand over to you.", query=pages.FIELDS, answer=HANDOVER, listed=True)
def listing(given: Given) -> Answer:
    """The bookings that you may take over, by id."""
    page = pages.asked(given, int)
    found = sorted(actions.mine(edge.read_call()), key=lambda each: each.id)
    return pages.part(found, page, lambda each: (each.id,)).document(HANDOVER)


@call("POST", "/handovers/{handover}/accept", "Take it over.", answer=BOOKING, refusable=True)
def accept(given: Given, handover: str) -> Answer:
    """The booking, which is yours now; doing it again answers the same."""

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        card = actions.accept(call_, actions.to_me(call_, number_of(handover)))
        return 200, BOOKING.document(seen(call_.person, card))

    return writing.write(work)


@call("POST", "/handovers/{handover}/decline", "Leave it with who has it.", status=204)
def decline(given: Given, handover: str) -> Answer:
    """204; 404 for what isn't offered to you."""
    edge.perform(lambda call_: actions.decline(call_, actions.to_me(call_, number_of(handover))))
    return Response(status=204)
