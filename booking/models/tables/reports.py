"""What makers report as broken, and what several tools depend on."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Supply(Base):
    """A thing that several tools of a space depend on: the air compressor, the extractor."""

    __tablename__ = "supply"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))


class ToolSupply(Base):
    """A supply that a tool depends on."""

    __tablename__ = "tool_supply"

    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"), primary_key=True)
    supply_id: Mapped[int] = mapped_column(ForeignKey("supply.id", ondelete="CASCADE"), primary_key=True, index=True)


class Report(Base):
    """A maker's word that something is wrong with a tool, until somebody of the space has dealt with it."""

    __tablename__ = "report"
    __table_args__ = (CheckConstraint("state IN ('open', 'outage', 'closed')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="SET NULL"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    words: Mapped[str] = mapped_column(String(500), info={"personal": "account_id"})
    photo: Mapped[str | None] = mapped_column(String(64), unique=True, info={"personal": "account_id"})
    state: Mapped[str] = mapped_column(String(8))
    reply: Mapped[str] = mapped_column(String(500), default="", server_default="", info={"personal": "handled_by"})
    created_at: Mapped[datetime]
    handled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    handled_at: Mapped[datetime | None]
    outage_id: Mapped[int | None] = mapped_column(ForeignKey("outage.id", ondelete="SET NULL"))


Index("ix_report_space_id_state", Report.space_id, Report.state)
