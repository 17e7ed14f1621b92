"""The certificates that spaces give, and writing them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from booking.models import holding
from booking.models.database import Session
from booking.models.tables.certificates import Certificate, Grant
from booking.models.tables.tools import Tool, ToolCertificate
from booking.rules.certificates import CertificateWish
from booking.rules.refusals import Absent


@dataclass(frozen=True, slots=True)
class CertificateCard:
    """A training of a space and when it ends: all three None lasts for ever.

    `holders` hold it now, `tools` ask for it.
    """

    id: int
    space_id: int
    name: str
    description: str
    valid_days: int | None
    ends_on: date | None
    unused_days: int | None
    reminder_days: int
    next_briefing_at: datetime | None
    briefing_note: str
    holders: int
    tools: int


def of_space(session: Session, space_id: int, now: datetime) -> tuple[CertificateCard, ...]:
    """All certificates of a space by name, with how many hold and how many tools ask for each: at most two queries."""
    rows = session.execute(_cards(now).where(Certificate.space_id == space_id).order_by(Certificate.name))
    return _recounted(session, (CertificateCard(*row) for row in rows), now)


def card(session: Session, space_id: int, certificate_id: int, now: datetime) -> CertificateCard:
    """The certificate of this id of this space; raises Absent when the space has none such."""
    question = _cards(now).where(Certificate.space_id == space_id, Certificate.id == certificate_id)
    row = session.execute(question).first()
    if row is None:
        raise Absent
    return _recounted(session, [CertificateCard(*row)], now)[0]


def named(session: Session, space_id: int, name: str) -> int | None:
    """The id of the space's certificate of this name, or None."""
    return session.scalar(select(Certificate.id).where(Certificate.space_id == space_id, Certificate.name == name))


def add(session: Session, space_id: int, wish: CertificateWish) -> int:
    """Add a certificate under a name that is free; its id."""
    row = Certificate(space_id=space_id, **asdict(wish))
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, certificate_id: int, wish: CertificateWish) -> None:
    """Give a certificate these words and terms; a day on which a held one ends stays as it was granted."""
    row = session.get_one(Certificate, certificate_id)
    for name, value in asdict(wish).items():
        setattr(row, name, value)
    session.flush()


def _recounted(session: Session, cards: Iterable[CertificateCard], now: datetime) -> tuple[CertificateCard, ...]:
    """The cards; of certificates that lapse unused, only holders whose grant has not lapsed are counted."""
    found = tuple(cards)
    lapsing = {card.id for card in found if card.unused_days is not None}
    held = holding.of_certificates(session, lapsing) if lapsing else ()
    numbers = Counter(each.certificate_id for each in held if each.ends_at is None or each.ends_at > now)
    return tuple(replace(card, holders=numbers[card.id]) if card.id in lapsing else card for card in found)


def _cards(now: datetime) -> Select[*tuple[Any, ...]]:
    holders = (
        select(func.count(Grant.account_id.distinct()))
        .where(
            Grant.certificate_id == Certificate.id,
            Grant.revoked_at.is_(None),
            or_(Grant.expires_at.is_(None), Grant.expires_at > now),
        )
        .scalar_subquery()
    )
    tools = (
        select(func.count(Tool.id))
        .join(ToolCertificate, ToolCertificate.tool_id == Tool.id)
        .where(ToolCertificate.certificate_id == Certificate.id, Tool.state != "retired")
        .scalar_subquery()
    )
    return select(
        Certificate.id,
        Certificate.space_id,
        Certificate.name,
        Certificate.description,
        Certificate.valid_days,
        Certificate.ends_on,
        Certificate.unused_days,
        Certificate.reminder_days,
        Certificate.next_briefing_at,
        Certificate.briefing_note,
        holders,
        tools,
    )
