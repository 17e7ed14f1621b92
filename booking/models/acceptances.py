"""Certificates that count at other spaces too: which ones a space takes, and where one's own are taken."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.tables.certificates import Acceptance, Certificate
from booking.models.tables.spaces import Space
from booking.rules.certificates import Accepted
from booking.rules.facts import Training

_Foreign, _Briefing, _There = aliased(Certificate), aliased(Certificate), aliased(Space)


@dataclass(frozen=True, slots=True)
class AcceptanceCard:
    """A foreign certificate that counts as a space's own; `briefing` is the name of what is asked on top, or empty."""

    id: int
    certificate_id: int
    foreign_id: int
    foreign_name: str
    space_slug: str
    space_name: str
    city: str
    briefing_id: int | None
    briefing: str


@dataclass(frozen=True, slots=True)
class ForeignCard:
    """A certificate of another space."""

    id: int
    name: str
    space_name: str
    city: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A space at which a certificate counts, as which one of it, and the briefing that is asked on top."""

    certificate_id: int
    name: str
    space_slug: str
    space_name: str
    time_zone: str
    briefing_id: int | None
    briefing: str
    briefing_at: datetime | None


def of_space(session: Session, space_id: int) -> dict[int, tuple[AcceptanceCard, ...]]:
    """What a space takes, by the id of its own certificate and then by space and name: one query."""
    question = (
        select(
            Acceptance.id,
            Acceptance.certificate_id,
            Acceptance.foreign_id,
            _Foreign.name,
            _There.slug,
            _There.name,
            _There.city,
            Acceptance.briefing_id,
            func.coalesce(_Briefing.name, ""),
        )
        .join(Certificate, Certificate.id == Acceptance.certificate_id)
        .join(_Foreign, _Foreign.id == Acceptance.foreign_id)
        .join(_There, _There.id == _Foreign.space_id)
        .outerjoin(_Briefing, _Briefing.id == Acceptance.briefing_id)
        .where(Certificate.space_id == space_id)
        .order_by(_There.name, _Foreign.name, Acceptance.id)
    )
    found: dict[int, tuple[AcceptanceCard, ...]] = defaultdict(tuple)
    for row in session.execute(question):
        card = AcceptanceCard(*row)
        found[card.certificate_id] = (*found[card.certificate_id], card)
    return found


def foreign(
    session: Session, space_id: int, *, words: str = "", certificate_id: int | None = None, limit: int = 20
) -> tuple[ForeignCard, ...]:
    """Certificates of other spaces whose name, or whose space's, holds the words; or the one of the id: one query."""
    question = select(Certificate.id, Certificate.name, Space.name, Space.city).join(Space).limit(limit)
    question = question.where(Certificate.space_id != space_id).order_by(Space.name, Certificate.name, Certificate.id)
    if certificate_id is not None:
        question = question.where(Certificate.id == certificate_id)
    for word in words.split():
        columns = (Certificate.name, Space.name, Space.city)
        question = question.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return tuple(ForeignCard(*row) for row in session.execute(question))


def accepted(session: Session, certificate_ids: Collection[int]) -> tuple[Accepted, ...]:
    """What counts as each of these certificates: one query."""
    question = (
        select(Acceptance.certificate_id, Acceptance.foreign_id, *_BRIEFING)
        .outerjoin(_Briefing, _Briefing.id == Acceptance.briefing_id)
        .where(Acceptance.certificate_id.in_(certificate_ids))
    )
    return tuple(_accepted(row) for row in session.execute(question))


def elsewhere(session: Session, foreign_ids: Collection[int]) -> dict[int, tuple[Elsewhere, ...]]:
    """Where each of these certificates counts besides its own space, by its id: one query."""
    question = _elsewhere().where(Acceptance.foreign_id.in_(foreign_ids))
    found: dict[int, tuple[Elsewhere, ...]] = defaultdict(tuple)
    for foreign_id, *columns in session.execute(question):
        found[foreign_id] = (*found[foreign_id], Elsewhere(*columns))
    return found


def add(session: Session, certificate_id: int, foreign_id: int, briefing_id: int | None) -> int | None:
    """Let a foreign certificate count; the id of that, or None when it counts already."""
    known = select(Acceptance.id).where(
        Acceptance.certificate_id == certificate_id, Acceptance.foreign_id == foreign_id
    )
    if session.scalar(known) is not None:
        return None
    row = Acceptance(certificate_id=certificate_id, foreign_id=foreign_id, briefing_id=briefing_id)
    session.add(row)
    session.flush()
    return row.id


def remove(session: Session, certificate_id: int, acceptance_id: int) -> int | None:
    """Let a foreign certificate count no more; its id, or None when there was nothing to remove."""
    gone = delete(Acceptance).where(Acceptance.id == acceptance_id, Acceptance.certificate_id == certificate_id)
    return session.execute(gone.returning(Acceptance.foreign_id)).scalar()


_BRIEFING = (_Briefing.id, _Briefing.name, _Briefing.next_briefing_at)


def _accepted(row: Any) -> Accepted:
    certificate_id, foreign_id, briefing_id, name, briefing_at = row
    briefing = Training(briefing_id, name, briefing_at) if briefing_id is not None else None
    return Accepted(certificate_id, foreign_id, briefing)


def _elsewhere() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Acceptance.foreign_id,
            Certificate.id,
            Certificate.name,
            Space.slug,
            Space.name,
            Space.time_zone,
            Acceptance.briefing_id,
            func.coalesce(_Briefing.name, ""),
            _Briefing.next_briefing_at,
        )
        .join(Certificate, Certificate.id == Acceptance.certificate_id)
        .join(Space, Space.id == Certificate.space_id)
        .outerjoin(_Briefing, _Briefing.id == Acceptance.briefing_id)
        .order_by(Space.name, Certificate.name, Acceptance.id)
    )
