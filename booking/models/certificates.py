"""The certificates that spaces give, and writing them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from booking.models.database import Session
from booking.models.tables.certificates import Certificate, Grant
from booking.models.tables.tools import Tool, ToolCertificate
from booking.rules.refusals import Absent


@dataclass(frozen=True, slots=True)
class CertificateCard:
    """A training of a space; `valid_days` None lasts for ever. `holders` hold it now, `tools` ask for it."""

    id: int
    space_id: int
    name: str
    description: str
    valid_days: int | None
    holders: int
    tools: int


def of_space(session: Session, space_id: int, now: datetime) -> tuple[CertificateCard, ...]:
    """All certificates of a space by name, with how many hold them and how many tools ask for them: one query."""
    rows = session.execute(_cards(now).where(Certificate.space_id == space_id).order_by(Certificate.name))
    return tuple(CertificateCard(*row) for row in rows)


def card(session: Session, space_id: int, certificate_id: int, now: datetime) -> CertificateCard:
    """The certificate of this id of this space; raises Absent when the space has none such."""
    question = _cards(now).where(Certificate.space_id == space_id, Certificate.id == certificate_id)
    row = session.execute(question).first()
    if row is None:
        raise Absent
    return CertificateCard(*row)


def named(session: Session, space_id: int, name: str) -> int | None:
    """The id of the space's certificate of this name, or None."""
    return session.scalar(select(Certificate.id).where(Certificate.space_id == space_id, Certificate.name == name))


def add(session: Session, space_id: int, name: str, description: str, valid_days: int | None) -> int:
    """Add a certificate under a name that is free; its id."""
    row = Certificate(space_id=space_id, name=name, description=description, valid_days=valid_days)
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, certificate_id: int, name: str, description: str, valid_days: int | None) -> None:
    """Give a certificate these words and this length; what is held already keeps its end."""
    row = session.get_one(Certificate, certificate_id)
    row.name, row.description, row.valid_days = name, description, valid_days
    session.flush()


def _cards(now: datetime) -> Select[Any]:
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
        holders,
        tools,
    )
