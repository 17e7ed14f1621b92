"""Stored event bytes: what they are written from, keeping them, and which bookings a renamed thing touches."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select, text, update

from booking.models.asking import Question
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.events import Audience, BookingEvent
from booking.rules.facts import Visibility
from booking.rules.privacy import stricter
from booking.rules.spans import Span
from booking.rules.states import State

_booking, _account, _tool, _space, _rendering = (
    METADATA.tables[name] for name in ("booking", "account", "tool", "space", "rendering")
)

_EVENT = (
    select(
        _booking.c.id,
        _booking.c.uid,
        _booking.c.state,
        _booking.c.starts_at,
        _booking.c.ends_at,
        _booking.c.created_at,
        _booking.c.changed_at,
        _booking.c.sequence,
        _booking.c.version,
        _account.c.name,
        _booking.c.purpose,
        _booking.c.reason,
        _tool.c.name,
        _tool.c.slug,
        _tool.c.place,
        _space.c.name,
        _space.c.slug,
        _space.c.address,
        _space.c.city,
        _space.c.time_zone,
        _space.c.latitude,
        _space.c.longitude,
        _space.c.language,
        _space.c.visibility,
        _booking.c.visibility,
    )
    .join_from(_booking, _account, _account.c.id == _booking.c.account_id)
    .join(_tool, _tool.c.id == _booking.c.tool_id)
    .join(_space, _space.c.id == _booking.c.space_id)
)
_SOME_EVENTS = _EVENT.where(_booking.c.id.in_(bindparam("booking_ids", expanding=True)))
_FORGET = delete(_rendering).where(_rendering.c.booking_id == bindparam("of_booking"))
_COLUMNS = ("booking_id", "audience", "language", "code", "version", "body")
# What most databases take at once in a list of values.
_MOST_IDS = 500
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Rendering:
    """The event bytes of a booking for one audience; `language` is empty where they hold no words."""

    booking_id: int
    audience: Audience
    language: str
    code: str
    version: int
    body: bytes


def events(session: Session, booking_ids: Sequence[int]) -> dict[int, BookingEvent]:
    """What can be told of these bookings, by their id."""
    found: dict[int, BookingEvent] = {}
    for start in range(0, len(booking_ids), _MOST_IDS):
        ids = list(booking_ids[start : start + _MOST_IDS])
        found |= {row[0]: _as_event(row) for row in session.execute(_SOME_EVENTS, {"booking_ids": ids})}
    return found


def keep(session: Session, renderings: Iterable[Rendering], *, replaced: Collection[int]) -> None:
    """Store renderings in place of all that the replaced bookings had."""
    if replaced:
        session.execute(_FORGET, [{"of_booking": booking_id} for booking_id in replaced])
    rows = list(renderings)
    for start in range(0, len(rows), _AT_ONCE):
        some = rows[start : start + _AT_ONCE]
        values = {f"{name}_{number}": getattr(each, name) for number, each in enumerate(some) for name in _COLUMNS}
        _upsert(len(some)).run(session, values)


def of_tool(session: Session, tool_id: int, span: Span, after: int, limit: int) -> list[int]:
    """The ids of a tool's bookings that start within the span, the next ones after an id."""
    return _ids(session, _booking.c.tool_id == tool_id, span, after, limit)


def of_space(session: Session, space_id: int, span: Span, after: int, limit: int) -> list[int]:
    """The ids of a space's bookings that start within the span, the next ones after an id."""
    return _ids(session, _booking.c.space_id == space_id, span, after, limit)


def of_account(session: Session, account_id: int, span: Span, after: int, limit: int) -> list[int]:
    """The ids of a person's bookings that start within the span, the next ones after an id."""
    return _ids(session, _booking.c.account_id == account_id, span, after, limit)


def raise_sequence(session: Session, booking_ids: Collection[int], now: datetime) -> None:
    """Mark bookings as visibly changed: clients take a new event only when its three stamps have risen."""
    statement = (
        update(_booking)
        .where(_booking.c.id.in_(booking_ids))
        .values(sequence=_booking.c.sequence + 1, version=_booking.c.version + 1, changed_at=now)
    )
    session.execute(statement)


def without_rendering(session: Session, span: Span, code: str, after: int, limit: int) -> list[int]:
    """The ids of bookings that start within the span and have no present rendering for their maker."""
    present = and_(
        _rendering.c.booking_id == _booking.c.id,
        _rendering.c.audience == Audience.OWN.value,
        _rendering.c.code == code,
        _rendering.c.version == _booking.c.version,
    )
    missing = ~select(_rendering.c.booking_id).where(present).exists()
    return _ids(session, missing, span, after, limit)


def forget_before(session: Session, moment: datetime) -> None:
    """Delete the renderings of bookings that started before; no feed shows them any more."""
    old = select(_booking.c.id).where(_booking.c.starts_at < moment)
    session.execute(delete(_rendering).where(_rendering.c.booking_id.in_(old)))


@cache
def _upsert(number: int) -> Question:
    """So many rows by one statement, spelled out once: a booking waits for each that it sends.

    A job and a booking's own write may meet here: the younger version stays, and neither fails.
    """
    rows = ", ".join(f"({', '.join(f':{name}_{row}' for name in _COLUMNS)})" for row in range(number))
    return Question(
        text(
            f"INSERT INTO rendering ({', '.join(_COLUMNS)}) VALUES {rows}"  # noqa: S608
            " ON CONFLICT (booking_id, audience, language)"
            " DO UPDATE SET code = excluded.code, version = excluded.version, body = excluded.body"
            " WHERE excluded.version >= rendering.version"
        )
    )


def _ids(session: Session, condition: Any, span: Span, after: int, limit: int) -> list[int]:
    question = (
        select(_booking.c.id)
        .where(condition, _booking.c.starts_at >= span.start, _booking.c.starts_at < span.end, _booking.c.id > after)
        .order_by(_booking.c.id)
        .limit(limit)
    )
    return list(session.scalars(question))


def _as_event(row: Row[*tuple[Any, ...]]) -> BookingEvent:
    values = list(row)
    values[2] = State(values[2])
    own_level = values.pop()
    values[23] = stricter(Visibility(values[23]), Visibility(own_level) if own_level else None)
    return BookingEvent(*values)
