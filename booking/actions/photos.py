"""Adding and removing photos of spaces and tools; the picture itself was drawn and kept before."""

from booking.actions.call import Call
from booking.actions.spaces import managed
from booking.models import photos, tools
from booking.models.spaces import SpaceCard
from booking.rules import text
from booking.rules.refusals import Problem, Unacceptable

LONGEST_CAPTION = 200
MOST_PHOTOS = 12


def add(call: Call, space_slug: str, tool_slug: str | None, file: str, size: tuple[int, int], caption: str) -> int:
    """Add a kept picture to a tool, or to the space itself when no tool is named; the photo's id."""
    space, tool_id = _subject(call, space_slug, tool_slug)
    present = photos.of_tool(call.session, tool_id) if tool_id else photos.of_space(call.session, space.id)
    if len(present) >= MOST_PHOTOS:
        raise Unacceptable(Problem("photo", "too_many_photos", {"most": MOST_PHOTOS}))
    photo_id = photos.add(
        call.session,
        space_id=None if tool_id else space.id,
        tool_id=tool_id,
        file=file,
        size=size,
        caption=text.one_line(caption, LONGEST_CAPTION, "caption"),
        now=call.now,
    )
    call.note("photo_added", "photo", photo_id, space.id, tool=tool_id)
    return photo_id


def remove(call: Call, space_slug: str, tool_slug: str | None, photo_id: int) -> str:
    """Take a photo away; the name of its large file, so that the caller can discard it."""
    space, tool_id = _subject(call, space_slug, tool_slug)
    file = photos.remove(call.session, photo_id, space_id=None if tool_id else space.id, tool_id=tool_id)
    call.note("photo_removed", "photo", photo_id, space.id, tool=tool_id)
    return file


def _subject(call: Call, space_slug: str, tool_slug: str | None) -> tuple[SpaceCard, int | None]:
    space = managed(call, space_slug)
    tool_id = tools.tool_card(call.session, space_slug, tool_slug).id if tool_slug else None
    return space, tool_id
