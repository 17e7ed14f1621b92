"""Adding to the audit, sealing it, and reading it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.orm import aliased

from booking.models.asking import Question, new_row, told
from booking.models.database import Session
from booking.models.tables import METADATA
from booking.models.tables.accounts import Account
from booking.models.tables.audit import AuditRow
from booking.models.tables.spaces import Space

# Put together once: every write of anything adds a row.
_AUDIT = METADATA.tables["audit"]
_ADD_ALL = insert(_AUDIT).inline()
_ADD = Question(insert(_AUDIT).values(new_row(_AUDIT, "new")).inline())


@dataclass(frozen=True, slots=True)
class AuditCard:
    """One act as read, with the seal before its own, so that anybody can compute its seal again."""

    id: int
    at: datetime
    account_id: int | None
    act: str
    subject: str
    subject_id: int | None
    space_id: int | None
    details: Mapping[str, Any]
    seal_number: int | None = None
    seal: str | None = None
    seal_before: str | None = None
    account_name: str | None = None
    space_name: str | None = None


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
    row = {"at": at, "account_id": account_id, "act": act, "subject": subject, "subject_id": subject_id}
    _ADD.run(session, told("new", row | {"space_id": space_id, "details": details}))


def add_all(
    session: Session,
    at: datetime,
    account_id: int | None,
    act: str,
    subject: str,
    rows: Sequence[tuple[int, int | None, dict[str, Any]]],
) -> None:
    """Add a row for each of several subjects of one act, in one batch: each by id, space and details."""
    same = {"at": at, "account_id": account_id, "act": act, "subject": subject}
    if rows:
        values = [same | {"subject_id": id_, "space_id": space, "details": details} for id_, space, details in rows]
        session.execute(_ADD_ALL, values)


def has_unsealed(session: Session) -> bool:
    """Whether any row waits for its seal."""
    return session.execute(select(AuditRow.id).where(AuditRow.seal.is_(None)).limit(1)).first() is not None


def unsealed(session: Session, limit: int) -> tuple[AuditCard, ...]:
    """Rows without a seal, oldest first."""
    question = select(*_ROW).where(AuditRow.seal.is_(None)).order_by(AuditRow.id).limit(limit)
    return tuple(AuditCard(*row) for row in session.execute(question))


def last_seal(session: Session) -> tuple[int, str]:
    """Number and text of the newest seal; (0, "") before the first."""
    newest = select(AuditRow.seal_number, AuditRow.seal).where(AuditRow.seal_number.is_not(None))
    row = session.execute(newest.order_by(AuditRow.seal_number.desc()).limit(1)).first()
    return (row[0] or 0, row[1] or "") if row else (0, "")


def put_seal(session: Session, row_id: int, number: int, seal: str) -> None:
    """Fill the seal of a row; the database refuses to change it ever again."""
    session.execute(update(AuditRow).where(AuditRow.id == row_id).values(seal_number=number, seal=seal))


def page(
    session: Session, *, act: str = "", subject: str = "", before_id: int | None = None, limit: int = 50
) -> tuple[AuditCard, ...]:
    """Newest acts first, of one act or one kind of subject where these are given; one query."""
    before = aliased(AuditRow)
    question = (
        select(*_ROW, AuditRow.seal_number, AuditRow.seal, func.coalesce(before.seal, ""), Account.name, Space.name)
        .outerjoin(before, before.seal_number == AuditRow.seal_number - 1)
        .outerjoin(Account, Account.id == AuditRow.account_id)
        .outerjoin(Space, Space.id == AuditRow.space_id)
        .order_by(AuditRow.id.desc())
        .limit(limit)
    )
    if act:
        question = question.where(AuditRow.act == act)
    if subject:
        question = question.where(AuditRow.subject == subject)
    if before_id is not None:
        question = question.where(AuditRow.id < before_id)
    return tuple(AuditCard(*row) for row in session.execute(question))


def of_subject(session: Session, subject: str, subject_id: int, limit: int = 100) -> tuple[AuditCard, ...]:
    """What was done to one thing, oldest first, with the names of who did it."""
    question = (
        select(*_ROW, AuditRow.seal_number, AuditRow.seal, literal(None), Account.name)
        .outerjoin(Account, Account.id == AuditRow.account_id)
        .where(AuditRow.subject == subject, AuditRow.subject_id == subject_id)
        .order_by(AuditRow.id)
        .limit(limit)
    )
    return tuple(AuditCard(*row) for row in session.execute(question))


def words(session: Session) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The acts and the kinds of subject that have occurred, each in alphabetical order."""
    acts = session.execute(select(AuditRow.act).distinct().order_by(AuditRow.act)).scalars()
    subjects = session.execute(select(AuditRow.subject).distinct().order_by(AuditRow.subject)).scalars()
    return tuple(acts), tuple(subjects)


_ROW = (
    AuditRow.id,
    AuditRow.at,
    AuditRow.account_id,
    AuditRow.act,
    AuditRow.subject,
    AuditRow.subject_id,
    AuditRow.space_id,
    AuditRow.details,
)
