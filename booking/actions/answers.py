"""Answering a request from the mail, by a link that is one person's, for one state of the request, and works once."""

from dataclasses import dataclass, replace

from booking.actions import approvals
from booking.actions.answer_links import PURPOSE
from booking.actions.call import Call
from booking.models import actors, bookings, deadlines, links
from booking.models.bookings import BookingCard
from booking.models.links import LiveLink
from booking.outside.secrets import digest
from booking.rules.access import Actor, Role
from booking.rules.refusals import Absent
from booking.rules.states import State


@dataclass(frozen=True, slots=True)
class Answering:
    """What a link opens: the request, and who answers it, with the right to."""

    card: BookingCard
    person: Actor
    link_id: int


def opened(call: Call, token: str) -> Answering:
    """What the link opens, without using it up.

    Raises Absent when it is unknown, used or too old, when the request is decided or changed since, and when whom it
    was sent to may not decide any more: neither a manager nor the deputy of the space.
    """
    found = links.find(call.session, digest(token), (PURPOSE,), call.now)
    booking_id, _, rest = token.partition("-")
    if found is None or not booking_id.isdecimal():
        raise Absent
    card = bookings.card(call.session, int(booking_id))
    if card.state is not State.PENDING or rest.partition("-")[0] != str(card.sequence):
        raise Absent
    return Answering(card, _person(call, found, card.space_id), found.id)


def answer(call: Call, token: str, approved: bool, reason: str = "") -> BookingCard:
    """Say yes or no as the one whose link it is, and use it up; raises like `opened` and `approvals.approve`."""
    answering = opened(call, token)
    acting = replace(call, actor=answering.person)
    if approved:
        decided = approvals.approve(acting, answering.card.id, expected=answering.card.version)
    else:
        decided = approvals.decline(acting, answering.card.id, reason, expected=answering.card.version)
    if not links.use(call.session, answering.link_id, call.now):
        raise Absent
    return decided


def _person(call: Call, found: LiveLink, space_id: int) -> Actor:
    """Who answers; the deputy does it with the right of a manager, at this space alone."""
    person = actors.reading(call.session, found.account_id)
    if person is None:
        raise Absent
    if not person.has(Role.MANAGER, space_id):
        deputy = deadlines.deputy_of(call.session, space_id)
        if deputy is None or deputy[0] != person.account_id:
            raise Absent
        person = replace(person, roles={space_id: Role.MANAGER})
    return replace(person, scope="write")
