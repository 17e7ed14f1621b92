"""Which held certificates end soon, which were used by bookings, and writing that down."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select, update

from booking.models.database import Session
from booking.models.holding import held, question
from booking.models.tables.bookings import Booking
from booking.models.tables.certificates import Acceptance, Certificate, Grant
from booking.models.tables.tools import ToolCertificate
from booking.rules.certificates import Held
from booking.rules.states import State

# The longest booking is of seven days; none that ends now began earlier.
_LONGEST = timedelta(days=8)
_USED = (State.CONFIRMED.value, State.IN_USE.value)


@dataclass(frozen=True, slots=True)
class Ending:
    """A grant that will end, whose it is, how many days before she is reminded, when she was, and how it is renewed."""

    grant_id: int
    account_id: int
    held: Held
    reminder_days: int
    reminded_at: datetime | None
    briefing_at: datetime | None
    briefing_note: str


@dataclass(frozen=True, slots=True)
class Use:
    """A booking that is over, for which somebody needed what she was granted."""

    grant_id: int
    held: Held
    starts_at: datetime
    ends_at: datetime


def ending(session: Session, now: datetime, until: datetime) -> tuple[Ending, ...]:
    """The grants that count and may end in this time, of certificates that remind: one query."""
    briefing = (Certificate.next_briefing_at, Certificate.briefing_note)
    asked = question(Grant.id, Grant.account_id, Certificate.reminder_days, Grant.reminded_at, *briefing).where(
        Certificate.reminder_days > 0,
        or_(Grant.expires_at.between(now, until), Certificate.unused_days.is_not(None)),
    )
    rows = session.execute(asked.order_by(Grant.id))
    return tuple(
        Ending(
            row.id,
            row.account_id,
            held(row),
            row.reminder_days,
            row.reminded_at,
            row.next_briefing_at,
            row.briefing_note,
        )
        for row in rows
    )


def reminded(session: Session, grant_ids: Iterable[int], now: datetime) -> None:
    """Write down that their holders have been reminded."""
    session.execute(update(Grant).where(Grant.id.in_(list(grant_ids))).values(reminded_at=now))


def last_use(session: Session) -> datetime | None:
    """The end of the latest booking that was written down as a use, or None."""
    return session.scalar(select(func.max(Grant.used_at)))


def uses(session: Session, since: datetime, now: datetime) -> tuple[Use, ...]:
    """Bookings that ended in this time and for which a grant counted, where that isn't written down: one query.

    Her own grant for a certificate of the tool counts, and so do a foreign one that is taken and a briefing on top.
    """
    counts = or_(
        Grant.certificate_id == ToolCertificate.certificate_id,
        Grant.certificate_id.in_(_instead(Acceptance.foreign_id)),
        Grant.certificate_id.in_(_instead(Acceptance.briefing_id)),
    )
    asked = (
        question(Grant.id, Booking.starts_at, Booking.ends_at)
        .join(Booking, Booking.account_id == Grant.account_id)
        .join(ToolCertificate, ToolCertificate.tool_id == Booking.tool_id)
        .where(
            counts,
            Booking.state.in_(_USED),
            Booking.starts_at.between(since - _LONGEST, now),
            Booking.ends_at.between(since, now),
            or_(Grant.used_at.is_(None), Grant.used_at < Booking.ends_at),
        )
        .distinct()
        .order_by(Booking.ends_at, Grant.id)
    )
    return tuple(Use(row.id, held(row), row.starts_at, row.ends_at) for row in session.execute(asked))


def use(session: Session, used_at: Mapping[int, datetime]) -> None:
    """Write down when each of these grants was last used: one statement."""
    if used_at:
        session.execute(update(Grant), [{"id": grant_id, "used_at": at} for grant_id, at in used_at.items()])


def _instead(column: Any) -> Select[Any]:
    of_needed = Acceptance.certificate_id == ToolCertificate.certificate_id
    return select(column).where(of_needed, column.is_not(None)).correlate(ToolCertificate)
