"""Many tools at the first look of a search: what decides asks, read as sparingly as the sweep over them allows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from booking.models.asking import Line
from booking.models.database import Session
from booking.models.fact_questions import (
    CLAIMS_OF_TOOLS,
    HELD_OF_KINDS,
    HELD_OF_UNITS,
    KNOWN_OUTLINED,
    OUTLINED_HEADS,
    Part,
)
from booking.models.fact_rows import Parts, by_owner, facts_of, hours_of, own_certificates, taken_by
from booking.models.facts import around, quotas_of, window
from booking.rules.facts import Facts, Taken, Visibility
from booking.rules.privacy import BookingView
from booking.rules.spans import Span
from booking.rules.units import KNOWN_AROUND


@dataclass(frozen=True, slots=True)
class Outline:
    """A tool, who sees its times, and its facts: of what is taken only when, but for pools, whose bookings may move."""

    name: str
    visibility: Visibility
    publishes: bool
    facts: Facts


@dataclass(frozen=True, slots=True)
class Claimed:
    """What of a tool's time is taken, and by whose booking, as the projection of bookings takes it; None: by none."""

    taken: Taken
    view: BookingView | None


def outlines(
    session: Session,
    *,
    tool_ids: Sequence[int],
    kind_ids: Collection[int] = (),
    span: Span,
    account_id: int | None,
) -> dict[int, Outline]:
    """What decides asks of these tools in the span, by their ids: three queries, four where a quota holds.

    `kind_ids` are told where the tools are about all of those kinds: their time is then read along one index.
    """
    many = {"tools": tool_ids, "account": account_id}
    heads = OUTLINED_HEADS.rows(session, many)
    spaces = {head.space_id: head for head in heads}
    values = many | {"spaces": spaces} | window(span, timedelta(0)) | _around_pools(heads, span)
    known = by_owner(KNOWN_OUTLINED.rows(session, values))
    limits = quotas_of(session, heads, known, span, [] if account_id is None else [account_id])
    own, hours = own_certificates(known), {space_id: hours_of(head, known) for space_id, head in spaces.items()}
    held = _held(session, heads, known, kind_ids, span)
    return {
        head.id: Outline(
            head.name,
            Visibility(head.visibility),
            head.publishes,
            facts_of(head, account_id, hours[head.space_id], known, own, limits, held.get(head.id)),
        )
        for head in heads
    }


def claims_near(session: Session, tools: Mapping[int, Facts], span: Span) -> dict[int, list[Claimed]]:
    """What is taken of these tools in and around the span, by their ids, and whose it is; one query."""
    margin = max((_around(facts) for facts in tools.values()), default=timedelta(0))
    found: dict[int, list[Claimed]] = defaultdict(list)
    for row in CLAIMS_OF_TOOLS.rows(session, {"tools": tools} | window(span, margin)):
        level = Visibility(row.visibility) if row.visibility else None
        view = BookingView(row.account_id, team_id=row.team_id, own_level=level) if row.b is not None else None
        found[row.owner].append(Claimed(taken_by(row), view))
    return found


def _around_pools(heads: Iterable[Line], span: Span) -> dict[str, Any]:
    """Which of the tools have several units, and from when to when their bookings are looked for."""
    pools = [head for head in heads if head.is_pool]
    # Only for saying when time is free again would more matter.
    margin = max((around(head, is_pool=True) - KNOWN_AROUND for head in pools), default=timedelta(0))
    ends = {f"pool_{name}": value for name, value in window(span, margin).items()}
    return {"pools": [head.id for head in pools]} | ends


def _held(
    session: Session, heads: Iterable[Line], known: Parts, kind_ids: Collection[int], span: Span
) -> dict[int, tuple[Taken, ...]]:
    """When tools of one unit are taken, by their ids; nothing of pools."""
    alone = [head for head in heads if not head.is_pool]
    owners = {unit.a: head.id for head in alone for unit in known.get((Part.UNIT, head.id), ())}
    found: dict[int, list[Taken]] = {head.id: [] for head in alone}
    buffers = max((head.setup_minutes + head.cleanup_minutes for head in alone), default=0)
    question, ids = (HELD_OF_KINDS, {"kinds": kind_ids}) if kind_ids else (HELD_OF_UNITS, {"units": owners})
    for unit_id, start, end in question.rows(session, ids | window(span, timedelta(minutes=buffers))):
        if unit_id in owners:
            found[owners[unit_id]].append(Taken(unit_id, Span(start, end)))
    return {tool_id: tuple(rows) for tool_id, rows in found.items()}


def _around(facts: Facts) -> timedelta:
    return around(facts.tool.limits, is_pool=len(facts.tool.unit_ids) > 1)
