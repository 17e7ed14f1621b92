"""What a calendar that is read shows: whether anything changed (one query), and its events (one more)."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    String,
    and_,
    bindparam,
    case,
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
from booking.models.database import AS_BYTES, Id, Session
from booking.models.tables import METADATA
from booking.rules.access import Role
from booking.rules.events import Audience, Audiences, View
from booking.rules.facts import Visibility
from booking.rules.spans import Span
from booking.rules.states import State

_booking, _account, _tool, _space, _member, _feed, _traffic, _rendering, _revision = (
    METADATA.tables[name]
    for name in ("booking", "account", "tool", "space", "membership", "feed", "traffic", "rendering", "revision")
)
_team, _mate = METADATA.tables["team"], METADATA.tables["team_member"]
_belongs = _mate.alias("belongs")

# A request that was approved leaves the calendar of requests; the others stay, struck, as long as cancelled ones do.
_REQUESTS = tuple(state.value for state in (State.PENDING, State.DECLINED, State.EXPIRED, State.WITHDRAWN))
_WORDLESS = (State.CONFIRMED.value, State.IN_USE.value)


@dataclass(frozen=True, slots=True)
class CalendarState:
    """A feed with its reader and its subject as they are now, and the marks by which a change is told.

    `is_mate` tells of a team's feed whether its reader is still in the team; `reader_teams` how many she is in
    and since when in the latest, where the feed shows more of their bookings.
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
    is_mate: bool
    reader_teams: tuple[int, datetime | None]
    versions: tuple[int, int]
    subject_changed_at: datetime | None
    seen_at: datetime | None
    marks: tuple[int, int, int]
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredEvents:
    """The stored bytes of a calendar's bookings, by their start; None where nothing present is stored.

    `missing` tells those places: the booking's id, and for whom it is written.
    """

    bodies: list[bytes | None]
    missing: dict[int, tuple[int, Audience]]


def private_state(session: Session, token_hash: str, view: View) -> CalendarState | None:
    """The private feed of that token and view, a revoked one too, with the marks of its bookings; one query."""
    row = _PRIVATE[view].first(session, {"token_hash": token_hash})
    return None if row is None else _as_state(row)


def public_state(session: Session, space_slug: str, tool_slug: str | None) -> CalendarState | None:
    """The public calendar of a space or one of its tools, where the space publishes; one query."""
    values = {"space_slug": space_slug} | ({} if tool_slug is None else {"tool_slug": tool_slug})
    row = (_PUBLIC_SPACE if tool_slug is None else _PUBLIC_TOOL).first(session, values)
    return None if row is None else _as_state(row)


def stored_events(session: Session, found: CalendarState, span: Span, audiences: Audiences, code: str) -> StoredEvents:
    """What is stored of the calendar's bookings, each for its audience; one query."""
    subjects = {
        View.MINE: found.account_id,
        View.TOOL: found.tool_id,
        View.SPACE: found.space_id,
        View.TEAM: found.team_id,
        View.APPROVALS: found.feed_id,
    }
    values = {
        "of": subjects[found.view],
        "reader": found.account_id,
        "since": span.start,
        "until": span.end,
        **{each.name: str(getattr(audiences, each.name) or "") for each in fields(audiences)},
        "code": code,
        "language": found.language,
    }
    # Ten thousand rows: nothing is made of each that need not be.
    rows = session.execute(_EVENTS[found.view], values).all()
    bodies: list[bytes | None] = [row[0] for row in rows]
    missing = {}
    if None in bodies:
        missing = {place: (row[1], Audience(row[2])) for place, row in enumerate(rows) if row[0] is None}
    return StoredEvents(bodies, missing)


def _shown(scope: ColumnElement[bool]) -> ColumnElement[bool]:
    """Within the span; what has ended as long as bookings of the past are shown."""
    return and_(
        scope,
        _booking.c.starts_at >= bindparam("since"),
        _booking.c.starts_at < bindparam("until"),
        or_(_booking.c.ended_at.is_(None), _booking.c.ended_at >= bindparam("since")),
    )


def _managed(feed: ColumnElement[bool]) -> CompoundSelect[int]:
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
_SUBJECTS = {
    View.MINE: _booking.c.account_id,
    View.TOOL: _booking.c.tool_id,
    View.SPACE: _booking.c.space_id,
    View.TEAM: _booking.c.team_id,
}
_FEED_SUBJECTS = {
    View.MINE: _feed.c.account_id,
    View.TOOL: _feed.c.tool_id,
    View.SPACE: _feed.c.space_id,
    View.TEAM: _feed.c.team_id,
}
_ONE_COUNT = (literal(1), func.coalesce(_revision.c.number, 0), literal(0), _revision.c.changed_at)


def _counted(subject: str, identity: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(_revision.c.subject == subject, _revision.c.subject_id == identity)


def _counts_of_managed() -> FromClause:
    """The counts of all spaces that a feed of requests is about, in one row even when there are none."""
    return (
        select(
            func.count().label("spaces"),
            func.coalesce(func.sum(_revision.c.number), 0).label("number"),
            func.coalesce(func.sum(_revision.c.subject_id), 0).label("ids"),
            func.max(_revision.c.changed_at).label("changed_at"),
        )
        .select_from(_revision)
        .where(_revision.c.subject == "space", _revision.c.subject_id.in_(_managed(_GIVEN)))
        .subquery("counts")
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
    if view is View.APPROVALS:
        counts = _counts_of_managed()
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
            _team.c.id,
            _team.c.name,
            _mate.c.account_id.is_not(None),
            *(_teams_of_reader() if view in (View.TOOL, View.SPACE) else (literal(0), null())),
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
            *(null(), null(), false(), literal(0), null()),
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


def _events(view: View) -> Select[*tuple[Any, ...]]:
    """Bookings with the stored bytes that are right for the reader; what holds no words has no language."""
    if view is View.APPROVALS:
        scope = and_(_booking.c.space_id.in_(_managed(_feed.c.id == bindparam("of"))), _booking.c.state.in_(_REQUESTS))
    else:
        scope = _SUBJECTS[view] == bindparam("of")
    audience = _audience(view)
    wordless = and_(_booking.c.state.in_(_WORDLESS), _rendering.c.audience != Audience.BUSY.value)
    stored = and_(
        _rendering.c.booking_id == _booking.c.id,
        _rendering.c.audience == audience,
        _rendering.c.language == case((wordless, ""), else_=bindparam("language")),
        _rendering.c.code == bindparam("code"),
        _rendering.c.version == _booking.c.version,
    )
    return (
        select(_rendering.c.body, _booking.c.id, audience)
        .select_from(_booking.outerjoin(_rendering, stored))
        .where(_shown(scope), audience != "")
        .order_by(_booking.c.starts_at, _booking.c.id)
        .execution_options(**{AS_BYTES: True})
    )


def _audience(view: View) -> ColumnElement[str]:
    """For whom each booking is written; empty where it does not exist for the reader."""
    reader = bindparam("reader", type_=Id)
    hers = [(_booking.c.account_id == reader, _told("own"))]
    if view in (View.TOOL, View.SPACE):
        teams = select(_mate.c.team_id).where(_mate.c.account_id == reader)
        hers.append((_booking.c.team_id.in_(teams), _told("teams")))
    levels = {Visibility.CLOSED: "closed", Visibility.BUSY: "busy", Visibility.NAME: "named"}
    stricter = [(_booking.c.visibility == level.value, _told(name)) for level, name in levels.items()]
    usual = (_booking.c.visibility == "", _told("others"))
    return case(*hers, usual, *stricter, else_=_told("others"))


def _told(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String())


_PRIVATE = {view: Question(_private(view)) for view in View}
_EVENTS = {view: _events(view) for view in View}
_PUBLIC_SPACE, _PUBLIC_TOOL = Question(_public(View.SPACE)), Question(_public(View.TOOL))


def _as_state(row: Line) -> CalendarState:
    feed_id, account_id, view, name, busy_only, version, created_at, revoked_at, disabled_at, language = row[:10]
    is_admin, role, zone, space_id, space_slug, space_name, visibility, publishes = row[10:18]
    tool_id, tool_slug, tool_name, space_version, tool_version, space_changed, tool_changed = row[18:25]
    team_id, team_name, is_mate, teams, latest_team, seen_at, number, versions, ids, changed_at = row[25:]
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
        bool(is_mate),
        (int(teams), latest_team),
        (space_version or 0, tool_version or 0),
        max((moment for moment in (space_changed, tool_changed) if moment is not None), default=None),
        seen_at,
        (int(number), int(versions), int(ids)),
        changed_at,
    )
