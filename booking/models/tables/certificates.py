"""Certificates (training held) and who holds them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Certificate(Base):
    """A training that a space gives and its tools ask for."""

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("space_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(String(500), default="")
    # A grant ends after so many days, on that date at the latest, or when unused for so many days; None: it does not.
    valid_days: Mapped[int | None]
    ends_on: Mapped[date | None]
    unused_days: Mapped[int | None]
    reminder_days: Mapped[int] = mapped_column(default=14, server_default="14")
    next_briefing_at: Mapped[datetime | None]
    briefing_note: Mapped[str] = mapped_column(String(300), default="", server_default="")


class Acceptance(Base):
    """Another space's certificate that counts as this space's own, with its briefing on top where one is named."""

    __tablename__ = "acceptance"
    __table_args__ = (UniqueConstraint("certificate_id", "foreign_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id", ondelete="CASCADE"))
    foreign_id: Mapped[int] = mapped_column(ForeignKey("certificate.id", ondelete="CASCADE"), index=True)
    briefing_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id", ondelete="CASCADE"))


class Grant(Base):
    """A certificate that a trainer granted to a person; the latest live row counts."""

    __tablename__ = "certificate_grant"

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_id: Mapped[int] = mapped_column(ForeignKey("certificate.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    granted_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
