"""Everything that decides an ask, read at a fixed number of queries: of one tool, under its lock, or of many.

The questions are put together once, when this module is read, and on tables rather than on row classes: they are
the dearest part of a booking.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Row,
    String,
    and_,
    bindparam,
    cast,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)

from booking.models.database import Id, Instant, Session
from booking.models.tables import METADATA
from booking.models.tools import ToolCard, tool_cards
from booking.rules.access import Role
from booking.rules.facts import (
    Approval,
    Block,
    BookableBy,
    ClosedDays,
    Facts,
    Hours,
    Limits,
    MakerFacts,
    Outage,
    SpecialDay,
    Taken,
    ToolFacts,
    ToolState,
    WeeklyOpening,
)
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.states import State
from booking.rules.units import KNOWN_AROUND

# No claim is longer (the table forbids it), so none that began earlier reaches into a window.
LONGEST_CLAIM = timedelta(days=9)
# Buffers are a day at most on either side; a day more shows the neighbours that best fit looks at.
_AROUND = KNOWN_AROUND
# A night belongs to the day on which it began, and UTC is up to 14 hours from the wall.
_BEFORE = timedelta(days=3)

_account, _space, _membership = (METADATA.tables[name] for name in ("account", "space", "membership"))
_tool, _unit, _claim, _booking = (METADATA.tables[name] for name in ("tool", "unit", "claim", "booking"))
_certificate, _grant = METADATA.tables["certificate"], METADATA.tables["certificate_grant"]
_needs, _outage, _block = (METADATA.tables[name] for name in ("tool_certificate", "outage", "block"))
_opening, _closure, _special = (METADATA.tables[name] for name in ("opening", "closure", "special_day"))
Line = Row[*tuple[Any, ...]]

_TOOLS = bindparam("tools", expanding=True, type_=Id)
_SPACES = bindparam("spaces", expanding=True, type_=Id)
_FROM, _UNTIL = bindparam("start", type_=Instant()), bindparam("end", type_=Instant())
_ACCOUNT = bindparam("account", type_=Id)


class _Part(IntEnum):
    """What a row of a question that asks for several things at once is about."""

    UNIT = 1
    OPENING = 2
    CLOSURE = 3
    SPECIAL_DAY = 4
    CLAIM = 5
    OUTAGE = 6
    BLOCK = 7
    CERTIFICATE = 8


@dataclass(frozen=True, slots=True)
class World:
    """One of many tools: its facts, and its card to show."""

    facts: Facts
    tool: ToolCard


def lock_tools(session: Session, tool_ids: Iterable[int], booking_id: int | None = None) -> None:
    """Hold these tools, and that of the booking, until the transaction ends: first thing of each booking write.

    Without it people who race for one slot deadlock on PostgreSQL; SQLite's writer is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK, {"tools": list(tool_ids) or [0], "booking": booking_id})


def facts_for(session: Session, tool_id: int, span: Span, account_id: int | None, *, lock: bool = False) -> Facts:
    """What decides an ask for this span on this tool, with two days around it; raises Absent without such a tool.

    Three queries, and one more for the lock.
    """
    if lock:
        lock_tools(session, (tool_id,))
    found = _facts(session, (tool_id,), span, account_id, _TIMES_OF_TOOLS, {})
    if not found:
        raise Absent
    return found[0]


def worlds(
    session: Session,
    *,
    tool_ids: Sequence[int] | None = None,
    kind_id: int | None = None,
    space_id: int | None = None,
    span: Span,
    account_id: int | None,
) -> tuple[World, ...]:
    """The tools of these ids, this kind, this space (all given conditions hold), with what decides asks in the span.

    Five queries, however many tools; in the order of their names. Retired tools only when asked for by id.
    """
    cards = tool_cards(session, tool_ids=tool_ids, kind_id=kind_id, space_id=space_id, retired=tool_ids is not None)
    if not cards:
        return ()
    question, values = _TIMES_OF_TOOLS, {}
    if tool_ids is None and kind_id is not None:
        question, values = _TIMES_OF_KIND, {"kind": kind_id}
    elif tool_ids is None and space_id is not None:
        question, values = _TIMES_OF_SPACE, {"space": space_id}
    found = _facts(session, [card.id for card in cards], span, account_id, question, values)
    by_id = {facts.tool.id: facts for facts in found}
    return tuple(World(by_id[card.id], card) for card in cards if card.id in by_id)


def _facts(
    session: Session,
    tool_ids: Sequence[int],
    span: Span,
    account_id: int | None,
    times: CompoundSelect[Any],
    values: Mapping[str, int],
) -> list[Facts]:
    heads = session.execute(_HEADS, {"tools": tool_ids, "account": account_id}).all()
    if not heads:
        return []
    spaces = list({head.space_id for head in heads})
    known = {"tools": tool_ids, "spaces": spaces}
    first_day = _shifted(span.start, -_BEFORE).date()
    parts = _by_owner(session.execute(_PARTS, known | {"first_day": first_day, "account": account_id}))
    around = {"start": _shifted(span.start, -_AROUND), "end": _shifted(span.end, _AROUND)}
    long_ago = _shifted(around["start"], -LONGEST_CLAIM)
    held = _by_owner(session.execute(times, {**known, **around, **values, "long_ago": long_ago}))
    hours = {head.space_id: _hours(head.time_zone, head.space_id, parts) for head in heads}
    return [_one(head, account_id, hours, parts, held) for head in heads]


def _shifted(instant: datetime, by: timedelta) -> datetime:
    """The instant moved, but no further than calendars go: people may ask for the year 9999."""
    try:
        return instant + by
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if by > timedelta(0) else datetime.min.replace(tzinfo=UTC)


_Parts = Mapping[tuple[int, int], list[Line]]


def _by_owner(rows: Iterable[Line]) -> _Parts:
    found: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for row in rows:
        found[row.part, row.owner].append(row)
    return found


def _one(
    head: Line,
    account_id: int | None,
    hours: Mapping[int, Hours],
    parts: _Parts,
    held: _Parts,
) -> Facts:
    tool_id, space_id = head.id, head.space_id
    certificates = parts[_Part.CERTIFICATE, tool_id]
    blocks = (row for row in held[_Part.BLOCK, space_id] if row.unit_id in {None, tool_id})
    return Facts(
        tool=_tool_facts(head, tuple(row.a for row in parts[_Part.UNIT, tool_id]), certificates),
        hours=hours[space_id],
        maker=_maker(head, account_id, certificates),
        taken=tuple(
            Taken(row.unit_id, Span(row.starts_at, row.ends_at), row.booking_id, row.words == State.PENDING)
            for row in held[_Part.CLAIM, tool_id]
        ),
        outages=tuple(
            Outage(row.starts_at, row.ends_at, row.unit_id, row.words) for row in held[_Part.OUTAGE, tool_id]
        ),
        blocks=tuple(Block(Span(row.starts_at, row.ends_at), row.words) for row in blocks),
    )


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
    )
    return ToolFacts(
        id=head.id,
        space_id=head.space_id,
        kind_id=head.kind_id,
        state=ToolState(head.state),
        limits=limits,
        unit_ids=unit_ids,
        certificate_ids=tuple(dict.fromkeys(row.a for row in certificates)),
        bookable_by=BookableBy(head.bookable_by),
        state_note=head.state_note,
    )


def _maker(head: Line, account_id: int | None, certificates: list[Line]) -> MakerFacts:
    role = Role.ADMIN if head.is_admin else Role(head.role) if head.role else None
    # Rows come in the order of granting: of several live grants the latest counts.
    grants = {row.a: row.expires_at for row in certificates if row.granted_at is not None}
    return MakerFacts(
        account_id=account_id,
        is_confirmed=account_id is None or head.confirmed_at is not None,
        role=role,
        certificates=grants,
        certificate_names={row.a: row.words for row in certificates},
    )


def _hours(zone: str, space_id: int, parts: _Parts) -> Hours:
    weekly = (WeeklyOpening(row.a, row.b, row.c) for row in parts[_Part.OPENING, space_id])
    closed = (ClosedDays(row.first_day, row.last_day, row.words) for row in parts[_Part.CLOSURE, space_id])
    special = (SpecialDay(row.first_day, row.b, row.c) for row in parts[_Part.SPECIAL_DAY, space_id])
    return Hours(zone, tuple(weekly), tuple(closed), tuple(special))


# The questions.

_LOCK = text(
    "SELECT id FROM tool WHERE id = ANY(:tools) OR id = (SELECT tool_id FROM booking WHERE id = :booking)"
    " ORDER BY id FOR NO KEY UPDATE"
).bindparams(bindparam("booking", type_=Id))

_HEADS = (
    select(
        *(
            _tool.c[name]
            for name in (
                *("id", "space_id", "kind_id", "state", "state_note", "notice_minutes", "window_days"),
                *("shortest_minutes", "longest_minutes", "grain_minutes", "setup_minutes", "cleanup_minutes"),
                *("unattended", "approval"),
            )
        ),
        _space.c.time_zone,
        _space.c.bookable_by,
        _account.c.confirmed_at,
        _account.c.is_admin,
        _membership.c.role,
    )
    .join(_space, _space.c.id == _tool.c.space_id)
    .outerjoin(_account, _account.c.id == _ACCOUNT)
    .outerjoin(_membership, and_(_membership.c.space_id == _space.c.id, _membership.c.account_id == _ACCOUNT))
    .where(_tool.c.id.in_(_TOOLS))
)

_NO_NUMBER, _NO_DAY, _NO_INSTANT = cast(null(), Id), cast(null(), Date), cast(null(), Instant())
_NO_WORDS = literal("", String)


def _part(
    part: _Part,
    owner: Any,
    a: Any,
    b: Any = _NO_NUMBER,
    c: Any = _NO_NUMBER,
    days: tuple[Any, Any] = (_NO_DAY, _NO_DAY),
    words: Any = _NO_WORDS,
    instants: tuple[Any, Any] = (_NO_INSTANT, _NO_INSTANT),
) -> Any:
    columns = {"owner": owner, "a": a, "b": b, "c": c, "first_day": days[0], "last_day": days[1], "words": words}
    columns |= {"granted_at": instants[0], "expires_at": instants[1]}
    return select(literal(int(part), Id).label("part"), *(column.label(name) for name, column in columns.items()))


_PARTS = union_all(
    _part(_Part.UNIT, _unit.c.tool_id, _unit.c.id).where(_unit.c.tool_id.in_(_TOOLS), _unit.c.retired_at.is_(None)),
    _part(_Part.OPENING, _opening.c.space_id, _opening.c.weekday, _opening.c.opens, _opening.c.closes).where(
        _opening.c.space_id.in_(_SPACES)
    ),
    _part(
        *(_Part.CLOSURE, _closure.c.space_id, _NO_NUMBER),
        days=(_closure.c.first_day, _closure.c.last_day),
        words=_closure.c.reason,
    ).where(_closure.c.space_id.in_(_SPACES), _closure.c.last_day >= bindparam("first_day", type_=Date)),
    _part(
        *(_Part.SPECIAL_DAY, _special.c.space_id, _NO_NUMBER, _special.c.opens, _special.c.closes),
        days=(_special.c.day, _NO_DAY),
    ).where(_special.c.space_id.in_(_SPACES), _special.c.day >= bindparam("first_day", type_=Date)),
    _part(
        *(_Part.CERTIFICATE, _needs.c.tool_id, _certificate.c.id, _grant.c.id),
        words=_certificate.c.name,
        instants=(_grant.c.granted_at, _grant.c.expires_at),
    )
    .select_from(_needs)
    .join(_certificate, _certificate.c.id == _needs.c.certificate_id)
    .outerjoin(
        _grant,
        and_(
            _grant.c.certificate_id == _certificate.c.id,
            _grant.c.account_id == _ACCOUNT,
            _grant.c.revoked_at.is_(None),
        ),
    )
    .where(_needs.c.tool_id.in_(_TOOLS)),
).order_by("part", "owner", "a", "granted_at", "b", "first_day")


def _times(held: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Claims, outages and blocks of the tools in a window; `held` narrows the claims by an index."""
    claims = (
        select(
            literal(int(_Part.CLAIM), Id).label("part"),
            _unit.c.tool_id.label("owner"),
            _claim.c.unit_id,
            _claim.c.booking_id,
            _claim.c.blocks_from.label("starts_at"),
            _claim.c.blocks_until.label("ends_at"),
            _booking.c.state.label("words"),
        )
        .join(_unit, _unit.c.id == _claim.c.unit_id)
        .outerjoin(_booking, _booking.c.id == _claim.c.booking_id)
        # Spelled as in the partial indexes: SQLite looks for the very same words.
        .where(held, text("claim.blocking"), _claim.c.blocks_from > bindparam("long_ago", type_=Instant()))
        .where(_claim.c.blocks_from < _UNTIL, _claim.c.blocks_until > _FROM)
    )
    outages = select(
        *(literal(int(_Part.OUTAGE), Id), _outage.c.tool_id, _outage.c.unit_id, _NO_NUMBER),
        *(_outage.c.starts_at, _outage.c.ends_at, _outage.c.reason),
    ).where(
        _outage.c.tool_id.in_(_TOOLS),
        _outage.c.starts_at < _UNTIL,
        or_(_outage.c.ends_at.is_(None), _outage.c.ends_at > _FROM),
    )
    blocks = select(
        *(literal(int(_Part.BLOCK), Id), _block.c.space_id, _block.c.tool_id, _NO_NUMBER),
        *(_block.c.starts_at, _block.c.ends_at, _block.c.title),
    ).where(_block.c.space_id.in_(_SPACES), _block.c.starts_at < _UNTIL, _block.c.ends_at > _FROM)
    return union_all(claims, outages, blocks)


_TIMES_OF_TOOLS = _times(_unit.c.tool_id.in_(_TOOLS))
_TIMES_OF_KIND = _times(_claim.c.kind_id == bindparam("kind", type_=Id))
_TIMES_OF_SPACE = _times(_claim.c.space_id == bindparam("space", type_=Id))
