"""Writing what makers report as broken."""

from datetime import datetime

from sqlalchemy import select

from booking.models.database import Session
from booking.models.reports import ReportState
from booking.models.tables.reports import Report
from booking.models.tables.tools import Unit
from booking.rules.refusals import Absent


def add(
    session: Session,
    *,
    space_id: int,
    tool_id: int,
    unit_id: int | None,
    account_id: int,
    words: str,
    photo: str | None,
    now: datetime,
) -> int:
    """Add an open report; its id. Raises Absent when the unit is not the tool's."""
    if unit_id is not None:
        if session.scalar(select(Unit.id).where(Unit.id == unit_id, Unit.tool_id == tool_id)) is None:
            raise Absent
    row = Report(
        space_id=space_id,
        tool_id=tool_id,
        unit_id=unit_id,
        account_id=account_id,
        words=words,
        photo=photo,
        state=ReportState.OPEN.value,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def handle(
    session: Session,
    report_id: int,
    state: ReportState,
    *,
    by: int,
    now: datetime,
    reply: str = "",
    outage_id: int | None = None,
) -> None:
    """Note that somebody has dealt with a report, how, and what she answers."""
    row = session.get_one(Report, report_id)
    row.state, row.reply, row.outage_id = state.value, reply, outage_id
    row.handled_by, row.handled_at = by, now
    session.flush()


def lock(session: Session, report_id: int) -> None:
    """Hold a report until the transaction ends, so that it is dealt with once."""
    held = select(Report).where(Report.id == report_id).with_for_update()
    session.execute(held, execution_options={"populate_existing": True})
