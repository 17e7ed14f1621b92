"""What is free: the free stretches and the first fit of tools, by the rules that decide bookings."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from booking import edge
from booking.actions.find import reader_at
from booking.actions.fitting import reasons
from booking.api import pages, times, verdicts
from booking.api.calls import Answer, call
from booking.api.fields import Field, Given, Kind
from booking.api.shapes import FLAG, ID, NUMBER, STRETCH, TEXT, Part, Shape, nullable, ref, several
from booking.api.spaces import NEAR, distance, is_within, refuse_distance_from_nowhere
from booking.api.tools import kind_named
from booking.models import find, tools
from booking.models.facts import World, worlds
from booking.rules import personal, policy
from booking.rules.availability import free_spans
from booking.rules.facts import Ask, Facts
from booking.rules.geography import position
from booking.rules.privacy import sees_times
from booking.rules.refusals import Absent, Problem, Refusal, Unacceptable
from booking.rules.spans import Span

MOST_DAYS = 31
MOST_TOOLS = 100
LONGEST = 10_080
FIELDS = (
    Field("kind", Kind.TEXT, "The slug of a kind, as in `laser_cutter`.", longest=64, repeated=True),
    Field("tool", Kind.ID, f"The id of a tool; up to {MOST_TOOLS} of them.", repeated=True),
    *times.FIELDS,
    Field("minutes", Kind.WHOLE, "For how long; unless said, each tool's shortest time.", low=1, high=LONGEST),
    *NEAR,
    Field("mine", Kind.FLAG, "Only where you may book: member where that is needed, and trained."),
    Field("explain", Kind.FLAG, "Say what stands in the way, as `refusals`."),
)


@dataclass(frozen=True, slots=True)
class Free:
    """A tool, where it is, and when it is free for the length."""

    world: World
    kilometres: float | None
    spans: tuple[Span, ...]
    first_fit: Span | None
    needs_approval: bool
    refusals: tuple[Refusal, ...] | None


Place = tuple[int, float | None]
FREE: Shape[Free] = Shape(
    "Availability",
    "When a tool is free. A booking of the length may lie anywhere in a free stretch, on the tool's grain.",
    (
        Part("tool", ID, lambda free: str(free.world.tool.id)),
        Part("name", TEXT, lambda free: free.world.tool.name),
        Part("space", TEXT, lambda free: free.world.tool.space_slug, "The slug of its space."),
        Part("kind", TEXT, lambda free: free.world.tool.kind_slug),
        Part("time_zone", TEXT, lambda free: free.world.tool.time_zone),
        Part("free", several(ref(STRETCH)), lambda free: [STRETCH.document(span) for span in free.spans]),
        Part(
            "first_fit",
            nullable(ref(STRETCH)),
            lambda free: STRETCH.document(free.first_fit) if free.first_fit else None,
            "The earliest booking of the length.",
        ),
        Part("needs_approval", FLAG, lambda free: free.needs_approval, "Whether a manager has to say yes to it."),
        Part("distance_km", nullable(NUMBER), lambda free: free.kilometres, "From `near`, where that was given."),
        Part(
            "refusals",
            several(ref(verdicts.REFUSAL)),
            lambda free: None if free.refusals is None else verdicts.said(free.refusals, free.world.tool.time_zone),
            "With `explain`: against you at the first fit, or why there is none; other bookings alone are no reason.",
            may_lack=True,
        ),
    ),
)


@call(
    "GET",
    "/availability",
    "When tools of a kind, or these tools, are free. Hidden ones leave a page with fewer than its limit.",
    access=edge.Access.PUBLIC,
    query=(*FIELDS, *pages.FIELDS),
    answer=FREE,
    listed=True,
)
def listing(given: Given) -> Answer:
    """The free times of one page of tools, in a fixed number of questions."""
    call_ = edge.read_call()
    page, span = pages.asked(given, int, int), times.asked(given, call_.now, MOST_DAYS)
    shown = pages.part(sorted(_candidates(given), key=_key), page, _key)
    who = edge.asker() if given.get("mine") else edge.actor()
    account_id = who.account_id if who else None
    places = dict(shown.rows)
    found = worlds(call_.session, tool_ids=tuple(places), span=span, account_id=account_id) if places else ()
    by_id = {world.tool.id: world for world in found if _sees(world)}
    free = [_free(by_id[tool_id], away, span, given, call_.now) for tool_id, away in places.items() if tool_id in by_id]
    kept = [each for each in free if not given.get("mine") or _may_book(each, span, call_.now)]
    return pages.Page(kept, shown.next).document(FREE)


def _candidates(given: Given) -> list[Place]:
    """The tools that come into question, with their distances."""
    refuse_distance_from_nowhere(given)
    session = edge.session()
    kind_ids = {kind_named(slug).id for slug in given.get("kind", ())}
    if "tool" in given:
        found = [place for place, kind in _named(set(given["tool"]), given) if not kind_ids or kind in kind_ids]
    elif not kind_ids:
        raise Unacceptable(Problem("kind", "required"))
    else:
        candidates = find.candidates(session, kind_ids=kind_ids)
        found = [(each.tool_id, distance(each.place, given)) for each in candidates]
    return [place for place in found if is_within(place[1], given)]


def _named(tool_ids: set[int], given: Given) -> list[tuple[Place, int]]:
    """These tools and their kinds; raises Absent when there is none of one of the ids."""
    if len(tool_ids) > MOST_TOOLS:
        raise Unacceptable(Problem("tool", "too_many_values", {"most": MOST_TOOLS}))
    cards = tools.tool_cards(edge.session(), tool_ids=tool_ids, retired=True)
    if len(cards) < len(tool_ids):
        raise Absent
    return [((card.id, distance(position(card.latitude, card.longitude), given)), card.kind_id) for card in cards]


def _key(place: Place) -> pages.Key:
    return (int((place[1] or 0) * 1000), place[0])


def _sees(world: World) -> bool:
    reader = reader_at(edge.read_call(), world.tool.space_id)
    return sees_times(reader, world.tool.visibility, world.tool.publishes)


def _free(world: World, away: float | None, span: Span, given: Given, now: datetime) -> Free:
    facts = world.facts
    minutes = given.get("minutes", facts.tool.limits.shortest_minutes)
    spans = free_spans(facts, span, now, minutes)
    fit = times.after(spans[0].start, minutes) if spans else None
    needs_approval = policy.needed_approval(Ask(facts.tool.id, fit or span), facts)
    refusals = _refusals(facts, fit, span, minutes, now) if given.get("explain") else None
    return Free(world, away, spans, fit, needs_approval, refusals)


def _refusals(facts: Facts, fit: Span | None, span: Span, minutes: int, now: datetime) -> tuple[Refusal, ...]:
    """What stands against whoever asks at the first fit, or leaves no time to anybody."""
    personal = policy.personal(Ask(facts.tool.id, fit or span), facts, now) if edge.actor() else ()
    return personal if fit else (*personal, *reasons(facts, span, minutes, now))


def _may_book(free: Free, span: Span, now: datetime) -> bool:
    """Whether no rule about the person stands in the way of all of the time."""
    facts = free.world.facts
    if free.first_fit is None:
        return not policy.personal(Ask(facts.tool.id, span), facts, now)
    minutes = free.first_fit.length // timedelta(minutes=1)
    return personal.first(free.spans, facts, now, minutes) is not None
