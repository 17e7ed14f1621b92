"""The one thing that reading may leave behind: when something was last seen, and request budgets."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Traffic(Base):
    """When a sign-in, a token or a feed was last used, and by what client."""

    __tablename__ = "traffic"

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime]
    client: Mapped[str] = mapped_column(String(200), default="")
