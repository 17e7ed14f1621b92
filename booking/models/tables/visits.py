"""Visits: makers who use a tool at a space that isn't theirs."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Visit(Base):
    """A maker's wish to use a tool of a host space: her home space vouches, the host decides and sets conditions.

    `opens` and `closes` are minutes of the host's wall day, `last_day` a date of its calendar; None: no such condition.
    """

    __tablename__ = "visit"
    __table_args__ = (
        CheckConstraint("state IN ('asked', 'vouched', 'accepted', 'declined', 'withdrawn', 'ended')", name="state"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR closes > opens)", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    host_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    home_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(String(500), default="", server_default="", info={"personal": "account_id"})
    vouched_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    vouched_at: Mapped[datetime | None]
    training: Mapped[str] = mapped_column(String(500), default="", server_default="", info={"personal": "vouched_by"})
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(500), default="", server_default="", info={"personal": "decided_by"})
    last_day: Mapped[date | None]
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    supervised: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    fee_note: Mapped[str] = mapped_column(String(200), default="", server_default="", info={"personal": "decided_by"})
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


Index("ix_visit_tool_id_account_id", Visit.tool_id, Visit.account_id)
Index("ix_visit_host_id_state", Visit.host_id, Visit.state)
