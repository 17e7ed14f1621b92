"""Questions about bookings, all answered with cards, and the writing of their rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, bindparam, func, insert, literal_column, select, tuple_, union, update

from booking.models.asking import Question
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.events import BookingEvent
from booking.rules.facts import Visibility
from booking.rules.privacy import BookingView, stricter
from booking.rules.refusals import Absent, Refusal, Refused
from booking.rules.spans import Span
from booking.rules.states import HOLDING, State

_booking, _claim, _account = (METADATA.tables[name] for name in ("booking", "claim", "account"))
_tool, _unit, _kind, _space = (METADATA.tables[name] for name in ("tool", "unit", "kind", "space"))
_team = METADATA.tables["team"]

# No tool allows longer ones (the table forbids it), so a list need not look back further.
LONGEST_BOOKING = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class BookingCard:
    """A booking with the names around it. Instants are UTC; `time_zone` is the space's.

    `overridden` lists the codes of rules that a manager set aside; `ended_at` is set once it holds no time.
    """

    id: int
    uid: str
    state: State
    starts_at: datetime
    ends_at: datetime
    purpose: str
    reason: str
    sequence: int
    version: int
    created_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    overridden: tuple[str, ...]
    account_id: int
    account_name: str
    unit_id: int
    unit_name: str
    tool_id: int
    tool_slug: str
    tool_name: str
    kind_slug: str
    art: str
    space_id: int
    space_slug: str
    space_name: str
    city: str
    time_zone: str
    visibility: Visibility
    place: str
    address: str
    latitude: float | None
    longitude: float | None
    language: str
    team_id: int | None
    team_name: str
    pinned: bool
    own_level: Visibility | None

    @property
    def view(self) -> BookingView:
        """The booking as the projection takes it."""
        return BookingView(self.account_id, self.account_name, self.purpose, self.team_id, self.own_level)

    @property
    def wanted_unit(self) -> int | None:
        """The unit that its maker asked for; None where any would do."""
        return self.unit_id if self.pinned else None

    @property
    def span(self) -> Span:
        """The booked time, without buffers."""
        return Span(self.starts_at, self.ends_at)

    @property
    def event(self) -> BookingEvent:
        """The booking as calendars show it."""
        return BookingEvent(
            booking_id=self.id,
            maker=self.account_name,
            tool=self.tool_name,
            space=self.space_name,
            zone=self.time_zone,
            visibility=stricter(self.visibility, self.own_level),
            **{name: getattr(self, name) for name in _SAME_IN_EVENTS},
        )


_SAME_IN_EVENTS = tuple(
    ({each.name for each in fields(BookingCard)} & {each.name for each in fields(BookingEvent)}) - {"visibility"}
)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page of bookings begins: after this one in the order of the list."""

    starts_at: datetime
    booking_id: int


def card(session: Session, booking_id: int) -> BookingCard:
    """The booking of that id; raises Absent when there is none. Who may see it is for the asker's side to say."""
    row = _ONE.first(session, {"booking_id": booking_id})
    if row is None:
        raise Absent
    return as_card(row)


def cards(session: Session, booking_ids: Collection[int]) -> tuple[BookingCard, ...]:
    """The bookings of these ids, by their start; one query."""
    return tuple(map(as_card, session.execute(_ORDERED.where(_booking.c.id.in_(booking_ids)))))


def of_series(session: Session, series_id: int) -> tuple[BookingCard, ...]:
    """The bookings of a series, by their start; one query."""
    return tuple(map(as_card, session.execute(_ORDERED.where(_booking.c.series_id == series_id))))


def of_plan(session: Session, plan_id: int) -> tuple[BookingCard, ...]:
    """The bookings of a plan, by their start; one query."""
    return tuple(map(as_card, session.execute(_ORDERED.where(_booking.c.plan_id == plan_id))))


def mine(
    session: Session,
    account_id: int,
    now: datetime,
    *,
    past: bool = False,
    states: Collection[State] | None = None,
    after: Cursor | None = None,
    limit: int = 50,
) -> tuple[BookingCard, ...]:
    """One person's bookings: those that haven't ended at `now`, next first; or with `past` the others, latest first."""
    question = CARD.where(_booking.c.account_id == account_id)
    question = question.where(_booking.c.ends_at <= now if past else _booking.c.ends_at > now)
    question = question.where(*_further(_booking.c.starts_at, states, after, backwards=past))
    order = [_booking.c.starts_at, _booking.c.id]
    ordered = question.order_by(*([column.desc() for column in order] if past else order))
    return tuple(map(as_card, session.execute(ordered.limit(limit))))


def search(
    session: Session,
    *,
    account_id: int | None = None,
    space_ids: Collection[int] | None = None,
    space_id: int | None = None,
    tool_id: int | None = None,
    team_id: int | None = None,
    states: Collection[State] | None = None,
    starts_from: datetime | None = None,
    starts_before: datetime | None = None,
    after: Cursor | None = None,
    limit: int = 50,
) -> tuple[BookingCard, ...]:
    """Bookings for which every given condition holds, by start: of a person, or at any of these spaces, or both.

    `account_id` and `space_ids` together mean either: what a manager may list is her own and her spaces'.
    """
    conditions: list[ColumnElement[bool]] = []
    if space_id is not None:
        conditions.append(_booking.c.space_id == space_id)
    if tool_id is not None:
        conditions.append(_booking.c.tool_id == tool_id)
    if team_id is not None:
        conditions.append(_booking.c.team_id == team_id)
    if starts_from is not None:
        conditions.append(_booking.c.starts_at >= starts_from)
    if starts_before is not None:
        conditions.append(_booking.c.starts_at < starts_before)
    whose: list[ColumnElement[bool]] = []
    if account_id is not None:
        whose.append(_booking.c.account_id == account_id)
    if space_ids or (space_ids is not None and account_id is None):
        whose.append(_booking.c.space_id.in_(space_ids))
    conditions += _further(_booking.c.starts_at, states, after)
    return _first_of(session, _booking.c.starts_at, [[each, *conditions] for each in whose] or [conditions], limit)


def of_tool(session: Session, tool_id: int, span: Span) -> tuple[BookingCard, ...]:
    """The bookings of a tool that hold time in the span, by start."""
    return _in_span(session, _booking.c.tool_id == tool_id, span)


def of_space(session: Session, space_id: int, span: Span) -> tuple[BookingCard, ...]:
    """The bookings at a space that hold time in the span, by start."""
    return _in_span(session, _booking.c.space_id == space_id, span)


def of_team(
    session: Session, team_id: int, now: datetime, *, after: Cursor | None = None, limit: int = 50
) -> tuple[BookingCard, ...]:
    """What is booked for a team and hasn't ended at `now`, next first."""
    question = CARD.where(_booking.c.team_id == team_id, _booking.c.ends_at > now)
    question = question.where(*_further(_booking.c.starts_at, HOLDING, after))
    return tuple(map(as_card, session.execute(question.order_by(_booking.c.starts_at, _booking.c.id).limit(limit))))


def waiting(
    session: Session, space_ids: Collection[int] | None, *, after: Cursor | None = None, limit: int = 50
) -> tuple[BookingCard, ...]:
    """The requests that wait for a manager at these spaces (None: at all), the nearest start first."""
    starts_at = _unsought(_booking.c.starts_at)
    part = [_PENDING, *_at_any(space_ids), *_further(starts_at, None, after)]
    return _first_of(session, starts_at, [part], limit)


def number_waiting(session: Session, space_ids: Collection[int] | None) -> int:
    """How many requests wait for a manager at these spaces (None: at all)."""
    question = select(func.count()).select_from(_booking).where(_PENDING, *_at_any(space_ids))
    return session.execute(question).scalar_one()


def due_to_expire(session: Session, now: datetime, limit: int) -> tuple[int, ...]:
    """The ids of pending requests that should have been decided by now, earliest first."""
    until = func.coalesce(_booking.c.decide_by, _booking.c.starts_at, type_=_booking.c.starts_at.type)
    due = select(_booking.c.id).where(_PENDING, until <= now)
    return tuple(session.scalars(due.order_by(until).limit(limit)))


def add_all(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Write the headers of several new bookings in one batch and return their ids in the same order."""
    if not rows:
        return []
    found = session.execute(_ADD_ALL, [_NEW | dict(row) for row in rows])
    # An engine may answer in any order.
    by_uid = {row.uid: row.id for row in found}
    return [by_uid[row["uid"]] for row in rows]


def change(session: Session, seen: BookingCard, now: datetime, **values: Any) -> None:
    """Write new values that a calendar shows: version, sequence and the time of change rise together.

    Raises Refused with `changed_meanwhile` when the booking isn't as it was seen any more.
    """
    raised = {"version": seen.version + 1, "sequence": seen.sequence + 1, "changed_at": now}
    of_seen = {"seen_id": seen.id, "seen_version": seen.version}
    if session.execute(_CHANGE, of_seen | raised | values).first() is None:
        raise Refused((Refusal("changed_meanwhile"),))


def raise_version(session: Session, booking_ids: Collection[int]) -> None:
    """Mark bookings as changed in something that no calendar shows."""
    raised = update(_booking).where(_booking.c.id.in_(booking_ids)).values(version=_booking.c.version + 1)
    session.execute(raised)


CARD = (
    select(
        *(
            _booking.c[name]
            for name in (
                *("id", "uid", "state", "starts_at", "ends_at", "purpose", "reason", "sequence", "version"),
                *("created_at", "changed_at", "ended_at", "overridden", "account_id"),
            )
        ),
        _account.c.name,
        _unit.c.id,
        _unit.c.name,
        _tool.c.id,
        _tool.c.slug,
        _tool.c.name,
        _kind.c.slug,
        _kind.c.art,
        _space.c.id,
        _space.c.slug,
        _space.c.name,
        _space.c.city,
        _space.c.time_zone,
        _space.c.visibility,
        _tool.c.place,
        _space.c.address,
        _space.c.latitude,
        _space.c.longitude,
        _space.c.language,
        _booking.c.team_id,
        func.coalesce(_team.c.name, "", type_=_team.c.name.type),
        _claim.c.pinned,
        _booking.c.visibility,
    )
    .select_from(_booking)
    .join(_account, _account.c.id == _booking.c.account_id)
    .join(_claim, _claim.c.booking_id == _booking.c.id)
    .join(_unit, _unit.c.id == _claim.c.unit_id)
    .join(_tool, _tool.c.id == _booking.c.tool_id)
    .join(_kind, _kind.c.id == _tool.c.kind_id)
    .join(_space, _space.c.id == _booking.c.space_id)
    .outerjoin(_team, _team.c.id == _booking.c.team_id)
)

# Spelled as in the partial index of pending requests.
_PENDING: ColumnElement[bool] = literal_column("booking.state = 'pending'")
_ORDERED = CARD.order_by(_booking.c.starts_at, _booking.c.id)
_NEW = {"reason": "", "version": 1, "sequence": 0, "ended_at": None}
_ONE = Question(CARD.where(_booking.c.id == bindparam("booking_id")))
_ADD_ALL = insert(_booking).returning(_booking.c.id, _booking.c.uid)
_CHANGE = (
    update(_booking)
    .where(_booking.c.id == bindparam("seen_id"), _booking.c.version == bindparam("seen_version"))
    .returning(_booking.c.id)
)


def as_card(row: Sequence[Any]) -> BookingCard:
    """The card of a row with the columns of CARD."""
    found = list(row)
    found[2], found[12], found[27] = State(found[2]), tuple(found[12]), Visibility(found[27])
    found[-1] = Visibility(found[-1]) if found[-1] else None
    return BookingCard(*found)


def _in_span(session: Session, condition: ColumnElement[bool], span: Span) -> tuple[BookingCard, ...]:
    holding = _booking.c.state.in_([state.value for state in HOLDING])
    reach = and_(_booking.c.starts_at < span.end, _booking.c.starts_at > span.start - LONGEST_BOOKING)
    question = CARD.where(condition, holding, reach, _booking.c.ends_at > span.start)
    return tuple(map(as_card, session.execute(question.order_by(_booking.c.starts_at, _booking.c.id))))


def _at_any(space_ids: Collection[int] | None) -> list[ColumnElement[bool]]:
    return [] if space_ids is None else [_unsought(_booking.c.space_id).in_(space_ids)]


def _unsought(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The same value where no index is looked for: the few pending requests are read from their own small one."""
    return func.coalesce(column, column, type_=column.type)


def _first_of(
    session: Session, starts_at: ColumnElement[Any], parts: list[list[ColumnElement[bool]]], limit: int
) -> tuple[BookingCard, ...]:
    """The first bookings by start among all parts: each part finds its own ids along an index, then names are read."""
    ids = [
        select(_booking.c.id).where(*part).order_by(starts_at, _booking.c.id).limit(limit).subquery() for part in parts
    ]
    found = union(*(select(each.c.id) for each in ids)) if len(ids) > 1 else select(ids[0].c.id)
    # PostgreSQL joins as many tables as a card has in the order of their writing: it would join all bookings first and
    # then choose among them. An array it looks up before.
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    of_these = _booking.c.id.in_(found) if is_sqlite else _booking.c.id == any_(func.array(found.scalar_subquery()))
    question = CARD.where(of_these).order_by(starts_at, _booking.c.id).limit(limit)
    return tuple(map(as_card, session.execute(question)))


def _further(
    starts_at: ColumnElement[Any], states: Collection[State] | None, after: Cursor | None, *, backwards: bool = False
) -> list[ColumnElement[bool]]:
    """In one of these states, and behind the cursor."""
    found: list[ColumnElement[bool]] = []
    if states is not None:
        found.append(_booking.c.state.in_([state.value for state in states]))
    if after is not None:
        place = tuple_(starts_at, _booking.c.id)
        seen = tuple_(after.starts_at, after.booking_id, types=[_booking.c.starts_at.type, _booking.c.id.type])
        found.append(place < seen if backwards else place > seen)
    return found
