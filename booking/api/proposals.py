"""Another time for a request: offered by a manager, answered by who asked."""

from flask import Response

from booking import edge
from booking.actions import proposals as actions
from booking.actions.bookings import LONGEST_REASON
from booking.actions.call import Call
from booking.api import times, writing
from booking.api.booking_shapes import BOOKING, seen
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind, number_of
from booking.api.shapes import ID, INSTANT, TEXT, Part, Shape, told
from booking.models import bookings
from booking.models.proposals import ProposalCard

OFFER = (
    Field("tool", Kind.ID, "Another tool of the space; that of the request unless said."),
    Field("start", Kind.INSTANT, "With an offset.", required=True),
    Field("end", Kind.INSTANT, "With an offset; not included.", required=True),
    Field("note", Kind.TEXT, "A word with it.", longest=LONGEST_REASON),
)
PROPOSAL: Shape[ProposalCard] = Shape(
    "Proposal",
    "Another time that is held for who asked, until `expires_at`.",
    (
        Part("booking", ID, lambda found: str(found.booking_id)),
        Part("tool", ID, lambda found: str(found.tool_id)),
        Part("start", INSTANT, lambda found: told(found.starts_at)),
        Part("end", INSTANT, lambda found: told(found.ends_at)),
        Part("time_zone", TEXT, lambda found: found.time_zone),
        Part("note", TEXT, lambda found: found.note),
        Part("expires_at", INSTANT, lambda found: told(found.expires_at)),
    ),
)


@call(
    "POST",
    "/bookings/{booking}/proposal",
    "As a manager, offer another time to who asked. It is held; an earlier offer ends.",
    body=OFFER,
    answer=PROPOSAL,
    status=201,
    refusable=True,
)
def propose(given: Given, booking: str) -> Answer:
    """What is offered, or all the reasons against it."""
    booking_id, span = number_of(booking), times.span_of(given["start"], given["end"])

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        tool_id = given.get("tool") or bookings.card(call_.session, booking_id).tool_id
        return 201, PROPOSAL.document(actions.propose(call_, booking_id, tool_id, span, given.get("note", "")))

    return writing.write(work)


@call("GET", "/bookings/{booking}/proposal", "The other time that is offered to you.", answer=PROPOSAL)
def show(given: Given, booking: str) -> Answer:
    """The open offer; 404 without one."""
    return PROPOSAL.document(actions.to_me(edge.read_call(), number_of(booking)))


@call("POST", "/bookings/{booking}/proposal/accept", "Take the offered time.", answer=BOOKING, refusable=True)
def accept(given: Given, booking: str) -> Answer:
    """The booking, moved and confirmed."""

    def work(call_: Call) -> tuple[int, dict[str, object]]:
        card = actions.accept(call_, actions.to_me(call_, number_of(booking)))
        return 200, BOOKING.document(seen(call_.person, card))

    return writing.write(work)


@call("POST", "/bookings/{booking}/proposal/decline", "Keep the request as it was.", status=204)
def decline(given: Given, booking: str) -> Answer:
    """204; 404 without an open offer."""
    edge.perform(lambda call_: actions.decline(call_, actions.to_me(call_, number_of(booking))))
    return Response(status=204)
