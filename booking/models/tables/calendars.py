"""Feeds that we publish, and foreign calendars whose events block tools."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Feed(Base):
    """A private calendar address: the hash of its token and the one view that it shows."""

    __tablename__ = "feed"
    __table_args__ = (CheckConstraint("view IN ('mine', 'tool', 'space', 'team', 'kind', 'approvals')", name="view"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True, info={"personal": "account_id"})
    name: Mapped[str] = mapped_column(String(80), default="", info={"personal": "account_id"})
    view: Mapped[str] = mapped_column(String(12))
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    tool_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("kind.id", ondelete="CASCADE"))
    busy_only: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Revision(Base):
    """How often the bookings of an account, a tool, a space or a team have changed: counted by models/revisions.py.

    `changed_at` is the latest of their changes that a calendar shows.
    """

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("subject IN ('account', 'space', 'team', 'tool')", name="subject"),)

    subject: Mapped[str] = mapped_column(String(8), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    changed_at: Mapped[datetime]


class Subscription(Base):
    """A foreign calendar of a space whose events take time from its tools, or from one of them."""

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    tool_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    read_at: Mapped[datetime | None]


class Block(Base):
    """Time that a foreign event takes from one tool, or from all tools of the space. May land on bookings."""

    __tablename__ = "block"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="span"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscription.id", ondelete="CASCADE"), index=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    tool_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(200), default="")


Index("ix_block_space_id_starts_at", Block.space_id, Block.starts_at)
