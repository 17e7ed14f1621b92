"""What a calendar that is read shows: whether anything changed (one query), and its events (one more)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
)

from booking.models.asking import Line, Question
from booking.models.database import Id, Session
from booking.models.tables import METADATA
from booking.rules.access import Role
from booking.rules.events import View
from booking.rules.facts import Visibility

_booking, _account, _tool, _space, _member, _feed, _traffic, _rendering, _revision = (
    METADATA.tables[name]
    for name in ("booking", "account", "tool", "space", "membership", "feed", "traffic", "rendering", "revision")
)
_team, _mate, _kind = (METADATA.tables[name] for name in ("team", "team_member", "kind"))
_belongs = _mate.alias("belongs")


@dataclass(frozen=True, slots=True)
class Place:
    """A space that a feed's reader belongs to, as whom, and who sees its bookings."""

    space_id: int
    role: Role
    visibility: Visibility
    publishes: bool


@dataclass(frozen=True, slots=True)
class CalendarState:
    """A feed with its reader and its subject as they are now, and the marks by which a change is told.

    `is_mate` tells of a team's feed whether its reader is still in the team; `reader_teams` how many she is in
    and since when in the latest, where the feed shows more of their bookings; `kind` is its id, slug
    and name; `places` are told of a feed of a kind.
    A public calendar has neither feed nor reader. `marks` are the number of subjects, how often their bookings have
    changed, and for requests the sum of the spaces' ids; `changed_at` is their latest change.
    """

    feed_id: int | None
    account_id: int | None
    view: View
    name: str
    busy_only: bool
    version: int
    created_at: datetime | None
    revoked_at: datetime | None
    disabled_at: datetime | None
    language: str
    is_admin: bool
    role: Role | None
    zone: str
    space_id: int | None
    space_slug: str
    space_name: str
    visibility: Visibility
    publishes: bool
    tool_id: int | None
    tool_slug: str
    tool_name: str
    team_id: int | None
    team_name: str
    kind: tuple[int | None, str, str]
    is_mate: bool
    reader_teams: tuple[int, datetime | None]
    versions: tuple[int, int]
    subject_changed_at: datetime | None
    seen_at: datetime | None
    marks: tuple[int, int, int]
    changed_at: datetime | None
    places: tuple[Place, ...] = ()


def private_state(session: Session, token_hash: str, view: View) -> CalendarState | None:
    """The private feed of that token and view, a revoked one too, with the marks of its bookings; one query."""
    row = _PRIVATE[view].first(session, {"token_hash": token_hash})
    return None if row is None else _as_state(row)


def public_state(session: Session, space_slug: str, tool_slug: str | None) -> CalendarState | None:
    """The public calendar of a space or one of its tools, where the space publishes; one query."""
    values = {"space_slug": space_slug} | ({} if tool_slug is None else {"tool_slug": tool_slug})
    row = (_PUBLIC_SPACE if tool_slug is None else _PUBLIC_TOOL).first(session, values)
    return None if row is None else _as_state(row)


def places(session: Session, account_id: int | None) -> tuple[Place, ...]:
    """The spaces that the reader of a feed belongs to; one query."""
    rows = _PLACES.rows(session, {"account_id": account_id})
    return tuple(Place(row[0], Role(row[1]), Visibility(row[2]), bool(row[3])) for row in rows)


def managed(feed: ColumnElement[bool]) -> CompoundSelect[int]:
    """The spaces whose requests the feed's owner decides: hers as a manager, or all as a network admin."""
    managed = (
        select(_member.c.space_id)
        .join_from(_feed, _member, _member.c.account_id == _feed.c.account_id)
        .where(feed, _member.c.role == Role.MANAGER.value)
        .where(or_(_feed.c.space_id.is_(None), _feed.c.space_id == _member.c.space_id))
    )
    every = (
        select(_space.c.id)
        .join_from(_feed, _account, _account.c.id == _feed.c.account_id)
        .join(_space, or_(_feed.c.space_id.is_(None), _feed.c.space_id == _space.c.id))
        .where(feed, _account.c.is_admin)
    )
    return union(managed, every)


_GIVEN = _feed.c.token_hash == bindparam("token_hash")
_FEED_SUBJECTS = {
    View.MINE: _feed.c.account_id,
    View.TOOL: _feed.c.tool_id,
    View.SPACE: _feed.c.space_id,
    View.TEAM: _feed.c.team_id,
}
_ONE_COUNT = (literal(1), func.coalesce(_revision.c.number, 0), literal(0), _revision.c.changed_at)


def _counted(subject: str, identity: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(_revision.c.subject == subject, _revision.c.subject_id == identity)


def _counts_of(view: View) -> FromClause:
    """The counts of all spaces, or all tools, that such a feed is about, in one row even when there are none."""
    subject, ids = ("space", managed(_GIVEN)) if view is View.APPROVALS else ("tool", _tools_of_kind())
    return (
        select(
            func.count().label("subjects"),
            func.coalesce(func.sum(_revision.c.number), 0).label("number"),
            func.coalesce(func.sum(_revision.c.subject_id), 0).label("ids"),
            func.max(_revision.c.changed_at).label("changed_at"),
        )
        .select_from(_revision)
        .where(_revision.c.subject == subject, _revision.c.subject_id.in_(ids))
        .subquery("counts")
    )


def _tools_of_kind() -> Select[int]:
    """The tools of the feed's kind at the spaces that its owner belongs to."""
    return (
        select(_tool.c.id)
        .join_from(_feed, _member, _member.c.account_id == _feed.c.account_id)
        .join(_tool, and_(_tool.c.space_id == _member.c.space_id, _tool.c.kind_id == _feed.c.kind_id))
        .where(_GIVEN)
    )


def _around_feed() -> FromClause:
    """The feed with its reader and its subject."""
    return (
        _feed.join(_account, _account.c.id == _feed.c.account_id)
        .outerjoin(_tool, _tool.c.id == _feed.c.tool_id)
        .outerjoin(_space, _space.c.id == func.coalesce(_feed.c.space_id, _tool.c.space_id))
        .outerjoin(_member, and_(_member.c.account_id == _account.c.id, _member.c.space_id == _space.c.id))
        .outerjoin(_traffic, and_(_traffic.c.kind == "feed", _traffic.c.subject_id == _feed.c.id))
        .outerjoin(_team, _team.c.id == _feed.c.team_id)
        .outerjoin(_kind, _kind.c.id == _feed.c.kind_id)
        .outerjoin(_mate, and_(_mate.c.team_id == _team.c.id, _mate.c.account_id == _account.c.id))
    )


def _teams_of_reader() -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """How many teams the feed's reader is in, and since when in the latest: one of them changes with each change."""
    of_reader = _belongs.c.account_id == _feed.c.account_id
    number, latest = func.count(), func.max(_belongs.c.since)
    theirs = select(number).select_from(_belongs).where(of_reader).correlate(_feed)
    return theirs.scalar_subquery(), theirs.with_only_columns(latest).scalar_subquery()


def _private(view: View) -> Select[*tuple[Any, ...]]:
    source = _around_feed()
    marks: tuple[Any, ...] = _ONE_COUNT
    if view in (View.APPROVALS, View.KIND):
        counts = _counts_of(view)
        source, marks = source.join(counts, true()), tuple(counts.c)
    else:
        name = "account" if view is View.MINE else view.value
        source = source.outerjoin(_revision, _counted(name, _FEED_SUBJECTS[view]))
    return (
        select(
            _feed.c.id,
            _account.c.id,
            _feed.c.view,
            _feed.c.name,
            _feed.c.busy_only,
            _feed.c.version,
            _feed.c.created_at,
            _feed.c.revoked_at,
            _account.c.disabled_at,
            _account.c.language,
            _account.c.is_admin,
            _member.c.role,
            func.coalesce(_space.c.time_zone, _account.c.time_zone),
            *_subject_columns(_tool.c.id, _tool.c.slug, _tool.c.name, _tool.c.version, _tool.c.changed_at),
            *(_team.c.id, _team.c.name, _kind.c.id, func.coalesce(_kind.c.slug, ""), func.coalesce(_kind.c.name, "")),
            _mate.c.account_id.is_not(None),
            *(_teams_of_reader() if view in (View.TOOL, View.SPACE, View.KIND) else (literal(0), null())),
            _traffic.c.seen_at,
            *marks,
        )
        .select_from(source)
        .where(_GIVEN, _feed.c.view == view.value)
    )


def _public(view: View) -> Select[*tuple[Any, ...]]:
    source: FromClause = _space
    tool: tuple[Any, ...] = (null(), literal(""), literal(""), literal(0), null())
    subject: ColumnElement[Any] = _space.c.id
    if view is View.TOOL:
        source = _space.join(_tool, and_(_tool.c.space_id == _space.c.id, _tool.c.slug == bindparam("tool_slug")))
        tool = (_tool.c.id, _tool.c.slug, _tool.c.name, _tool.c.version, _tool.c.changed_at)
        subject = _tool.c.id
    nobody = (null(), null(), literal(view.value), literal(""), true(), literal(0), null(), null(), null())
    return (
        select(
            *nobody,
            _space.c.language,
            literal(0),
            null(),
            _space.c.time_zone,
            *_subject_columns(*tool),
            *(null(), null(), null(), literal(""), literal(""), false(), literal(0), null()),
            null(),
            *_ONE_COUNT,
        )
        .select_from(source.outerjoin(_revision, _counted(view.value, subject)))
        .where(_space.c.slug == bindparam("space_slug"), _space.c.publishes)
        .where(_space.c.visibility != Visibility.CLOSED.value)
    )


def _subject_columns(*tool: Any) -> tuple[Any, ...]:
    identity, slug, name, version, changed_at = tool
    return (
        _space.c.id,
        _space.c.slug,
        _space.c.name,
        _space.c.visibility,
        _space.c.publishes,
        identity,
        slug,
        name,
        _space.c.version,
        version,
        _space.c.changed_at,
        changed_at,
    )


_PRIVATE = {view: Question(_private(view)) for view in View}
_PLACES = Question(
    select(_space.c.id, _member.c.role, _space.c.visibility, _space.c.publishes)
    .join_from(_member, _space, _space.c.id == _member.c.space_id)
    .where(_member.c.account_id == bindparam("account_id", type_=Id))
    .order_by(_space.c.id)
)
_PUBLIC_SPACE, _PUBLIC_TOOL = Question(_public(View.SPACE)), Question(_public(View.TOOL))


def _as_state(row: Line) -> CalendarState:
    feed_id, account_id, view, name, busy_only, version, created_at, revoked_at, disabled_at, language = row[:10]
    is_admin, role, zone, space_id, space_slug, space_name, visibility, publishes = row[10:18]
    tool_id, tool_slug, tool_name, space_version, tool_version, space_changed, tool_changed = row[18:25]
    team_id, team_name, kind_id, kind_slug, kind_name, is_mate, teams, latest_team = row[25:33]
    seen_at, number, versions, ids, changed_at = row[33:]
    return CalendarState(
        feed_id,
        account_id,
        View(view),
        name,
        bool(busy_only),
        version,
        created_at,
        revoked_at,
        disabled_at,
        language,
        bool(is_admin),
        Role(role) if role else None,
        zone,
        space_id,
        space_slug or "",
        space_name or "",
        Visibility(visibility or "closed"),
        bool(publishes),
        tool_id,
        tool_slug or "",
        tool_name or "",
        team_id,
        team_name or "",
        (kind_id, kind_slug, kind_name),
        bool(is_mate),
        (int(teams), latest_team),
        (space_version or 0, tool_version or 0),
        max((moment for moment in (space_changed, tool_changed) if moment is not None), default=None),
        seen_at,
        (int(number), int(versions), int(ids)),
        changed_at,
    )
