"""What a mail tells: about a booking, a space, a certificate, and about the person who reads it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.bookings import Booking
from booking.models.tables.certificates import Certificate
from booking.models.tables.spaces import Membership, Space
from booking.models.tables.tools import Tool
from booking.rules.access import Role


@dataclass(frozen=True, slots=True)
class Reader:
    """Who gets a mail, in which language, and on which clock."""

    email: str
    name: str
    language: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Place:
    """A space as a mail names it."""

    id: int
    slug: str
    name: str
    address: str
    city: str
    time_zone: str
    language: str


@dataclass(frozen=True, slots=True)
class BookingNews:
    """A booking as a mail tells of it; instants in UTC."""

    id: int
    state: str
    starts_at: datetime
    ends_at: datetime
    purpose: str
    reason: str
    maker: str
    tool_slug: str
    tool: str
    space: Place


def reader(session: Session, account_id: int) -> Reader | None:
    """The account as a reader; None when it is gone or disabled."""
    question = select(Account.email, Account.name, Account.language, Account.time_zone)
    row = session.execute(question.where(Account.id == account_id, Account.disabled_at.is_(None))).first()
    return Reader(*row) if row else None


def managers(session: Session, space_id: int) -> tuple[int, ...]:
    """The accounts that manage the space; where nobody does, those of the network's admins."""
    at_space = (
        select(Account.id)
        .join(Membership, Membership.account_id == Account.id)
        .where(Membership.space_id == space_id, Membership.role == Role.MANAGER.value)
    )
    admins = select(Account.id).where(Account.is_admin)
    for question in (at_space, admins):
        found = session.execute(question.where(Account.disabled_at.is_(None)).order_by(Account.id)).scalars().all()
        if found:
            return tuple(found)
    return ()


def staff(session: Session, space_id: int) -> tuple[int, ...]:
    """The accounts that train or manage at the space; the network's admins too where nobody manages it."""
    trainers = select(Account.id).join(Membership, Membership.account_id == Account.id)
    at_space = trainers.where(Membership.space_id == space_id, Membership.role == Role.TRAINER.value)
    found = session.execute(at_space.where(Account.disabled_at.is_(None)).order_by(Account.id)).scalars().all()
    return tuple(dict.fromkeys((*managers(session, space_id), *found)))


def booking(session: Session, booking_id: int) -> BookingNews | None:
    """The booking with its maker, tool and space: one query."""
    question = (
        select(Booking, Account.name, Tool.slug, Tool.name, *_PLACE)
        .join(Account, Account.id == Booking.account_id)
        .join(Tool, Tool.id == Booking.tool_id)
        .join(Space, Space.id == Booking.space_id)
        .where(Booking.id == booking_id)
    )
    found = session.execute(question).first()
    if found is None:
        return None
    row: Booking = found[0]
    return BookingNews(
        row.id,
        row.state,
        row.starts_at,
        row.ends_at,
        row.purpose,
        row.reason,
        found[1],
        found[2],
        found[3],
        Place(*found[4:]),
    )


def space(session: Session, space_id: int) -> Place | None:
    """The space, or None."""
    row = session.execute(select(*_PLACE).where(Space.id == space_id)).first()
    return Place(*row) if row else None


def certificate(session: Session, certificate_id: int) -> tuple[str, Place] | None:
    """A certificate's name and its space, or None."""
    question = select(Certificate.name, *_PLACE).join(Space, Space.id == Certificate.space_id)
    row = session.execute(question.where(Certificate.id == certificate_id)).first()
    return (row[0], Place(*row[1:])) if row else None


_PLACE = (Space.id, Space.slug, Space.name, Space.address, Space.city, Space.time_zone, Space.language)
