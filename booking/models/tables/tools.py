"""Kinds with their typed capabilities, tools with their units, photos and outages."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Kind(Base):
    """A kind of tool in the network-wide taxonomy. Built-in kinds are named by wording, others by `name`."""

    __tablename__ = "kind"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    art: Mapped[str] = mapped_column(String(32), default="other")


class Capability(Base):
    """A typed property that tools of a kind have: a number with a unit, a choice, or yes/no."""

    __tablename__ = "capability"
    __table_args__ = (
        UniqueConstraint("kind_id", "slug"),
        CheckConstraint("type IN ('number', 'choice', 'flag')", name="type"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("kind.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(80))
    type: Mapped[str] = mapped_column(String(8))
    unit: Mapped[str] = mapped_column(String(16), default="")
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    position: Mapped[int] = mapped_column(default=0)


class Tool(Base):
    """What is listed and booked. `version` and `changed_at` rise with each visible change."""

    __tablename__ = "tool"
    __table_args__ = (
        UniqueConstraint("space_id", "slug"),
        CheckConstraint("state IN ('working', 'limited', 'down', 'retired')", name="state"),
        CheckConstraint("approval IN ('never', 'always', 'visitors', 'first', 'unstaffed')", name="approval"),
        CheckConstraint("shortest_minutes > 0 AND longest_minutes >= shortest_minutes", name="length"),
        # Search looks back no further than the longest claim.
        CheckConstraint("longest_minutes <= 10080", name="longest"),
        CheckConstraint("setup_minutes BETWEEN 0 AND 1440 AND cleanup_minutes BETWEEN 0 AND 1440", name="buffers"),
        CheckConstraint("grain_minutes > 0 AND grain_minutes <= 1440", name="grain"),
        CheckConstraint("check_in_minutes IS NULL OR check_in_minutes BETWEEN 1 AND 1440", name="check_in"),
        CheckConstraint("notice_minutes >= 0 AND window_days BETWEEN 1 AND 730", name="window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    kind_id: Mapped[int] = mapped_column(ForeignKey("kind.id"), index=True)
    slug: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(120))
    make_and_model: Mapped[str] = mapped_column(String(120), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(8), default="working")
    state_note: Mapped[str] = mapped_column(String(200), default="")
    step_free: Mapped[bool] = mapped_column(default=False)
    fee_note: Mapped[str] = mapped_column(String(200), default="")
    manual_url: Mapped[str] = mapped_column(String(300), default="")
    capabilities: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    notice_minutes: Mapped[int] = mapped_column(default=0)
    window_days: Mapped[int] = mapped_column(default=60)
    shortest_minutes: Mapped[int] = mapped_column(default=15)
    longest_minutes: Mapped[int] = mapped_column(default=480)
    grain_minutes: Mapped[int] = mapped_column(default=15)
    setup_minutes: Mapped[int] = mapped_column(default=0)
    cleanup_minutes: Mapped[int] = mapped_column(default=0)
    unattended: Mapped[bool] = mapped_column(default=False)
    approval: Mapped[str] = mapped_column(String(10), default="never")
    # Minutes after its start in which a booking has to be checked in; None: nobody checks in.
    check_in_minutes: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Unit(Base):
    """One physical machine of a tool, known by its name there; retired ones keep their past claims."""

    __tablename__ = "unit"
    __table_args__ = (Index("ix_unit_tool_id_name", "tool_id", "name", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    retired_at: Mapped[datetime | None]


class ToolCertificate(Base):
    """A certificate that a tool asks for."""

    __tablename__ = "tool_certificate"

    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"), primary_key=True)
    certificate_id: Mapped[int] = mapped_column(
        ForeignKey("certificate.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Outage(Base):
    """A tool or one unit out of order; an open end means until further notice."""

    __tablename__ = "outage"
    __table_args__ = (CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="span"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="", info={"personal": "declared_by"})
    declared_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # Rows of several tools that fail together because of one thing that they depend on.
    supply_id: Mapped[int | None] = mapped_column(ForeignKey("supply.id", ondelete="SET NULL"), index=True)


class Photo(Base):
    """A re-encoded picture of a space or a tool, stored in the data folder under a random name."""

    __tablename__ = "photo"
    __table_args__ = (CheckConstraint("(space_id IS NULL) <> (tool_id IS NULL)", name="subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    tool_id: Mapped[int | None] = mapped_column(ForeignKey("tool.id", ondelete="CASCADE"), index=True)
    file: Mapped[str] = mapped_column(String(64), unique=True)
    width: Mapped[int]
    height: Mapped[int]
    caption: Mapped[str] = mapped_column(String(200), default="")
    added_at: Mapped[datetime]


Index("ix_outage_tool_id_starts_at", Outage.tool_id, Outage.starts_at)
