"""What series and plans share: judging several asks with a fixed number of queries, and writing them in batches."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from booking.actions import bookings as single
from booking.actions import deadlines, pools, renderings
from booking.actions.alternatives import equivalent
from booking.actions.call import Call
from booking.actions.find import closed_near, reader_at
from booking.actions.freed import freed_of
from booking.actions.retracting import retract_all
from booking.models import audit, bookings, claims, proposals
from booking.models import renderings as stored
from booking.models.bookings import BookingCard
from booking.models.facts import World, worlds
from booking.models.tools import ToolCard
from booking.rules import policy, privacy, several, states, units
from booking.rules.access import Role
from booking.rules.alternatives import alternatives
from booking.rules.availability import Alternative
from booking.rules.facts import Facts
from booking.rules.refusals import Absent, Refusal
from booking.rules.several import Clash, Clashing, Judgement, Verdict, Wish
from booking.rules.spans import Span
from booking.rules.states import State

# So many clashes get ways out, and so many equivalent tools are looked at for each clashing one.
_MOST_WITH_WAYS_OUT = 60
_STAND_INS = 4
# After these acts managers have to say yes where the rules want it.
ASKING = frozenset({"booked", "moved", "added"})
Columns = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """Several wishes with what the rules say to each; the asked tools by their ids, and their facts beforehand."""

    judgement: Judgement
    tools: Mapping[int, ToolCard]
    facts: Mapping[int, Facts]


def look(
    call: Call,
    wishes: Sequence[Wish],
    account_id: int,
    *,
    override: bool = False,
    leaving: Collection[int] = (),
) -> Looked:
    """What the rules say to several asks for one maker; five queries. Raises Absent without one of the tools.

    `leaving` are bookings that give up their time for these, with what was offered for them. With `override` a manager
    sets aside what she may.
    """
    found = _worlds(call, wishes, account_id)
    offered = {each for card in proposals.of_bookings(call.session, leaving).values() for each in card.claim_ids}
    known = {id_: several.without(world.facts, leaving, offered) for id_, world in found.items()}
    roles = {}
    if override:
        roles = {world.tool.space_id: call.person.role_at(world.tool.space_id) for world in found.values()}
    judgement = several.judged(wishes, known, call.now, roles)
    tools = {id_: world.tool for id_, world in found.items()}
    told = tuple(replace(each, refusals=_told(call, each, tools, known)) for each in judgement.verdicts)
    return Looked(replace(judgement, verdicts=told), tools, known)


def hold(looked: Looked) -> None:
    """Raise Clashing with every one of the asks that can't be had."""
    if looked.judgement.clashes:
        raise Clashing(looked.judgement.clashes)


def ways_out(call: Call, looked: Looked, account_id: int) -> dict[str, tuple[Alternative, ...]]:
    """For each clash by its key: another time that day, an equivalent tool, a shorter time, beside all else wished."""
    clashes = [each for each in looked.judgement.clashes if _has_ways_out(call, each)][:_MOST_WITH_WAYS_OUT]
    if not clashes:
        return {}
    near = {id_: _stand_ins(call, id_, account_id) for id_ in {each.ask.tool_id for each in clashes if each.ask}}
    asked = [each.ask.span for each in clashes if each.ask]
    ids = tuple({card.id for cards in near.values() for card in cards})
    others = worlds(call.session, tool_ids=ids, span=_around(asked), account_id=account_id) if ids else ()
    known = {world.tool.id: world.facts for world in others} | dict(looked.judgement.known)
    return {
        each.key: _ways(each, known, [card.id for card in near[each.ask.tool_id]], call) for each in clashes if each.ask
    }


def write(
    call: Call,
    looked: Looked,
    columns: Callable[[Verdict], Columns],
    **details: object,
) -> tuple[BookingCard, ...]:
    """Book all that was judged, in batches; `columns` gives what else each row holds. The tools must be locked."""
    verdicts, known = looked.judgement.verdicts, looked.judgement.known
    pools.make_room(call, looked.judgement.moves)
    ids = bookings.add_all(call.session, [_row(call, each, known) | columns(each) for each in verdicts])
    pairs = list(zip(ids, verdicts, strict=True))
    claims.take_all(call.session, [_held(id_, each, known) for id_, each in pairs])
    cards = bookings.cards(call.session, ids)
    rendered = [each for card in cards for each in renderings.rendered(card.event, call.settings.base_url)]
    stored.keep(call.session, rendered, replaced=())
    said = {id_: list(each.overridden) for id_, each in pairs}
    audit.add_all(
        call.session,
        call.now,
        call.person.account_id,
        "place",
        "booking",
        [(card.id, card.space_id, _details(card) | {"overridden": said[card.id]} | details) for card in cards],
    )
    deadlines.leave(call, cards)
    return cards


def shift(call: Call, cards: Sequence[BookingCard], looked: Looked, act: str) -> tuple[BookingCard, ...]:
    """Move bookings to what was judged under their ids as keys, in place and together: all let go, then all hold.

    A confirmed one that needs approval waits for it again, unless it only shrinks.
    """
    by_key = {each.key: each for each in looked.judgement.verdicts}
    known = looked.judgement.known
    going = [(card, by_key[str(card.id)]) for card in cards if str(card.id) in by_key]
    retract_all(call, [card for card, _ in going])
    for card, verdict in going:
        _change(call, card, verdict, known)
    if looked.judgement.moves:
        claims.let_go(call.session, [card.id for card, _ in going])
        pools.make_room(call, looked.judgement.moves)
    claims.shift_all(call.session, [_held(card.id, verdict, known) for card, verdict in going])
    for card, _ in going:
        freed_of(call, card)
    moved = tuple(_moved(call, card, act) for card, _ in going)
    deadlines.leave(call, moved)
    return moved


def tell(
    call: Call,
    act: str,
    subject: dict[str, int],
    cards: Sequence[BookingCard],
    once: str,
    *,
    run_at: datetime | None = None,
    **details: object,
) -> None:
    """Leave one mail about several bookings to their maker; and where any waits, one to each space's managers.

    `subject` names the series or the plan: `{"series_id": 1}`.
    """
    if not cards:
        return
    ids: dict[str, object] = {"booking_ids": [card.id for card in cards], **subject}
    payload = {"event": "several", "act": act, "account_id": cards[0].account_id, **ids, **details}
    call.later("mail", payload, run_at, once=mail_name(act, once))
    waiting = [card for card in cards if card.state is State.PENDING] if act in ASKING else []
    for space_id in sorted({card.space_id for card in waiting}):
        here = [card.id for card in waiting if card.space_id == space_id]
        wanted = {"event": "several_wanted", "space_id": space_id, **subject, "booking_ids": here}
        call.later("mail", wanted, once=f"several_wanted:{space_id}:{act}:{once}")


def _worlds(call: Call, wishes: Sequence[Wish], account_id: int) -> dict[int, World]:
    asks = [wish.ask for wish in wishes if wish.ask]
    if not asks:
        return {}
    ids = sorted({ask.tool_id for ask in asks})
    span = _around([ask.span for ask in asks])
    found = {world.tool.id: world for world in worlds(call.session, tool_ids=ids, span=span, account_id=account_id)}
    if len(found) < len(ids):
        raise Absent
    return found


def _around(spans: Sequence[Span]) -> Span:
    return Span(min(each.start for each in spans), max(each.end for each in spans))


def _told(
    call: Call, verdict: Verdict, tools: Mapping[int, ToolCard], known: Mapping[int, Facts]
) -> tuple[Refusal, ...]:
    """The refusals as whoever asks may hear them."""
    if verdict.ask is None or not verdict.refusals:
        return verdict.refusals
    tool = tools[verdict.ask.tool_id]
    is_taken = any(refusal.code == "slot_taken" for refusal in verdict.refusals)
    closed = closed_near(call, known[tool.id]) if is_taken else ()
    return privacy.told(verdict.refusals, reader_at(call, tool.space_id), tool.visibility, tool.publishes, closed)


def _has_ways_out(call: Call, clash: Clash) -> bool:
    return clash.ask is not None and abs(clash.ask.span.start - call.now) < policy.HORIZON


def _stand_ins(call: Call, tool_id: int, account_id: int) -> list[ToolCard]:
    """Equivalent tools to which whoever acts may bring this maker's bookings."""
    who = call.person
    found = equivalent(call, tool_id)
    if who.account_id != account_id:
        found = [card for card in found if who.has(Role.MANAGER, card.space_id)]
    return found[:_STAND_INS]


def _ways(clash: Clash, known: Mapping[int, Facts], near: Sequence[int], call: Call) -> tuple[Alternative, ...]:
    if clash.ask is None:
        return ()
    span = clash.ask.span
    own, *others = (several.near(known[id_], span) for id_ in (clash.ask.tool_id, *near))
    # Another day would be another date of the series, or tear a plan apart.
    return alternatives(clash.ask, own, others, call.now, same_day=True)


def _row(call: Call, verdict: Verdict, known: Mapping[int, Facts]) -> dict[str, Any]:
    if verdict.ask is None:
        raise Clashing((Clash(verdict.key, None, verdict.refusals),))
    state = states.first_state(verdict.needs_approval)
    return single.header(call, verdict.ask, known[verdict.ask.tool_id], state, verdict.overridden)


def _held(booking_id: int, verdict: Verdict, known: Mapping[int, Facts]) -> claims.Held:
    if verdict.ask is None or verdict.unit_id is None:
        raise Clashing((Clash(verdict.key, verdict.ask, verdict.refusals),))
    facts = known[verdict.ask.tool_id]
    span, pinned = units.with_buffers(facts, verdict.ask.span), verdict.ask.unit_id is not None
    return claims.Held(booking_id, facts.tool, verdict.unit_id, span, pinned)


def _change(call: Call, card: BookingCard, verdict: Verdict, known: Mapping[int, Facts]) -> None:
    ask = verdict.ask
    if ask is None:
        raise Clashing((Clash(verdict.key, None, verdict.refusals),))
    only_shrinks = ask.tool_id == card.tool_id and card.span.contains(ask.span)
    state = card.state if only_shrinks else states.first_state(verdict.needs_approval)
    bookings.change(
        call.session,
        card,
        call.now,
        state=state.value,
        tool_id=ask.tool_id,
        space_id=known[ask.tool_id].tool.space_id,
        starts_at=ask.span.start,
        ends_at=ask.span.end,
        purpose=ask.purpose,
        overridden=list(verdict.overridden),
    )


def _moved(call: Call, card: BookingCard, act: str) -> BookingCard:
    was: dict[str, object] = {"old_starts_at": card.starts_at.isoformat(), "old_ends_at": card.ends_at.isoformat()}
    return single.written(call, card.id, act, **was)


def _details(card: BookingCard) -> dict[str, Any]:
    return {
        "state": card.state.value,
        "tool_id": card.tool_id,
        "starts_at": card.starts_at.isoformat(),
        "ends_at": card.ends_at.isoformat(),
    }


def mail_name(act: str, once: str) -> str:
    """The name under which a mail about several bookings is left, and can be taken back."""
    return f"several:{act}:{once}"
