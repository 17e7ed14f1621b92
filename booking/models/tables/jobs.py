"""Side effects as rows: written with the change that causes them, done afterwards by the worker."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from booking.models.database import Base


class Job(Base):
    """One thing to do after `run_at`. A dead letter has `dead_at` and waits for a person."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(Text, default="")


_DUE = text("done_at IS NULL AND dead_at IS NULL")
Index("ix_job_due", Job.run_at, Job.id, postgresql_where=_DUE, sqlite_where=_DUE)
_DONE, _DEAD = text("done_at IS NOT NULL"), text("dead_at IS NOT NULL")
Index("ix_job_done", Job.done_at, postgresql_where=_DONE, sqlite_where=_DONE)
Index("ix_job_dead", Job.id, postgresql_where=_DEAD, sqlite_where=_DEAD)
