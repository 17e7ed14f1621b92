"""Adding tools to a space, changing what is said about them, their units and their state."""

from collections.abc import Iterable
from dataclasses import replace

from booking.actions import outage_tidings
from booking.actions.call import Call
from booking.actions.freed import freed_until
from booking.actions.spaces import managed, numbered
from booking.models import kinds, tool_rows, tools
from booking.models.kinds import KindCard
from booking.models.spaces import SpaceCard
from booking.models.tools import ToolCard, ToolSheet
from booking.outside.secrets import short_code
from booking.rules import text
from booking.rules.capabilities import checked
from booking.rules.catalogue import MOST_UNITS, ToolWish, check_tool
from booking.rules.facts import ToolState
from booking.rules.outages import OUT_OF_USE
from booking.rules.refusals import Absent, Problem, Refusal, Refused, Unacceptable

LONGEST_NOTE = 200
LONGEST_UNIT_NAME = 80
_IN_CALENDARS = ("name", "place")


def create(call: Call, space_slug: str, wish: ToolWish) -> ToolSheet:
    """Add a tool to a space, as its manager; slug and code are made, units are numbered."""
    space = managed(call, space_slug)
    kind, wish = approved(call, space.id, wish)
    return add(call, space, kind, wish)


def change(call: Call, space_slug: str, tool_slug: str, wish: ToolWish, version: int) -> ToolSheet:
    """Change a tool, as a manager of its space; bookings stay, calendars take the new text.

    Raises Refused with `changed_meanwhile` when the version is not the present one.
    """
    space = managed(call, space_slug)
    tool_rows.lock(call.session, tools.tool_card(call.session, space_slug, tool_slug).id)
    before = tools.tool_sheet(call.session, space_slug, tool_slug)
    if before.version != version:
        raise Refused((Refusal("changed_meanwhile"),))
    kind, wish = approved(call, space.id, wish)
    return apply(call, before, kind, wish)


def approved(call: Call, space_id: int, wish: ToolWish) -> tuple[KindCard, ToolWish]:
    """The wish with typed capabilities, and its kind; raises Unacceptable for anything that can't be taken."""
    check_tool(wish)
    try:
        kind = kinds.kind_card(call.session, wish.kind_slug)
    except Absent:
        raise Unacceptable(Problem("kind", "unknown_kind")) from None
    if not set(wish.certificate_ids) <= set(tool_rows.certificates_of(call.session, space_id)):
        raise Unacceptable(Problem("certificates", "not_a_choice"))
    certificates = tuple(sorted(set(wish.certificate_ids)))
    return kind, replace(wish, capabilities=checked(kind.capabilities, wish.capabilities), certificate_ids=certificates)


def add(call: Call, space: SpaceCard, kind: KindCard, wish: ToolWish, slug: str = "") -> ToolSheet:
    """Add an approved tool; for `create` and imports."""
    if not slug:
        beginning = text.slug(wish.name, default=kind.slug.replace("_", "-"), longest=56)
        slug = numbered(beginning, tool_rows.slugs(call.session, space.id, beginning))
    tool_id = tool_rows.add(call.session, space.id, kind.id, slug, short_code(), wish, call.now)
    call.note("tool_added", "tool", tool_id, space.id, name=wish.name, slug=slug)
    return tools.tool_sheet(call.session, space.slug, slug)


def apply(call: Call, before: ToolSheet, kind: KindCard, wish: ToolWish) -> ToolSheet:
    """Write an approved wish over a tool and move the calendars that show it; nothing when nothing differs.

    Raises Unacceptable with `kind_is_booked` for another kind while bookings lie ahead.
    """
    wish = replace(wish, unit_count=before.wish.unit_count)
    if wish == before.wish:
        return before
    card = before.card
    keep_booked_kind(call, card, kind)
    tool_rows.change(call.session, card.id, kind.id, wish, call.now)
    changed = [name for name in wish.__slots__ if getattr(wish, name) != getattr(before.wish, name)]
    if any(name in _IN_CALENDARS for name in changed):
        tools.touch_bookings(call.session, card.id, call.now)
        call.later("render", {"tool_id": card.id})
    call.note("tool_changed", "tool", card.id, card.space_id, fields=changed)
    return tools.tool_sheet(call.session, card.space_slug, card.slug)


def keep_booked_kind(call: Call, card: ToolCard, kind: KindCard) -> None:
    """Refuse another kind while time is held: claims keep the kind for which they were taken, and search asks them.

    Of a tool that changed under them, a search by the new kind would offer what is taken.
    """
    held = sum(unit.claims_ahead for unit in tool_rows.units_of(call.session, card.id, call.now))
    if kind.id != card.kind_id and held:
        raise Unacceptable(Problem("kind", "kind_is_booked", {"number": held}))


def set_state(call: Call, space_slug: str, tool_slug: str, state: str, note: str) -> ToolSheet:
    """Say that a tool is working, limited, down or retired, with a note; its bookings stay.

    Everybody who has booked it hears when it can't be used any more, and when it can again.
    """
    space = managed(call, space_slug)
    card = tools.tool_card(call.session, space_slug, tool_slug)
    if state not in tuple(each.value for each in ToolState):
        raise Unacceptable(Problem("state", "not_a_choice"))
    note = text.one_line(note, LONGEST_NOTE, "state_note")
    tool_rows.lock(call.session, card.id)
    before = tools.tool_card(call.session, space_slug, tool_slug)
    if (before.state, before.state_note) == (state, note):
        return tools.tool_sheet(call.session, space_slug, tool_slug)
    tool_rows.set_state(call.session, card.id, state, note, call.now)
    call.note("tool_state", "tool", card.id, space.id, state=state)
    if (before.state in OUT_OF_USE) != (state in OUT_OF_USE):
        outage_tidings.tell_of_state(call, card.id, is_out=state in OUT_OF_USE)
        freed_until(call, card.id, None)
    return tools.tool_sheet(call.session, space_slug, tool_slug)


def add_unit(call: Call, space_slug: str, tool_slug: str, name: str = "") -> None:
    """Add one more identical machine; it is numbered unless it gets a name."""
    space = managed(call, space_slug)
    tool_rows.lock(call.session, tools.tool_card(call.session, space_slug, tool_slug).id)
    card = tools.tool_card(call.session, space_slug, tool_slug)
    if card.units >= MOST_UNITS:
        raise Unacceptable(Problem("name", "too_many_units", {"most": MOST_UNITS}))
    name = text.one_line(name, LONGEST_UNIT_NAME, "name")
    _only_here(name, tool_rows.units_of(call.session, card.id, call.now))
    tool_rows.add_units(call.session, card.id, 1, name)
    tool_rows.raise_version(call.session, card.id, call.now)
    call.note("unit_added", "tool", card.id, space.id)
    freed_until(call, card.id, None)


def rename_unit(call: Call, space_slug: str, tool_slug: str, unit_id: int, name: str) -> None:
    """Give a machine another name."""
    space, card, unit = _unit(call, space_slug, tool_slug, unit_id)
    name = text.one_line(name, LONGEST_UNIT_NAME, "name")
    if not name:
        raise Unacceptable(Problem("name", "required"))
    _only_here(name, (each for each in tool_rows.units_of(call.session, card.id, call.now) if each.id != unit_id))
    tool_rows.change_unit(call.session, card.id, unit_id, name=name, retired_at=unit.retired_at)
    tools.touch_bookings(call.session, card.id, call.now)
    call.later("render", {"tool_id": card.id})
    call.note("unit_renamed", "tool", card.id, space.id, unit=unit_id, name=name)


def retire_unit(call: Call, space_slug: str, tool_slug: str, unit_id: int) -> None:
    """Take a machine out of service for good; raises Unacceptable with `unit_is_booked` while bookings need it."""
    space, card, unit = _unit(call, space_slug, tool_slug, unit_id)
    if unit.claims_ahead:
        raise Unacceptable(Problem("unit", "unit_is_booked", {"number": unit.claims_ahead, "name": unit.name}))
    tool_rows.change_unit(call.session, card.id, unit_id, name=unit.name, retired_at=unit.retired_at or call.now)
    tool_rows.raise_version(call.session, card.id, call.now)
    call.note("unit_retired", "tool", card.id, space.id, unit=unit_id)


def restore_unit(call: Call, space_slug: str, tool_slug: str, unit_id: int) -> None:
    """Bring a retired machine back into service."""
    space, card, unit = _unit(call, space_slug, tool_slug, unit_id)
    tool_rows.change_unit(call.session, card.id, unit_id, name=unit.name, retired_at=None)
    tool_rows.raise_version(call.session, card.id, call.now)
    call.note("unit_restored", "tool", card.id, space.id, unit=unit_id)
    freed_until(call, card.id, None)


def _only_here(name: str, others: Iterable[tool_rows.UnitCard]) -> None:
    """Raise Unacceptable where another unit of the tool, retired or not, has this name."""
    if any(unit.name == name for unit in others):
        raise Unacceptable(Problem("name", "already_there"))


def _unit(call: Call, space_slug: str, tool_slug: str, unit_id: int) -> tuple[SpaceCard, ToolCard, tool_rows.UnitCard]:
    space = managed(call, space_slug)
    card = tools.tool_card(call.session, space_slug, tool_slug)
    tool_rows.lock(call.session, card.id)
    for unit in tool_rows.units_of(call.session, card.id, call.now):
        if unit.id == unit_id:
            return space, card, unit
    raise Absent
