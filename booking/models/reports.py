"""Questions about what makers report as broken, and writing it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.reports import Report
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Tool, Unit
from booking.rules.refusals import Absent


class ReportState(StrEnum):
    """Whether a report waits for somebody, has become an outage, or is answered."""

    OPEN = "open"
    OUTAGE = "outage"
    CLOSED = "closed"


# Where the photos of reports lie, within the data folder.
FOLDER = "reports"


@dataclass(frozen=True, slots=True)
class ReportCard:
    """A report with the names around it; `photo` is the large file's name, for the space's staff only."""

    id: int
    state: ReportState
    words: str
    photo: str | None
    reply: str
    created_at: datetime
    handled_at: datetime | None
    unit_id: int | None
    outage_id: int | None
    account_id: int | None
    tool_id: int
    tool_slug: str
    tool_name: str
    space_id: int
    space_slug: str
    space_name: str
    time_zone: str
    unit_name: str | None
    reporter: str | None
    handler: str | None


def one(session: Session, report_id: int) -> ReportCard:
    """The report of that id; raises Absent when there is none. Who may see it is for the asker's side to say."""
    found = _cards(session, [Report.id == report_id], 1)
    if not found:
        raise Absent
    return found[0]


def listed(
    session: Session,
    space_ids: Collection[int] | None,
    states: Collection[ReportState],
    *,
    before_id: int | None = None,
    limit: int = 50,
) -> tuple[ReportCard, ...]:
    """Reports at these spaces (None: at all) in these states, the latest first: one query."""
    conditions: list[ColumnElement[bool]] = [Report.state.in_(states)]
    if space_ids is not None:
        conditions.append(Report.space_id.in_(space_ids))
    if before_id is not None:
        conditions.append(Report.id < before_id)
    return _cards(session, conditions, limit)


def open_on_tool(session: Session, tool_id: int, limit: int) -> tuple[ReportCard, ...]:
    """What is reported of a tool and not dealt with yet, the latest first."""
    return _cards(session, [Report.tool_id == tool_id, Report.state == ReportState.OPEN], limit)


def number_open_of(session: Session, tool_id: int, account_id: int) -> int:
    """How many open reports somebody has made of a tool."""
    question = select(func.count(Report.id)).where(Report.tool_id == tool_id, Report.account_id == account_id)
    return session.execute(question.where(Report.state == ReportState.OPEN)).scalar_one()


def photos_of(session: Session, account_id: int) -> list[str]:
    """The files of the photos in somebody's reports."""
    return list(session.scalars(select(Report.photo).where(Report.account_id == account_id, Report.photo.is_not(None))))


def _cards(session: Session, conditions: Collection[ColumnElement[bool]], limit: int) -> tuple[ReportCard, ...]:
    reporter, handler = aliased(Account), aliased(Account)
    question = (
        select(
            *(Report.id, Report.state, Report.words, Report.photo, Report.reply, Report.created_at),
            *(Report.handled_at, Report.unit_id, Report.outage_id, Report.account_id),
            *(Tool.id, Tool.slug, Tool.name, Space.id, Space.slug, Space.name, Space.time_zone),
            *(Unit.name, reporter.name, handler.name),
        )
        .join(Tool, Tool.id == Report.tool_id)
        .join(Space, Space.id == Report.space_id)
        .outerjoin(Unit, Unit.id == Report.unit_id)
        .outerjoin(reporter, reporter.id == Report.account_id)
        .outerjoin(handler, handler.id == Report.handled_by)
        .where(*conditions)
        .order_by(Report.id.desc())
        .limit(limit)
    )
    return tuple(_card(list(row)) for row in session.execute(question))


def _card(row: list[Any]) -> ReportCard:
    row[1] = ReportState(row[1])
    return ReportCard(*row)
