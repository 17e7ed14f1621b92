"""Series (a repeating booking) and plans (several bookings made together)."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Series(Base):
    """The pattern of a repeating booking, in wall time of the space: `starts` is a minute of the wall day."""

    __tablename__ = "series"
    __table_args__ = (
        CheckConstraint("frequency IN ('daily', 'weekly', 'monthly_day', 'monthly_weekday')", name="frequency"),
        CheckConstraint("step BETWEEN 1 AND 52", name="step"),
        CheckConstraint("(last_day IS NULL) <> (times IS NULL)", name="end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    tool_id: Mapped[int] = mapped_column(ForeignKey("tool.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    frequency: Mapped[str] = mapped_column(String(16))
    step: Mapped[int]
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    times: Mapped[int | None]
    starts: Mapped[int]
    minutes: Mapped[int]
    time_zone: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(200), default="", server_default="", info={"personal": "account_id"})
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Plan(Base):
    """Several bookings made together, all or nothing, moved and cancelled together."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    name: Mapped[str] = mapped_column(String(120), default="", server_default="", info={"personal": "account_id"})
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    created_at: Mapped[datetime]
