"""Ways out of a refusal: another time, another tool, another day."""

from datetime import timedelta

from booking.actions.call import Call
from booking.actions.find import reader_at
from booking.models.facts import facts_for, worlds
from booking.models.tools import ToolCard, tool_cards
from booking.rules import alternatives, geography, policy
from booking.rules.access import Role
from booking.rules.availability import Alternative
from booking.rules.facts import Ask, Facts, ToolState
from booking.rules.geography import position
from booking.rules.privacy import sees_times
from booking.rules.spans import Span

# Equivalent tools are looked at within an afternoon's reach.
_REACH_KM = 100.0
_CANDIDATES = 20
# So far around the asked time other days are looked for.
_AROUND = timedelta(days=16)


def find(call: Call, ask: Ask, account_id: int | None) -> tuple[Alternative, ...]:
    """Up to three nearest times that this maker may book instead; nothing for times beyond all horizons."""
    if ask.span.start < call.now - policy.HORIZON or ask.span.end > call.now + policy.HORIZON:
        return ()
    facts = _known(call, ask, account_id)
    near = [card for card in equivalent(call, ask.tool_id) if _may_bring(call, account_id, card)][:_CANDIDATES]
    found = worlds(call.session, tool_ids=[card.id for card in near], span=ask.span, account_id=account_id)
    by_id = {world.tool.id: world.facts for world in found}
    return alternatives.alternatives(ask, facts, [by_id[card.id] for card in near], call.now)


def _known(call: Call, ask: Ask, account_id: int | None) -> Facts:
    """What decides about the days around the ask; once more where its tool can only be had at another time of year."""
    span = Span(max(ask.span.start - _AROUND, min(call.now, ask.span.start)), ask.span.end + _AROUND)
    facts = facts_for(call.session, ask.tool_id, span, account_id)
    wanted = alternatives.looked_at(ask, facts, call.now)
    if span.contains(wanted):
        return facts
    return facts_for(call.session, ask.tool_id, wanted, account_id)


def equivalent(call: Call, tool_id: int) -> list[ToolCard]:
    """Tools that can do what this one can, as far as the asker sees their times: same space first, then nearest."""
    [own] = tool_cards(call.session, tool_ids=(tool_id,), retired=True)
    others = tool_cards(call.session, kind_id=own.kind_id)
    apart = {card.id: kilometres(own, card) for card in others if card.id != own.id and _can_stand_in(own, card)}
    near = [card for card in others if apart.get(card.id, _REACH_KM) < _REACH_KM and _sees_times(call, card)]
    near.sort(key=lambda card: (card.space_id != own.space_id, apart[card.id], card.id))
    return near


def kilometres(one: ToolCard, other: ToolCard) -> float:
    """The distance between two tools' spaces over the ground; endless where a position isn't known."""
    if one.space_id == other.space_id:
        return 0.0
    here, there = position(one.latitude, one.longitude), position(other.latitude, other.longitude)
    return geography.kilometres(here, there) if here and there else float("inf")


def _can_stand_in(own: ToolCard, other: ToolCard) -> bool:
    """Whether the other tool works, and has every capability of this one: numbers at least as large, others equal."""
    if other.state is ToolState.DOWN:
        return False
    return all(_reaches(value, other.capabilities.get(name)) for name, value in own.capabilities.items())


def _reaches(needed: object, offered: object) -> bool:
    if isinstance(needed, bool) or isinstance(offered, bool):
        return offered is True or not needed
    if isinstance(needed, int | float) and isinstance(offered, int | float):
        return offered >= needed
    return needed == offered


def _sees_times(call: Call, card: ToolCard) -> bool:
    return sees_times(reader_at(call, card.space_id), card.visibility, card.publishes)


def _may_bring(call: Call, account_id: int | None, card: ToolCard) -> bool:
    """Whether the asker may bring a booking of this maker to the tool: her own anywhere, others' where she manages."""
    who = call.actor
    return who is None or who.account_id == account_id or who.has(Role.MANAGER, card.space_id)
