"""Questions that narrow a search before calendars are read: places, and the tools that come into question."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, literal, select, union

from booking.models.bookings import LONGEST_BOOKING
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.facts import ToolState, Visibility
from booking.rules.geography import Position, position
from booking.rules.privacy import BookingView
from booking.rules.spans import Span

_space, _tool, _kind, _booking = (METADATA.tables[name] for name in ("space", "tool", "kind", "booking"))


@dataclass(frozen=True, slots=True)
class Place:
    """A city with spaces: its middle, where known, and the zone that its clocks show."""

    city: str
    country: str
    time_zone: str
    middle: Position | None
    spaces: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A tool that may be what somebody looks for, and where it stands."""

    tool_id: int
    space_id: int
    place: Position | None
    kind_id: int
    capabilities: Mapping[str, object]
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closed:
    """A booking that its maker has closed to others."""

    booking_id: int
    space_id: int
    account_id: int
    team_id: int | None

    @property
    def view(self) -> BookingView:
        """The booking as the projection takes it."""
        return BookingView(self.account_id, team_id=self.team_id, own_level=Visibility.CLOSED)


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many tools of a kind a space has."""

    kind_id: int
    slug: str
    name: str
    tools: int


def places(session: Session) -> tuple[Place, ...]:
    """The cities of the network's spaces, by name."""
    columns = (_space.c.city, _space.c.country)
    middle = (func.avg(_space.c.latitude), func.avg(_space.c.longitude))
    question = select(*columns, func.min(_space.c.time_zone), *middle, func.count()).where(_space.c.city != "")
    rows = session.execute(question.group_by(*columns).order_by(*columns))
    return tuple(
        Place(city, country, zone, position(latitude, longitude), number)
        for city, country, zone, latitude, longitude, number in rows
    )


def candidates(
    session: Session,
    *,
    kind_ids: Collection[int] = (),
    space_ids: Collection[int] = (),
    step_free: bool = False,
    with_texts: bool = False,
    with_capabilities: bool = False,
) -> tuple[Candidate, ...]:
    """The tools that are not retired, of these kinds and spaces if any are given; one query.

    With `step_free` those that can be reached without steps; `with_texts` also what is said of them, and
    `with_capabilities` what they can do, which else stay empty. In the order of their names.
    """
    columns = [_tool.c.id, _tool.c.space_id, _space.c.latitude, _space.c.longitude, _tool.c.kind_id]
    texts = [_tool.c.name, _tool.c.make_and_model, _tool.c.description] if with_texts else []
    question = (
        select(*columns, _tool.c.capabilities if with_capabilities else literal(None), *texts)
        .join(_space, _space.c.id == _tool.c.space_id)
        .where(_tool.c.state != ToolState.RETIRED.value)
        .order_by(_tool.c.name, _tool.c.id)
    )
    if kind_ids:
        question = question.where(_tool.c.kind_id.in_(kind_ids))
    if space_ids:
        question = question.where(_tool.c.space_id.in_(space_ids))
    if step_free:
        question = question.where(_tool.c.step_free.is_(True))
    return tuple(
        Candidate(tool_id, space_id, position(latitude, longitude), kind_id, capabilities or {}, tuple(texts))
        for tool_id, space_id, latitude, longitude, kind_id, capabilities, *texts in session.execute(question)
    )


def own_and_closed(
    session: Session, account_id: int, tool_ids: Collection[int], span: Span
) -> tuple[frozenset[int], tuple[Closed, ...]]:
    """The ids of a person's bookings of these tools that overlap the span, and all that are closed to others.

    One query.
    """
    columns = (_booking.c.id, _booking.c.space_id, _booking.c.account_id, _booking.c.team_id, _booking.c.visibility)
    near = (
        _booking.c.tool_id.in_(tool_ids),
        _booking.c.starts_at > span.start - LONGEST_BOOKING,
        _booking.c.starts_at < span.end,
        _booking.c.ends_at > span.start,
    )
    own = select(*columns).where(*near, _booking.c.account_id == account_id)
    closed = select(*columns).where(*near, _booking.c.visibility == Visibility.CLOSED.value)
    rows = session.execute(union(own, closed)).all()
    mine = frozenset(row[0] for row in rows if row[2] == account_id)
    return mine, tuple(Closed(*row[:4]) for row in rows if row[4] == Visibility.CLOSED)


def closed_among(session: Session, booking_ids: Collection[int]) -> tuple[Closed, ...]:
    """Those of these bookings that are closed to others."""
    columns = (_booking.c.id, _booking.c.space_id, _booking.c.account_id, _booking.c.team_id)
    closed = _booking.c.visibility == Visibility.CLOSED.value
    rows = session.execute(select(*columns).where(_booking.c.id.in_(booking_ids), closed))
    return tuple(Closed(*row) for row in rows)


def kinds_at(session: Session, space_ids: Collection[int]) -> dict[int, tuple[KindCount, ...]]:
    """How many tools of which kinds each of these spaces has, the most frequent first; retired ones don't count."""
    number = func.count(_tool.c.id)
    question = (
        select(_tool.c.space_id, _kind.c.id, _kind.c.slug, _kind.c.name, number)
        .join(_kind, _kind.c.id == _tool.c.kind_id)
        .where(_tool.c.space_id.in_(space_ids), _tool.c.state != ToolState.RETIRED.value)
        .group_by(_tool.c.space_id, _kind.c.id, _kind.c.slug, _kind.c.name)
        .order_by(_tool.c.space_id, number.desc(), _kind.c.slug)
    )
    found: dict[int, list[KindCount]] = {}
    for space_id, kind_id, slug, name, tools in session.execute(question):
        found.setdefault(space_id, []).append(KindCount(kind_id, slug, name, tools))
    return {space_id: tuple(counts) for space_id, counts in found.items()}
