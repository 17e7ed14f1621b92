"""Bookings, the claims they hold on units, decisions, stored renderings and idempotency keys."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Booking(Base):
    """The header: who, which tool, what state, the wished time. Its held time is in `claim`.

    `sequence` and `changed_at` rise together with each change that a calendar shows; `version` with each change.
    """

    __tablename__ = "booking"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="span"),
        CheckConstraint(
            "state IN ('pending', 'confirmed', 'declined', 'expired', 'withdrawn', 'in_use', 'cancelled', 'missed')",
            name="state",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(120), unique=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(10))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    purpose: Mapped[str] = mapped_column(String(200), default="", info={"personal": "account_id"})
    reason: Mapped[str] = mapped_column(String(500), default="", info={"personal": "account_id"})
    overridden: Mapped[list[str]] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # Stricter than the space's level; empty: the space's.
    visibility: Mapped[str] = mapped_column(String(8), default="", server_default="")
    # Who booked it for the maker; None: she herself.
    booked_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("series.id"))
    series_day: Mapped[date | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plan.id"))
    plan_position: Mapped[int | None]
    checked_in_at: Mapped[datetime | None]
    # Until when a pending request is decided; None: until its start.
    decide_by: Mapped[datetime | None]


class Claim(Base):
    """A held stretch of one unit's time, buffers included. Blocking claims of a unit never overlap."""

    __tablename__ = "claim"
    __table_args__ = (
        CheckConstraint("blocks_until > blocks_from", name="span"),
        # The longest booking (seven days) with the longest buffers; search looks back no further.
        CheckConstraint("blocks_until - blocks_from <= 777600", name="length").ddl_if(dialect="sqlite"),
        CheckConstraint("blocks_until - blocks_from <= interval '9 days'", name="length").ddl_if(dialect="postgresql"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("kind.id"))
    blocks_from: Mapped[datetime]
    blocks_until: Mapped[datetime]
    blocking: Mapped[bool] = mapped_column(default=True)
    # The maker chose this very unit: re-packing a pool leaves it there.
    pinned: Mapped[bool] = mapped_column(default=False, server_default=text("false"))


class Decision(Base):
    """What a manager said to a pending request, and when."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    decided_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime]
    approved: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(500), default="", info={"personal": "decided_by"})


class Proposal(Base):
    """Another time that a manager offers to somebody whose request can't have its own; one open at most.

    It holds its time by claims of its own until `expires_at`, as far as the request does not hold it anyway: one
    before the request's time, one after it.
    """

    __tablename__ = "proposal"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="span"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(String(500), default="", server_default="", info={"personal": "proposed_by"})
    claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id", ondelete="SET NULL"))
    second_claim_id: Mapped[int | None] = mapped_column(ForeignKey("claim.id", ondelete="SET NULL"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    # Whether it was taken; None while it is open, and of one that lapsed or was taken back.
    accepted: Mapped[bool | None]


class Handover(Base):
    """A booking offered to somebody else by its maker, at a mail address; one open at most."""

    __tablename__ = "handover"
    __table_args__ = (CheckConstraint("state IN ('open', 'accepted', 'declined', 'taken_back')", name="state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    email: Mapped[str] = mapped_column(String(254), index=True, info={"personal": "address"})
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class Rendering(Base):
    """The stored event bytes of one booking for one audience (rules/events.py), in one language.

    The language is empty where the bytes hold no words. They are used while both `code` (a stamp of the writing code
    and its words) and `version` (of the booking) are the present ones.
    """

    __tablename__ = "rendering"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    audience: Mapped[str] = mapped_column(String(8), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    code: Mapped[str] = mapped_column(String(16))
    version: Mapped[int]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class IdempotencyKey(Base):
    """The kept answer to a write that carried a key, so that a repeat answers the same."""

    __tablename__ = "idempotency_key"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True, info={"personal": "account_id"})
    request_hash: Mapped[str] = mapped_column(String(64), info={"personal": "account_id"})
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON, info={"personal": "account_id"})
    created_at: Mapped[datetime]


BLOCKING = text("blocking")
Index(
    "ix_claim_kind",
    Claim.kind_id,
    Claim.blocks_from,
    Claim.unit_id,
    Claim.blocks_until,
    postgresql_where=BLOCKING,
    sqlite_where=BLOCKING,
)
Index(
    "ix_claim_space",
    Claim.space_id,
    Claim.blocks_from,
    Claim.unit_id,
    Claim.blocks_until,
    postgresql_where=BLOCKING,
    sqlite_where=BLOCKING,
)
Index("ix_claim_unit", Claim.unit_id, Claim.blocks_from, postgresql_where=BLOCKING, sqlite_where=BLOCKING)
Index("ix_booking_starts_at_id", Booking.starts_at, Booking.id)
Index("ix_booking_space_id_starts_at", Booking.space_id, Booking.starts_at)
Index("ix_booking_account_id_starts_at", Booking.account_id, Booking.starts_at)
Index("ix_booking_tool_id_starts_at", Booking.tool_id, Booking.starts_at)
# Most bookings belong to none of these: the indexes hold the few that do.
for _column in (Booking.team_id, Booking.series_id, Booking.plan_id):
    _given = text(f"{_column.key} IS NOT NULL")
    Index(f"ix_booking_{_column.key}", _column, postgresql_where=_given, sqlite_where=_given)
_ONE_A_DAY = text("series_id IS NOT NULL AND state IN ('pending', 'confirmed', 'in_use')")
Index(
    "uq_booking_series_id_series_day",
    Booking.series_id,
    Booking.series_day,
    unique=True,
    postgresql_where=_ONE_A_DAY,
    sqlite_where=_ONE_A_DAY,
)
_OPEN = text("state = 'open'")
Index("uq_handover_open", Handover.booking_id, unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN)
_UNANSWERED = text("answered_at IS NULL")
Index("uq_proposal_open", Proposal.booking_id, unique=True, postgresql_where=_UNANSWERED, sqlite_where=_UNANSWERED)
_PENDING = text("state = 'pending'")
Index(
    "ix_booking_pending",
    Booking.space_id,
    Booking.starts_at,
    postgresql_where=_PENDING,
    sqlite_where=_PENDING,
)
