"""Adding to the audit, and reading it."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert

from booking.models.database import Session
from booking.models.tables.audit import AuditRow


def add(
    session: Session,
    at: datetime,
    account_id: int | None,
    act: str,
    subject: str,
    subject_id: int | None,
    space_id: int | None,
    details: dict[str, Any],
) -> None:
    """Add one row; `details` must be plain JSON values."""
    session.execute(
        insert(AuditRow).values(
            at=at,
            account_id=account_id,
            act=act,
            subject=subject,
            subject_id=subject_id,
            space_id=space_id,
            details=details,
        )
    )
