"""Everything that decides an ask, read at a fixed number of queries: of one tool, under its lock, or of many."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from booking.models import quotas
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
from booking.models.quota_questions import LOCK
from booking.models.tools import ToolCard, tool_cards
from booking.rules.access import Role
from booking.rules.certificates import Accepted, End, Held, briefings_on_top, counting
from booking.rules.facts import (
    Approval,
    Block,
    BookableBy,
    ClosedDays,
    Facts,
    Hours,
    Limits,
    MakerFacts,
    MakeUpDay,
    Outage,
    Quota,
    SpecialDay,
    Suspended,
    Taken,
    ToolFacts,
    ToolState,
    Training,
    Used,
    Visiting,
    WeeklyOpening,
)
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import State
from booking.rules.units import KNOWN_AROUND, MOVED_AROUND

# No claim is longer (the table forbids it), so none that began earlier reaches into a window.
LONGEST_CLAIM = timedelta(days=9)
# Buffers are a day at most on either side; a day more shows the neighbours that best fit looks at.
_AROUND = KNOWN_AROUND
# A night belongs to the day on which it began, and UTC is up to 14 hours from the wall.
_BEFORE = timedelta(days=3)
# The week of an ask may begin with a booking that began in the one before.
_WEEK_BEFORE = timedelta(days=16)

Line = Any


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
    known = _by_owner(KNOWN.rows(session, one | _window(span, _around(head))))
    limits = _NO_LIMITS
    if known[Part.QUOTA, 0]:
        limits = quotas.of_tool(session, one | {"since": _since(span, head.window_days)})
    return _one(head, account_id, _hours(head, known), known, _own(known), limits)


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
    heads = session.execute(HEADS, many).all()
    spaces = {head.space_id: head for head in heads}
    around = max((_around(head) for head in heads), default=_AROUND)
    known = _by_owner(session.execute(question, many | {"spaces": list(spaces)} | values | _window(span, around)))
    hours = {space_id: _hours(head, known) for space_id, head in spaces.items()}
    own, limits = _own(known), _NO_LIMITS
    if known[Part.QUOTA, 0]:
        since = _since(span, max(head.window_days for head in heads))
        people = [*others] if account_id is None else [*others, account_id]
        limits = quotas.of_tools(session, many | {"spaces": list(spaces), "accounts": people, "since": since})
    by_id = {head.id: _one(head, account_id, hours[head.space_id], known, own, limits) for head in heads}
    return tuple(World(by_id[card.id], card) for card in cards if card.id in by_id)


def _around(head: Line) -> timedelta:
    """How much around an ask matters: where bookings of a pool make room also what its longest may reach, and more."""
    if not head.is_pool:
        return _AROUND
    longest = min(timedelta(minutes=head.setup_minutes + head.longest_minutes + head.cleanup_minutes), LONGEST_CLAIM)
    return _AROUND + MOVED_AROUND + longest


def _window(span: Span, around: timedelta) -> dict[str, Any]:
    """From when to when facts around a span are looked for."""
    start, end = _shifted(span.start, -around), _shifted(span.end, around)
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


_Parts = Mapping[tuple[int, int], list[Line]]
_Limits = tuple[tuple[Quota, ...], tuple[Used, ...]]
_NO_LIMITS: _Limits = ((), ())


def _by_owner(rows: Iterable[Line]) -> _Parts:
    found: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for row in rows:
        found[row.part, row.owner].append(row)
    return found


def _one(
    head: Line, account_id: int | None, hours: Hours, known: _Parts, own: Mapping[int, End], limits: _Limits
) -> Facts:
    tool_id, space_id = head.id, head.space_id
    certificates = sorted(known[Part.CERTIFICATE, tool_id], key=lambda row: row.a)
    blocks = (row for row in known[Part.BLOCK, space_id] if row.a in {None, tool_id})
    return Facts(
        tool=_tool_facts(head, tuple(sorted(row.a for row in known[Part.UNIT, tool_id])), certificates),
        hours=hours,
        maker=_maker(head, account_id, own, certificates, known),
        taken=tuple(
            Taken(row.a, Span(row.starts_at, row.ends_at), row.b, row.words == State.PENDING, row.c, _is_movable(row))
            for row in known[Part.CLAIM, tool_id]
        ),
        outages=tuple(Outage(row.starts_at, row.ends_at, row.a, row.words) for row in known[Part.OUTAGE, tool_id]),
        blocks=tuple(Block(Span(row.starts_at, row.ends_at), row.words) for row in blocks),
        quotas=limits[0],
        used=limits[1],
    )


def _is_movable(row: Line) -> bool:
    return row.b is not None and not row.d and row.words != State.IN_USE


def _tool_facts(head: Line, unit_ids: tuple[int, ...], certificates: list[Line]) -> ToolFacts:
    limits = Limits(
        notice_minutes=head.notice_minutes,
        window_days=head.window_days,
        shortest_minutes=head.shortest_minutes,
        longest_minutes=head.longest_minutes,
        grain_minutes=head.grain_minutes,
        setup_minutes=head.setup_minutes,
        cleanup_minutes=head.cleanup_minutes,
        unattended=head.unattended,
        approval=Approval(head.approval),
        check_in_minutes=head.check_in_minutes,
    )
    return ToolFacts(
        id=head.id,
        space_id=head.space_id,
        kind_id=head.kind_id,
        state=ToolState(head.state),
        limits=limits,
        unit_ids=unit_ids,
        certificate_ids=tuple(row.a for row in certificates),
        bookable_by=BookableBy(head.bookable_by),
        state_note=head.state_note,
    )


def _own(known: _Parts) -> dict[int, End]:
    """When each certificate ends that the person was granted."""
    return {row.a: Held(row.a, row.ends_at, row.starts_at, row.b, row.words).ends_at for row in known[Part.GRANT, 0]}


def _accepted(row: Line) -> Accepted:
    briefing = Training(row.c, row.words, row.starts_at) if row.c is not None else None
    return Accepted(row.a, row.b, briefing)


def _maker(
    head: Line, account_id: int | None, own: Mapping[int, End], certificates: list[Line], known: _Parts
) -> MakerFacts:
    role = Role.ADMIN if head.is_admin else Role(head.role) if head.role else None
    accepted = [_accepted(row) for row in known[Part.ACCEPTANCE, head.id]]
    visits = sorted(known[Part.VISIT, head.id], key=lambda row: row.first_day or date.max)
    return MakerFacts(
        account_id=account_id,
        is_confirmed=account_id is None or head.confirmed_at is not None,
        role=role,
        certificates=counting([row.a for row in certificates], own, accepted),
        certificate_names={row.a: row.words for row in certificates},
        trainings={row.a: Training(row.a, row.words, row.starts_at) for row in certificates},
        on_top=briefings_on_top(own, accepted),
        visiting=tuple(Visiting(row.first_day, row.a, row.b, bool(row.c)) for row in visits),
        suspended=tuple(
            Suspended(Span(row.starts_at, row.ends_at), row.words)
            for owner in (0, head.space_id)
            for row in known[Part.SUSPENSION, owner]
        ),
        has_used=bool(known[Part.HAS_USED, head.id]),
        team_ids=frozenset(row.a for row in known[Part.TEAM, 0]),
    )


def _hours(head: Line, known: _Parts) -> Hours:
    space_id = head.space_id
    weekly = sorted(known[Part.OPENING, space_id], key=lambda row: (row.a, row.b, row.first_day or date.min))
    closed = sorted((row.first_day, row.last_day, row.words) for row in known[Part.CLOSURE, space_id])
    special = sorted((row.first_day, row.b, row.c) for row in known[Part.SPECIAL_DAY, space_id])
    make_up = sorted((row.first_day, row.a) for row in known[Part.MAKE_UP_DAY, space_id])
    staffed = sorted((row.a, row.b, row.c) for row in known[Part.STAFFED, space_id])
    return Hours(
        head.time_zone,
        tuple(WeeklyOpening(row.a, row.b, row.c, row.first_day, row.last_day) for row in weekly),
        tuple(ClosedDays(*row) for row in closed),
        tuple(SpecialDay(*row) for row in special),
        tuple(MakeUpDay(*row) for row in make_up),
        tuple(WeeklyOpening(*row) for row in staffed),
    )
