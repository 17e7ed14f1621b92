"""Questions about photos of spaces and tools, and writing them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select

from booking.models.asking import Question
from booking.models.database import Id, Session
from booking.models.tables.spaces import Space
from booking.models.tables.tools import Photo, Tool
from booking.rules.refusals import Absent


@dataclass(frozen=True, slots=True)
class PhotoCard:
    """A photo: its large file's name, its size in pixels and its caption."""

    id: int
    file: str
    width: int
    height: int
    caption: str


def of_space(session: Session, space_id: int) -> tuple[PhotoCard, ...]:
    """The photos of a space itself, oldest first."""
    rows = session.scalars(select(Photo).where(Photo.space_id == space_id).order_by(Photo.id))
    return tuple(_card(row) for row in rows)


def of_tool(session: Session, tool_id: int) -> tuple[PhotoCard, ...]:
    """The photos of a tool, oldest first."""
    return tuple(PhotoCard(*row) for row in _OF_TOOL.rows(session, {"tool_id": tool_id}))


def first_of_tools(session: Session, tool_ids: Collection[int]) -> dict[int, PhotoCard]:
    """The first photo of each of these tools that has one, by the tool's id: one query."""
    first = select(func.min(Photo.id)).where(Photo.tool_id.in_(tool_ids)).group_by(Photo.tool_id)
    rows = session.scalars(select(Photo).where(Photo.id.in_(first)))
    return {row.tool_id: _card(row) for row in rows if row.tool_id is not None}


def first_of_spaces(session: Session, space_ids: Collection[int]) -> dict[int, PhotoCard]:
    """The first photo of each of these spaces that has one, by the space's id: one query."""
    first = select(func.min(Photo.id)).where(Photo.space_id.in_(space_ids)).group_by(Photo.space_id)
    rows = session.scalars(select(Photo).where(Photo.id.in_(first)))
    return {row.space_id: _card(row) for row in rows if row.space_id is not None}


def is_published(session: Session, file: str) -> bool:
    """Whether the space of a photo, by its large file's name, publishes; raises Absent when there is no such photo."""
    question = (
        select(Space.publishes)
        .select_from(Photo)
        .outerjoin(Tool, Tool.id == Photo.tool_id)
        .join(Space, Space.id == func.coalesce(Photo.space_id, Tool.space_id))
        .where(Photo.file == file)
    )
    found = session.scalars(question).one_or_none()
    if found is None:
        raise Absent
    return found


def add(
    session: Session,
    *,
    space_id: int | None,
    tool_id: int | None,
    file: str,
    size: tuple[int, int],
    caption: str,
    now: datetime,
) -> int:
    """Add a photo of a space or of a tool, exactly one of them; its id."""
    width, height = size
    row = Photo(
        space_id=space_id, tool_id=tool_id, file=file, width=width, height=height, caption=caption, added_at=now
    )
    session.add(row)
    session.flush()
    return row.id


def remove(session: Session, photo_id: int, *, space_id: int | None, tool_id: int | None) -> str:
    """Take away a photo of that space or tool; its large file's name. Raises Absent when it is not theirs."""
    row = session.get(Photo, photo_id)
    if row is None or (row.space_id, row.tool_id) != (space_id, tool_id):
        raise Absent
    session.delete(row)
    session.flush()
    return row.file


def _card(row: Photo) -> PhotoCard:
    return PhotoCard(row.id, row.file, row.width, row.height, row.caption)


_photo = Photo.__table__.c
# A tool's page is asked for often: its question is put together once, and on columns.
_OF_TOOL = Question(
    select(_photo.id, _photo.file, _photo.width, _photo.height, _photo.caption)
    .where(_photo.tool_id == bindparam("tool_id", type_=Id))
    .order_by(_photo.id)
)
