"""Times that were missed, and what follows from them: who may not book at a space for a while."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select, update

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.limits import Strike, Suspension
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool
from booking.rules.facts import Suspended
from booking.rules.refusals import Absent
from booking.rules.spans import Span


@dataclass(frozen=True, slots=True)
class Policy:
    """After how many missed times within how many days somebody is suspended, for how many days; 0: never."""

    allowed: int
    strike_days: int
    suspension_days: int


@dataclass(frozen=True, slots=True)
class StrikeCard:
    """A missed time as the managers of its space see it."""

    id: int
    account_id: int
    account_name: str
    booking_id: int
    tool_name: str
    starts_at: datetime
    at: datetime
    forgiven_at: datetime | None


@dataclass(frozen=True, slots=True)
class SuspensionCard:
    """Time in which somebody may not book at a space, as its managers see it; `by_hand` when one of them said so."""

    id: int
    account_id: int
    account_name: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    by_hand: bool


def times_of(
    session: Session, account_ids: Collection[int], space_ids: Collection[int]
) -> dict[tuple[int, int | None], list[Suspended]]:
    """When these people may not book at these spaces (None: anywhere), by account and space: one query."""
    question = select(
        Suspension.account_id, Suspension.space_id, Suspension.starts_at, Suspension.ends_at, Suspension.reason
    ).where(
        Suspension.account_id.in_(account_ids),
        Suspension.lifted_at.is_(None),
        or_(Suspension.space_id.is_(None), Suspension.space_id.in_(space_ids)),
    )
    found: dict[tuple[int, int | None], list[Suspended]] = defaultdict(list)
    for account_id, space_id, starts_at, ends_at, reason in session.execute(question.order_by(Suspension.id)):
        found[account_id, space_id].append(Suspended(Span(starts_at, ends_at), reason))
    return found


def policy_of(session: Session, space_id: int) -> Policy:
    """What a space makes of missed times."""
    columns = (Space.strikes_allowed, Space.strike_days, Space.suspension_days)
    return Policy(*session.execute(select(*columns).where(Space.id == space_id)).one())


def set_policy(session: Session, space_id: int, policy: Policy) -> None:
    """Say what a space makes of missed times from now on."""
    values = {"strike_days": policy.strike_days, "suspension_days": policy.suspension_days}
    session.execute(update(Space).where(Space.id == space_id).values(strikes_allowed=policy.allowed, **values))


def add(session: Session, account_id: int, space_id: int, booking_id: int, now: datetime) -> None:
    """Write down that somebody missed a booking."""
    session.add(Strike(account_id=account_id, space_id=space_id, booking_id=booking_id, at=now))
    session.flush()


def number(session: Session, account_id: int, space_id: int, since: datetime) -> int:
    """How many missed times count against somebody at a space: since then, and since the last suspension began."""
    of_hers = (Suspension.account_id == account_id, Suspension.space_id == space_id)
    last = session.scalar(select(func.max(Suspension.starts_at)).where(*of_hers))
    question = select(func.count(Strike.id)).where(
        Strike.account_id == account_id, Strike.space_id == space_id, Strike.forgiven_at.is_(None), Strike.at >= since
    )
    return session.scalar(question.where(Strike.at > last) if last else question) or 0


def suspend(
    session: Session, account_id: int, space_id: int, now: datetime, days: int, reason: str, made_by: int | None
) -> datetime:
    """Let somebody not book at a space for so many days of 24 hours; until when."""
    until = now + timedelta(days=days)
    words = {"reason": reason, "made_by": made_by}
    session.add(Suspension(account_id=account_id, space_id=space_id, starts_at=now, ends_at=until, **words))
    session.flush()
    return until


def of_space(session: Session, space_id: int, since: datetime, limit: int) -> tuple[StrikeCard, ...]:
    """The missed times at a space since then, the latest first."""
    columns = (Strike.id, Strike.account_id, Account.name, Strike.booking_id, Tool.name, Booking.starts_at)
    question = (
        select(*columns, Strike.at, Strike.forgiven_at)
        .join(Account, Account.id == Strike.account_id)
        .join(Booking, Booking.id == Strike.booking_id)
        .join(Tool, Tool.id == Booking.tool_id)
        .where(Strike.space_id == space_id, Strike.at >= since)
    )
    rows = session.execute(question.order_by(Strike.at.desc(), Strike.id.desc()).limit(limit))
    return tuple(StrikeCard(*row) for row in rows)


def suspensions(session: Session, space_id: int, now: datetime) -> tuple[SuspensionCard, ...]:
    """Who may not book at a space now, the earliest end first."""
    columns = (Suspension.id, Suspension.account_id, Account.name, Suspension.starts_at, Suspension.ends_at)
    question = (
        select(*columns, Suspension.reason, Suspension.made_by.is_not(None))
        .join(Account, Account.id == Suspension.account_id)
        .where(Suspension.space_id == space_id, Suspension.ends_at > now, Suspension.lifted_at.is_(None))
    )
    rows = session.execute(question.order_by(Suspension.ends_at, Suspension.id))
    return tuple(SuspensionCard(*row) for row in rows)


def forgive(session: Session, space_id: int, strike_id: int, now: datetime, account_id: int) -> int:
    """Let a missed time of a space count no more; whose it was. Raises Absent for what isn't the space's."""
    of_space = (Strike.id == strike_id, Strike.space_id == space_id)
    forgiven = update(Strike).where(*of_space, Strike.forgiven_at.is_(None))
    session.execute(forgiven.values(forgiven_at=now, forgiven_by=account_id))
    whose = session.scalar(select(Strike.account_id).where(*of_space))
    if whose is None:
        raise Absent
    return whose


def lift(session: Session, space_id: int, suspension_id: int, now: datetime) -> int:
    """End a suspension of a space early; whose it was. Raises Absent for what isn't the space's."""
    of_space = (Suspension.id == suspension_id, Suspension.space_id == space_id)
    session.execute(update(Suspension).where(*of_space, Suspension.lifted_at.is_(None)).values(lifted_at=now))
    whose = session.scalar(select(Suspension.account_id).where(*of_space))
    if whose is None:
        raise Absent
    return whose
