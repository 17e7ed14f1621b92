"""Questions about tools: their cards, one or many at a fixed number of queries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Row, Select, Update, and_, bindparam, func, or_, select, update

from booking.models.database import Id, Session
from booking.models.tables.bookings import Booking
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Kind, Tool, ToolCertificate, Unit
from booking.rules.catalogue import ToolWish
from booking.rules.facts import Approval, BookableBy, ToolState, Visibility
from booking.rules.refusals import Absent
from booking.rules.states import HOLDING


@dataclass(frozen=True, slots=True)
class ToolCard:
    """A tool with its kind and its space, as lists and calendars show it; `units` counts those in service."""

    id: int
    slug: str
    name: str
    make_and_model: str
    kind_id: int
    kind_slug: str
    kind_name: str
    art: str
    state: ToolState
    state_note: str
    step_free: bool
    place: str
    capabilities: Mapping[str, Any]
    units: int
    needs_approval: Approval
    space_id: int
    space_slug: str
    space_name: str
    city: str
    country: str
    time_zone: str
    latitude: float | None
    longitude: float | None
    visibility: Visibility
    publishes: bool
    bookable_by: BookableBy
    language: str
    certificate_ids: tuple[int, ...]


# The columns of a tool that a wish names as the table does.
WISHED_COLUMNS = tuple(
    field.name for field in fields(ToolWish) if field.name not in ("kind_slug", "certificate_ids", "unit_count")
)


def tool_card(session: Session, space_slug: str, tool_slug: str) -> ToolCard:
    """The tool of that slug at that space, retired ones too; raises Absent when there is none."""
    found = _cards(session, _question().where(Space.slug == space_slug, Tool.slug == tool_slug))
    if not found:
        raise Absent
    return found[0]


def tool_cards(
    session: Session,
    *,
    tool_ids: Collection[int] | None = None,
    space_id: int | None = None,
    kind_id: int | None = None,
    retired: bool = False,
    after: tuple[str, int] | None = None,
    limit: int | None = None,
) -> tuple[ToolCard, ...]:
    """Tools by name and then id, in two queries; without the retired ones unless asked for.

    `after` is the name and id of the last one seen.
    """
    question = _question().order_by(Tool.name, Tool.id).limit(limit)
    if tool_ids is not None:
        question = question.where(Tool.id.in_(tool_ids))
    if space_id is not None:
        question = question.where(Tool.space_id == space_id)
    if kind_id is not None:
        question = question.where(Tool.kind_id == kind_id)
    if not retired:
        question = question.where(Tool.state != ToolState.RETIRED)
    if after is not None:
        name, tool_id = after
        question = question.where(or_(Tool.name > name, and_(Tool.name == name, Tool.id > tool_id)))
    return _cards(session, question)


@dataclass(frozen=True, slots=True)
class ToolSheet:
    """All that there is to know of a tool: its card, and every column that a manager may change as a wish."""

    card: ToolCard
    wish: ToolWish
    code: str
    version: int
    changed_at: datetime


def tool_sheet(session: Session, space_slug: str, tool_slug: str) -> ToolSheet:
    """The tool of that slug at that space with everything about it; raises Absent when there is none."""
    row = session.execute(_ONE, {"space_slug": space_slug, "tool_slug": tool_slug}).first()
    if row is None:
        raise Absent
    certificates = _certificates(session, (row[0].id,))
    return _sheet(row[0], _card(row, certificates.get(row[0].id, ())))


def tool_sheets(session: Session, space_ids: Collection[int]) -> tuple[ToolSheet, ...]:
    """All tools of these spaces with everything about them, oldest first, retired ones too: two queries."""
    rows = session.execute(_question().where(Tool.space_id.in_(space_ids)).order_by(Tool.id)).all()
    certificates = _certificates(session, [row[0].id for row in rows])
    return tuple(_sheet(row[0], _card(row, certificates.get(row[0].id, ()))) for row in rows)


def _sheet(row: Tool, card: ToolCard) -> ToolSheet:
    return ToolSheet(card, _wish(row, card), row.code, row.version, row.changed_at)


def _wish(row: Tool, card: ToolCard) -> ToolWish:
    columns = {name: getattr(row, name) for name in WISHED_COLUMNS}
    return ToolWish(
        kind_slug=card.kind_slug, certificate_ids=card.certificate_ids, unit_count=max(card.units, 1), **columns
    )


def touch_bookings(session: Session, tool_id: int, now: datetime) -> int:
    """Raise the sequence of every booking to come of a tool, so that calendars take its new text; how many.

    One update, without looking at the rows.
    """
    return _touch(session, update(Booking).where(Booking.tool_id == tool_id), now)


def touch_bookings_of_space(session: Session, space_id: int, now: datetime) -> int:
    """The same for every booking to come at a space: its name, address or zone is in their text."""
    return _touch(session, update(Booking).where(Booking.space_id == space_id), now)


def _touch(session: Session, change: Update, now: datetime) -> int:
    ahead = change.where(Booking.ends_at > now, Booking.state.in_([state.value for state in HOLDING]))
    raised = ahead.values(sequence=Booking.sequence + 1, version=Booking.version + 1, changed_at=now)
    result = session.execute(raised.execution_options(synchronize_session=False))
    return cast(CursorResult[Any], result).rowcount


def _question() -> Select[Tool, Kind, Space, int]:
    in_service = select(func.count(Unit.id)).where(Unit.tool_id == Tool.id, Unit.retired_at.is_(None))
    return (
        select(Tool, Kind, Space, in_service.correlate(Tool).scalar_subquery())
        .join(Kind, Kind.id == Tool.kind_id)
        .join(Space, Space.id == Tool.space_id)
    )


# The question of a tool's own page, put together once.
_ONE = _question().where(Space.slug == bindparam("space_slug"), Tool.slug == bindparam("tool_slug"))


def _cards(session: Session, question: Select[Tool, Kind, Space, int]) -> tuple[ToolCard, ...]:
    rows = session.execute(question).all()
    certificates = _certificates(session, [row[0].id for row in rows])
    return tuple(_card(row, certificates.get(row[0].id, ())) for row in rows)


_needs = ToolCertificate.__table__.c
_CERTIFICATES = (
    select(_needs.tool_id, _needs.certificate_id)
    .where(_needs.tool_id.in_(bindparam("tools", expanding=True, type_=Id)))
    .order_by(_needs.certificate_id)
)


def _certificates(session: Session, tool_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    found: dict[int, tuple[int, ...]] = {}
    for tool_id, certificate_id in session.execute(_CERTIFICATES, {"tools": list(tool_ids)}):
        found[tool_id] = (*found.get(tool_id, ()), certificate_id)
    return found


def _card(row: Row[Tool, Kind, Space, int], certificate_ids: tuple[int, ...]) -> ToolCard:
    tool, kind, space, units = row
    return ToolCard(
        id=tool.id,
        slug=tool.slug,
        name=tool.name,
        make_and_model=tool.make_and_model,
        kind_id=kind.id,
        kind_slug=kind.slug,
        kind_name=kind.name,
        art=kind.art,
        state=ToolState(tool.state),
        state_note=tool.state_note,
        step_free=tool.step_free,
        place=tool.place,
        capabilities=tool.capabilities,
        units=units,
        needs_approval=Approval(tool.approval),
        space_id=space.id,
        space_slug=space.slug,
        space_name=space.name,
        city=space.city,
        country=space.country,
        time_zone=space.time_zone,
        latitude=space.latitude,
        longitude=space.longitude,
        visibility=Visibility(space.visibility),
        publishes=space.publishes,
        bookable_by=BookableBy(space.bookable_by),
        language=space.language,
        certificate_ids=certificate_ids,
    )
