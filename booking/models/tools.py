"""Questions about tools: their cards, one or many at a fixed number of queries."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    String,
    Update,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy import cast as cast_to

from booking.models.asking import Line, Question
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.models.tables.bookings import Booking
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
    row = _ONE_CARD.first(session, {"space_slug": space_slug, "tool_slug": tool_slug})
    if row is None:
        raise Absent
    return _card(row)


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
    """Tools by name and then id, in one query; without the retired ones unless asked for.

    `after` is the name and id of the last one seen.
    """
    question = _CARD.order_by(_tool.c.name, _tool.c.id).limit(limit)
    if tool_ids is not None:
        question = question.where(_tool.c.id.in_(tool_ids))
    if space_id is not None:
        question = question.where(_tool.c.space_id == space_id)
    if kind_id is not None:
        question = question.where(_tool.c.kind_id == kind_id)
    if not retired:
        question = question.where(_tool.c.state != ToolState.RETIRED)
    if after is not None:
        name, tool_id = after
        question = question.where(or_(_tool.c.name > name, and_(_tool.c.name == name, _tool.c.id > tool_id)))
    return tuple(map(_card, session.execute(question)))


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
    row = _ONE.first(session, {"space_slug": space_slug, "tool_slug": tool_slug})
    if row is None:
        raise Absent
    return _sheet(row)


def tool_sheets(session: Session, space_ids: Collection[int]) -> tuple[ToolSheet, ...]:
    """All tools of these spaces with everything about them, oldest first, retired ones too: one query."""
    return tuple(map(_sheet, session.execute(_SHEET.where(_tool.c.space_id.in_(space_ids)).order_by(_tool.c.id))))


def _sheet(row: Line) -> ToolSheet:
    card = _card(row)
    return ToolSheet(card, _wish(row, card), row.code, row.version, row.changed_at)


def _wish(row: Line, card: ToolCard) -> ToolWish:
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


# The questions, put together once, and on columns: making rows of every tool would take longer than reading them.

_tool, _unit, _kind, _space = (METADATA.tables[name] for name in ("tool", "unit", "kind", "space"))
_needs = METADATA.tables["tool_certificate"]
_IN_SERVICE = select(func.count(_unit.c.id)).where(_unit.c.tool_id == _tool.c.id, _unit.c.retired_at.is_(None))
# The comma is part of the question: as a value it would have to be spelled anew each time.
_COMMA: Any = literal_column("','")
_NEEDED = func.aggregate_strings(cast_to(_needs.c.certificate_id, String), _COMMA)
_CERTIFICATES = select(_NEEDED).where(_needs.c.tool_id == _tool.c.id)


def _columns() -> Iterator[ColumnElement[Any]]:
    """The columns of a card, in its order."""
    others: dict[str, ColumnElement[Any]] = {"needs_approval": _tool.c.approval}
    others["units"] = _IN_SERVICE.correlate(_tool).scalar_subquery()
    others["certificate_ids"] = _CERTIFICATES.correlate(_tool).scalar_subquery()
    others |= {"kind_slug": _kind.c.slug, "kind_name": _kind.c.name, "art": _kind.c.art}
    others |= {"space_slug": _space.c.slug, "space_name": _space.c.name}
    for field in fields(ToolCard):
        name = field.name
        column = others[name] if name in others else _tool.c[name] if name in _tool.c else _space.c[name]
        yield column.label(name)


_FROM = _tool.join(_kind, _kind.c.id == _tool.c.kind_id).join(_space, _space.c.id == _tool.c.space_id)
_CARD = select(*_columns()).select_from(_FROM)
_OTHERS = {*WISHED_COLUMNS, "code", "version", "changed_at"} - {field.name for field in fields(ToolCard)}
_SHEET = _CARD.add_columns(*(_tool.c[name] for name in sorted(_OTHERS)))
_OF_SLUGS = (_space.c.slug == bindparam("space_slug"), _tool.c.slug == bindparam("tool_slug"))
_ONE, _ONE_CARD = Question(_SHEET.where(*_OF_SLUGS)), Question(_CARD.where(*_OF_SLUGS))


_STATE, _APPROVAL, _VISIBILITY, _BOOKABLE_BY, _CERTIFICATE_IDS = (
    [field.name for field in fields(ToolCard)].index(name)
    for name in ("state", "needs_approval", "visibility", "bookable_by", "certificate_ids")
)


def _card(row: Line) -> ToolCard:
    values = list(row[: len(_CARD.selected_columns)])
    values[_STATE], values[_APPROVAL] = ToolState(values[_STATE]), Approval(values[_APPROVAL])
    values[_VISIBILITY], values[_BOOKABLE_BY] = Visibility(values[_VISIBILITY]), BookableBy(values[_BOOKABLE_BY])
    needed = values[_CERTIFICATE_IDS]
    values[_CERTIFICATE_IDS] = tuple(sorted(map(int, needed.split(",")))) if needed else ()
    return ToolCard(*values)
