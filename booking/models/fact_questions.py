"""The questions behind facts, put together once when this module is read: they are the dearest part of a booking.

`HEAD` asks what there is one of: the tool, its space and what the person is there. Everything of which there may be
several comes by `KNOWN`: another thing that decides is one more `_part` of it.
"""

from enum import IntEnum
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    text,
    tuple_,
    union_all,
)

from booking.models.asking import Question
from booking.models.database import Id, Instant
from booking.models.lists import among, ids_named
from booking.models.quota_questions import FIRST_THE_PEOPLE, matters
from booking.models.tables import METADATA

_account, _space, _membership = (METADATA.tables[name] for name in ("account", "space", "membership"))
_tool, _unit, _claim, _booking = (METADATA.tables[name] for name in ("tool", "unit", "claim", "booking"))
_certificate, _grant = METADATA.tables["certificate"], METADATA.tables["certificate_grant"]
_acceptance = METADATA.tables["acceptance"]
_needs, _outage, _block = (METADATA.tables[name] for name in ("tool_certificate", "outage", "block"))
_opening, _closure, _special = (METADATA.tables[name] for name in ("opening", "closure", "special_day"))
_make_up, _staffed = METADATA.tables["make_up_day"], METADATA.tables["staffed"]
_visit, _team_member = METADATA.tables["visit"], METADATA.tables["team_member"]
_quota, _suspension = METADATA.tables["quota"], METADATA.tables["suspension"]

_TOOLS, _SPACES = ids_named("tools"), ids_named("spaces")
_TOOL, _SPACE = bindparam("tool", type_=Id), bindparam("space", type_=Id)
_FROM, _UNTIL = bindparam("start", type_=Instant()), bindparam("end", type_=Instant())
_ACCOUNT, _FIRST_DAY = bindparam("account", type_=Id), bindparam("first_day", type_=Date)


class Part(IntEnum):
    """What a row of a question that asks for several things at once is about."""

    UNIT = 1
    OPENING = 2
    CLOSURE = 3
    SPECIAL_DAY = 4
    CLAIM = 5
    OUTAGE = 6
    BLOCK = 7
    CERTIFICATE = 8
    GRANT = 9
    ACCEPTANCE = 10
    MAKE_UP_DAY = 11
    STAFFED = 12
    VISIT = 13
    TEAM = 14
    QUOTA = 15
    SUSPENSION = 16
    HAS_USED = 17


# Whether bookings of the tool can make room for one another: more time around an ask matters then.
_IS_POOL = (
    select(func.count() > literal_column("1"))
    .where(_unit.c.tool_id == _tool.c.id, _unit.c.retired_at.is_(None))
    .scalar_subquery()
)

_HEADS = (
    select(
        *(
            _tool.c[name]
            for name in (
                *("id", "space_id", "kind_id", "state", "state_note", "notice_minutes", "window_days"),
                *("shortest_minutes", "longest_minutes", "grain_minutes", "setup_minutes", "cleanup_minutes"),
                *("unattended", "approval", "check_in_minutes"),
            )
        ),
        _space.c.time_zone,
        _space.c.bookable_by,
        _IS_POOL.label("is_pool"),
        _account.c.confirmed_at,
        _account.c.is_admin,
        _membership.c.role,
    )
    .join(_space, _space.c.id == _tool.c.space_id)
    .outerjoin(_account, _account.c.id == _ACCOUNT)
    .outerjoin(_membership, and_(_membership.c.space_id == _space.c.id, _membership.c.account_id == _ACCOUNT))
)

_NO_NUMBER, _NO_DAY, _NO_INSTANT = cast(null(), Id), cast(null(), Date), cast(null(), Instant())
_NO_WORDS, _BLANK = literal_column("''", String), literal_column("' '", String)
_COMMA: Any = literal_column("','")


def _part(
    part: Part,
    owner: Any,
    a: Any,
    b: Any = _NO_NUMBER,
    c: Any = _NO_NUMBER,
    days: tuple[Any, Any] = (_NO_DAY, _NO_DAY),
    words: Any = _NO_WORDS,
    instants: tuple[Any, Any] = (_NO_INSTANT, _NO_INSTANT),
    d: Any = _NO_NUMBER,
) -> Select[*tuple[Any, ...]]:
    columns = {"owner": owner, "a": a, "b": b, "c": c, "d": d, "first_day": days[0], "last_day": days[1]}
    columns |= {"words": words, "starts_at": instants[0], "ends_at": instants[1]}
    number = literal_column(str(int(part)), Id).label("part")
    return select(number, *(column.label(name) for name, column in columns.items()))


class _Scope:
    """Of which tools and spaces: one of each, or lists of them. `held` narrows the claims by an index; `window` names
    that in which they are looked for where it isn't that of all the rest."""

    def __init__(self, one: bool, held: ColumnElement[bool], window: str = "") -> None:
        self.one, self.held, self.window = one, held, window

    def tool(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        return column == _TOOL if self.one else among(column, _TOOLS)

    def space(self, column: ColumnElement[int]) -> ColumnElement[bool]:
        return column == _SPACE if self.one else among(column, _SPACES)


def _known(of: _Scope) -> CompoundSelect[Any]:
    """Everything of which there may be several."""
    return union_all(
        _part(Part.UNIT, _unit.c.tool_id, _unit.c.id).where(of.tool(_unit.c.tool_id), _unit.c.retired_at.is_(None)),
        *_hours(of),
        _certificates(of),
        _grants(),
        _acceptances(of),
        _visits(of),
        _part(Part.TEAM, literal_column("0", Id), _team_member.c.team_id).where(_team_member.c.account_id == _ACCOUNT),
        _part(Part.QUOTA, literal_column("0", Id), _quota.c.id).where(matters(of.one)),
        _suspensions(of),
        _has_used(of),
        _claims(of.held, of.window),
        _outages(of),
        _blocks(of),
    )


def _hours(of: _Scope) -> tuple[Select[*tuple[Any, ...]], ...]:
    """When the spaces are open and staffed, without what is over."""
    # A week has many rows and is nearly always that of yesterday: as one text it is known at a glance.
    columns = ("weekday", "opens", "closes", "first_day", "last_day")
    first, *others = (_as_text(_opening.c[name]) for name in columns)
    week = reduce(lambda said, column: said + _BLANK + column, others, first)
    opening = _part(Part.OPENING, _opening.c.space_id, _NO_NUMBER, words=func.aggregate_strings(week, _COMMA))
    closure = _part(
        *(Part.CLOSURE, _closure.c.space_id, _NO_NUMBER),
        days=(_closure.c.first_day, _closure.c.last_day),
        words=_closure.c.reason,
    )
    special = _part(
        *(Part.SPECIAL_DAY, _special.c.space_id, _NO_NUMBER, _special.c.opens, _special.c.closes),
        days=(_special.c.day, _NO_DAY),
    )
    make_up = _part(Part.MAKE_UP_DAY, _make_up.c.space_id, _make_up.c.like_weekday, days=(_make_up.c.day, _NO_DAY))
    staffed = _part(Part.STAFFED, _staffed.c.space_id, _staffed.c.weekday, _staffed.c.opens, _staffed.c.closes)
    holds = or_(_opening.c.last_day.is_(None), _opening.c.last_day >= _FIRST_DAY)
    return (
        opening.where(of.space(_opening.c.space_id), holds).group_by(_opening.c.space_id),
        closure.where(of.space(_closure.c.space_id), _closure.c.last_day >= _FIRST_DAY),
        special.where(of.space(_special.c.space_id), _special.c.day >= _FIRST_DAY),
        make_up.where(of.space(_make_up.c.space_id), _make_up.c.day >= _FIRST_DAY),
        staffed.where(of.space(_staffed.c.space_id)),
    )


def _as_text(column: Any) -> Any:
    return func.coalesce(cast(column, String), _NO_WORDS)


def _certificates(of: _Scope) -> Select[*tuple[Any, ...]]:
    """The certificates that the tools ask for, with their next briefings."""
    part = _part(
        *(Part.CERTIFICATE, _needs.c.tool_id, _certificate.c.id),
        words=_certificate.c.name,
        instants=(_certificate.c.next_briefing_at, _NO_INSTANT),
    )
    joined = part.select_from(_needs).join(_certificate, _certificate.c.id == _needs.c.certificate_id)
    return joined.where(of.tool(_needs.c.tool_id))


def _grants() -> Select[*tuple[Any, ...]]:
    """Everything that the person holds or held until it ended: since when unused, and how it lapses."""
    later = _grant.alias("later")
    newer = exists().where(
        later.c.certificate_id == _grant.c.certificate_id,
        later.c.account_id == _ACCOUNT,
        later.c.revoked_at.is_(None),
        tuple_(later.c.granted_at, later.c.id) > tuple_(_grant.c.granted_at, _grant.c.id),
    )
    part = _part(
        *(Part.GRANT, literal_column("0", Id), _grant.c.certificate_id, _certificate.c.unused_days),
        words=_space.c.time_zone,
        instants=(
            case((_grant.c.used_at > _grant.c.granted_at, _grant.c.used_at), else_=_grant.c.granted_at),
            _grant.c.expires_at,
        ),
    )
    return (
        part.select_from(_grant)
        .join(_certificate, _certificate.c.id == _grant.c.certificate_id)
        .join(_space, _space.c.id == _certificate.c.space_id)
        .where(_grant.c.account_id == _ACCOUNT, _grant.c.revoked_at.is_(None), ~newer)
    )


def _acceptances(of: _Scope) -> Select[*tuple[Any, ...]]:
    """Which foreign certificates of the person count as what the tools ask for, with the briefing on top."""
    is_hers = exists().where(_grant.c.certificate_id == _acceptance.c.foreign_id, _grant.c.account_id == _ACCOUNT)
    part = _part(
        *(Part.ACCEPTANCE, _needs.c.tool_id),
        *(_acceptance.c.certificate_id, _acceptance.c.foreign_id, _acceptance.c.briefing_id),
        words=_certificate.c.name,
        instants=(_certificate.c.next_briefing_at, _NO_INSTANT),
    )
    return (
        part.select_from(_needs)
        .join(_acceptance, _acceptance.c.certificate_id == _needs.c.certificate_id)
        .outerjoin(_certificate, _certificate.c.id == _acceptance.c.briefing_id)
        .where(of.tool(_needs.c.tool_id), is_hers)
    )


def _visits(of: _Scope) -> Select[*tuple[Any, ...]]:
    """What hosts have said yes to for the person: hours of the day, whether somebody is beside her, the last day."""
    supervised = case((_visit.c.supervised, 1), else_=0)
    part = _part(
        *(Part.VISIT, _visit.c.tool_id, _visit.c.opens, _visit.c.closes, supervised),
        days=(_visit.c.last_day, _NO_DAY),
    )
    return part.where(of.tool(_visit.c.tool_id), _visit.c.account_id == _ACCOUNT, _visit.c.state == "accepted")


def _suspensions(of: _Scope) -> Select[*tuple[Any, ...]]:
    """When the person may not book at the spaces (owner: the space), or anywhere (owner: 0)."""
    part = _part(
        *(Part.SUSPENSION, func.coalesce(_suspension.c.space_id, 0), _NO_NUMBER),
        words=_suspension.c.reason,
        instants=(_suspension.c.starts_at, _suspension.c.ends_at),
    )
    here = or_(_suspension.c.space_id.is_(None), of.space(_suspension.c.space_id))
    return part.where(_suspension.c.account_id == _ACCOUNT, _suspension.c.lifted_at.is_(None), here)


def _has_used(of: _Scope) -> Select[*tuple[Any, ...]]:
    """Which tools that ask for it had an approved booking of the person."""
    approved = select(_booking.c.id).where(
        _booking.c.account_id == _ACCOUNT,
        _booking.c.tool_id == _tool.c.id,
        text("booking.state IN ('confirmed', 'in_use')"),
    )
    # As EXISTS it looks so dear to PostgreSQL, whoever asks, that it would plan the whole question anew each time.
    first = approved.limit(literal_column("1")).scalar_subquery()
    part = _part(Part.HAS_USED, _tool.c.id, _NO_NUMBER)
    return part.where(of.tool(_tool.c.id), _tool.c.approval == "first", first.is_not(None))


def _claims(held: ColumnElement[bool], window: str = "") -> Select[*tuple[Any, ...]]:
    """The time that is held, by bookings and by others; and whether it stays on its unit."""
    part = _part(
        *(Part.CLAIM, _unit.c.tool_id, _claim.c.unit_id, _claim.c.booking_id, _claim.c.id),
        words=_booking.c.state,
        instants=(_claim.c.blocks_from, _claim.c.blocks_until),
        d=case((_claim.c.pinned, 1), else_=0),
    )
    return (
        part.select_from(_claim)
        .join(_unit, _unit.c.id == _claim.c.unit_id)
        .outerjoin(_booking, _booking.c.id == _claim.c.booking_id)
        .where(held, *_in_window(window))
    )


def _in_window(name: str = "") -> tuple[Any, ...]:
    """Whether a claim holds time of the window whose ends are told under names that begin so."""
    start, end, long_ago = (bindparam(f"{name}{each}", type_=Instant()) for each in ("start", "end", "long_ago"))
    # Spelled as in the partial indexes: SQLite looks for the very same words.
    return (
        text("claim.blocking"),
        _claim.c.blocks_from > long_ago,
        _claim.c.blocks_from < end,
        _claim.c.blocks_until > start,
    )


def _outages(of: _Scope) -> Select[*tuple[Any, ...]]:
    part = _part(
        *(Part.OUTAGE, _outage.c.tool_id, _outage.c.unit_id),
        words=_outage.c.reason,
        instants=(_outage.c.starts_at, _outage.c.ends_at),
    )
    ends_later = or_(_outage.c.ends_at.is_(None), _outage.c.ends_at > _FROM)
    return part.where(of.tool(_outage.c.tool_id), _outage.c.starts_at < _UNTIL, ends_later)


def _blocks(of: _Scope) -> Select[*tuple[Any, ...]]:
    part = _part(
        *(Part.BLOCK, _block.c.space_id, _block.c.tool_id),
        words=_block.c.title,
        instants=(_block.c.starts_at, _block.c.ends_at),
    )
    return part.where(of.space(_block.c.space_id), _block.c.starts_at < _UNTIL, _block.c.ends_at > _FROM)


def _held(by: ColumnElement[bool]) -> Question:
    """When units are held, and nothing else: the index alone answers."""
    return Question(select(_claim.c.unit_id, _claim.c.blocks_from, _claim.c.blocks_until).where(by, *_in_window()))


_OF_TOOLS = among(_unit.c.tool_id, _TOOLS)
HEADS = Question(_HEADS.where(among(_tool.c.id, _TOOLS)))
OUTLINED_HEADS = Question(
    _HEADS.add_columns(_tool.c.name, _space.c.visibility, _space.c.publishes).where(among(_tool.c.id, _TOOLS))
)
HEAD = Question(_HEADS.where(_tool.c.id == _TOOL))
# Without the lock people who race for one slot deadlock on PostgreSQL; SQLite's writer is alone anyway.
LOCKED_HEAD = Question(_HEADS.where(_tool.c.id == _TOOL, FIRST_THE_PEOPLE).with_for_update(of=_tool, key_share=True))
KNOWN = Question(_known(_Scope(True, _unit.c.tool_id == _TOOL)))
KNOWN_OF_TOOLS = Question(_known(_Scope(False, _OF_TOOLS)))
KNOWN_OF_KIND = Question(_known(_Scope(False, _claim.c.kind_id == bindparam("kind", type_=Id))))
KNOWN_OF_SPACE = Question(_known(_Scope(False, _claim.c.space_id == bindparam("space", type_=Id))))
# Of what is taken only what pools need, around which more time matters.
KNOWN_OUTLINED = Question(_known(_Scope(False, among(_unit.c.tool_id, ids_named("pools")), "pool_")))
HELD_OF_KINDS = _held(among(_claim.c.kind_id, ids_named("kinds")))
HELD_OF_UNITS = _held(among(_claim.c.unit_id, ids_named("units")))
# With whose bookings they are, and how much others may see of them.
CLAIMS_OF_TOOLS = Question(
    _claims(_OF_TOOLS).add_columns(*(_booking.c[n] for n in ("account_id", "team_id", "visibility")))
)
