"""Who waits for what, in order, and the offers that hold time for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from booking.models.database import Session
from booking.models.tables.accounts import Account
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Kind, Tool
from booking.models.tables.waitlist import WaitlistEntry, WaitlistSpace
from booking.rules.refusals import Absent
from booking.rules.spans import Span
from booking.rules.waitlist import EntryState

_Chosen: Any = aliased(Space)
_IN_LINE = (EntryState.WAITING.value, EntryState.OFFERED.value)


@dataclass(frozen=True, slots=True)
class EntryCard:
    """One entry. For a tool it names the tool, else the kind; `space_id` is the tool's, or that of the only space.

    `position` counts from 1 those who came no later and wait at the same time for a tool that could serve both.
    """

    id: int
    account_id: int
    team_id: int | None
    tool_id: int | None
    kind_id: int | None
    window_from: datetime
    window_until: datetime
    minutes: int
    purpose: str
    state: EntryState
    created_at: datetime
    tool_name: str | None = None
    tool_slug: str | None = None
    kind_slug: str | None = None
    kind_name: str | None = None
    space_slug: str | None = None
    space_name: str | None = None
    time_zone: str | None = None
    position: int = 0
    chosen_lines: str | None = None

    @property
    def window(self) -> Span:
        """From when until when."""
        return Span(self.window_from, self.window_until)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the spaces at which any tool of the kind will do; () for a tool, and for anywhere."""
        return tuple(sorted((self.chosen_lines or "").splitlines()))


def card(session: Session, entry_id: int) -> EntryCard:
    """The entry of that id; raises Absent when there is none."""
    found = _cards(session, WaitlistEntry.id == entry_id)
    if not found:
        raise Absent
    return found[0]


def mine(session: Session, account_id: int) -> tuple[EntryCard, ...]:
    """One person's entries that stand in line, first window first: one query."""
    return _cards(session, WaitlistEntry.account_id == account_id, WaitlistEntry.state.in_(_IN_LINE))


def waiting(session: Session, account_id: int | None, team_id: int | None) -> tuple[EntryCard, ...]:
    """What a person waits for, alone or for any team, and what anybody waits for for this team: one query at most."""
    whose = [
        column == id_
        for column, id_ in ((WaitlistEntry.account_id, account_id), (WaitlistEntry.team_id, team_id))
        if id_ is not None
    ]
    return _cards(session, or_(*whose), WaitlistEntry.state == EntryState.WAITING.value) if whose else ()


def number_of(session: Session, account_id: int) -> int:
    """How many entries of one person stand in line."""
    question = select(func.count()).select_from(WaitlistEntry)
    return session.execute(
        question.where(WaitlistEntry.account_id == account_id, WaitlistEntry.state.in_(_IN_LINE))
    ).scalar_one()


def line(
    session: Session, tool: tuple[int, int, int], span: Span, after_id: int, limit: int
) -> tuple[WaitlistEntry, ...]:
    """The next entries that wait for time of the tool (its id, kind and space) within the span, first come first."""
    question = (
        select(WaitlistEntry)
        .join(Account, Account.id == WaitlistEntry.account_id)
        .where(
            WaitlistEntry.state == EntryState.WAITING.value,
            _can_have(WaitlistEntry, *tool),
            WaitlistEntry.window_from < span.end,
            WaitlistEntry.window_until > span.start,
            WaitlistEntry.id > after_id,
            Account.disabled_at.is_(None),
        )
        .order_by(WaitlistEntry.id)
        .limit(limit)
        .execution_options(populate_existing=True)
    )
    return tuple(session.scalars(question))


def tools_of(session: Session, entry: EntryCard) -> tuple[int, ...]:
    """The tools with which the entry could be served."""
    if entry.tool_id is not None:
        return (entry.tool_id,)
    spaces = select(WaitlistSpace.space_id).where(WaitlistSpace.entry_id == entry.id)
    at_them = or_(~exists().where(WaitlistSpace.entry_id == entry.id), Tool.space_id.in_(spaces))
    question = select(Tool.id).where(Tool.kind_id == entry.kind_id, Tool.state != "retired", at_them)
    return tuple(session.scalars(question.order_by(Tool.id)))


def wanted(session: Session, now: datetime) -> tuple[tuple[int, Span], ...]:
    """The tools that somebody waits for, each with the span that all their windows lie in: one query."""
    question = (
        select(Tool.id, func.min(WaitlistEntry.window_from), func.max(WaitlistEntry.window_until))
        .join(WaitlistEntry, _can_have(WaitlistEntry, Tool.id, Tool.kind_id, Tool.space_id))
        .where(Tool.state != "retired", _is_waiting(now))
        .group_by(Tool.id)
        .order_by(Tool.id)
    )
    return tuple((tool_id, Span(start, end)) for tool_id, start, end in session.execute(question))


def is_waited(session: Session, now: datetime) -> bool:
    """Whether anybody waits for anything."""
    return bool(session.execute(select(exists().where(_is_waiting(now)))).scalar_one())


def lengths(
    session: Session, tool_id: int | None, kind_id: int | None, space_ids: Collection[int]
) -> tuple[tuple[int, int], ...]:
    """The shortest and longest booking, in minutes, of each tool that could serve such a wish: one query."""
    question = select(Tool.shortest_minutes, Tool.longest_minutes).where(Tool.state != "retired")
    question = question.where(Tool.id == tool_id if tool_id is not None else Tool.kind_id == kind_id)
    if tool_id is None and space_ids:
        question = question.where(Tool.space_id.in_(space_ids))
    return tuple((shortest, longest) for shortest, longest in session.execute(question))


def of_space(session: Session, space_id: int) -> tuple[int, ...]:
    """The tools of a space for which somebody may wait."""
    return tuple(session.scalars(select(Tool.id).where(Tool.space_id == space_id, Tool.state != "retired")))


def offer_minutes(session: Session, space_id: int) -> int:
    """How long a space holds an offer."""
    return session.execute(select(Space.offer_minutes).where(Space.id == space_id)).scalar_one()


def add(session: Session, values: dict[str, Any], space_ids: Collection[int]) -> int:
    """A new entry at the end of the line; its id."""
    row = WaitlistEntry(**values)
    session.add(row)
    session.flush()
    session.add_all(WaitlistSpace(entry_id=row.id, space_id=space_id) for space_id in sorted(space_ids))
    session.flush()
    return row.id


def turn(session: Session, entry_id: int, before: EntryState, after: EntryState, now: datetime) -> bool:
    """Bring an entry from one state to another; False when it isn't in the first any more."""
    change = update(WaitlistEntry).where(WaitlistEntry.id == entry_id, WaitlistEntry.state == before.value)
    return bool(session.execute(change.values(state=after.value, changed_at=now).returning(WaitlistEntry.id)).all())


def _cards(session: Session, *conditions: ColumnElement[bool]) -> tuple[EntryCard, ...]:
    question = (
        select(
            WaitlistEntry,
            Tool.name,
            Tool.slug,
            Kind.slug,
            Kind.name,
            Space.slug,
            Space.name,
            Space.time_zone,
            _position(),
            _chosen(),
        )
        .outerjoin(Tool, Tool.id == WaitlistEntry.tool_id)
        .outerjoin(Kind, Kind.id == func.coalesce(WaitlistEntry.kind_id, Tool.kind_id))
        .outerjoin(Space, Space.id == func.coalesce(Tool.space_id, _only_space()))
        .where(*conditions)
        .order_by(WaitlistEntry.window_from, WaitlistEntry.id)
        .execution_options(populate_existing=True)
    )
    return tuple(map(_card, session.execute(question)))


def _position() -> Any:
    other: Any = aliased(WaitlistEntry)
    wanted = (Tool.id, Tool.kind_id, Tool.space_id)
    serves_both = exists().where(Tool.state != "retired", _can_have(other, *wanted), _can_have(WaitlistEntry, *wanted))
    return (
        select(func.count())
        .where(
            other.id <= WaitlistEntry.id,
            other.state.in_(_IN_LINE),
            or_(other.id == WaitlistEntry.id, serves_both.correlate(other, WaitlistEntry)),
            other.window_from < WaitlistEntry.window_until,
            other.window_until > WaitlistEntry.window_from,
        )
        .correlate(WaitlistEntry)
        .scalar_subquery()
    )


def _is_waiting(now: datetime) -> ColumnElement[bool]:
    return and_(WaitlistEntry.state == EntryState.WAITING.value, WaitlistEntry.window_until > now)


def _can_have(entry: Any, tool_id: Any, kind_id: Any, space_id: Any) -> ColumnElement[bool]:
    """Whether an entry waits for that tool: by its name, or for its kind at its space or anywhere."""
    place: Any = aliased(WaitlistSpace)
    anywhere = ~exists().where(place.entry_id == entry.id).correlate(entry, Tool)
    here = exists().where(place.entry_id == entry.id, place.space_id == space_id).correlate(entry, Tool)
    return or_(entry.tool_id == tool_id, and_(entry.kind_id == kind_id, or_(anywhere, here)))


def _only_space() -> Any:
    """The space of an entry for a kind at one space."""
    of_entry = select(func.min(WaitlistSpace.space_id)).where(WaitlistSpace.entry_id == WaitlistEntry.id)
    return of_entry.having(func.count() == 1).correlate(WaitlistEntry).scalar_subquery()


def _chosen() -> Any:
    """The names of the spaces of an entry for a kind, a line each."""
    names = select(func.aggregate_strings(_Chosen.name, "\n")).join(WaitlistSpace, WaitlistSpace.space_id == _Chosen.id)
    return names.where(WaitlistSpace.entry_id == WaitlistEntry.id).correlate(WaitlistEntry).scalar_subquery()


def _card(row: Row[*tuple[Any, ...]]) -> EntryCard:
    entry = row[0]
    return EntryCard(
        entry.id,
        entry.account_id,
        entry.team_id,
        entry.tool_id,
        entry.kind_id,
        entry.window_from,
        entry.window_until,
        entry.minutes,
        entry.purpose,
        EntryState(entry.state),
        entry.created_at,
        *row[1:],
    )
