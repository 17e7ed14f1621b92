"""What an approver sees of each request: who asks, what stands against it, and the day around it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from booking import edge
from booking.actions.approvals import objections
from booking.models import proposals, requests
from booking.models.bookings import BookingCard
from booking.models.facts import World, worlds
from booking.models.proposals import ProposalCard
from booking.models.requests import History
from booking.rules import hours
from booking.rules.access import Role
from booking.rules.facts import Facts
from booking.rules.privacy import Known
from booking.rules.spans import Span
from booking.web.bars import day_stretches, drawn_bar, shown_hours
from booking.web.timeline import Kind, Segment
from booking.wording.refusals import refusal_sentences

# The request itself is drawn as what it is; whether a gap is long enough is of no interest here.
_SHOWN_AS: dict[Kind, Kind] = {"mine": "pending", "gap": "free"}


@dataclass(frozen=True, slots=True)
class Around:
    """The day around a request as a bar, from the first drawn hour to the last."""

    segments: Sequence[Segment]
    first_hour: int
    last_hour: int


@dataclass(frozen=True, slots=True)
class Request:
    """A request with all that its approver needs; `needs_training` tells whether the tool asks for any."""

    card: BookingCard
    role: Role | None
    needs_training: bool
    is_trained: bool
    history: History
    objections: Sequence[str]
    around: Around
    offered: ProposalCard | None = None

    @property
    def is_without_remarks(self) -> bool:
        """Whether nothing speaks against a yes."""
        return not self.objections and not self.history.missed and self.offered is None


def described(cards: Sequence[BookingCard], now: datetime) -> list[Request]:
    """These requests with what their approver needs: the same number of queries, however many they are."""
    if not cards:
        return []
    session, who = edge.session(), edge.asker()
    account_ids, tool_ids = {card.account_id for card in cards}, {card.tool_id for card in cards}
    days = [hours.day_span(card.time_zone, _day(card)) for card in cards]
    reach = Span(min(day.start for day in days), max(*(day.end for day in days), *(card.ends_at for card in cards)))
    found = worlds(session, tool_ids=sorted(tool_ids), span=reach, account_id=None, others=account_ids)
    by_tool = {world.tool.id: world for world in found}
    makers = requests.makers(session, account_ids, {world.tool.id: world.facts.tool.space_id for world in found})
    space_ids = None if who.is_admin else {card.space_id for card in cards}
    histories = requests.histories(session, account_ids, space_ids, now)
    offered = proposals.of_bookings(session, [card.id for card in cards])
    described_ones = []
    for card in cards:
        world = by_tool[card.tool_id]
        facts = replace(world.facts, maker=makers[card.account_id, card.tool_id])
        history = histories.get(card.account_id, History())
        described_ones.append(replace(_described(card, world, facts, history, now), offered=offered.get(card.id)))
    return described_ones


def _described(card: BookingCard, world: World, facts: Facts, history: History, now: datetime) -> Request:
    against = objections(card, facts, now)
    untrained = any(refusal.code in ("certificate_missing", "certificate_expired") for refusal in against)
    return Request(
        card,
        facts.maker.role,
        needs_training=bool(facts.tool.certificate_ids),
        is_trained=not untrained,
        history=history,
        objections=refusal_sentences(against, card.time_zone),
        around=_around(card, world, now),
    )


def _around(card: BookingCard, world: World, now: datetime) -> Around:
    day = _day(card)
    minutes = world.facts.tool.limits.shortest_minutes
    stretches = [
        replace(each, kind=_SHOWN_AS.get(each.kind, each.kind), href="")
        for each in day_stretches(world.facts, world.tool, day, minutes, now, Known(frozenset({card.id})))
    ]
    first, last = shown_hours([(day, card.time_zone, stretches)])
    start = hours.to_wall(card.time_zone, card.starts_at)
    drawn = drawn_bar(stretches, day, card.time_zone, first, last)
    here = [replace(each, here=each.kind == "pending" and _covers(each, start)) for each in drawn]
    return Around(here, first, last)


def _covers(segment: Segment, wall: datetime) -> bool:
    return segment.start.replace(tzinfo=None) <= wall < segment.end.replace(tzinfo=None)


def _day(card: BookingCard) -> date:
    return hours.to_wall(card.time_zone, card.starts_at).date()
