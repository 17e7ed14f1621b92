"""How much somebody may book, and what follows from slots that were missed."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Quota(Base):
    """A limit on bookings or minutes. It counts where every given one of tool, kind, space holds; none: the network.

    `counted` says whose time is added up: one person's, one team's (`team_id`: that team's only), all visitors'.
    """

    __tablename__ = "quota"
    __table_args__ = (
        CheckConstraint("counted IN ('person', 'team', 'visitors')", name="counted"),
        CheckConstraint("measure IN ('open_bookings', 'minutes_day', 'minutes_week', 'percent_week')", name="measure"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("measure <> 'percent_week' OR (counted = 'visitors' AND amount <= 100)", name="percent"),
        CheckConstraint("team_id IS NULL OR counted = 'team'", name="team"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("kind.id", ondelete="CASCADE"))
    tool_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), index=True)
    counted: Mapped[str] = mapped_column(String(8))
    measure: Mapped[str] = mapped_column(String(16))
    amount: Mapped[int]
    created_at: Mapped[datetime]


class Strike(Base):
    """A slot that somebody let pass without checking in; forgiven ones don't count."""

    __tablename__ = "strike"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), unique=True)
    at: Mapped[datetime]
    forgiven_at: Mapped[datetime | None]
    forgiven_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Suspension(Base):
    """Time in which somebody may not book at a space (None: anywhere). It ends by itself, or earlier when lifted."""

    __tablename__ = "suspension"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="span"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="", info={"personal": "made_by"})
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    lifted_at: Mapped[datetime | None]


Index("ix_strike_account_id_space_id_at", Strike.account_id, Strike.space_id, Strike.at)
Index("ix_suspension_account_id_ends_at", Suspension.account_id, Suspension.ends_at)
