"""Quotas: those that hold for tools with what they add up, those of a space or the network, and writing them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from booking.models.database import Session
from booking.models.quota_questions import OF_MANY, OF_ONE, Row
from booking.models.tables.bookings import Booking
from booking.models.tables.limits import Quota as QuotaRow
from booking.models.tables.teams import Team
from booking.models.tables.tools import Kind, Tool
from booking.rules.facts import Counted, Measure, Quota, Used
from booking.rules.quotas import holds
from booking.rules.refusals import Absent
from booking.rules.spans import Span

# As many digits as every engine's ids hold.
_LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class QuotaCard:
    """A quota with the names of what it is about; empty where it isn't about one. Kinds by slug and name."""

    quota: Quota
    tool_name: str
    kind_slug: str
    kind_name: str
    team_name: str


def of_tool(session: Session, values: Mapping[str, Any]) -> tuple[tuple[Quota, ...], tuple[Used, ...]]:
    """The quotas of one tool and the bookings that they count; `values` name tool, kind, space, account and since."""
    return _read(OF_ONE.rows(session, values))


def of_tools(session: Session, values: Mapping[str, Any]) -> tuple[tuple[Quota, ...], tuple[Used, ...]]:
    """The same of many tools, and of many people; `values` name tools, spaces, accounts and since."""
    return _read(OF_MANY.rows(session, values))


def of_space(session: Session, space_id: int | None) -> tuple[QuotaCard, ...]:
    """The quotas that a space has set, or with None those of the network: one query."""
    question = (
        select(QuotaRow, Tool.name, Kind.slug, Kind.name, Team.name)
        .outerjoin(Tool, Tool.id == QuotaRow.tool_id)
        .outerjoin(Kind, Kind.id == QuotaRow.kind_id)
        .outerjoin(Team, Team.id == QuotaRow.team_id)
        .where(QuotaRow.space_id.is_(None) if space_id is None else QuotaRow.space_id == space_id)
        .order_by(Tool.name, Kind.name, QuotaRow.counted, QuotaRow.measure, QuotaRow.id)
    )
    return tuple(QuotaCard(_quota(row), *(name or "" for name in names)) for row, *names in session.execute(question))


def of_cards(session: Session, tools: Iterable[tuple[int, int, int]]) -> dict[int, tuple[Quota, ...]]:
    """The quotas that hold for each of these tools, told as ids of tool, kind and space: one query."""
    asked = list(tools)
    scopes = zip((QuotaRow.tool_id, QuotaRow.kind_id, QuotaRow.space_id), zip(*asked, strict=True), strict=False)
    question = select(QuotaRow).order_by(QuotaRow.id)
    for column, ids in scopes:
        question = question.where(or_(column.is_(None), column.in_(set(ids))))
    quotas = [_quota(row) for row in session.scalars(question)]
    return {
        tool_id: tuple(each for each in quotas if holds(each, tool_id, kind_id, space_id))
        for tool_id, kind_id, space_id in asked
    }


def team_that_booked(session: Session, space_id: int, name_or_id: str) -> int | None:
    """The team of exactly this name, or of this id, for which something at the space was booked; None if none was.

    An id is one before it is a name; of several teams of one name it is that which booked last.
    """
    is_it = Team.name == name_or_id
    if name_or_id.isascii() and name_or_id.isdecimal() and len(name_or_id) <= _LONGEST_ID:
        is_it = or_(is_it, Team.id == int(name_or_id))
    question = select(Team.id).join(Booking, Booking.team_id == Team.id).where(Booking.space_id == space_id, is_it)
    return session.scalars(question.order_by(Team.name == name_or_id, Booking.id.desc()).limit(1)).first()


def add(session: Session, quota: Quota, now: datetime) -> int:
    """Add a quota; its id."""
    scope = {"tool_id": quota.tool_id, "kind_id": quota.kind_id, "space_id": quota.space_id, "team_id": quota.team_id}
    row = QuotaRow(
        counted=quota.counted.value, measure=quota.measure.value, amount=quota.amount, created_at=now, **scope
    )
    session.add(row)
    session.flush()
    return row.id


def remove(session: Session, quota_id: int, space_id: int | None) -> Quota:
    """Take a quota of a space (None: of the network) away; it. Raises Absent when it is not theirs."""
    row = session.get(QuotaRow, quota_id)
    if row is None or row.space_id != space_id:
        raise Absent
    session.delete(row)
    session.flush()
    return _quota(row)


def _quota(row: QuotaRow) -> Quota:
    scope = (row.tool_id, row.kind_id, row.space_id, row.team_id)
    return Quota(row.id, Counted(row.counted), Measure(row.measure), row.amount, *scope)


def _read(rows: Iterable[Any]) -> tuple[tuple[Quota, ...], tuple[Used, ...]]:
    quotas, used = [], []
    for row in rows:
        scope = (row.tool_id, row.kind_id, row.space_id)
        if row.row == Row.QUOTA:
            counted, measure = row.words.split()
            quotas.append(Quota(row.id, Counted(counted), Measure(measure), row.amount, *scope, row.team_id))
        else:
            span = Span(row.starts_at, row.ends_at)
            used.append(Used(row.id, span, *scope, row.account_id, row.team_id, bool(row.amount)))
    return tuple(sorted(quotas, key=lambda quota: quota.id)), tuple(used)
