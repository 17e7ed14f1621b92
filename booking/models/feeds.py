"""The rows of feeds: private calendar addresses, kept as hashes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, func, select, update

from booking.models.database import Session
from booking.models.tables.calendars import Feed
from booking.models.tables.spaces import Space
from booking.models.tables.teams import Team
from booking.models.tables.tools import Kind, Tool
from booking.models.tables.traffic import Traffic
from booking.rules.events import View
from booking.rules.facts import Visibility


@dataclass(frozen=True, slots=True)
class FeedCard:
    """A feed as its owner sees it: everything but its address. `client` is what read it last."""

    id: int
    view: View
    name: str
    busy_only: bool
    space_id: int | None
    space_slug: str
    space_name: str
    tool_id: int | None
    tool_slug: str
    tool_name: str
    team_id: int | None
    team_name: str
    kind_id: int | None
    kind_slug: str
    kind_name: str
    created_at: datetime
    seen_at: datetime | None
    client: str


@dataclass(frozen=True, slots=True)
class Subject:
    """The space, and perhaps its tool, that a feed is about, and who may see its bookings."""

    space_id: int
    space_slug: str
    space_name: str
    tool_id: int | None
    tool_slug: str
    tool_name: str
    visibility: Visibility
    publishes: bool


def mine(session: Session, account_id: int) -> tuple[FeedCard, ...]:
    """The account's feeds that work, the newest first."""
    question = _cards().where(Feed.account_id == account_id, Feed.revoked_at.is_(None)).order_by(Feed.id.desc())
    return tuple(_as_card(row) for row in session.execute(question))


def card(session: Session, account_id: int, feed_id: int) -> FeedCard | None:
    """One feed of this account that works, or None."""
    question = _cards().where(Feed.account_id == account_id, Feed.id == feed_id, Feed.revoked_at.is_(None))
    row = session.execute(question).first()
    return None if row is None else _as_card(row)


def count(session: Session, account_id: int) -> int:
    """How many feeds of this account work."""
    working = select(func.count()).select_from(Feed).where(Feed.account_id == account_id, Feed.revoked_at.is_(None))
    return session.execute(working).scalar_one()


def subject(session: Session, *, tool_id: int | None = None, space_id: int | None = None) -> Subject | None:
    """The tool with its space, or the space, that a feed is to be about; None when there is none."""
    question = select(Space, Tool.id, Tool.slug, Tool.name).outerjoin(
        Tool, and_(Tool.space_id == Space.id, Tool.id == tool_id)
    )
    question = question.where(Space.id == space_id if tool_id is None else Tool.id == tool_id)
    row = session.execute(question).first()
    if row is None:
        return None
    space, found_id, slug, name = row
    return Subject(
        space.id,
        space.slug,
        space.name,
        found_id,
        slug or "",
        name or "",
        Visibility(space.visibility),
        space.publishes,
    )


def add(session: Session, now: datetime, **columns: Any) -> int:
    """Note a fresh feed; its id."""
    row = Feed(created_at=now, **columns)
    session.add(row)
    session.flush()
    return row.id


def change(session: Session, account_id: int, feed_id: int, **columns: Any) -> bool:
    """Change columns of a feed of this account that works; False when there is none."""
    own = update(Feed).where(Feed.account_id == account_id, Feed.id == feed_id, Feed.revoked_at.is_(None))
    changed = own.values(version=Feed.version + 1, **columns).returning(Feed.id)
    return bool(session.execute(changed).all())


def _cards() -> Select[*tuple[Any, ...]]:
    return (
        select(Feed, Tool.slug, Tool.name, Space.id, Space.slug, Space.name, Team.name, Kind.slug, Kind.name)
        .add_columns(Traffic.seen_at, Traffic.client)
        .outerjoin(Tool, Tool.id == Feed.tool_id)
        .outerjoin(Team, Team.id == Feed.team_id)
        .outerjoin(Kind, Kind.id == Feed.kind_id)
        .outerjoin(Space, Space.id == func.coalesce(Feed.space_id, Tool.space_id))
        .outerjoin(Traffic, and_(Traffic.kind == "feed", Traffic.subject_id == Feed.id))
    )


def _as_card(row: Row[*tuple[Any, ...]]) -> FeedCard:
    feed, tool_slug, tool_name, space_id, space_slug, space_name, team_name, kind_slug, kind_name = row[:9]
    seen_at, client = row[9:]
    return FeedCard(
        feed.id,
        View(feed.view),
        feed.name,
        feed.busy_only,
        space_id,
        space_slug or "",
        space_name or "",
        feed.tool_id,
        tool_slug or "",
        tool_name or "",
        feed.team_id,
        team_name or "",
        feed.kind_id,
        kind_slug or "",
        kind_name or "",
        feed.created_at,
        seen_at,
        client or "",
    )
