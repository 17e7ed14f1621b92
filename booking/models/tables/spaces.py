"""Spaces, when they are open, and who belongs to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Space(Base):
    """A makerspace, workshop or incubator. `changed_at` and `version` rise with each visible change."""

    __tablename__ = "space"
    __table_args__ = (
        CheckConstraint("visibility IN ('closed', 'busy', 'name', 'open')", name="visibility"),
        CheckConstraint("joining IN ('open', 'request', 'invitation')", name="joining"),
        CheckConstraint("bookable_by IN ('network', 'members')", name="bookable_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    city: Mapped[str] = mapped_column(String(80), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    time_zone: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8), default="en")
    contact: Mapped[str] = mapped_column(String(254), default="", info={"personal": "address"})
    visibility: Mapped[str] = mapped_column(String(8), default="busy")
    publishes: Mapped[bool] = mapped_column(default=True)
    joining: Mapped[str] = mapped_column(String(12), default="request")
    bookable_by: Mapped[str] = mapped_column(String(8), default="network")
    # After how many missed slots within how many days somebody is suspended, and for how long; 0: never.
    strikes_allowed: Mapped[int] = mapped_column(default=0, server_default="0")
    strike_days: Mapped[int] = mapped_column(default=90, server_default="90")
    suspension_days: Mapped[int] = mapped_column(default=14, server_default="14")
    # Hours after which a waiting request is brought to mind again, goes to the deputy, and expires; None: never.
    reminder_hours: Mapped[int | None]
    deputy_hours: Mapped[int | None]
    approval_hours: Mapped[int | None]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    # How long a waitlist offer of this space is held.
    offer_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Opening(Base):
    """Weekly hours: weekday 0 is Monday; minutes of wall time, beyond 1,440 after midnight.

    They hold from `first_day` to `last_day`, both included; None: since ever, for ever.
    """

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens >= 0 AND opens < 1440 AND closes > opens AND closes <= 2880", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]


class Staffed(Base):
    """When somebody of the space is there: weekday 0 is Monday; minutes of wall time, beyond 1,440 after midnight."""

    __tablename__ = "staffed"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens >= 0 AND opens < 1440 AND closes > opens AND closes <= 2880", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    opens: Mapped[int]
    closes: Mapped[int]


class MakeUpDay(Base):
    """A date that is open like another weekday: "this Saturday works as a Monday", whatever a closure says."""

    __tablename__ = "make_up_day"
    __table_args__ = (
        UniqueConstraint("space_id", "day"),
        CheckConstraint("like_weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"))
    day: Mapped[date]
    like_weekday: Mapped[int]
    note: Mapped[str] = mapped_column(String(120), default="", server_default="")


class Closure(Base):
    """Days on which the space is closed, both ends included, by its wall calendar.

    `source` is the name of the imported calendar of holidays that a row came from; empty: entered by hand.
    """

    __tablename__ = "closure"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(120), default="")
    source: Mapped[str] = mapped_column(String(120), default="", server_default="")


class SpecialDay(Base):
    """A date that is open at these wall times whatever the week or a closure says."""

    __tablename__ = "special_day"
    __table_args__ = (
        CheckConstraint("opens >= 0 AND opens < 1440 AND closes > opens AND closes <= 2880", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    opens: Mapped[int]
    closes: Mapped[int]
    note: Mapped[str] = mapped_column(String(120), default="")


class Membership(Base):
    """One person's role at one space."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role IN ('member', 'trainer', 'manager')", name="role"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(8), default="member")
    since: Mapped[datetime]


class JoinRequest(Base):
    """Somebody's wish to join a space, until a manager decides: at most one open per person and space."""

    __tablename__ = "join_request"
    __table_args__ = (UniqueConstraint("account_id", "space_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    note: Mapped[str] = mapped_column(String(500), default="", info={"personal": "account_id"})
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    accepted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(500), default="", info={"personal": "decided_by"})


class Invitation(Base):
    """A mailed invitation to join a space in a role: the hash of its link's token."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), info={"personal": "address"})
    role: Mapped[str] = mapped_column(String(8), default="member")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
