"""Who did what to what, and when: rows that are only ever added."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class AuditRow(Base):
    """One act. The worker seals rows in order: each seal is a hash over the row and the seal before it."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(20))
    subject_id: Mapped[int | None]
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="SET NULL"))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seal_number: Mapped[int | None] = mapped_column(unique=True)
    seal: Mapped[str | None] = mapped_column(String(64))


Index("ix_audit_subject_subject_id", AuditRow.subject, AuditRow.subject_id)
Index("ix_audit_space_id_at", AuditRow.space_id, AuditRow.at)
# The worker asks once a minute for rows without a seal: there are few among millions.
_UNSEALED = text("seal IS NULL")
Index("ix_audit_unsealed", AuditRow.id, postgresql_where=_UNSEALED, sqlite_where=_UNSEALED)
