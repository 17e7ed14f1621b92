"""The bookings that a tool's calendar shows: one lean question, however many there are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal_column, or_, select

from booking.models.asking import Question
from booking.models.bookings import LONGEST_BOOKING
from booking.models.database import Id, Instant, Session
from booking.models.lists import among, ids_named
from booking.models.tables import METADATA
from booking.rules.facts import Visibility
from booking.rules.privacy import BookingView
from booking.rules.spans import Span
from booking.rules.states import HOLDING

_booking, _account = METADATA.tables["booking"], METADATA.tables["account"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking that holds time, with what a calendar may say of it to those who may know."""

    booking_id: int
    starts_at: datetime
    ends_at: datetime
    account_id: int
    name: str
    purpose: str
    team_id: int | None
    own_level: Visibility | None

    @property
    def view(self) -> BookingView:
        """The booking as the projection takes it."""
        return BookingView(self.account_id, self.name, self.purpose, self.team_id, self.own_level)


def entries(
    session: Session, tool_id: int, span: Span, account_id: int | None = None, team_ids: Collection[int] = ()
) -> tuple[Entry, ...]:
    """The bookings of a tool that hold time in the span, by start.

    With an account (0: nobody's), only hers, her teams', and those of which others may not know.
    """
    values = {"tool": tool_id, "long_ago": span.start - LONGEST_BOOKING, "start": span.start, "end": span.end}
    if account_id is None:
        rows = _EVERYBODYS.rows(session, values)
    else:
        rows = list(session.execute(_OWN, values | {"account": account_id, "teams": list(team_ids)}))
    return tuple(map(_as_entry, rows))


def entries_of_tools(session: Session, tool_ids: Collection[int], span: Span) -> dict[int, list[Entry]]:
    """The bookings of these tools that hold time in the span, by tool and start; one query."""
    values = {"tools": tool_ids, "long_ago": span.start - LONGEST_BOOKING, "start": span.start, "end": span.end}
    found: dict[int, list[Entry]] = {}
    for tool_id, *row in _OF_TOOLS.rows(session, values):
        found.setdefault(tool_id, []).append(_as_entry(row))
    return found


def _as_entry(row: Sequence[Any]) -> Entry:
    values = list(row)
    values[-1] = Visibility(values[-1]) if values[-1] else None
    return Entry(*values)


_COLUMNS = (
    _booking.c.id,
    _booking.c.starts_at,
    _booking.c.ends_at,
    _account.c.id,
    _account.c.name,
    _booking.c.purpose,
    _booking.c.team_id,
    _booking.c.visibility,
)
_HELD = (
    select(*_COLUMNS)
    .join(_account, _account.c.id == _booking.c.account_id)
    .where(
        _booking.c.state.in_([literal_column(f"'{state.value}'") for state in HOLDING]),
        _booking.c.starts_at > bindparam("long_ago", type_=Instant()),
        _booking.c.starts_at < bindparam("end", type_=Instant()),
        _booking.c.ends_at > bindparam("start", type_=Instant()),
    )
    .order_by(_booking.c.starts_at, _booking.c.id)
)
_ENTRIES = _HELD.where(_booking.c.tool_id == bindparam("tool", type_=Id))
_EVERYBODYS = Question(_ENTRIES)
_OF_TOOLS = Question(
    _HELD.with_only_columns(_booking.c.tool_id, *_COLUMNS).where(among(_booking.c.tool_id, ids_named("tools")))
)
_OWN = _ENTRIES.where(
    or_(
        _account.c.id == bindparam("account", type_=Id),
        _booking.c.team_id.in_(bindparam("teams", expanding=True, type_=Id)),
        _booking.c.visibility == Visibility.CLOSED.value,
    )
)
