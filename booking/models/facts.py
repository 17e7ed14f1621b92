"""Everything that decides an ask, read at a fixed number of queries: of one tool, under its lock, or of many."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from booking.models import quotas
from booking.models.asking import Line
from booking.models.database import Session
from booking.models.fact_questions import (
    HEAD,
    HEADS,
    KNOWN,
    KNOWN_OF_KIND,
    KNOWN_OF_SPACE,
    KNOWN_OF_TOOLS,
    LOCKED_HEAD,
    Part,
)
from booking.models.fact_rows import NO_QUOTAS, Parts, QuotaFacts, by_owner, facts_of, hours_of, own_certificates
from booking.models.quota_questions import LOCK
from booking.models.tools import ToolCard, tool_cards
from booking.rules.facts import Facts, Limits
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.units import KNOWN_AROUND, MOVED_AROUND

# No claim is longer (the table forbids it), so none that began earlier reaches into a window.
LONGEST_CLAIM = timedelta(days=9)
# Buffers are a day at most on either side; a day more shows the neighbours that best fit looks at.
_AROUND = KNOWN_AROUND
# A night belongs to the day on which it began, and UTC is up to 14 hours from the wall.
_BEFORE = timedelta(days=3)
# The week of an ask may begin with a booking that began in the one before.
_WEEK_BEFORE = timedelta(days=16)


@dataclass(frozen=True, slots=True)
class World:
    """One of many tools: its facts, and its card to show."""

    facts: Facts
    tool: ToolCard


def lock_tools(
    session: Session,
    tool_ids: Iterable[int],
    booking_id: int | None = None,
    *,
    account_id: int | None = None,
    team_id: int | None = None,
) -> None:
    """Hold these tools, and that of the booking, until the transaction ends: first thing of each booking write.

    Where there are quotas, the booking's maker and team and those given are held before, so that nobody books beyond
    one at two tools at once. Without the locks people who race for one slot deadlock on PostgreSQL; SQLite's writer is
    alone anyway.
    """
    if _locks(session):
        whose = {"account": account_id, "team": team_id}
        session.execute(LOCK, {"tools": list(tool_ids), "booking": booking_id} | whose)


def facts_for(
    session: Session,
    tool_id: int,
    span: Span,
    account_id: int | None,
    *,
    lock: bool = False,
    team_id: int | None = None,
) -> Facts:
    """What decides an ask for this span on this tool, with some days around it; raises Absent without such a tool.

    Two queries, three where a quota holds for the tool. With `lock` the tool is held until the transaction ends, and
    the maker and the team before it, as by `lock_tools`.
    """
    question = LOCKED_HEAD if lock and _locks(session) else HEAD
    head = question.first(session, {"tool": tool_id, "account": account_id, "team": team_id})
    if head is None:
        raise Absent
    one = {"tool": tool_id, "space": head.space_id, "kind": head.kind_id, "account": account_id}
    known = by_owner(KNOWN.rows(session, one | window(span, around(head, is_pool=head.is_pool))))
    limits = NO_QUOTAS
    if known.get((Part.QUOTA, 0)):
        limits = quotas.of_tool(session, one | {"since": _since(span, head.window_days)})
    return facts_of(head, account_id, hours_of(head, known), known, own_certificates(known), limits)


def worlds(
    session: Session,
    *,
    tool_ids: Sequence[int] | None = None,
    kind_id: int | None = None,
    space_id: int | None = None,
    span: Span,
    account_id: int | None,
    others: Collection[int] = (),
) -> tuple[World, ...]:
    """The tools of these ids, this kind, this space (all given conditions hold), with what decides asks in the span.

    Four queries, five where a quota holds, however many tools; in the order of their names. Retired tools only when
    asked for by id. `others` are people beside the asker for whom quotas will be asked.
    """
    cards = tool_cards(session, tool_ids=tool_ids, kind_id=kind_id, space_id=space_id, retired=tool_ids is not None)
    if not cards:
        return ()
    question, values = KNOWN_OF_TOOLS, {}
    if tool_ids is None and kind_id is not None:
        question, values = KNOWN_OF_KIND, {"kind": kind_id}
    elif tool_ids is None and space_id is not None:
        question, values = KNOWN_OF_SPACE, {"space": space_id}
    many = {"tools": [card.id for card in cards], "account": account_id}
    heads = HEADS.rows(session, many)
    spaces = {head.space_id: head for head in heads}
    margin = max((around(head, is_pool=head.is_pool) for head in heads), default=_AROUND)
    known = by_owner(question.rows(session, many | {"spaces": list(spaces)} | values | window(span, margin)))
    people = [*others] if account_id is None else [*others, account_id]
    limits = quotas_of(session, heads, known, span, people)
    hours = {space_id: hours_of(head, known) for space_id, head in spaces.items()}
    own = own_certificates(known)
    by_id = {head.id: facts_of(head, account_id, hours[head.space_id], known, own, limits) for head in heads}
    return tuple(World(by_id[card.id], card) for card in cards if card.id in by_id)


def quotas_of(session: Session, heads: Sequence[Line], known: Parts, span: Span, people: Sequence[int]) -> QuotaFacts:
    """The quotas of these tools, and what they count for these people: one query where there are any, else none."""
    if not known.get((Part.QUOTA, 0)):
        return NO_QUOTAS
    since = _since(span, max(head.window_days for head in heads))
    about = {"tools": [head.id for head in heads], "spaces": {head.space_id for head in heads}, "accounts": people}
    return quotas.of_tools(session, about | {"since": since})


def around(limits: Limits | Line, *, is_pool: bool) -> timedelta:
    """How much around an ask matters: where bookings of a pool make room also what its longest may reach, and more."""
    if not is_pool:
        return _AROUND
    longest = timedelta(minutes=limits.setup_minutes + limits.longest_minutes + limits.cleanup_minutes)
    return _AROUND + MOVED_AROUND + min(longest, LONGEST_CLAIM)


def window(span: Span, margin: timedelta) -> dict[str, Any]:
    """From when to when facts around a span are looked for."""
    start, end = _shifted(span.start, -margin), _shifted(span.end, margin)
    first_day = _shifted(span.start, -_BEFORE).date()
    return {"start": start, "end": end, "long_ago": _shifted(start, -LONGEST_CLAIM), "first_day": first_day}


def _since(span: Span, window_days: int) -> datetime:
    """From when on bookings are counted: all of the week before, and all that is still ahead when one may ask."""
    return _shifted(span.start, -_WEEK_BEFORE - timedelta(days=window_days))


def _locks(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _shifted(instant: datetime, by: timedelta) -> datetime:
    """The instant moved, but no further than calendars go: people may ask for the year 9999."""
    try:
        return instant + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta(0) else datetime.min.replace(tzinfo=UTC)
