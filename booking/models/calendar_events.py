"""The events of a calendar, as they are stored: each booking's bytes for its audience, in one query."""

from collections.abc import Collection
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, bindparam, case, or_, select

from booking.models.calendars import CalendarState, managed
from booking.models.database import AS_BYTES, Id, Session
from booking.models.lists import among, ids_named
from booking.models.tables import METADATA
from booking.rules.events import Audience, Audiences, View
from booking.rules.facts import Visibility
from booking.rules.spans import Span
from booking.rules.states import State

_booking, _feed, _tool, _rendering, _mate = (
    METADATA.tables[name] for name in ("booking", "feed", "tool", "rendering", "team_member")
)

# A request that was approved leaves the calendar of requests; the others stay, struck, as long as cancelled ones do.
_REQUESTS = tuple(state.value for state in (State.PENDING, State.DECLINED, State.EXPIRED, State.WITHDRAWN))
_WORDLESS = (State.CONFIRMED.value, State.IN_USE.value)


@dataclass(frozen=True, slots=True)
class StoredEvents:
    """The stored bytes of a calendar's bookings, by their start; None where nothing present is stored.

    `missing` tells those places: the booking's id, and for whom it is written.
    """

    bodies: list[bytes | None]
    missing: dict[int, tuple[int, Audience]]


def stored_events(
    session: Session,
    found: CalendarState,
    span: Span,
    audiences: Audiences,
    code: str,
    space_ids: Collection[int] = (),
) -> StoredEvents:
    """What is stored of the calendar's bookings, each for its audience; one query.

    Of a calendar of a kind what lies at the spaces that are told.
    """
    subjects = {
        View.MINE: found.account_id,
        View.TOOL: found.tool_id,
        View.SPACE: found.space_id,
        View.TEAM: found.team_id,
        View.KIND: found.kind[0],
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
        **({"spaces": space_ids} if found.view is View.KIND else {}),
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


_SUBJECTS = {
    View.MINE: _booking.c.account_id,
    View.TOOL: _booking.c.tool_id,
    View.SPACE: _booking.c.space_id,
    View.TEAM: _booking.c.team_id,
}


def _events(view: View) -> Select[*tuple[Any, ...]]:
    """Bookings with the stored bytes that are right for the reader; what holds no words has no language."""
    if view is View.APPROVALS:
        scope = and_(_booking.c.space_id.in_(managed(_feed.c.id == bindparam("of"))), _booking.c.state.in_(_REQUESTS))
    elif view is View.KIND:
        scope = _booking.c.tool_id.in_(_of_kind())
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


def _of_kind() -> Select[int]:
    """The tools of a kind at the spaces that are told."""
    return select(_tool.c.id).where(_tool.c.kind_id == bindparam("of"), among(_tool.c.space_id, ids_named("spaces")))


def _audience(view: View) -> ColumnElement[str]:
    """For whom each booking is written; empty where it does not exist for the reader."""
    reader = bindparam("reader", type_=Id)
    hers = [(_booking.c.account_id == reader, _told("own"))]
    if view in (View.TOOL, View.SPACE, View.KIND):
        teams = select(_mate.c.team_id).where(_mate.c.account_id == reader)
        hers.append((_booking.c.team_id.in_(teams), _told("teams")))
    levels = {Visibility.CLOSED: "closed", Visibility.BUSY: "busy", Visibility.NAME: "named"}
    stricter = [(_booking.c.visibility == level.value, _told(name)) for level, name in levels.items()]
    usual = (_booking.c.visibility == "", _told("others"))
    return case(*hers, usual, *stricter, else_=_told("others"))


def _told(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=String())


_EVENTS = {view: _events(view) for view in View}
