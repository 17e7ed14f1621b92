"""Questions about series, and the writing of their rows. Their bookings are in `bookings.of_series`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from booking.models.database import Session
from booking.models.tables import METADATA
from booking.rules.recurrence import Frequency, Pattern
from booking.rules.refusals import Absent, Refusal, Refused
from booking.rules.states import State

_series, _booking, _account = (METADATA.tables[name] for name in ("series", "booking", "account"))
_tool, _space, _kind = (METADATA.tables[name] for name in ("tool", "space", "kind"))
_ADD = insert(_series).returning(_series.c.id)


@dataclass(frozen=True, slots=True)
class SeriesCard:
    """A repeating booking with the names around it; `ended_at` is set once all that was to come is called off."""

    id: int
    account_id: int
    team_id: int | None
    purpose: str
    version: int
    created_at: datetime
    ended_at: datetime | None
    account_name: str
    tool_id: int
    tool_slug: str
    tool_name: str
    art: str
    space_id: int
    space_slug: str
    space_name: str
    city: str
    time_zone: str
    pattern: Pattern


def add(
    session: Session,
    account_id: int,
    team_id: int | None,
    tool_id: int,
    zone: str,
    pattern: Pattern,
    purpose: str,
    now: datetime,
) -> int:
    """Write a new series and return its id."""
    values: dict[str, Any] = {"account_id": account_id, "team_id": team_id, "tool_id": tool_id, "time_zone": zone}
    values |= {"purpose": purpose, "version": 1, "created_at": now}
    return int(session.execute(_ADD, values | _columns(pattern)).scalar_one())


def card(session: Session, series_id: int) -> SeriesCard:
    """The series of that id; raises Absent when there is none. Who may see it is for the asker's side to say."""
    row = session.execute(_CARD.where(_series.c.id == series_id)).first()
    if row is None:
        raise Absent
    names, patterned = (list(each.__dataclass_fields__) for each in (SeriesCard, Pattern))
    found = dict(row._mapping)
    plain = {name: found[name] for name in names if name != "pattern"}
    steps = {name: found[name] for name in patterned if name != "weekdays"}
    steps["frequency"] = Frequency(found["frequency"])
    return SeriesCard(**plain, pattern=Pattern(**steps, weekdays=tuple(found["weekdays"])))


def change(
    session: Session,
    seen: SeriesCard,
    pattern: Pattern,
    purpose: str,
    ended_at: datetime | None,
    *,
    tool_id: int | None = None,
) -> None:
    """Write a new pattern, purpose, end or tool (None: as it is).

    Raises Refused when the series isn't as it was seen any more.
    """
    mine = (_series.c.id == seen.id, _series.c.version == seen.version)
    values: dict[str, Any] = {"purpose": purpose, "ended_at": ended_at, "version": seen.version + 1}
    values["tool_id"] = tool_id or seen.tool_id
    changed = update(_series).where(*mine).values(**values, **_columns(pattern)).returning(_series.c.id)
    if session.execute(changed).first() is None:
        raise Refused((Refusal("changed_meanwhile"),))


def days(session: Session, series_id: int) -> dict[int, date]:
    """For each booking of a series, by id, the day of the pattern that it stands for."""
    question = select(_booking.c.id, _booking.c.series_day).where(_booking.c.series_id == series_id)
    return {booking_id: day for booking_id, day in session.execute(question)}


def set_days(session: Session, days_by_id: Mapping[int, date]) -> None:
    """Let bookings, by their ids, stand for other days of their series' patterns, in one batch."""
    change_day = update(_booking).where(_booking.c.id == bindparam("of_id")).values(series_day=bindparam("day"))
    if days_by_id:
        session.connection().execute(change_day, [{"of_id": id_, "day": day} for id_, day in days_by_id.items()])


def part(session: Session, series_id: int, since: date, other_id: int) -> None:
    """Let all bookings of a series that stand for days from this one on belong to another series."""
    rest = (_booking.c.series_id == series_id, _booking.c.series_day >= since)
    session.execute(update(_booking).where(*rest).values(series_id=other_id))


def of_booking(session: Session, booking_id: int) -> tuple[int, date] | None:
    """The series of a booking and the day it stands for there, or None."""
    question = select(_booking.c.series_id, _booking.c.series_day).where(_booking.c.id == booking_id)
    row = session.execute(question.where(_booking.c.series_id.is_not(None))).first()
    return (row[0], row[1]) if row else None


def of_bookings(session: Session, booking_ids: Collection[int]) -> dict[int, int]:
    """The series of those bookings that belong to one, by the booking's id; one query."""
    question = select(_booking.c.id, _booking.c.series_id).where(_booking.c.id.in_(booking_ids))
    return {row.id: row.series_id for row in session.execute(question.where(_booking.c.series_id.is_not(None)))}


def number_waiting(session: Session, series_ids: Collection[int]) -> dict[int, int]:
    """How many requests of each series wait for a manager; one query."""
    pending = (_booking.c.series_id.in_(series_ids), _booking.c.state == State.PENDING.value)
    question = select(_booking.c.series_id, func.count()).where(*pending).group_by(_booking.c.series_id)
    return {series_id: number for series_id, number in session.execute(question)}


def mine(session: Session, account_id: int) -> tuple[tuple[int, str, str], ...]:
    """A person's series that haven't ended, the newest first: id, tool and space; one query."""
    question = select(_series.c.id, _tool.c.name, _space.c.name).join(_tool, _tool.c.id == _series.c.tool_id)
    question = question.join(_space, _space.c.id == _tool.c.space_id)
    live = (_series.c.account_id == account_id, _series.c.ended_at.is_(None))
    return tuple(
        (row[0], row[1], row[2]) for row in session.execute(question.where(*live).order_by(_series.c.id.desc()))
    )


_CARD = (
    select(
        *(_series.c[name] for name in ("id", "account_id", "team_id", "purpose", "version", "created_at", "ended_at")),
        *(_series.c[name] for name in ("frequency", "step", "weekdays", "first_day", "last_day", "times")),
        *(_series.c[name] for name in ("starts", "minutes", "time_zone")),
        _account.c.name.label("account_name"),
        _tool.c.id.label("tool_id"),
        _tool.c.slug.label("tool_slug"),
        _tool.c.name.label("tool_name"),
        _kind.c.art,
        _space.c.id.label("space_id"),
        _space.c.slug.label("space_slug"),
        _space.c.name.label("space_name"),
        _space.c.city,
    )
    .join(_account, _account.c.id == _series.c.account_id)
    .join(_tool, _tool.c.id == _series.c.tool_id)
    .join(_kind, _kind.c.id == _tool.c.kind_id)
    .join(_space, _space.c.id == _tool.c.space_id)
)


def _columns(pattern: Pattern) -> dict[str, Any]:
    return {
        "frequency": pattern.frequency.value,
        "step": pattern.step,
        "weekdays": list(pattern.weekdays),
        "first_day": pattern.first_day,
        "last_day": pattern.last_day,
        "times": pattern.times,
        "starts": pattern.starts,
        "minutes": pattern.minutes,
    }
