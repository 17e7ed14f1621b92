"""The waitlist and its timed offers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class WaitlistEntry(Base):
    """Somebody who waits for time on a tool, or on any tool of a kind, within a window. First come, first offered."""

    __tablename__ = "waitlist_entry"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'offered', 'booked', 'left', 'lapsed')", name="state"),
        CheckConstraint("(tool_id IS NULL) <> (kind_id IS NULL)", name="subject"),
        CheckConstraint("window_until > window_from AND minutes > 0", name="window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    tool_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    kind_id: Mapped[int | None] = mapped_column(ForeignKey("kind.id"))
    window_from: Mapped[datetime]
    window_until: Mapped[datetime]
    minutes: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(200), default="", server_default="", info={"personal": "account_id"})
    state: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class WaitlistSpace(Base):
    """A space at which an entry for a kind would take a tool; an entry without such rows takes any space's."""

    __tablename__ = "waitlist_space"

    entry_id: Mapped[int] = mapped_column(ForeignKey("waitlist_entry.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), primary_key=True, index=True)


class Offer(Base):
    """Freed time that is held for the first in line until `expires_at`, by a claim of its own while it is open."""

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'accepted', 'passed', 'lapsed')", name="state"),
        CheckConstraint("ends_at > starts_at", name="span"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("waitlist_entry.id", ondelete="CASCADE"), index=True)
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id", ondelete="SET NULL"), index=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(8))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


_WAITING = text("state = 'waiting'")
_OPEN = text("state = 'open'")
Index(
    "ix_waitlist_entry_tool_waiting",
    WaitlistEntry.tool_id,
    WaitlistEntry.id,
    postgresql_where=_WAITING,
    sqlite_where=_WAITING,
)
Index(
    "ix_waitlist_entry_kind_waiting",
    WaitlistEntry.kind_id,
    WaitlistEntry.id,
    postgresql_where=_WAITING,
    sqlite_where=_WAITING,
)
# One entry has one open offer at most: nobody is offered two times of which she wanted one.
Index("ix_offer_open", Offer.entry_id, unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN)
