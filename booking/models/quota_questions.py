"""The questions about quotas: which ones there are, what they add up, and what is locked so that none is overrun.

They are asked only where a quota matters for a tool, which `fact_questions` tells; elsewhere they cost nothing.
"""

from enum import IntEnum
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Select,
    String,
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
    union,
    union_all,
)

from booking.models.asking import Question
from booking.models.database import Id, Instant
from booking.models.lists import among, ids_named
from booking.models.tables import METADATA
from booking.rules.facts import Counted

_account, _membership = METADATA.tables["account"], METADATA.tables["membership"]
_tool, _booking, _quota = (METADATA.tables[name] for name in ("tool", "booking", "quota"))
_team, _team_member = METADATA.tables["team"], METADATA.tables["team_member"]
_TOOLS, _SPACES, _ACCOUNTS = (ids_named(name) for name in ("tools", "spaces", "accounts"))
_TOOL, _SPACE, _KIND = (bindparam(name, type_=Id) for name in ("tool", "space", "kind"))
_ACCOUNT, _TEAM = bindparam("account", type_=Id), bindparam("team", type_=Id)
_SINCE = bindparam("since", type_=Instant())
_NO_NUMBER, _NO_INSTANT = cast(null(), Id), cast(null(), Instant())
_NO_WORDS = literal_column("''", String)
_IS_THERE = _account.c.erased_at.is_(None)
_HOLDS = text("booking.state IN ('pending', 'confirmed', 'in_use')")


class Row(IntEnum):
    """What a row is: a quota, or a booking that quotas count."""

    QUOTA = 1
    USED = 2


def matters(one: bool) -> ColumnElement[bool]:
    """Whether a quota holds for a tool, or may hold for one of many."""
    tool = _quota.c.tool_id == _TOOL if one else among(_quota.c.tool_id, _TOOLS)
    space = _quota.c.space_id == _SPACE if one else among(_quota.c.space_id, _SPACES)
    found = or_(_quota.c.space_id.is_(None), space) & or_(_quota.c.tool_id.is_(None), tool)
    return found & or_(_quota.c.kind_id.is_(None), _quota.c.kind_id == _KIND) if one else found


def there_are(counted: Counted) -> ColumnElement[bool]:
    """Whether any quota counts so; the database looks once."""
    return exists(select(literal_column("1")).select_from(_quota).where(text(f"quota.counted = '{counted.value}'")))


def _rows(one: bool) -> CompoundSelect[Any]:
    quota = _row(
        Row.QUOTA, _quota.c, amount=_quota.c.amount, words=_quota.c.counted + literal_column("' '") + _quota.c.measure
    )
    tool = _booking.c.tool_id == _TOOL if one else among(_booking.c.tool_id, _TOOLS)
    members, makers = (
        column == _ACCOUNT if one else among(column, _ACCOUNTS)
        for column in (_team_member.c.account_id, _booking.c.account_id)
    )
    # Also of teams that somebody is no longer in, but for which she booked: what she moves counts there still.
    booked_for = select(_booking.c.team_id).where(
        makers, _booking.c.team_id.is_not(None), _booking.c.starts_at > _SINCE
    )
    teams = union(select(_team_member.c.team_id).where(members), booked_for)
    used = union(
        _used(makers),
        _used(_booking.c.team_id.in_(teams) & there_are(Counted.TEAM)),
        _used(tool & _is_visitor() & there_are(Counted.VISITORS)),
    ).subquery()
    return union_all(quota.where(matters(one)), select(used))


def _row(row: Row, columns: Any, **others: Any) -> Select[*tuple[Any, ...]]:
    found = {name: columns[name] for name in ("id", "tool_id", "kind_id", "space_id", "team_id") if name in columns}
    found |= {"account_id": _NO_NUMBER, "amount": _NO_NUMBER, "words": _NO_WORDS}
    found |= {"starts_at": _NO_INSTANT, "ends_at": _NO_INSTANT} | others
    return select(literal_column(str(int(row)), Id).label("row"), *(found[name].label(name) for name in _NAMES))


_NAMES = ("id", "tool_id", "kind_id", "space_id", "team_id", "account_id", "amount", "words", "starts_at", "ends_at")


def _used(whose: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Bookings that hold or held their time, told 1 as their amount where the maker is a visitor of the space."""
    columns = _booking.c
    part = _row(
        Row.USED,
        columns,
        kind_id=_tool.c.kind_id,
        account_id=columns.account_id,
        amount=case((_is_visitor(), literal_column("1")), else_=literal_column("0")),
        starts_at=columns.starts_at,
        ends_at=columns.ends_at,
    )
    return (
        part.select_from(_booking)
        .join(_tool, _tool.c.id == columns.tool_id)
        .where(whose, _HOLDS, columns.starts_at > _SINCE)
    )


def _is_visitor() -> ColumnElement[bool]:
    """Whether the maker of the booking has no role at its space."""
    member = exists().where(
        _membership.c.space_id == _booking.c.space_id, _membership.c.account_id == _booking.c.account_id
    )
    admin = exists().where(_account.c.id == _booking.c.account_id, _account.c.is_admin)
    return ~member & ~admin


def _held(name: str, table: Any, id_: Any, counted: Counted) -> CTE:
    """The row of a person or team, locked where any quota counts so."""
    there = (_IS_THERE,) if table is _account else ()
    found = select(table.c.id).where(table.c.id == id_, there_are(counted), *there)
    return found.with_for_update(key_share=True).cte(name)


def _kept() -> CTE:
    """The row of a person whom no quota counts, held only so that her account isn't erased meanwhile."""
    found = select(_account.c.id).where(_account.c.id == _ACCOUNT, ~there_are(Counted.PERSON))
    return found.where(_IS_THERE).with_for_update(key_share=True, read=True).cte("kept")


def _number(found: CTE) -> Any:
    return select(func.count()).select_from(found).scalar_subquery()


_PEOPLE, _HELD_TEAMS = (
    _held("people", _account, _ACCOUNT, Counted.PERSON),
    _held("teams", _team, _TEAM, Counted.TEAM),
)
# True but for a person whose account is erased, be it while this waited for its row. PostgreSQL looks at what needs no
# row of the tool before it locks the tool's.
FIRST_THE_PEOPLE = _number(_PEOPLE) + _number(_kept()) + _number(_HELD_TEAMS) * literal_column("0") >= case(
    (_ACCOUNT.is_(None), literal_column("0")), else_=literal_column("1")
)
OF_ONE = Question(_rows(True))
OF_MANY = Question(_rows(False))

# People and teams before tools, each by their ids: so nobody waits for somebody who waits for her. Whom no quota counts
# is held only against being erased.
LOCK = text("""
    WITH moving AS MATERIALIZED (SELECT tool_id, account_id, team_id FROM booking WHERE id = :booking),
    people AS MATERIALIZED (
        SELECT id FROM account WHERE id IN (SELECT account_id FROM moving UNION ALL SELECT CAST(:account AS bigint))
        AND EXISTS (SELECT FROM quota WHERE counted = 'person') ORDER BY id FOR NO KEY UPDATE),
    kept AS MATERIALIZED (
        SELECT id FROM account WHERE id IN (SELECT account_id FROM moving UNION ALL SELECT CAST(:account AS bigint))
        AND NOT EXISTS (SELECT FROM quota WHERE counted = 'person') ORDER BY id FOR KEY SHARE),
    teams AS MATERIALIZED (
        SELECT id FROM team WHERE id IN (SELECT team_id FROM moving UNION ALL SELECT CAST(:team AS bigint))
        AND EXISTS (SELECT FROM quota WHERE counted = 'team') ORDER BY id FOR NO KEY UPDATE)
    SELECT id FROM tool WHERE id = ANY(array_append(:tools, (SELECT tool_id FROM moving)))
    AND (SELECT count(*) FROM people) + (SELECT count(*) FROM kept) + (SELECT count(*) FROM teams) >= 0
    ORDER BY id FOR NO KEY UPDATE
    """).bindparams(bindparam("booking", type_=Id), bindparam("account", type_=Id), bindparam("team", type_=Id))
